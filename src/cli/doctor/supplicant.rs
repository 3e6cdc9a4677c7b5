//! Queries `wpa_supplicant` over its control socket.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use wpactrl::{Client, Error};

use crate::tools::doctor::Control;

/// For all replies together. wpactrl itself waits up to ten seconds for each.
const REPLY_TIMEOUT: Duration = Duration::from_secs(1);
/// Values of `GET`.
const NAMES: [&str; 3] = ["version", "mac_addr", "preassoc_mac_addr"];
const UNKNOWN: &str = "FAIL";

/// Reads the values from the control socket at this path.
pub(super) fn query(socket: &Path) -> Control {
    if !socket.exists() {
        return Control::Absent;
    }
    match values_within_timeout(socket) {
        Ok(values) => Control::Answers(values),
        Err(problem) => Control::Unreachable(problem),
    }
}

fn values_within_timeout(socket: &Path) -> Result<Vec<(&'static str, String)>, String> {
    // In /tmp itself wpactrl's socket would have a name that others can predict.
    let directory = tempfile::Builder::new()
        .prefix("macveil-doctor-")
        .tempdir()
        .map_err(|error| format!("cannot create a socket for the replies: {error}"))?;
    let client = Client::builder()
        .cli_path(directory.path().to_owned())
        .ctrl_path(socket.to_owned());
    let (sender, receiver) = mpsc::channel();
    // The thread ends with the process if wpa_supplicant does not reply.
    thread::spawn(move || sender.send(client.open().and_then(values)));
    let values = receiver.recv_timeout(REPLY_TIMEOUT);
    values
        .map_err(|_| format!("no reply within {} s", REPLY_TIMEOUT.as_secs()))?
        .map_err(|error| match error {
            Error::Io(error) => error.to_string(),
            error => error.to_string(),
        })
}

fn values(mut client: Client) -> wpactrl::Result<Vec<(&'static str, String)>> {
    let mut values = Vec::new();
    for name in NAMES {
        let reply = client.request(&format!("GET {name}"))?;
        let value = reply.trim_ascii();
        if value != UNKNOWN {
            values.push((name, value.to_owned()));
        }
    }
    Ok(values)
}
