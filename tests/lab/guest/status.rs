//! What `macveil status` says, held against the kernel and the supplicant.

use std::process::Command;
use std::time::Duration;

use super::daemon::PROGRAM;
use super::process::{run, wait_until};
use super::station::Station;

/// Between two questions the world may move on.
const MOMENT: Duration = Duration::from_millis(100);

pub fn is_true(station: &Station) -> Result<(), String> {
    let mut problem = None;
    wait_until(MOMENT, || {
        problem = compare(station).err();
        problem.is_none().then_some(())
    });
    problem.map_or(Ok(()), Err)
}

fn compare(station: &Station) -> Result<(), String> {
    let said = run(Command::new(PROGRAM).args(["status", &station.radio.interface, "--json"]))?;
    let address = station.address();
    let kind = if address == station.radio.address {
        "permanent"
    } else if station.connected_to()?.is_some() {
        "assigned"
    } else {
        "mask"
    };
    let connected = station.connected_to()?.is_some();
    for (key, wanted) in [("address", &*address), ("address_kind", kind)] {
        let told = value(&said, key)?;
        if told != wanted {
            return Err(format!("{key} is {wanted}, but the status says {said}"));
        }
    }
    if (value(&said, "state")? == "associated") != connected {
        return Err(format!(
            "connected: {connected}, but the status says {said}"
        ));
    }
    Ok(())
}

/// What a line of JSON says of one interface.
pub fn of_interface<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let start = json.find(&format!("{{\"name\":\"{name}\""))?;
    let rest = json.get(start..)?;
    let end = rest.get(1..)?.find("{\"name\":");
    rest.get(..end.map_or(rest.len(), |end| end + 1))
}

pub fn flag(json: &str, key: &str) -> bool {
    json.contains(&format!("\"{key}\":true"))
}

/// The text that stands for a key in a line of JSON.
pub fn value<'a>(json: &'a str, key: &str) -> Result<&'a str, String> {
    let (_, rest) = json
        .split_once(&format!("\"{key}\":\""))
        .ok_or_else(|| format!("no {key} in {json}"))?;
    rest.split('"').next().ok_or_else(|| json.to_owned())
}
