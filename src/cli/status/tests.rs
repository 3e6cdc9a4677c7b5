//! The output for people and programs.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use super::watch::aged;
use super::*;
use crate::platform::netlink::Reach;
use crate::protocol::fake::FakeDaemon;
use crate::protocol::{Backend, EventLine, Interface, InterfaceStatus};
use macveil_core::machine::{
    AddressKind, Counters, Limitation, Method, MethodReason, NextChange, Problem, Remedy, StateKind,
};
use macveil_core::types::{DeviceKind, Mac, ManagerKind, Ssid};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn status(state: StateKind, details: InterfaceStatus) -> Status {
    Status {
        interface: Interface {
            name: "wlan0".to_owned(),
            ifindex: 3,
            kind: DeviceKind::Wifi,
            address: Mac([0x96, 0xbb, 0xd1, 0xaf, 0xab, 0xbc]),
            state: Some(state),
        },
        managed_by: None,
        details: Some(details),
    }
}

fn connected() -> InterfaceStatus {
    InterfaceStatus {
        driver: "iwlwifi".to_owned(),
        backend: Some(Backend::WpaSupplicant),
        up: true,
        state_ms: 754_000,
        address_kind: AddressKind::Assigned,
        permanent: false,
        address_ms: 3_725_000,
        next_change: NextChange::AssociationEnds,
        ssid: Ssid::new(b"Caf\xc3\xa9 \x1b[31m"),
        method: Some(Method::Driver),
        method_reason: Some(MethodReason::RandomizedScans),
        problem: None,
        retry_ms: None,
        paused: false,
        pause_ms: None,
        limitations: Vec::new(),
        counters: Counters {
            masks: 46,
            scans: 12,
            associations: 2,
            failed_associations: 1,
            external_scans: 3,
            ..Counters::default()
        },
    }
}

fn blocked() -> InterfaceStatus {
    InterfaceStatus {
        up: false,
        address_kind: AddressKind::Permanent,
        permanent: true,
        ssid: None,
        problem: Some(Problem::Kernel {
            step: "set the address".to_owned(),
            errno: Some(16),
            reason: "Device or resource busy (os error 16)".to_owned(),
            driver: "brcmfmac".to_owned(),
            remedy: Remedy::StopOtherProgram,
        }),
        retry_ms: Some(4_000),
        limitations: vec![Limitation::SequenceNumbers],
        ..connected()
    }
}

fn nothing(_: u32) -> [Option<Reach>; 2] {
    [None, None]
}

fn unmanaged() -> Status {
    let mut status = status(StateKind::Associated, connected());
    status.interface.name = "wlan1".to_owned();
    status.interface.state = None;
    status.details = None;
    status
}

fn answer(words: &[&str], all: Vec<Status>) -> Result<(bool, String), Failure> {
    answer_with(nothing, words, all)
}

fn answer_with(look: Look, words: &[&str], all: Vec<Status>) -> Result<(bool, String), Failure> {
    let daemon = FakeDaemon::start(vec![(
        Request::Status,
        Reply::Status {
            interfaces: all,
            problems: Vec::new(),
        },
    )]);
    let socket = daemon.socket();
    let line = ["status", "--socket", socket.to_str().unwrap()];
    let line = Line::try_parse_from(line.iter().chain(words)).unwrap();
    let mut out = Vec::new();
    let code = run_with(&line.args, look, &mut out);
    daemon.finish();
    code.map(|code| (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap()))
}

