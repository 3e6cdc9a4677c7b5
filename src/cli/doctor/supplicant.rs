//! Asks `wpa_supplicant` what only it knows.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::time::Duration;

use crate::tools::doctor::Control;

const PATIENCE: Duration = Duration::from_secs(1);
/// Values of `GET`.
const QUESTIONS: [&str; 3] = ["version", "mac_addr", "preassoc_mac_addr"];
/// Longer than any of their answers.
const LONGEST: usize = 256;
const UNKNOWN: &str = "FAIL";

/// What is answered at a control socket.
pub(super) fn ask(socket: &Path) -> Control {
    if !socket.exists() {
        return Control::Absent;
    }
    match answers(socket) {
        Ok(answers) => Control::Answers(answers),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            Control::Unreachable("no answer within a second".to_owned())
        }
        Err(error) => Control::Unreachable(error.to_string()),
    }
}

fn answers(socket: &Path) -> io::Result<Vec<(&'static str, String)>> {
    // An abstract name, so that nothing is left over.
    let name = format!("macveil-doctor-{}", std::process::id());
    let asking = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name)?)?;
    asking.connect(socket)?;
    asking.set_read_timeout(Some(PATIENCE))?;
    asking.set_write_timeout(Some(PATIENCE))?;
    let mut answers = Vec::new();
    for question in QUESTIONS {
        asking.send(format!("GET {question}").as_bytes())?;
        let mut buffer = [0; LONGEST];
        let length = asking.recv(&mut buffer)?;
        let answer = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
        let answer = answer.trim_ascii();
        if answer != UNKNOWN {
            answers.push((question, answer.to_owned()));
        }
    }
    Ok(answers)
}
