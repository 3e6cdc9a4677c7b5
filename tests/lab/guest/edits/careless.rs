//! An editor as most are: it reads a file, and some time later puts another one in its place, whatever has
//! been written meanwhile.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::pace::Pace;
use super::wait_for_iwd;

pub const SUFFIX: &str = ".careless.tmp";

/// From reading to writing, if iwd does not edit before.
const WINDOW: Duration = Duration::from_millis(30);
/// From there to the next time.
const PAUSE: Duration = Duration::from_millis(1);

/// Gives the network another address, again and again.
pub fn edit(path: &Path, pace: &Pace) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(SUFFIX);
    while pace.goes_on() {
        let turn = pace.other_has_edited();
        let text = fs::read_to_string(path).map_err(told)?;
        wait_for_iwd(path, WINDOW);
        let [high, low] = (turn as u16).to_be_bytes();
        let address = format!("AddressOverride=02:00:00:00:{high:02x}:{low:02x}");
        let old = text
            .lines()
            .find(|line| line.starts_with("AddressOverride="));
        let text = match old {
            Some(old) => text.replace(old, &address),
            None => text.replace("[Settings]", &format!("[Settings]\n{address}")),
        };
        let _ = fs::remove_file(&temporary);
        let mut options = File::options();
        let options = options.write(true).create_new(true).mode(0o600);
        let mut file = options.open(&temporary).map_err(told)?;
        file.write_all(text.as_bytes()).map_err(told)?;
        fs::rename(&temporary, path).map_err(told)?;
        sleep(PAUSE);
    }
    Ok(())
}
