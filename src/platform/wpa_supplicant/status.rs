//! The answer to `STATUS` (`wpa_supplicant_ctrl_iface_status`, `ctrl_iface.c`, 2.10).

use macveil_core::machine::wpa::{Phase, SupplicantStatus};

use super::text;

/// Parses the answer; `None` without a valid `wpa_state`.
pub(super) fn parse(answer: &[u8]) -> Option<SupplicantStatus> {
    let mac = |key| text::mac(text::field(answer, key)?);
    Some(SupplicantStatus {
        phase: phase(text::field(answer, "wpa_state")?)?,
        address: mac("address"),
        bssid: mac("bssid"),
        ssid: text::field(answer, "ssid").and_then(text::printf_ssid),
        id: text::field(answer, "id").and_then(text::number),
        frequency: text::field(answer, "freq").and_then(text::number),
    })
}

/// `wpa_supplicant_state_txt` (`wpa_supplicant.c`, 2.10).
fn phase(state: &[u8]) -> Option<Phase> {
    Some(match state {
        b"INTERFACE_DISABLED" => Phase::LinkDown,
        b"DISCONNECTED" | b"INACTIVE" => Phase::Idle,
        b"SCANNING" => Phase::Scanning,
        b"AUTHENTICATING" | b"ASSOCIATING" | b"ASSOCIATED" | b"4WAY_HANDSHAKE"
        | b"GROUP_HANDSHAKE" => Phase::Connecting,
        b"COMPLETED" => Phase::Connected,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use macveil_core::types::{Mac, Ssid};

    #[test]
    fn connected_status_is_parsed() {
        let answer =
            b"bssid=02:00:00:00:03:00\nfreq=2412\nssid=caf\\xc3\\xa9\nid=3\nmode=station\n\
            pairwise_cipher=CCMP\nwpa_state=COMPLETED\np2p_device_address=42:00:00:00:00:00\n\
            address=06:11:22:33:44:55\nuuid=5d3f8b2e-0000-0000-0000-000000000000\n";
        let expected = SupplicantStatus {
            phase: Phase::Connected,
            address: Some(Mac([6, 0x11, 0x22, 0x33, 0x44, 0x55])),
            bssid: Some(Mac([2, 0, 0, 0, 3, 0])),
            ssid: Ssid::new("café".as_bytes()),
            id: Some(3),
            frequency: Some(2412),
        };
        assert_eq!(parse(answer), Some(expected));
    }

    #[test]
    fn every_wpa_state_is_known() {
        for (state, expected) in [
            ("INTERFACE_DISABLED", Phase::LinkDown),
            ("DISCONNECTED", Phase::Idle),
            ("INACTIVE", Phase::Idle),
            ("SCANNING", Phase::Scanning),
            ("AUTHENTICATING", Phase::Connecting),
            ("ASSOCIATING", Phase::Connecting),
            ("ASSOCIATED", Phase::Connecting),
            ("4WAY_HANDSHAKE", Phase::Connecting),
            ("GROUP_HANDSHAKE", Phase::Connecting),
            ("COMPLETED", Phase::Connected),
        ] {
            let status = parse(format!("wpa_state={state}\n").as_bytes());
            assert_eq!(status.map(|status| status.phase), Some(expected), "{state}");
        }
    }

    #[test]
    fn ssid_with_status_line_is_not_a_field() {
        let answer = b"ssid=\\nwpa_state=COMPLETED\nwpa_state=ASSOCIATED\n";
        let status = parse(answer).unwrap();
        assert_eq!(status.phase, Phase::Connecting);
        assert_eq!(status.ssid, Ssid::new(b"\nwpa_state=COMPLETED"));
    }

    #[test]
    fn answer_without_valid_state_is_rejected() {
        for answer in [&b""[..], b"FAIL\n", b"wpa_state=\n", b"wpa_state=UNKNOWN\n"] {
            assert_eq!(parse(answer), None, "{}", answer.escape_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn random_answer_causes_no_panic(answer: Vec<u8>) {
            let _ = parse(&answer);
            let _ = parse(&[b"wpa_state=SCANNING\nssid=", &answer[..]].concat());
        }
    }
}