#[test]
fn text_shows_state_and_address() {
    let all = vec![status(StateKind::Associated, connected()), unmanaged()];
    let (succeeds, text) = answer(&["--verbose"], all).unwrap();
    assert!(succeeds);
    assert_eq!(
        text,
        "wlan0: protected. Connected to Café \\x1b[31m for 12 min.
  online    no: no IP address yet, the DHCP client has no lease
  address   96:bb:d1:af:ab:bc, assigned to Café \\x1b[31m, for 1 h 2 min
  changes   when the association ends
  masking   driver: the driver scans under random addresses
  so far    46 masks, 12 scans, 2 associations, 1 failed, 3 scans by other
            programs
  driver    iwlwifi
wlan1: not managed. Its address is 96:bb:d1:af:ab:bc.
"
    );
}

#[test]
fn blocked_interface_exits_with_status_1_in_80_columns() {
    let (succeeds, text) = answer(&[], vec![status(StateKind::Blocked, blocked())]).unwrap();
    assert!(!succeeds);
    assert!(
        text.starts_with(
            "wlan0: silent. Link held down for 12 min.
  because   cannot set the address on brcmfmac: Device or resource busy (os
            error 16); another program uses the interface: stop its scan,
            connection, bridge or virtual machine
  retry in  4 s
  address   96:bb:d1:af:ab:bc, the permanent address, link down, for 1 h 2 min
"
        ),
        "{text}"
    );
    assert!(
        text.contains("\n  limitations\n            scans can be linked"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() < 80), "{text}");
}

#[test]
fn interface_of_another_program_exits_with_status_1() {
    let mut left = unmanaged();
    left.managed_by = Some(ManagerKind::NetworkManager);
    let (succeeds, text) = answer(&[], vec![left]).unwrap();
    assert!(!succeeds);
    assert_eq!(
        text,
        "wlan1: not protected. Another program controls it, and its address is 96:bb:d1:af:ab:bc.
  because   controlled by NetworkManager, until it is told `nmcli device set
            wlan1 managed no` or, for good,
            unmanaged-devices=interface-name:wlan1
"
    );
}

#[test]
fn named_interface_is_shown_alone() {
    let both = || vec![status(StateKind::Blocked, blocked()), unmanaged()];
    let (succeeds, text) = answer(&["wlan1"], both()).unwrap();
    assert!(succeeds, "the other interface's problem does not count");
    assert_eq!(
        text,
        "wlan1: not managed. Its address is 96:bb:d1:af:ab:bc.\n"
    );
    let failure = answer(&["wlan7"], both()).unwrap_err();
    assert!(failure.to_string().contains("wlan7"));
}

#[test]
fn brief_status_has_a_line_for_each_interface() {
    let masked = InterfaceStatus {
        address_kind: AddressKind::Mask,
        ssid: None,
        ..connected()
    };
    let trusted = InterfaceStatus {
        permanent: true,
        ..connected()
    };
    let all = vec![
        status(StateKind::Scanning, masked),
        status(StateKind::Associated, trusted),
        status(StateKind::Blocked, blocked()),
    ];
    let (_, text) = answer(&["--brief"], all).unwrap();
    assert_eq!(
        text,
        "wlan0: protected. Masked, looking for a network for 12 min.
wlan0: its own address is shown, as its policy says. Connected to Café \\x1b[31m for 12 min.
wlan0: silent. Link held down for 12 min.
"
    );
}

#[test]
fn counts_of_one_are_in_the_singular() {
    let details = InterfaceStatus {
        counters: Counters {
            masks: 1,
            scans: 1,
            associations: 1,
            ..Counters::default()
        },
        limitations: vec![Limitation::AddressScanned { times: 1 }],
        ..connected()
    };
    let all = vec![status(StateKind::Associated, details)];
    let (_, text) = answer(&["--verbose"], all).unwrap();
    assert!(
        text.contains("1 mask, 1 scan, 1 association, 0 failed\n"),
        "{text}"
    );
    assert!(text.contains("1 time a scan showed"), "{text}");
}

#[test]
fn problem_of_all_interfaces_comes_first_and_fails() {
    let problem = "there is no secret key: it is a directory\nat its second line";
    let reply = Reply::Status {
        interfaces: vec![unmanaged()],
        problems: vec![problem.to_owned()],
    };
    let daemon = FakeDaemon::start(vec![(Request::Status, reply)]);
    let socket = daemon.socket();
    let line = Line::try_parse_from(["status", "--socket", socket.to_str().unwrap()]);
    let mut out = Vec::new();
    let code = run(&line.unwrap().args, &mut out).unwrap();
    daemon.finish();
    assert_eq!(code, ExitCode::from(NO));
    let text = String::from_utf8(out).unwrap();
    let expected =
        "macveil: there is no secret key: it is a directory\n  at its second line\nwlan1: ";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn json_reads_back_as_written() {
    let (_, text) = answer(&["--json"], vec![status(StateKind::Blocked, blocked())]).unwrap();
    let all = vec![status(StateKind::Blocked, blocked())];
    let read = Reply::read(text.trim_end().as_bytes(), &Request::Status);
    assert_eq!(
        read,
        Ok(Ok(Reply::Status {
            interfaces: all,
            problems: Vec::new()
        }))
    );
}

#[test]
fn times_are_ignored_when_statuses_are_compared() {
    let later = InterfaceStatus {
        state_ms: 999,
        address_ms: 9,
        retry_ms: Some(3_000),
        ..blocked()
    };
    let of = |details| status(StateKind::Blocked, details).without_times();
    assert_eq!(of(blocked()), of(later));
    assert_ne!(of(blocked()), of(connected()));
}

#[test]
fn missing_daemon_is_reported_with_a_remedy() {
    let line = ["status", "--socket", "/nowhere/control", "--watch"];
    let line = Line::try_parse_from(line).unwrap();
    let failure = run_with(&line.args, nothing, &mut Vec::new()).unwrap_err();
    let cause = std::error::Error::source(&failure).unwrap().to_string();
    assert!(cause.contains("systemctl start macveil"), "{cause}");
}

#[test]
fn pause_is_shown_with_its_end() {
    let details = InterfaceStatus {
        paused: true,
        pause_ms: Some(90_000),
        ..connected()
    };
    let (succeeds, text) = answer(&[], vec![status(StateKind::Associated, details)]).unwrap();
    assert!(succeeds, "a pause is not a problem");
    assert!(
        text.contains("  paused    for another 1 min 30 s: no scans, no connections\n"),
        "{text}"
    );
}

#[test]
fn times_are_counted_between_events() {
    let later = aged(
        status(StateKind::Blocked, blocked()),
        Duration::from_secs(3),
    );
    let details = later.details.unwrap();
    assert_eq!((details.state_ms, details.address_ms), (757_000, 3_728_000));
    assert_eq!(details.retry_ms, Some(1_000));
}

#[test]
fn watch_prints_a_line_for_each_change_until_shutdown() {
    let before = status(StateKind::Associated, connected());
    let mut details = connected();
    details.counters.scans += 1;
    let after = status(StateKind::Associated, details);
    let events = [
        EventLine::status(before.clone()),
        EventLine::status(after),
        EventLine::shutting_down(),
    ];
    let daemon = FakeDaemon::with_events(
        Request::Events { interface: None },
        Reply::Events {
            interfaces: vec![before.clone()],
        },
        &events,
    );
    let socket = daemon.socket();
    let line = [
        "status",
        "--watch",
        "--json",
        "--socket",
        socket.to_str().unwrap(),
    ];
    let line = Line::try_parse_from(line).unwrap();
    let mut out = Vec::new();
    let code = run_with(&line.args, nothing, &mut out).unwrap();
    daemon.finish();
    assert_eq!(code, ExitCode::SUCCESS);
    let text = String::from_utf8(out).unwrap();
    let scans: Vec<_> = text
        .lines()
        .map(
            |line| match Reply::read(line.as_bytes(), &Request::Status) {
                Ok(Ok(Reply::Status {
                    interfaces: all, ..
                })) => all[0].details.as_ref().unwrap().counters.scans,
                other => panic!("{other:?}"),
            },
        )
        .collect();
    assert_eq!(scans, [12, 13]);
}

#[test]
fn online_is_shown_with_its_address_and_route() {
    fn v4(is_routed: bool) -> Reach {
        Reach {
            address: "192.168.1.7".parse().unwrap(),
            age: Duration::from_secs(300),
            is_routed,
            gateway: is_routed.then(|| "192.168.1.1".parse().unwrap()),
        }
    }
    fn v6() -> Reach {
        Reach {
            address: "2001:db8::7".parse().unwrap(),
            age: Duration::from_secs(9000),
            is_routed: true,
            gateway: None,
        }
    }
    let cases: [(Look, &str, &str); 4] = [
        (
            |_| [Some(v4(true)), None],
            "  online    for 5 min 0 s: 192.168.1.7, default route via 192.168.1.1\n",
            r#""online":{"since_ms":300000,"missing":null,"ipv4":{"address":"192.168.1.7","default_route":true,"gateway":"192.168.1.1"},"ipv6":null}"#,
        ),
        (
            |_| [Some(v4(false)), None],
            "  online    no: 192.168.1.7, but no default route\n",
            r#""online":{"since_ms":null,"missing":"default-route""#,
        ),
        // It is online since the association.
        (
            |_| [Some(v4(false)), Some(v6())],
            "  online    for 12 min: 2001:db8::7, default route\n",
            r#""online":{"since_ms":754000,"missing":null"#,
        ),
        (
            nothing,
            "  online    no: no IP address yet, the DHCP client has no lease\n",
            r#""online":{"since_ms":null,"missing":"address","ipv4":null,"ipv6":null}"#,
        ),
    ];
    for (look, text, json) in cases {
        let all = || vec![status(StateKind::Associated, connected())];
        let said = answer_with(look, &[], all()).unwrap().1;
        assert!(said.contains(text), "{said}");
        let said = answer_with(look, &["--json"], all()).unwrap().1;
        assert!(said.contains(json), "{said}");
    }
}

#[test]
fn interface_without_association_is_not_looked_at() {
    let all = || vec![status(StateKind::Scanning, connected()), unmanaged()];
    let look = |_| panic!("nothing to look at");
    let (_, text) = answer_with(look, &[], all()).unwrap();
    assert!(!text.contains("online"), "{text}");
    let (_, text) = answer_with(look, &["--json"], all()).unwrap();
    assert!(text.contains(r#""missing":"association""#), "{text}");
    assert!(text.contains(r#""online":null"#), "{text}");
}
