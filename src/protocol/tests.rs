//! Messages written and read.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::protocol::{
    Affected, Answer, Backend, Effect, EventKind, EventLine, Fault, FaultKind, Interface,
    InterfaceStatus, Mistake, Paused, Reply, Request, Rotated, Scanned, Status, answer_to_line,
    word,
};
use macveil_core::address::Policy;
use macveil_core::machine::{
    AddressKind, Counters, IwdScanReason, Limitation, Method, MethodReason, NextChange, Rotation,
    ScanFailure, ScanRefusal, StateKind,
};
use macveil_core::types::{Bss, DeviceKind, Mac, Ssid};

const FAULTS: [FaultKind; 9] = [
    FaultKind::NotJson,
    FaultKind::TooLong,
    FaultKind::UnknownRequest,
    FaultKind::BadRequest,
    FaultKind::NotAllowed,
    FaultKind::TooManyClients,
    FaultKind::NoInterface,
    FaultKind::Configuration,
    FaultKind::ShuttingDown,
];

const EFFECTS: [Effect; 4] = [
    Effect::Now,
    Effect::NextAssociation,
    Effect::None,
    Effect::Unknown,
];

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
    let document = include_str!("../../docs/control-socket.md");
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

fn any_ssid() -> impl Strategy<Value = Ssid> {
    vec(any::<u8>(), 1..=32).prop_map(|bytes| Ssid::new(&bytes).unwrap())
}

fn any_text() -> impl Strategy<Value = String> {
    "(\\PC|[\u{0}-\u{1f}\"\\\\]){0,12}"
}

fn any_request() -> impl Strategy<Value = Request> {
    prop_oneof![
        Just(Request::Interfaces),
        Just(Request::Status),
        Just(Request::Reload),
        (any_ssid(), any::<bool>()).prop_map(|(ssid, now)| Request::Reroll {
            ssid,
            now,
            undo: now,
        }),
        any_ssid().prop_map(|ssid| Request::Rejoin { ssid }),
        option::of(any_text()).prop_map(|interface| Request::Scan { interface }),
        option::of(any_text()).prop_map(|interface| Request::Rotate { interface }),
        option::of(any_text()).prop_map(|interface| Request::Resume { interface }),
        option::of(any_text()).prop_map(|interface| Request::Events { interface }),
        (option::of(any_text()), option::of(any::<u64>()))
            .prop_map(|(interface, for_ms)| Request::Pause { interface, for_ms }),
    ]
}

fn any_state() -> impl Strategy<Value = StateKind> {
    prop::sample::select(vec![
        StateKind::Scanning,
        StateKind::UserScan,
        StateKind::Associated,
        StateKind::Blocked,
    ])
}

fn any_next_change() -> impl Strategy<Value = NextChange> {
    prop::sample::select(vec![
        NextChange::AssociationEnds,
        NextChange::NetworkJoinedOrExternalScan,
        NextChange::IwdIdle,
    ])
}

fn any_method_reason() -> impl Strategy<Value = MethodReason> {
    prop::sample::select(vec![
        MethodReason::RandomizedScans,
        MethodReason::Configured,
        MethodReason::WhileIwdIdle,
    ])
}

fn any_limitation() -> impl Strategy<Value = Limitation> {
    prop_oneof![
        Just(Limitation::SequenceNumbers),
        any::<u32>().prop_map(|times| Limitation::AddressScanned { times }),
        any::<bool>().prop_map(|masked| Limitation::IwdScansLeak {
            reason: IwdScanReason::HiddenNetwork,
            masked,
        }),
        any_text().prop_map(|reason| Limitation::NoAddress { reason }),
    ]
}

fn any_scan_failure() -> impl Strategy<Value = ScanFailure> {
    prop_oneof![
        Just(ScanFailure::Busy),
        Just(ScanFailure::Refused {
            refusal: ScanRefusal::LinkDown
        }),
        any_text().prop_map(|reason| ScanFailure::Kernel { reason }),
        any::<u64>().prop_map(|seconds| ScanFailure::Timeout { seconds }),
    ]
}

