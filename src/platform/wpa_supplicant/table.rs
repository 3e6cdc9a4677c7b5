//! wpa_supplicant's BSS table: `BSS RANGE=...` (`print_bss_info`, `ctrl_iface.c`, 2.10).

use macveil_core::types::{BssEntry, KeyMgmt, SecurityLevel};

use super::network::key_mgmt_of;
use super::text;

/// One BSS of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// wpa_supplicant's id for the BSS.
    pub(super) id: u32,
    /// The BSS as the machine uses it.
    pub(super) entry: BssEntry,
}

/// One answer, which holds as many BSSs as fit into 4 kB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// The BSSs without malformed ones.
    pub(super) rows: Vec<Row>,
    /// The first id of the next page, if any.
    pub(super) next: Option<u32>,
}

/// Requests the entries from id `first` on: id, BSSID, frequency, level, flags and SSID, delimited
/// (`WPA_BSS_MASK_*`, `wpa_ctrl.h`).
pub(super) fn command(first: u32) -> String {
    format!("BSS RANGE={first}- MASK=0x21887")
}

/// Parses the answer to [`command`].
pub(super) fn parse(answer: &[u8]) -> Page {
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    let mut block: Vec<&[u8]> = Vec::new();
    for line in text::lines(answer) {
        if !matches!(line, b"====" | b"####") {
            block.push(line);
            continue;
        }
        let block = std::mem::take(&mut block).join(&b'\n');
        let id = text::field(&block, "id").and_then(text::number);
        page.rows.extend(row(&block));
        page.next = match line {
            b"####" => None,
            _ => id.and_then(|id: u32| id.checked_add(1)),
        };
    }
    page
}

fn row(block: &[u8]) -> Option<Row> {
    let entry = BssEntry {
        owe_open_half: is_owe_open_half(text::field(block, "flags")?),
        bssid: text::mac(text::field(block, "bssid")?)?,
        frequency: text::number(text::field(block, "freq")?)?,
        signal: text::number(text::field(block, "level")?)?,
        ssid: text::printf_ssid(text::field(block, "ssid")?)?,
        security: security(text::field(block, "flags")?),
        key_mgmt: key_mgmt(text::field(block, "flags")?),
    };
    let id = text::number(text::field(block, "id")?)?;
    Some(Row { id, entry })
}

/// The strongest security in flags such as `[WPA2-PSK+SAE-CCMP][ESS]`
/// (`wpa_supplicant_ie_txt`, `ctrl_iface.c`, 2.10).
fn security(flags: &[u8]) -> SecurityLevel {
    flags
        .split(|&byte| byte == b'[')
        .map(|flag| flag.strip_suffix(b"]").unwrap_or(flag))
        .map(flag_security)
        .max()
        .unwrap_or(SecurityLevel::Open)
}

/// All key management methods in the flags.
fn key_mgmt(flags: &[u8]) -> Vec<KeyMgmt> {
    let text = String::from_utf8_lossy(flags);
    let suites = text.split(['[', ']']).filter_map(|flag| {
        let (name, suite) = flag.split_once('-')?;
        matches!(name, "WPA" | "WPA2" | "RSN").then_some(suite)
    });
    let mut key_mgmt: Vec<_> = suites
        .flat_map(|suite| suite.split('+').filter_map(key_mgmt_of))
        .collect();
    key_mgmt.extend(match security(flags) {
        SecurityLevel::Open => Some(KeyMgmt::Open),
        SecurityLevel::Wep => Some(KeyMgmt::Wep),
        _ => None,
    });
    key_mgmt
}

fn is_owe_open_half(flags: &[u8]) -> bool {
    const FLAG: &[u8] = b"[OWE-TRANS-OPEN]";
    flags.windows(FLAG.len()).any(|window| window == FLAG)
}

fn flag_security(flag: &[u8]) -> SecurityLevel {
    let rsn = flag
        .strip_prefix(b"WPA2-")
        .or_else(|| flag.strip_prefix(b"RSN-"));
    match rsn {
        Some(suite) => rsn_security(suite),
        None if flag.starts_with(b"WPA-") => SecurityLevel::Wpa,
        None if flag == b"WEP" => SecurityLevel::Wep,
        None => SecurityLevel::Open,
    }
}

