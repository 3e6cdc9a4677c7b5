//! Unsolicited messages of wpa_supplicant, as `wpa_msg` formats them (2.9 to 2.11; line numbers of 2.10).

use std::time::Duration;

use macveil_core::machine::wpa::Supplicant;
use macveil_core::types::Mac;

use super::text;

/// A known message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// An event for the machine.
    Supplicant(Supplicant),
    /// `EXT-RADIO-WORK-START`: the radio is reserved for the work with this id.
    RadioWorkStarted(u32),
    /// A program edits a network.
    Edit,
    /// Valid but unused, such as new BSSs and started scans.
    Other,
}

/// Whether a datagram is a message rather than an answer.
pub(super) fn is_message(datagram: &[u8]) -> bool {
    datagram.first() == Some(&b'<')
}

/// Parses a datagram such as `<3>CTRL-EVENT-SCAN-RESULTS `; `None` if it is malformed.
pub(super) fn parse(datagram: &[u8]) -> Option<Message> {
    if let Some(line) = datagram.strip_prefix(DEBUG) {
        return Some(debug_message(line));
    }
    let words = text_of(datagram)?;
    for (prefix, read) in FORMATS {
        if let Some(rest) = words.strip_prefix(prefix.as_bytes()) {
            return read(rest);
        }
    }
    Some(Message::Other)
}

/// The level of messages that are for developers (`MSG_DEBUG`, `wpa_debug.h`).
const DEBUG: &[u8] = b"<2>";
/// `bssid=%MAC pending_bssid=%MAC reason=%d (%s) state=%s` (`wpa_supplicant_deauthenticate`,
/// `wpa_supplicant.c`), before the frame leaves.
const LEAVING: &[u8] = b"Request to deauthenticate - ";
/// By command and by signal (`wpa_supplicant_ctrl_iface_process`, `ctrl_iface.c`; `wpa_supplicant_reconfig`,
/// `wpa_supplicant.c`).
const RELOADS: [&[u8]; 2] = [
    b"Control interface command 'RECONFIGURE'",
    b"Signal 1 received - reconfiguring",
];
/// Requests to connect (`wpa_supplicant_ctrl_iface_process`).
const CONNECTS: [&[u8]; 4] = [
    b"Control interface command 'RECONNECT'",
    b"Control interface command 'REASSOCIATE'",
    b"Control interface command 'REATTACH'",
    b"Control interface command 'SELECT_NETWORK ",
];
/// `wpas_notify_resume` (`notify.c`).
const RESUME: &[u8] = b"Control interface command 'RESUME'";
/// What is set is not told (`wpa_supplicant_ctrl_iface_process`).
const EDIT: &[u8] = b"Control interface command 'SET_NETWORK ";
/// `WLAN_REASON_DEAUTH_LEAVING`, the reason of every request by a program.
const DEAUTH_LEAVING: u16 = 3;

/// Debug messages can contain names of networks: none is logged, and only a few are read.
fn debug_message(line: &[u8]) -> Message {
    if RELOADS.contains(&line) {
        return Message::Supplicant(Supplicant::ConfigurationRead);
    }
    if CONNECTS.iter().any(|request| line.starts_with(request)) {
        return Message::Supplicant(Supplicant::ConnectRequested);
    }
    if line == RESUME {
        return Message::Supplicant(Supplicant::Resumed);
    }
    if line.starts_with(EDIT) {
        return Message::Edit;
    }
    let Some(rest) = line.strip_prefix(LEAVING) else {
        return Message::Other;
    };
    let is_connected = words(rest).any(|word| word == b"state=COMPLETED");
    if is_connected && word(rest, "reason") == Some(DEAUTH_LEAVING) {
        return Message::Supplicant(Supplicant::LeaveRequested);
    }
    Message::Other
}

type Reader = fn(&[u8]) -> Option<Message>;

/// Message prefixes; a prefix of another one comes after it.
const FORMATS: &[(&str, Reader)] = &[
    ("CTRL-EVENT-CONNECTED ", connected),
    ("CTRL-EVENT-DISCONNECTED ", disconnected),
    ("CTRL-EVENT-NETWORK-NOT-FOUND", |rest| {
        whole(rest, Supplicant::NetworkNotFound)
    }),
    ("CTRL-EVENT-AUTH-REJECT ", rejected),
    ("CTRL-EVENT-ASSOC-REJECT ", rejected),
    ("CTRL-EVENT-SSID-TEMP-DISABLED ", temporarily_disabled),
    ("CTRL-EVENT-SSID-REENABLED ", |_| Some(NETWORKS_CHANGED)),
    ("CTRL-EVENT-SIGNAL-CHANGE ", signal_changed),
    ("CTRL-EVENT-NETWORK-ADDED ", |_| Some(NETWORKS_CHANGED)),
    ("CTRL-EVENT-NETWORK-REMOVED ", |_| Some(NETWORKS_CHANGED)),
    ("CTRL-EVENT-SCAN-RESULTS", |rest| {
        whole(rest, Supplicant::ScanResults)
    }),
    ("CTRL-EVENT-TERMINATING", |rest| {
        whole(rest, Supplicant::Terminating)
    }),
    ("SME: Trying to authenticate with ", connecting),
    ("Trying to associate with ", connecting),
    ("Authentication with ", authentication),
    ("EXT-RADIO-WORK-START ", |rest| {
        text::number(rest).map(Message::RadioWorkStarted)
    }),
];