fn any_interface() -> impl Strategy<Value = Interface> {
    let address = any::<[u8; 6]>().prop_map(Mac);
    let kind = prop::sample::select(vec![
        DeviceKind::Wifi,
        DeviceKind::Ethernet,
        DeviceKind::Other,
    ]);
    (
        any_text(),
        any::<u32>(),
        kind,
        address,
        option::of(any_state()),
    )
        .prop_map(|(name, ifindex, kind, address, state)| Interface {
            name,
            ifindex,
            kind,
            address,
            state,
        })
}

fn any_details() -> impl Strategy<Value = InterfaceStatus> {
    let kind = prop::sample::select(vec![
        AddressKind::Mask,
        AddressKind::Assigned,
        AddressKind::Permanent,
        AddressKind::Other,
    ]);
    let methods = vec![Method::Driver, Method::Powered, Method::Bounce];
    let method = option::of((prop::sample::select(methods), any_method_reason()));
    let address = (kind, any::<bool>(), any::<u64>(), any_next_change());
    let doing = (any::<bool>(), any::<u64>(), option::of(any_ssid()), method);
    let ills = (
        option::of(any_text()),
        option::of(any::<u64>()),
        vec(any_limitation(), 0..3),
        any::<bool>(),
        option::of(any::<u64>()),
    );
    let backends = vec![Backend::WpaSupplicant, Backend::Iwd];
    let backend = option::of(prop::sample::select(backends));
    let whose = (any_text(), backend);
    (whose, address, doing, ills, any::<[u32; 8]>()).prop_map(
        |(whose, address, doing, ills, counts)| {
            let (driver, backend) = whose;
            let (address_kind, permanent, address_ms, next_change) = address;
            let (up, state_ms, ssid, method) = doing;
            let (problem, retry_ms, limitations, paused, pause_ms) = ills;
            let (method, method_reason) = method.unzip();
            let [masks, scans, external_scans, leaking_scans, rest @ ..] = counts;
            let [
                associations,
                failed_associations,
                wrong_peers,
                holds_in_a_row,
            ] = rest;
            InterfaceStatus {
                driver,
                backend,
                up,
                state_ms,
                address_kind,
                permanent,
                address_ms,
                next_change,
                ssid,
                method,
                method_reason,
                problem,
                retry_ms,
                paused,
                pause_ms,
                limitations,
                counters: Counters {
                    masks,
                    scans,
                    external_scans,
                    leaking_scans,
                    associations,
                    failed_associations,
                    wrong_peers,
                    holds_in_a_row,
                },
            }
        },
    )
}

/// A managed interface has a state.
fn any_status() -> impl Strategy<Value = Status> {
    let managed_by = option::of(any_text());
    (any_interface(), managed_by, any_details()).prop_map(|(interface, managed_by, details)| {
        Status {
            details: interface.state.is_some().then_some(details),
            managed_by,
            interface,
        }
    })
}

fn any_affected() -> impl Strategy<Value = Vec<Affected>> {
    let policy = prop_oneof![
        Just((Some(Policy::Random), None)),
        Just((Some(Policy::Explicit(Mac([2, 1, 2, 3, 4, 5]))), None)),
        any_text().prop_map(|reason| (None, Some(reason))),
    ];
    let effect = prop::sample::select(EFFECTS.to_vec());
    let affected = (any_text(), policy, any::<bool>(), effect).prop_map(
        |(interface, (policy, undetermined), connected, effect)| Affected {
            interface,
            policy,
            undetermined,
            connected,
            effect,
        },
    );
    vec(affected, 0..3)
}