/// `PSK+SAE+FT/SAE-CCMP-preauth`: key management, then the ciphers.
fn rsn_security(suite: &[u8]) -> SecurityLevel {
    let key_mgmt = || suite.split(|byte| b"+-".contains(byte));
    if key_mgmt().any(|method| matches!(method, b"SAE" | b"FT/SAE" | b"SAE-EXT-KEY")) {
        SecurityLevel::Sae
    } else if key_mgmt().any(|method| method == b"OWE") {
        SecurityLevel::Owe
    } else {
        SecurityLevel::Rsn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use macveil_core::types::{Mac, Ssid};

    fn block(id: u32, ssid: &str, end: &str) -> String {
        format!(
            "id={id}\nbssid=02:00:00:00:03:{id:02x}\nfreq=2412\nlevel=-40\nflags=[WPA2-PSK-CCMP][ESS]\nssid={ssid}\n{end}\n"
        )
    }

    #[test]
    fn rows_are_parsed_to_the_end() {
        let answer = [block(3, "one", "===="), block(9, "tw\\x6f", "####")].concat();
        let page = parse(answer.as_bytes());
        assert_eq!(page.next, None);
        assert_eq!(page.rows.len(), 2);
        let last = BssEntry {
            owe_open_half: false,
            bssid: Mac([2, 0, 0, 0, 3, 9]),
            frequency: 2412,
            signal: -40,
            ssid: Ssid::new(b"two").unwrap(),
            security: SecurityLevel::Rsn,
            key_mgmt: vec![KeyMgmt::Psk],
        };
        assert_eq!(page.rows[1], Row { id: 9, entry: last });
    }

    #[test]
    fn next_page_starts_after_the_last_row() {
        let answer = [block(3, "one", "===="), block(9, "====", "====")].concat();
        assert_eq!(parse(answer.as_bytes()).next, Some(10));
    }

    #[test]
    fn page_without_rows_ends_the_table() {
        for answer in [&b""[..], b"FAIL\n", b"id=4294967295\n====\n", b"====\n"] {
            let page = parse(answer);
            assert_eq!(
                (page.rows.len(), page.next),
                (0, None),
                "{}",
                answer.escape_ascii()
            );
        }
    }

    #[test]
    fn malformed_row_is_skipped() {
        let answer = "id=3\nbssid=nonsense\n====\n".to_owned() + &block(4, "x", "====");
        let page = parse(answer.as_bytes());
        assert_eq!((page.rows.len(), page.next), (1, Some(5)));
    }

    #[test]
    fn strongest_security_in_flags_is_used() {
        for (flags, expected) in [
            ("[ESS]", SecurityLevel::Open),
            ("", SecurityLevel::Open),
            ("[WPS][ESS]", SecurityLevel::Open),
            ("[OWE-TRANS-OPEN][ESS]", SecurityLevel::Open),
            ("[WEP][ESS]", SecurityLevel::Wep),
            ("[WPA-PSK-TKIP][ESS]", SecurityLevel::Wpa),
            ("[WPA-PSK-TKIP][WPA2-PSK-CCMP][ESS]", SecurityLevel::Rsn),
            (
                "[WPA2-EAP+EAP-SHA256-CCMP-preauth][ESS]",
                SecurityLevel::Rsn,
            ),
            ("[WPA2-OWE-CCMP][OWE-TRANS][ESS]", SecurityLevel::Owe),
            ("[WPA2-PSK+SAE-CCMP][SAE-H2E][ESS]", SecurityLevel::Sae),
            ("[WPA2-FT/SAE-CCMP][ESS]", SecurityLevel::Sae),
            ("[WPA2-?]", SecurityLevel::Rsn),
        ] {
            assert_eq!(security(flags.as_bytes()), expected, "{flags}");
        }
    }

    #[test]
    fn open_half_of_a_pair_is_known_by_its_flag() {
        for (flags, expected) in [
            ("[OWE-TRANS-OPEN][ESS]", true),
            ("[WPA2-OWE-CCMP][OWE-TRANS][ESS]", false),
            ("[ESS]", false),
        ] {
            assert_eq!(is_owe_open_half(flags.as_bytes()), expected, "{flags}");
        }
    }

    #[test]
    fn all_key_management_flags_are_known() {
        use KeyMgmt::{Eap, Open, Owe, Psk, Sae, Wep};
        for (flags, expected) in [
            ("[ESS]", &[Open][..]),
            ("[OWE-TRANS-OPEN][ESS]", &[Open]),
            ("[WEP][ESS]", &[Wep]),
            (
                "[WPA-PSK-TKIP][WPA2-PSK+PSK-SHA256-CCMP][ESS]",
                &[Psk, Psk, Psk],
            ),
            ("[WPA2-EAP+FT/EAP-CCMP-preauth][ESS]", &[Eap, Eap]),
            ("[WPA2-OWE-CCMP][OWE-TRANS][ESS]", &[Owe]),
            ("[WPA2-PSK+SAE-CCMP][SAE-H2E][ESS]", &[Psk, Sae]),
            ("[WPA2-FT/SAE+SAE-EXT-KEY-CCMP][ESS]", &[Sae, Sae]),
            ("[WPA2-?]", &[]),
        ] {
            assert_eq!(key_mgmt(flags.as_bytes()), expected, "{flags}");
        }
    }

    proptest::proptest! {
        #[test]
        fn random_answer_causes_no_panic(answer: Vec<u8>) {
            let _ = (parse(&answer), security(&answer), key_mgmt(&answer));
        }
    }

    #[test]
    fn command_requests_entries_from_the_id_on() {
        assert_eq!(command(7), "BSS RANGE=7- MASK=0x21887");
    }
}
