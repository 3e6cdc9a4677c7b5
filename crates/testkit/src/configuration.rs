//! macveil's configuration as a story has it.

use std::collections::BTreeMap;

use crate::scenarios::Network;

/// Lines of macveil.toml by their table.
pub type Settings = BTreeMap<String, Vec<String>>;

/// How stories call the keys that are in no table.
const TOP: &str = "main";

/// As it stands in the file.
pub fn text(
    settings: &Settings,
    rules: &[Vec<String>],
    networks: &[Network],
) -> Result<String, String> {
    let mut lines = settings.get(TOP).cloned().unwrap_or_default();
    for (table, content) in settings.iter().filter(|(table, _)| *table != TOP) {
        lines.push(format!("[{table}]"));
        lines.extend_from_slice(content);
    }
    for rule in rules {
        lines.push("[[network]]".to_owned());
        lines.extend_from_slice(rule);
    }
    for network in networks {
        if let Some(policy) = &network.policy {
            let ssid = std::str::from_utf8(&network.ssid).map_err(|_| {
                format!("no policy for an SSID like {}", network.ssid.escape_ascii())
            })?;
            lines.push("[[network]]".to_owned());
            lines.push(format!("ssid = {ssid:?}"));
            lines.push(format!("cloned-mac-address = {policy:?}"));
        }
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}
