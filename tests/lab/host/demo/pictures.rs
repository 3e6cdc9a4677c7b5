//! What `macveil audit` draws of the captures: the demonstration without and with macveil, and
//! NetworkManager's own leak next to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::host::paths;
use crate::host::verdict::Evidence;
use macveil_testkit::lab_options::Options;

/// Keeps a capture under a name, and has it drawn. What the audit says of it is its verdict's first line.
pub fn draw(
    name: &str,
    capture: &Path,
    evidence: &Evidence,
    options: &Options,
) -> Result<String, String> {
    let folder = paths::demo();
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let kept = folder.join(format!("{name}.pcap"));
    fs::copy(capture, &kept).map_err(|e| format!("{}: {e}", kept.display()))?;
    let mut command = Command::new(paths::macveil(options));
    command.arg("audit").arg(&kept);
    command.arg("--svg").arg(picture(&folder, name));
    for mac in evidence.brief.permanent.keys() {
        command.arg(format!("--permanent={mac}"));
    }
    let output = command.output().map_err(|e| e.to_string())?;
    verdict(&output).ok_or_else(|| format!("macveil audit: {output:?}"))
}

fn picture(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.svg"))
}

fn verdict(output: &Output) -> Option<String> {
    let answer = String::from_utf8_lossy(&output.stdout);
    let (_, verdict) = answer.rsplit_once("VERDICT: ")?;
    let known = matches!(output.status.code(), Some(0 | 1));
    known.then(|| verdict.lines().next().unwrap_or_default().to_owned())
}

/// Says where the pictures are; those in the documentation are replaced if `MACVEIL_WRITE` asks for it.
pub fn show(drawn: &[(&str, String)]) -> Result<(), String> {
    let folder = paths::demo();
    println!("\nThe pictures, for a browser, and what macveil audit says of each");
    for (name, verdict) in drawn {
        println!("{}  {verdict}", picture(&folder, name).display());
    }
    if std::env::var_os("MACVEIL_WRITE").is_none() {
        return Ok(());
    }
    let images = paths::project().join("docs/images");
    fs::create_dir_all(&images).map_err(|e| e.to_string())?;
    for (name, _) in drawn {
        let (from, to) = (picture(&folder, name), picture(&images, name));
        fs::copy(&from, &to).map_err(|e| format!("{}: {e}", to.display()))?;
    }
    println!("Those in {} are these now", images.display());
    Ok(())
}
