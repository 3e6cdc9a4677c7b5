//! Queries `wpa_supplicant` over its control socket.

use std::path::Path;

use wpactrl::Client;

use crate::cli::control_socket::converse;
use crate::tools::doctor::Control;

/// Values of `GET`.
const NAMES: [&str; 3] = ["version", "mac_addr", "preassoc_mac_addr"];
const UNKNOWN: &str = "FAIL";

/// Reads the values from the control socket at this path.
pub(super) fn query(socket: &Path) -> Control {
    match socket.try_exists() {
        Ok(true) => {}
        Ok(false) => return Control::Absent,
        Err(error) => return Control::Unreachable(error.to_string()),
    }
    match converse(socket, values) {
        Ok(values) => Control::Answers(values),
        Err(problem) => Control::Unreachable(problem),
    }
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