/// The text after the level.
fn text_of(datagram: &[u8]) -> Option<&[u8]> {
    let rest = datagram.strip_prefix(b"<")?;
    let close = rest.iter().position(|&byte| byte == b'>')?;
    rest.get(close + 1..)
}

/// Accepts a message that ends here or continues after a space.
fn whole(rest: &[u8], event: Supplicant) -> Option<Message> {
    matches!(rest.first(), None | Some(b' ')).then_some(Message::Supplicant(event))
}

const NETWORKS_CHANGED: Message = Message::Supplicant(Supplicant::NetworksChanged);

/// `- Connection to %MAC completed [id=%d id_str=%s]` (`wpa_supplicant.c:998`).
fn connected(rest: &[u8]) -> Option<Message> {
    let rest = rest.strip_prefix(b"- Connection to ")?;
    let id = words(rest)
        .nth(2)
        .and_then(|word| word.strip_prefix(b"[id="));
    Some(Message::Supplicant(Supplicant::Connected {
        bssid: leading_mac(rest)?,
        id: id.and_then(text::number),
    }))
}

/// `bssid=%MAC reason=%d[ locally_generated=1]` (events.c:3566).
fn disconnected(rest: &[u8]) -> Option<Message> {
    Some(Message::Supplicant(Supplicant::Disconnected {
        reason: word(rest, "reason")?,
        local: word(rest, "locally_generated") == Some(1_u8),
    }))
}

/// `%MAC auth_type=%u auth_transaction=%u status_code=%u[ ie=hex]` (sme.c:1592) and
/// `[bssid=%MAC ]status_code=%u[ timeout[=reason]]` (events.c:4707).
fn rejected(rest: &[u8]) -> Option<Message> {
    let status = word(rest, "status_code")?;
    Some(Message::Supplicant(Supplicant::Rejected { status }))
}

/// `id=%d ssid="%s" auth_failures=%u duration=%d reason=%s` (`wpa_supplicant.c:8083`). The SSID can
/// contain anything but an unescaped quote, so the id is read from the start and the reason from the end.
fn temporarily_disabled(rest: &[u8]) -> Option<Message> {
    let id = words(rest).next()?.strip_prefix(b"id=")?;
    let rest = rest.rsplit(|&byte| byte == b'"').next()?;
    let seconds = words(rest).find_map(|word| text::number(word.strip_prefix(b"duration=")?));
    Some(Message::Supplicant(Supplicant::TemporarilyDisabled {
        id: text::number(id)?,
        wrong_key: words(rest).any(|word| word == b"reason=WRONG_KEY"),
        pause: Duration::from_secs(seconds?),
    }))
}

/// `above=%d signal=%d noise=%d txrate=%d` (events.c:5360): to every client, whichever one asked for it.
fn signal_changed(rest: &[u8]) -> Option<Message> {
    Some(Message::Supplicant(Supplicant::SignalChanged {
        weak: word::<u8>(rest, "above")? == 0,
        signal: word(rest, "signal")?,
    }))
}

/// `%MAC (SSID='%s' freq=%d MHz)` (sme.c:871, sme.c:2081, `wpa_supplicant.c:3673`) or `SSID '%s'`
/// (`wpa_supplicant.c:3705`) where the driver chooses the BSS: then the address is all zeros.
fn connecting(rest: &[u8]) -> Option<Message> {
    let bssid = match leading_mac(rest) {
        Some(bssid) => bssid,
        None if rest.starts_with(b"SSID '") => Mac([0; 6]),
        None => return None,
    };
    Some(Message::Supplicant(Supplicant::Connecting { bssid }))
}

/// `%MAC timed out.` (`wpa_supplicant.c:224`). It has no status code; 0 is used
/// instead, which no real rejection has.
fn authentication(rest: &[u8]) -> Option<Message> {
    leading_mac(rest)?;
    let timed_out = rest.ends_with(b" timed out.");
    timed_out.then_some(Message::Supplicant(Supplicant::Rejected { status: 0 }))
}

