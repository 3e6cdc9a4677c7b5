//! Wi-Fi interfaces that are no stations: access points, monitors, mesh points, P2P devices.

use std::fs;

use super::process::run_words;
use super::world::World;

/// Each with its type, its address and its flags.
pub fn list() -> Result<Vec<String>, String> {
    let told = run_words("iw dev")?;
    let mut all: Vec<Vec<&str>> = Vec::new();
    for line in told.lines().map(str::trim) {
        match line.split_once(' ') {
            Some(("Interface" | "Unnamed/non-netdev", name)) => all.push(vec![name]),
            Some(("addr" | "type" | "wdev", value)) => {
                all.last_mut()
                    .ok_or("iw tells of no interface")?
                    .push(value);
            }
            _ => {}
        }
    }
    let others = all.iter().filter(|facts| !facts.contains(&"managed"));
    let told = others.map(|facts| format!("{}, flags {}", facts.join(", "), flags(facts[0])));
    Ok(told.collect())
}

/// A P2P device has none.
fn flags(name: &str) -> String {
    let text = fs::read_to_string(format!("/sys/class/net/{name}/flags"));
    text.unwrap_or_default().trim().to_owned()
}

impl World {
    pub fn other_interfaces_as_noted(&self) -> Result<(), String> {
        let now = list()?;
        let noted = &self.noted_interfaces;
        if noted.is_empty() || now != *noted {
            return Err(format!("they were {noted:?}, and are {now:?}"));
        }
        Ok(())
    }
}
