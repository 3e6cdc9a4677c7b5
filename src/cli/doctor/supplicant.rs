//! Queries `wpa_supplicant` over its control socket.

use std::io;
use std::path::Path;

use crate::cli::control_socket::Client;
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
    match Client::open(socket).and_then(|client| values(&client)) {
        Ok(values) => Control::Answers(values),
        Err(error) => Control::Unreachable(error.to_string()),
    }
}

fn values(client: &Client) -> io::Result<Vec<(&'static str, String)>> {
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
