//! Requests and replies, there and back.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::protocol::{
    Affected, Care, Effect, Fault, FaultKind, Interface, METHODS, Mistake, News, Paused, Reply,
    Request, Rotated, Scanned, Status,
};
use macveil_core::address::Policy;
use macveil_core::machine::{AddressKind, Counters, Rotation};
use macveil_core::types::{Bss, DeviceKind, Mac, Ssid};

fn told(line: &[u8]) -> Result<crate::protocol::EventLine, impl std::fmt::Debug> {
    crate::protocol::EventLine::read(line)
}

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
            now: true
        })
    );
    assert_eq!(
        request(r#"{"request":"rejoin","ssid":"Home"}"#),
        Ok(Request::Rejoin { ssid: ssid("Home") })
    );
}

#[test]
fn what_is_no_request_is_told_why() {
    let object = "a JSON object in one line is meant";
    for line in [
        "",
        "interfaces",
        "[]",
        "7",
        "{",
        r#"{"request":"reload"} x"#,
    ] {
        assert_refused(line, FaultKind::NotJson, object);
    }
    let not_text = Request::read(b"{\"request\":\"\xff\"}").unwrap_err();
    assert_eq!(not_text.message, "the line is not in UTF-8");
    assert_refused(
        r#"{"request":"dance"}"#,
        FaultKind::UnknownRequest,
        "unknown request `dance`: known are interfaces, status, reload, reroll, rejoin, scan, rotate, pause, resume, events",
    );
    let bad = |line, message| assert_refused(line, FaultKind::BadRequest, message);
    bad("{}", "`request` is missing");
    bad(r#"{"request":7}"#, "`request` must be a text");
    bad(
        r#"{"request":"reload","version":2}"#,
        "version 2 is not spoken here, but version 1",
    );
    bad(r#"{"request":"reload","now":true}"#, "unknown key `now`");
    bad(r#"{"request":"reroll"}"#, "`ssid` or `ssid_hex` is missing");
    bad(
        r#"{"request":"reroll","ssid":"a","ssid_hex":"61"}"#,
        "either `ssid` or `ssid_hex` is meant, not both",
    );
    bad(
        r#"{"request":"reroll","ssid":"a","now":"yes"}"#,
        "`now` must be true or false",
    );
    bad(
        r#"{"request":"rejoin","ssid_hex":"6g"}"#,
        "`ssid_hex` must be two hexadecimal digits for each byte",
    );
    bad(
        r#"{"request":"rejoin","ssid":""}"#,
        "an SSID has 1 to 32 bytes",
    );
    bad(
        r#"{"request":"rejoin","ssid":"123456789012345678901234567890123"}"#,
        "an SSID has 1 to 32 bytes",
    );
}

#[test]
fn replies_are_as_documented() {
    let reply = Reply::Interfaces(vec![Interface {
        name: "wlan0".to_owned(),
        ifindex: 3,
        kind: DeviceKind::Wifi,
        address: Mac([2, 0, 0, 0, 0, 1]),
        state: Some("scanning".to_owned()),
    }]);
    assert_eq!(
        reply.to_line(),
        r#"{"version":1,"reply":"interfaces","interfaces":[{"name":"wlan0","ifindex":3,"kind":"wifi","address":"02:00:00:00:00:01","managed":true,"state":"scanning"}]}"#
    );
    let reply = Reply::Rerolled {
        ssid: ssid("Home"),
        interfaces: vec![Affected {
            interface: "wlan0".to_owned(),
            policy: Ok(Policy::StableSsid),
            connected: true,
            effect: Effect::NextAssociation,
        }],
    };
    assert_eq!(
        reply.to_line(),
        r#"{"version":1,"reply":"reroll","ssid":"Home","ssid_hex":"486f6d65","interfaces":[{"name":"wlan0","policy":"stable-ssid","undetermined":null,"connected":true,"effect":"next-association"}]}"#
    );
    let fault = Reply::Fault(Fault::new(FaultKind::Leaving, "macveil is ending"));
    assert_eq!(
        fault.to_line(),
        r#"{"version":1,"error":"leaving","message":"macveil is ending"}"#
    );
}

/// Each block of the document is a request, then its reply.
#[test]
fn every_example_in_the_document_is_read() {
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
        let reply = Reply::read(replied.as_bytes(), &answered).unwrap();
        assert_eq!(reply.to_line(), replied, "every key in its order");
        if let Err(fault) = asked {
            assert_eq!(reply, Reply::Fault(fault));
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
    for (word, _) in FaultKind::WORDS {
        assert!(document.contains(&format!("| `{word}` |")), "{word}");
    }
}

#[test]
fn a_wrong_configuration_is_told_line_by_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("macveil.toml");
    std::fs::write(&file, "[device]\non-exit = 'kep'\n").unwrap();
    let errors = crate::config::load(Some(&file)).unwrap_err();
    let fault = Fault::from(&errors);
    assert_eq!(fault.kind, FaultKind::Configuration);
    assert_eq!(fault.message, errors.to_string());
    assert_eq!(
        fault.mistakes,
        [Mistake {
            file: file.display().to_string(),
            position: Some((2, 11)),
            message: "`kep` is not valid: use one of keep, restore".to_owned(),
            meant: Some("did you mean `keep`?".to_owned()),
        }]
    );
}

#[test]
fn a_reply_to_something_else_or_of_another_version_is_none() {
    let reload = r#"{"version":1,"reply":"reload","files":[],"warnings":[]}"#;
    assert!(Reply::read(reload.as_bytes(), &Request::Reload).is_ok());
    assert!(Reply::read(reload.as_bytes(), &Request::Interfaces).is_err());
    let newer = reload.replace(":1,", ":2,");
    let error = Reply::read(newer.as_bytes(), &Request::Reload).unwrap_err();
    assert_eq!(error.to_string(), "version 2 is not known");
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
        (any_ssid(), any::<bool>()).prop_map(|(ssid, now)| Request::Reroll { ssid, now }),
        any_ssid().prop_map(|ssid| Request::Rejoin { ssid }),
        option::of(any_text()).prop_map(|interface| Request::Scan { interface }),
        option::of(any_text()).prop_map(|interface| Request::Rotate { interface }),
        option::of(any_text()).prop_map(|interface| Request::Resume { interface }),
        option::of(any_text()).prop_map(|interface| Request::Events { interface }),
        (option::of(any_text()), option::of(any::<u64>()))
            .prop_map(|(interface, for_ms)| Request::Pause { interface, for_ms }),
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
        option::of(any_text()),
    )
        .prop_map(|(name, ifindex, kind, address, state)| Interface {
            name,
            ifindex,
            kind,
            address,
            state,
        })
}

fn any_care() -> impl Strategy<Value = Care> {
    let kind = prop::sample::select(vec![
        AddressKind::Mask,
        AddressKind::Assigned,
        AddressKind::Permanent,
        AddressKind::Other,
    ]);
    let methods: Vec<_> = METHODS.iter().map(|&(_, method)| method).collect();
    let method = option::of((prop::sample::select(methods), any_text()));
    let address = (kind, any::<bool>(), any::<u64>(), any_text());
    let doing = (any::<bool>(), any::<u64>(), option::of(any_ssid()), method);
    let ills = (
        option::of(any_text()),
        option::of(any::<u64>()),
        vec(any_text(), 0..3),
        any::<bool>(),
        option::of(any::<u64>()),
    );
    let whose = (any_text(), option::of(any_text()));
    (whose, address, doing, ills, any::<[u32; 7]>()).prop_map(
        |(whose, address, doing, ills, counts)| {
            let (driver, backend) = whose;
            let (address_kind, permanent, address_ms, next_change) = address;
            let (up, state_ms, ssid, method) = doing;
            let (trouble, retry_ms, unkept, paused, pause_ms) = ills;
            let [masks, scans, external_scans, leaking_scans, rest @ ..] = counts;
            let [associations, failed_associations, holds_in_a_row] = rest;
            Care {
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
                trouble,
                retry_ms,
                paused,
                pause_ms,
                unkept,
                counters: Counters {
                    masks,
                    scans,
                    external_scans,
                    leaking_scans,
                    associations,
                    failed_associations,
                    holds_in_a_row,
                },
            }
        },
    )
}

/// Whoever is managed has a state.
fn any_status() -> impl Strategy<Value = Status> {
    let left_to = option::of(any_text());
    (any_interface(), left_to, any_care()).prop_map(|(interface, left_to, care)| Status {
        care: interface.state.is_some().then_some(care),
        left_to,
        interface,
    })
}

fn any_affected() -> impl Strategy<Value = Vec<Affected>> {
    let policy = prop_oneof![
        Just(Ok(Policy::Random)),
        Just(Ok(Policy::Explicit(Mac([2, 1, 2, 3, 4, 5])))),
        any_text().prop_map(Err),
    ];
    let effects: Vec<_> = Effect::WORDS.iter().map(|&(_, effect)| effect).collect();
    let effect = prop::sample::select(effects);
    let affected = (any_text(), policy, any::<bool>(), effect).prop_map(
        |(interface, policy, connected, effect)| Affected {
            interface,
            policy,
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
        });
    let found = prop_oneof![vec(heard, 0..3).prop_map(Ok), any_text().prop_map(Err),];
    (any_text(), option::of(address()), found).prop_map(|(interface, mask, found)| Scanned {
        interface,
        mask,
        found,
    })
}

fn any_rotated() -> impl Strategy<Value = Rotated> {
    let masks = vec![
        Rotation::Now,
        Rotation::Soon,
        Rotation::AfterAssociation,
        Rotation::Never,
    ];
    let effects: Vec<_> = Effect::WORDS.iter().map(|&(_, effect)| effect).collect();
    (
        any_text(),
        prop::sample::select(masks),
        option::of(any_ssid()),
        option::of(Just(Policy::Random)),
        prop::sample::select(effects),
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
    (any_text(), any_text(), option::of(any_ssid()), refused).prop_map(
        |(interface, state, ssid, refused)| Paused {
            interface,
            state,
            ssid,
            refused,
        },
    )
}

fn any_fault() -> impl Strategy<Value = Reply> {
    let kinds: Vec<_> = FaultKind::WORDS.iter().map(|&(_, kind)| kind).collect();
    let position = option::of((any::<u64>(), any::<u64>()));
    let mistake = (any_text(), position, any_text(), option::of(any_text())).prop_map(
        |(file, position, message, meant)| Mistake {
            file,
            position,
            message,
            meant,
        },
    );
    (prop::sample::select(kinds), any_text(), vec(mistake, 0..3)).prop_map(
        |(kind, message, mut mistakes)| {
            if kind != FaultKind::Configuration {
                mistakes.clear();
            }
            Reply::Fault(Fault {
                kind,
                message,
                mistakes,
            })
        },
    )
}

/// A request and something that could answer it.
fn any_exchange() -> impl Strategy<Value = (Request, Reply)> {
    let texts = || vec(any_text(), 0..3);
    prop_oneof![
        vec(any_interface(), 0..3).prop_map(|it| (Request::Interfaces, Reply::Interfaces(it))),
        vec(any_status(), 0..3).prop_map(|it| (Request::Status, Reply::Status(it))),
        (texts(), texts())
            .prop_map(|(files, warnings)| (Request::Reload, Reply::Reloaded { files, warnings })),
        (any_ssid(), any_affected()).prop_map(|(ssid, interfaces)| {
            let request = Request::Reroll {
                ssid: ssid.clone(),
                now: true,
            };
            (request, Reply::Rerolled { ssid, interfaces })
        }),
        (any_ssid(), any_affected()).prop_map(|(ssid, interfaces)| {
            let request = Request::Rejoin { ssid: ssid.clone() };
            (request, Reply::Rejoined { ssid, interfaces })
        }),
        vec(any_scanned(), 0..3)
            .prop_map(|all| (Request::Scan { interface: None }, Reply::Scanned(all))),
        vec(any_rotated(), 0..3)
            .prop_map(|all| (Request::Rotate { interface: None }, Reply::Rotated(all))),
        vec(any_paused(), 0..3)
            .prop_map(|all| (Request::Resume { interface: None }, Reply::Resumed(all))),
        vec(any_status(), 0..3)
            .prop_map(|all| (Request::Events { interface: None }, Reply::Events(all))),
        (any_request(), any_fault()),
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
    fn a_reply_reads_back_as_written((request, reply) in any_exchange()) {
        let line = reply.to_line();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(Reply::read(line.as_bytes(), &request), Ok(reply));
    }

    #[test]
    fn a_status_that_changes_is_read_as_it_was_told(status in any_status()) {
        let line = News::status(&status).to_line(7);
        prop_assert!(!line.contains('\n'));
        let told = told(line.as_bytes()).unwrap();
        prop_assert_eq!(told.interface.as_ref(), Some(&status.interface.name));
        prop_assert_eq!(told.kind, crate::protocol::Kind::Status(Box::new(status)));
    }

    #[test]
    fn no_line_is_too_odd(line in vec(any::<u8>(), 0..64)) {
        let _ = Request::read(&line);
        let _ = Reply::read(&line, &Request::Reload);
        let _ = told(&line);
    }

    #[test]
    fn no_object_is_too_odd(
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
fn nesting_as_deep_as_a_line_is_long_is_survived() {
    let deep = "[".repeat(4095);
    assert_eq!(request(&deep).unwrap_err().kind, FaultKind::NotJson);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(2000), "]".repeat(2000));
    assert_eq!(request(&deep).unwrap_err().kind, FaultKind::BadRequest);
}