fn leading_mac(text: &[u8]) -> Option<Mac> {
    text::mac(words(text).next()?)
}

/// The number in the first word `key=number`.
fn word<T: std::str::FromStr>(text: &[u8], key: &str) -> Option<T> {
    let value =
        words(text).find_map(|word| word.strip_prefix(key.as_bytes())?.strip_prefix(b"="))?;
    text::number(value)
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: Mac = Mac([2, 0, 0, 0, 3, 0]);

    fn parsed(text: &str) -> Option<Message> {
        parse(format!("<3>{text}").as_bytes())
    }

    fn supplicant_event(text: &str) -> Option<Supplicant> {
        match parsed(text)? {
            Message::Supplicant(event) => Some(event),
            Message::RadioWorkStarted(_) | Message::Edit | Message::Other => None,
        }
    }

    #[test]
    fn messages_of_each_version_are_parsed() {
        let cases = [
            (
                "CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:03:00 completed [id=0 id_str=]",
                Supplicant::Connected {
                    bssid: MAC,
                    id: Some(0),
                },
            ),
            (
                "CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:03:00 completed [id=0 id_str= FILS_HLP_SENT] ap_mld_addr=02:00:00:00:99:00",
                Supplicant::Connected {
                    bssid: MAC,
                    id: Some(0),
                },
            ),
            (
                "CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:03:00 reason=3 locally_generated=1",
                Supplicant::Disconnected {
                    reason: 3,
                    local: true,
                },
            ),
            (
                "CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:03:00 reason=6",
                Supplicant::Disconnected {
                    reason: 6,
                    local: false,
                },
            ),
            ("CTRL-EVENT-NETWORK-NOT-FOUND ", Supplicant::NetworkNotFound),
            (
                "CTRL-EVENT-AUTH-REJECT 02:00:00:00:03:00 auth_type=0 auth_transaction=2 status_code=13 ie=0a0b",
                Supplicant::Rejected { status: 13 },
            ),
            (
                "CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:03:00 status_code=17",
                Supplicant::Rejected { status: 17 },
            ),
            (
                "CTRL-EVENT-ASSOC-REJECT status_code=1 timeout=auth",
                Supplicant::Rejected { status: 1 },
            ),
            (
                "CTRL-EVENT-SSID-TEMP-DISABLED id=4 ssid=\"Home\" auth_failures=1 duration=10 reason=WRONG_KEY",
                Supplicant::TemporarilyDisabled {
                    id: 4,
                    wrong_key: true,
                    pause: Duration::from_secs(10),
                },
            ),
            (
                "CTRL-EVENT-SSID-TEMP-DISABLED id=4 ssid=\"x\\\" reason=WRONG_KEY\" auth_failures=1 duration=10 reason=CONN_FAILED",
                Supplicant::TemporarilyDisabled {
                    id: 4,
                    wrong_key: false,
                    pause: Duration::from_secs(10),
                },
            ),
            (
                "CTRL-EVENT-SSID-REENABLED id=4 ssid=\"Home\"",
                Supplicant::NetworksChanged,
            ),
            ("CTRL-EVENT-NETWORK-ADDED 4", Supplicant::NetworksChanged),
            ("CTRL-EVENT-NETWORK-REMOVED 4", Supplicant::NetworksChanged),
            ("CTRL-EVENT-SCAN-RESULTS ", Supplicant::ScanResults),
            ("CTRL-EVENT-SCAN-RESULTS id=7", Supplicant::ScanResults),
            ("CTRL-EVENT-TERMINATING ", Supplicant::Terminating),
            (
                "SME: Trying to authenticate with 02:00:00:00:03:00 (SSID='it's freq=1 \\\"x' freq=2412 MHz)",
                Supplicant::Connecting { bssid: MAC },
            ),
            (
                "Trying to associate with 02:00:00:00:03:00 (SSID='a' freq=2412 MHz)",
                Supplicant::Connecting { bssid: MAC },
            ),
            (
                "Trying to associate with SSID '02:00:00:00:03:00 '",
                Supplicant::Connecting { bssid: Mac([0; 6]) },
            ),
            (
                "Authentication with 02:00:00:00:03:00 timed out.",
                Supplicant::Rejected { status: 0 },
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(supplicant_event(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn signal_report_is_parsed() {
        for (text, weak, signal) in [
            ("above=0 signal=-74 noise=9999 txrate=6000", true, -74),
            ("above=1 signal=-50 noise=-95 txrate=54000", false, -50),
        ] {
            assert_eq!(
                supplicant_event(&format!("CTRL-EVENT-SIGNAL-CHANGE {text}")),
                Some(Supplicant::SignalChanged { weak, signal })
            );
        }
    }

    #[test]
    fn radio_work_start_is_parsed() {
        assert_eq!(
            parsed("EXT-RADIO-WORK-START 7"),
            Some(Message::RadioWorkStarted(7))
        );
        assert_eq!(parsed("EXT-RADIO-WORK-START x"), None);
    }

    #[test]
    fn few_debug_messages_are_read() {
        let reload = Message::Supplicant(Supplicant::ConfigurationRead);
        for line in [
            "<2>Control interface command 'RECONFIGURE'",
            "<2>Signal 1 received - reconfiguring",
        ] {
            assert_eq!(parse(line.as_bytes()), Some(reload.clone()), "{line}");
        }
        let resumed = Message::Supplicant(Supplicant::Resumed);
        assert_eq!(
            parse(b"<2>Control interface command 'RESUME'"),
            Some(resumed)
        );
        let connects = Message::Supplicant(Supplicant::ConnectRequested);
        for command in ["RECONNECT", "REASSOCIATE", "REATTACH", "SELECT_NETWORK 3"] {
            let line = format!("<2>Control interface command '{command}'");
            assert_eq!(parse(line.as_bytes()), Some(connects.clone()), "{line}");
        }
        let requested = "Request to deauthenticate - bssid=02:00:00:00:03:00 pending_bssid=00:00:00:00:00:00 reason=3 (DEAUTH_LEAVING) state=COMPLETED";
        let leave = Message::Supplicant(Supplicant::LeaveRequested);
        assert_eq!(parse(format!("<2>{requested}").as_bytes()), Some(leave));
        for text in [
            requested.replace(
                "reason=3 (DEAUTH_LEAVING)",
                "reason=15 (4WAY_HANDSHAKE_TIMEOUT)",
            ),
            requested.replace("COMPLETED", "AUTHENTICATING"),
            format!("0: 02:00:00:00:03:00 ssid='{requested}' wpa_ie_len=0"),
            "Request to deauthenticate - ".to_owned(),
            "CTRL-EVENT-CONNECTED - Connection to somewhere".to_owned(),
            "CTRL-EVENT-SCAN-RESULTS ".to_owned(),
        ] {
            let datagram = format!("<2>{text}");
            assert_eq!(parse(datagram.as_bytes()), Some(Message::Other), "{text}");
        }
        assert_eq!(parsed(requested), Some(Message::Other));
    }

    #[test]
    fn other_messages_are_ignored() {
        for text in [
            "CTRL-EVENT-SCAN-STARTED ",
            "CTRL-EVENT-BSS-ADDED 3 02:00:00:00:03:00",
            "Associated with 02:00:00:00:03:00",
            "",
        ] {
            assert_eq!(parsed(text), Some(Message::Other), "{text}");
        }
    }

    #[test]
    fn malformed_message_is_rejected() {
        for text in [
            "CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:03",
            "CTRL-EVENT-CONNECTED - Connection to somewhere",
            "CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:03:00",
            "CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:03:00 reason=65536",
            "CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:03:00",
            "CTRL-EVENT-SCAN-RESULTSX",
            "CTRL-EVENT-SIGNAL-CHANGE above=0 signal=weak",
            "CTRL-EVENT-SSID-TEMP-DISABLED ssid=\"id=3\"",
            "SME: Trying to authenticate with ",
            "Authentication with 02:00:00:00:03:00 succeeded",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
        for datagram in [
            &b""[..],
            b"<",
            b"<3",
            b"OK\n",
            b"3>CTRL-EVENT-SCAN-RESULTS ",
        ] {
            assert_eq!(parse(datagram), None, "{}", datagram.escape_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn random_datagram_causes_no_panic(datagram: Vec<u8>) {
            let _ = parse(&datagram);
        }

        #[test]
        fn random_text_after_known_prefix_causes_no_panic(
            which in 0..FORMATS.len(),
            rest: Vec<u8>,
        ) {
            let (beginning, _) = FORMATS[which];
            let _ = parse(&[b"<3>", beginning.as_bytes(), &rest].concat());
        }
    }

    #[test]
    fn message_starts_with_its_level() {
        assert!(is_message(b"<3>CTRL-EVENT-SCAN-RESULTS "));
        assert!(!is_message(b"OK\n"));
        assert!(!is_message(b""));
    }

    #[test]
    fn timeout_without_bssid_is_not_a_rejection() {
        assert_eq!(
            authentication(b"02:00:00:00:03:00 timed out."),
            Some(Message::Supplicant(Supplicant::Rejected { status: 0 }))
        );
        assert_eq!(authentication(b"it timed out."), None);
    }
}
