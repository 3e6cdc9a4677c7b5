//! Messages written and read.

mod any;

use proptest::collection::vec;
use proptest::prelude::*;

use any::{FAULTS, any_exchange, any_request, any_status};

use crate::protocol::{
    Affected, Effect, EventKind, EventLine, Fault, FaultKind, Interface, Reply, Request,
    answer_to_line, word,
};
use macveil_core::address::Policy;
use macveil_core::machine::StateKind;
use macveil_core::types::{DeviceKind, Mac, Ssid};

fn request(line: &str) -> Result<Request, Fault> {
    Request::read(line.as_bytes())
}

fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

#[track_caller]
fn assert_refused(line: &str, kind: FaultKind, message: &str) {
    let fault = request(line).unwrap_err();
    assert_eq!(
        (fault.kind, fault.message.as_str()),
        (kind, message),
        "{line}"
    );
}

#[test]
fn requests_are_read() {
    assert_eq!(
        request(r#"{"request":"interfaces"}"#),
        Ok(Request::Interfaces)
    );
    assert_eq!(
        request(r#" { "request" : "reload", "version": 1 } "#),
        Ok(Request::Reload)
    );
    let home = Request::Reroll {
        ssid: ssid("Caf\u{e9}"),
        now: false,
        undo: false,
    };
    assert_eq!(
        request(r#"{"request":"reroll","ssid":"Caf\u00e9"}"#),
        Ok(home.clone())
    );
    assert_eq!(
        request(r#"{"request":"reroll","ssid_hex":"436166C3a9","ssid":null,"now":false}"#),
        Ok(home)
    );
    assert_eq!(
        request(r#"{"request":"reroll","ssid":"Home","now":true}"#),
        Ok(Request::Reroll {
            ssid: ssid("Home"),
            now: true,
            undo: false
        })
    );
    assert_eq!(
        request(r#"{"request":"rejoin","ssid":"Home"}"#),
        Ok(Request::Rejoin { ssid: ssid("Home") })
    );
}

#[test]
fn invalid_request_gets_the_reason() {
    for line in [
        "",
        "interfaces",
        "[]",
        "7",
        "{",
        r#"{"request":"reload"} x"#,
    ] {
        let fault = request(line).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotJson, "{line}");
        let words = "the line is not a JSON object: ";
        assert!(fault.message.starts_with(words), "{}", fault.message);
    }
    let not_text = Request::read(b"{\"request\":\"\xff\"}").unwrap_err();
    assert!(not_text.message.starts_with("the line is not valid UTF-8"));
    assert_refused(
        r#"{"request":"dance"}"#,
        FaultKind::UnknownRequest,
        "unknown request `dance`, expected one of interfaces, status, reload, reroll, rejoin, scan, rotate, pause, resume, events",
    );
    let bad = |line, message| assert_refused(line, FaultKind::BadRequest, message);
    bad("{}", "missing field `request`");
    bad(
        r#"{"request":7}"#,
        "`request`: invalid type: integer `7`, expected a string",
    );
    bad(
        r#"{"request":"reload","version":2}"#,
        "version 2 is not supported, only version 1",
    );
    bad(
        r#"{"request":"reload","now":true}"#,
        "unknown field `now`, there are no fields",
    );
    bad(
        r#"{"request":"pause","for_ms":"1"}"#,
        "`for_ms`: invalid type: string \"1\", expected u64",
    );
    bad(
        r#"{"request":"scan","ssid":"a"}"#,
        "unknown field `ssid`, expected `interface`",
    );
    bad(
        r#"{"request":"reroll"}"#,
        "missing field `ssid` or `ssid_hex`",
    );
    bad(
        r#"{"request":"reroll","ssid":"a","ssid_hex":"61"}"#,
        "expected either `ssid` or `ssid_hex`, not both",
    );
    bad(
        r#"{"request":"reroll","ssid":"a","now":"yes"}"#,
        "`now`: invalid type: string \"yes\", expected a boolean",
    );
    for line in [
        r#"{"request":"rejoin","ssid_hex":"6g"}"#,
        r#"{"request":"rejoin","ssid":""}"#,
        r#"{"request":"rejoin","ssid":"123456789012345678901234567890123"}"#,
    ] {
        bad(
            line,
            "an SSID has 1 to 32 bytes, in `ssid_hex` two hexadecimal digits for each",
        );
    }
}

#[test]
fn replies_are_as_documented() {
    let reply = Reply::Interfaces {
        interfaces: vec![Interface {
            name: "wlan0".to_owned(),
            ifindex: 3,
            kind: DeviceKind::Wifi,
            address: Mac([2, 0, 0, 0, 0, 1]),
            state: Some(StateKind::Scanning),
        }],
    };
    assert_eq!(
        reply.to_line(),
        r#"{"version":1,"reply":"interfaces","interfaces":[{"name":"wlan0","ifindex":3,"kind":"wifi","address":"02:00:00:00:00:01","managed":true,"state":"scanning"}]}"#
    );
    let reply = Reply::Rerolled {
        ssid: ssid("Home"),
        interfaces: vec![Affected {
            interface: "wlan0".to_owned(),
            policy: Some(Policy::StableSsid),
            undetermined: None,
            connected: true,
            effect: Effect::NextAssociation,
        }],
    };
    assert_eq!(
        reply.to_line(),
        r#"{"version":1,"reply":"reroll","ssid":"Home","ssid_hex":"486f6d65","interfaces":[{"name":"wlan0","policy":"stable-ssid","undetermined":null,"connected":true,"effect":"next-association"}]}"#
    );
    let fault = Fault::new(FaultKind::ShuttingDown, "macveil is shutting down");
    assert_eq!(
        fault.to_line(),
        r#"{"version":1,"error":"shutting-down","message":"macveil is shutting down"}"#
    );
}

/// Each block of the document is a request, then its reply.
#[test]
fn examples_in_the_document_are_read() {
    let document = include_str!("../../../docs/control-socket.md");
    let blocks = document.split("```json\n").skip(1);
    let mut names = Vec::new();
    for block in blocks {
        let mut lines = block.split("```").next().unwrap().lines();
        let (asked, replied) = (lines.next().unwrap(), lines.next().unwrap());
        assert_eq!(lines.next(), None, "{asked}");
        let asked = request(asked);
        if let Ok(request) = &asked {
            names.push(request.name());
        }
        let answered = asked.clone().unwrap_or(Request::Reload);
        let answer = Reply::read(replied.as_bytes(), &answered).unwrap();
        assert_eq!(answer_to_line(&answer), replied, "every key in its order");
        if let Err(fault) = asked {
            assert_eq!(answer, Err(fault));
        }
    }
    names.dedup();
    assert_eq!(
        names,
        [
            "interfaces",
            "status",
            "reload",
            "reroll",
            "rejoin",
            "scan",
            "rotate",
            "pause",
            "resume",
            "events"
        ]
    );
    for kind in FAULTS {
        let word = word(&kind);
        assert!(document.contains(&format!("| `{word}` |")), "{word}");
    }
}

#[test]
fn reply_of_another_request_or_version_is_an_error() {
    let reload = r#"{"version":1,"reply":"reload","files":[],"warnings":[]}"#;
    assert!(Reply::read(reload.as_bytes(), &Request::Reload).is_ok());
    assert!(Reply::read(reload.as_bytes(), &Request::Interfaces).is_err());
    let newer = reload.replace(":1,", ":2,");
    let error = Reply::read(newer.as_bytes(), &Request::Reload).unwrap_err();
    assert_eq!(
        error.to_string(),
        "version 2 is not supported, only version 1"
    );
    let more = reload.replace("\"files\"", "\"more\":{},\"files\"");
    assert!(Reply::read(more.as_bytes(), &Request::Reload).is_ok());
}

proptest! {
    #[test]
    fn a_request_reads_back_as_written(request in any_request()) {
        let line = request.to_line();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(Request::read(line.as_bytes()), Ok(request));
    }

    #[test]
    fn an_answer_reads_back_as_written((request, answer) in any_exchange()) {
        let line = answer_to_line(&answer);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(Reply::read(line.as_bytes(), &request), Ok(answer));
    }

    #[test]
    fn a_status_event_reads_back_as_written(status in any_status()) {
        let event = EventLine { time_ms: 7, ..EventLine::status(status) };
        let line = event.to_line();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(EventLine::read(line.as_bytes()), Ok(event));
    }

    #[test]
    fn any_line_is_read_or_refused(line in vec(any::<u8>(), 0..64)) {
        let _ = Request::read(&line);
        let _ = Reply::read(&line, &Request::Reload);
        let _ = EventLine::read(&line);
    }

    #[test]
    fn any_object_is_read_or_refused(
        keys in vec("request|ssid|ssid_hex|now|version|reply|[a-z]{3}", 0..5),
        values in vec("\"reroll\"|true|null|1|-1|1e400|\"\\\\ud800\"|\\[\\[\\]\\]|\\{\"a\":1\\}|\"[0-9a-f]{0,70}\"", 5),
    ) {
        let pairs: Vec<_> = keys.iter().zip(values).map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let line = format!("{{{}}}", pairs.join(","));
        if let Ok(request) = Request::read(line.as_bytes()) {
            prop_assert_eq!(Request::read(request.to_line().as_bytes()), Ok(request));
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for deep in [
        "[".repeat(4095),
        format!("{{\"a\":{}{}}}", "[".repeat(2000), "]".repeat(2000)),
    ] {
        assert_eq!(request(&deep).unwrap_err().kind, FaultKind::NotJson);
    }
}

#[test]
fn unknown_events_and_keys_are_passed_over() {
    let line = r#"{"version":1,"event":"new","time_ms":1,"interface":null,"text":"x","more":{}}"#;
    let event = EventLine::read(line.as_bytes()).unwrap();
    assert_eq!((event.event, event.text.as_str()), (EventKind::Other, "x"));
}

#[test]
fn incomplete_status_of_a_managed_interface_is_an_error() {
    let line = r#"{"version":1,"reply":"status","interfaces":[{"name":"a","ifindex":1,"kind":"wifi","address":"02:00:00:00:00:01","managed":true,"state":"scanning","managed_by":null,"driver":"x"}]}"#;
    let error = Reply::read(line.as_bytes(), &Request::Status).unwrap_err();
    assert!(error.to_string().contains("missing field"), "{error}");
}
