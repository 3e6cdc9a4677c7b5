//! The networks that wpa_supplicant and iwd know.

use std::io;

use crate::cli::control_socket::Client;
use crate::config::Config;
use crate::platform::wpa_supplicant::config_ssid;
use crate::protocol::Backend;
use macveil_core::types::Ssid;

/// A network that a program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Known {
    pub(in crate::cli) ssid: Ssid,
    /// `id_str` of `wpa_supplicant`.
    pub(in crate::cli) id_str: Option<String>,
    pub(in crate::cli) by: Backend,
}

/// The networks known on an interface, and why some could not be read.
pub(in crate::cli) fn on(config: &Config, interface: &str) -> (Vec<Known>, Vec<String>) {
    let socket = config.ctrl_interface.join(interface);
    let mut problems = Vec::new();
    let mut all = Vec::new();
    if socket.exists() {
        match Client::open(&socket).and_then(|client| of_supplicant(&client)) {
            Ok(known) => all.extend(known),
            Err(error) => problems.push(format!("{}: {error}", socket.display())),
        }
    }
    match of_iwd() {
        Ok(known) => all.extend(known),
        Err(problem) => problems.push(problem),
    }
    (all, problems)
}

#[cfg(feature = "dbus")]
fn of_iwd() -> Result<Vec<Known>, String> {
    use crate::platform::iwd::STATE_DIRECTORY;
    use crate::platform::iwd::files::KnownNetworks;

    if !std::path::Path::new(STATE_DIRECTORY).exists() {
        return Ok(Vec::new());
    }
    let known = KnownNetworks::new(STATE_DIRECTORY.into()).list();
    let known = known.map_err(|error| error.to_string())?.into_iter();
    Ok(known
        .map(|network| Known {
            ssid: network.id.ssid,
            id_str: None,
            by: Backend::Iwd,
        })
        .collect())
}

/// Without the iwd backend macveil does not read iwd's files.
#[cfg(not(feature = "dbus"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "with D-Bus, the files may not be readable"
)]
const fn of_iwd() -> Result<Vec<Known>, String> {
    Ok(Vec::new())
}

fn of_supplicant(client: &Client) -> io::Result<Vec<Known>> {
    let mut all = Vec::new();
    let mut last: Option<u32> = None;
    loop {
        let request = last.map_or_else(
            || "LIST_NETWORKS".to_owned(),
            |id| format!("LIST_NETWORKS LAST_ID={id}"),
        );
        let ids = ids(&client.request(&request)?);
        for &id in &ids {
            let ssid = client.request(&format!("GET_NETWORK {id} ssid"))?;
            let Some(ssid) = config_ssid(ssid.trim_ascii().as_bytes()) else {
                continue;
            };
            let id_str = client.request(&format!("GET_NETWORK {id} id_str"))?;
            all.push(Known {
                ssid,
                id_str: quoted(id_str.trim_ascii()),
                by: Backend::WpaSupplicant,
            });
        }
        match ids.last() {
            Some(&id) if last.is_none_or(|last| last < id) => last = Some(id),
            _ => return Ok(all),
        }
    }
}

/// The first column of each line after the heading.
fn ids(list: &str) -> Vec<u32> {
    let lines = list.lines();
    lines
        .filter_map(|line| line.split('\t').next()?.parse().ok())
        .collect()
}

fn quoted(value: &str) -> Option<String> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_the_lines_after_the_heading() {
        let list = "network id / ssid / bssid / flags\n0\tHome\tany\t[CURRENT]\n7\tCafe\tany\t\n";
        assert_eq!(ids(list), [0, 7]);
        assert_eq!(ids("FAIL\n"), Vec::<u32>::new());
    }

    #[test]
    fn id_str_without_quotes_is_not_set() {
        assert_eq!(quoted("\"work\""), Some("work".to_owned()));
        assert_eq!(quoted("FAIL"), None);
        assert_eq!(quoted("\"\""), None);
    }
}