fn any_scanned() -> impl Strategy<Value = Scanned> {
    let address = || any::<[u8; 6]>().prop_map(Mac);
    let heard = (
        any_ssid(),
        address(),
        any::<u32>(),
        any::<i32>(),
        any::<u32>(),
    )
        .prop_map(|(ssid, bssid, frequency, signal, ms_ago)| Bss {
            bssid,
            frequency,
            signal,
            ssid,
            ms_ago,
            owe: None,
        });
    let heard = vec(heard, 0..3);
    let refused = option::of(any_scan_failure());
    (
        any_text(),
        option::of(address()),
        any::<bool>(),
        refused,
        heard,
    )
        .prop_map(|(interface, mask, passive, refused, heard)| Scanned {
            interface,
            mask,
            passive,
            refused,
            heard,
        })
}

fn any_rotated() -> impl Strategy<Value = Rotated> {
    let masks = vec![
        Rotation::Now,
        Rotation::Soon,
        Rotation::AfterAssociation,
        Rotation::Never,
    ];
    (
        any_text(),
        prop::sample::select(masks),
        option::of(any_ssid()),
        option::of(Just(Policy::Random)),
        prop::sample::select(EFFECTS.to_vec()),
    )
        .prop_map(|(interface, mask, ssid, policy, address)| Rotated {
            interface,
            mask,
            ssid,
            policy,
            address,
        })
}

fn any_paused() -> impl Strategy<Value = Paused> {
    let refused = option::of(any_text());
    (any_text(), any_state(), option::of(any_ssid()), refused).prop_map(
        |(interface, state, ssid, refused)| Paused {
            interface,
            state,
            ssid,
            refused,
        },
    )
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let position = option::of((any::<u64>(), any::<u64>()));
    let mistake = (any_text(), position, any_text(), option::of(any_text())).prop_map(
        |(file, position, message, meant)| Mistake {
            file,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            message,
            meant,
        },
    );
    (
        prop::sample::select(FAULTS.to_vec()),
        any_text(),
        vec(mistake, 0..3),
    )
        .prop_map(|(kind, message, mut mistakes)| {
            if kind != FaultKind::Configuration {
                mistakes.clear();
            }
            Fault {
                kind,
                message,
                mistakes,
            }
        })
}

/// A request and an answer to it.
fn any_exchange() -> impl Strategy<Value = (Request, Answer)> {
    let texts = || vec(any_text(), 0..3);
    let replies = prop_oneof![
        vec(any_interface(), 0..3)
            .prop_map(|interfaces| (Request::Interfaces, Reply::Interfaces { interfaces })),
        vec(any_status(), 0..3).prop_map(|interfaces| {
            let problems = vec!["the configuration is not valid".to_owned()];
            (
                Request::Status,
                Reply::Status {
                    interfaces,
                    problems,
                },
            )
        }),
        (texts(), texts())
            .prop_map(|(files, warnings)| (Request::Reload, Reply::Reloaded { files, warnings })),
        (any_ssid(), any_affected()).prop_map(|(ssid, interfaces)| {
            let request = Request::Reroll {
                ssid: ssid.clone(),
                now: true,
                undo: false,
            };
            (request, Reply::Rerolled { ssid, interfaces })
        }),
        (any_ssid(), any_affected()).prop_map(|(ssid, interfaces)| {
            let request = Request::Rejoin { ssid: ssid.clone() };
            (request, Reply::Rejoined { ssid, interfaces })
        }),
        vec(any_scanned(), 0..3).prop_map(|interfaces| {
            let request = Request::Scan { interface: None };
            (request, Reply::Scanned { interfaces })
        }),
        vec(any_rotated(), 0..3).prop_map(|interfaces| {
            let request = Request::Rotate { interface: None };
            (request, Reply::Rotated { interfaces })
        }),
        vec(any_paused(), 0..3).prop_map(|interfaces| {
            let request = Request::Resume { interface: None };
            (request, Reply::Resumed { interfaces })
        }),
        vec(any_status(), 0..3).prop_map(|interfaces| {
            let request = Request::Events { interface: None };
            (request, Reply::Events { interfaces })
        }),
    ];
    prop_oneof![
        replies.prop_map(|(request, reply)| (request, Ok(reply))),
        (any_request(), any_fault()).prop_map(|(request, fault)| (request, Err(fault))),
    ]
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
