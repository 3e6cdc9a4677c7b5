//! The list as a table and as JSON.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Address, Row};
use crate::cli::origin::{Position, position};
use crate::protocol::Backend;
use macveil_core::address::Policy;
use macveil_core::types::{Mac, Ssid};
use serde::Serialize;

const COLUMNS: [&str; 5] = ["NAME", "POLICY", "ADDRESS", "LAST USED", "SET BY"];

pub(super) fn text(interface: &str, rows: &[Row]) -> String {
    if rows.is_empty() {
        return format!("{interface}: no network is known, and no rule names one\n");
    }
    let now = SystemTime::now();
    let lines: Vec<_> = std::iter::once(COLUMNS.map(str::to_owned))
        .chain(rows.iter().map(|row| cells(row, now)))
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for [name, policy, address, used, set_by] in &lines {
        let [a, b, c, d] = widths;
        let _ = writeln!(
            text,
            "{name:a$}  {policy:b$}  {address:c$}  {used:d$}  {set_by}"
        );
    }
    text
}

fn cells(row: &Row, now: SystemTime) -> [String; 5] {
    let (policy, set_by) = match &row.policy {
        Ok(policy) => (policy.value.to_string(), policy.origin.to_string()),
        Err(reason) => ("-".to_owned(), reason.clone()),
    };
    let address = match row.address {
        Address::Fixed(address) => address.to_string(),
        Address::Random => "another each time".to_owned(),
        Address::Unknown => "-".to_owned(),
    };
    let used = row
        .last_used
        .map_or_else(|| "-".to_owned(), |used| ago(now, used));
    let name = match row.known_by {
        Some(_) => row.ssid.to_string(),
        None => format!("{} (rule only)", row.ssid),
    };
    [name, policy, address, used, set_by]
}

fn ago(now: SystemTime, then: SystemTime) -> String {
    let hours = now.duration_since(then).unwrap_or(Duration::ZERO).as_secs() / 3600;
    match (hours / 24, hours) {
        (0, 0) => "within 1 h".to_owned(),
        (0, hours) => format!("{hours} h ago"),
        (1, _) => "1 day ago".to_owned(),
        (days, _) => format!("{days} days ago"),
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    interface: &'a str,
    networks: Vec<Network<'a>>,
}

#[derive(Serialize)]
struct Network<'a> {
    #[serde(flatten)]
    ssid: &'a Ssid,
    known_by: Option<Backend>,
    policy: Option<Policy>,
    origin: Option<Position<'a>>,
    error: Option<&'a str>,
    address: Option<Mac>,
    changes: bool,
    /// Seconds since 1970.
    last_used: Option<u64>,
}

pub(super) fn to_json(interface: &str, rows: &[Row]) -> String {
    let networks = rows.iter().map(|row| Network {
        ssid: &row.ssid,
        known_by: row.known_by,
        policy: row.policy.as_ref().ok().map(|policy| policy.value),
        origin: row
            .policy
            .as_ref()
            .ok()
            .and_then(|policy| position(&policy.origin)),
        error: row.policy.as_ref().err().map(String::as_str),
        address: match row.address {
            Address::Fixed(address) => Some(address),
            Address::Random | Address::Unknown => None,
        },
        changes: row.address == Address::Random,
        last_used: row
            .last_used
            .and_then(|used| used.duration_since(UNIX_EPOCH).ok())
            .map(|since| since.as_secs()),
    });
    crate::protocol::to_json(&Answer {
        interface,
        networks: networks.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use macveil_core::address::{Origin, Sourced};

    fn row(name: &str, policy: Policy, address: Address) -> Row {
        Row {
            ssid: Ssid::new(name.as_bytes()).unwrap(),
            known_by: Some(Backend::WpaSupplicant),
            policy: Ok(Sourced {
                value: policy,
                origin: Origin::BuiltIn,
            }),
            address,
            last_used: None,
        }
    }

    #[test]
    fn table_is_aligned_by_characters() {
        let home = Address::Fixed(Mac([2, 0, 0, 0, 0, 1]));
        let rows = [
            row("Café", Policy::StableSsid, home),
            Row {
                known_by: None,
                policy: Err("it depends on the BSSID".to_owned()),
                address: Address::Unknown,
                ..row("Office", Policy::Random, Address::Random)
            },
            row("Guest", Policy::Random, Address::Random),
        ];
        assert_eq!(
            text("wlan0", &rows),
            "NAME                POLICY       ADDRESS            LAST USED  SET BY
Café                stable-ssid  02:00:00:00:00:01  -          the built-in default
Office (rule only)  -            -                  -          it depends on the BSSID
Guest               random       another each time  -          the built-in default
"
        );
    }

    #[test]
    fn json_has_null_for_what_is_unknown() {
        let rows = [row("Guest", Policy::Random, Address::Random)];
        assert_eq!(
            to_json("wlan0", &rows),
            "{\"interface\":\"wlan0\",\"networks\":[{\"ssid\":\"Guest\",\"ssid_hex\":\"4775657374\",\
             \"known_by\":\"wpa_supplicant\",\"policy\":\"random\",\"origin\":null,\"error\":null,\
             \"address\":null,\"changes\":true,\"last_used\":null}]}"
        );
    }

    #[test]
    fn time_of_last_use_is_in_hours_or_days() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        for (seconds, said) in [
            (10, "within 1 h"),
            (7_300, "2 h ago"),
            (90_000, "1 day ago"),
            (300_000, "3 days ago"),
        ] {
            assert_eq!(ago(now, now - Duration::from_secs(seconds)), said);
        }
    }
}
