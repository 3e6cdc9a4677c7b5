//! What people and programs are told.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use super::watch::aged;
use super::*;
use crate::protocol::fake::FakeDaemon;
use crate::protocol::{EventLine, Interface, InterfaceStatus};
use macveil_core::machine::{AddressKind, Counters, Method};
use macveil_core::types::{DeviceKind, Mac, Ssid};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn status(state: &str, details: InterfaceStatus) -> Status {
    Status {
        interface: Interface {
            name: "wlan0".to_owned(),
            ifindex: 3,
            kind: DeviceKind::Wifi,
            address: Mac([0x96, 0xbb, 0xd1, 0xaf, 0xab, 0xbc]),
            state: Some(state.to_owned()),
        },
        managed_by: None,
        details: Some(details),
    }
}

fn connected() -> InterfaceStatus {
    InterfaceStatus {
        driver: "iwlwifi".to_owned(),
        backend: Some("wpa_supplicant".to_owned()),
        up: true,
        state_ms: 754_000,
        address_kind: AddressKind::Assigned,
        permanent: false,
        address_ms: 3_725_000,
        next_change: "when the association ends".to_owned(),
        ssid: Ssid::new(b"Caf\xc3\xa9 \x1b[31m"),
        method: Some(Method::Driver),
        method_reason: Some("the driver scans under random addresses".to_owned()),
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

fn held() -> InterfaceStatus {
    InterfaceStatus {
        up: false,
        address_kind: AddressKind::Permanent,
        permanent: true,
        ssid: None,
        problem: Some("cannot set the address on brcmfmac: Device or resource busy (os error 16); end whatever else scans with the card or is connected by it".to_owned()),
        retry_ms: Some(4_000),
        limitations: vec!["scans can be linked by their sequence numbers: the driver cannot randomize them".to_owned()],
        ..connected()
    }
}

fn unmanaged() -> Status {
    let mut status = status("", connected());
    status.interface.name = "wlan1".to_owned();
    status.interface.state = None;
    status.details = None;
    status
}

fn answer(words: &[&str], all: Vec<Status>) -> Result<(bool, String), Failure> {
    let daemon = FakeDaemon::start(vec![(Request::Status, Reply::Status { interfaces: all })]);
    let socket = daemon.socket();
    let line = ["status", "--socket", socket.to_str().unwrap()];
    let line = Line::try_parse_from(line.iter().chain(words)).unwrap();
    let mut out = Vec::new();
    let code = run(&line.args, &mut out);
    daemon.finish();
    code.map(|code| (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap()))
}

#[test]
fn people_read_what_it_does_under_which_address() {
    let all = vec![status("associated", connected()), unmanaged()];
    let (good, said) = answer(&[], all).unwrap();
    assert!(good);
    assert_eq!(
        said,
        "wlan0: connected to Caf\\xc3\\xa9 \\x1b[31m, for 12 min
  address   96:bb:d1:af:ab:bc, assigned to Caf\\xc3\\xa9 \\x1b[31m, for 1 h 2 min
  changes   when the association ends
  masking   driver: the driver scans under random addresses
  so far    46 masks, 12 scans, 2 associations, 1 failed; 3 scans by others
  driver    iwlwifi
wlan1: not managed, under 96:bb:d1:af:ab:bc
"
    );
}

#[test]
fn what_is_not_kept_is_a_no_and_fits_an_ordinary_console() {
    let (good, said) = answer(&[], vec![status("blocked", held())]).unwrap();
    assert!(!good);
    assert!(
        said.starts_with(
            "wlan0: held silent, for 12 min
  because   cannot set the address on brcmfmac: Device or resource busy (os
            error 16); end whatever else scans with the card or is connected by
            it
  again in  4 s
  address   96:bb:d1:af:ab:bc, the permanent address, silent, for 1 h 2 min
"
        ),
        "{said}"
    );
    assert!(said.contains("  not kept  scans can be linked"), "{said}");
    assert!(said.lines().all(|line| line.len() < 80), "{said}");
}

#[test]
fn what_is_managed_by_another_program_is_a_no() {
    let mut left = unmanaged();
    let owner = "NetworkManager, until it is told `nmcli device set wlan1 managed no`";
    left.managed_by = Some(owner.to_owned());
    let (good, said) = answer(&[], vec![left]).unwrap();
    assert!(!good);
    assert_eq!(
        said,
        "wlan1: left alone, without protection, under 96:bb:d1:af:ab:bc
  because   controlled by NetworkManager, until it is told `nmcli device set
            wlan1 managed no`
"
    );
}

#[test]
fn one_interface_can_be_asked_about() {
    let both = || vec![status("blocked", held()), unmanaged()];
    let (good, said) = answer(&["wlan1"], both()).unwrap();
    assert!(good, "the other one's trouble is none of its own");
    assert_eq!(said, "wlan1: not managed, under 96:bb:d1:af:ab:bc\n");
    let failure = answer(&["wlan7"], both()).unwrap_err();
    assert!(failure.to_string().contains("wlan7"));
}

#[test]
fn programs_get_all_of_it() {
    let (_, said) = answer(&["--json"], vec![status("blocked", held())]).unwrap();
    let all = vec![status("blocked", held())];
    let read = Reply::read(said.trim_end().as_bytes(), &Request::Status);
    assert_eq!(read, Ok(Ok(Reply::Status { interfaces: all })));
}

#[test]
fn time_alone_is_no_change() {
    let later = InterfaceStatus {
        state_ms: 999,
        address_ms: 9,
        retry_ms: Some(3_000),
        ..held()
    };
    let of = |details| status("blocked", details).without_times();
    assert_eq!(of(held()), of(later));
    assert_ne!(of(held()), of(connected()));
}

#[test]
fn without_a_daemon_it_says_how_to_start_one() {
    let line = ["status", "--socket", "/nowhere/control", "--watch"];
    let line = Line::try_parse_from(line).unwrap();
    let failure = run(&line.args, &mut Vec::new()).unwrap_err();
    let cause = std::error::Error::source(&failure).unwrap().to_string();
    assert!(cause.contains("systemctl start macveil"), "{cause}");
}

#[test]
fn a_pause_is_told() {
    let details = InterfaceStatus {
        paused: true,
        pause_ms: Some(90_000),
        ..connected()
    };
    let (good, said) = answer(&[], vec![status("associated", details)]).unwrap();
    assert!(good, "the promise is kept");
    assert!(
        said.contains("  paused    for another 1 min 30 s: no scans, no connections\n"),
        "{said}"
    );
}

#[test]
fn between_changes_time_goes_on() {
    let later = aged(status("blocked", held()), Duration::from_secs(3));
    let details = later.details.unwrap();
    assert_eq!((details.state_ms, details.address_ms), (757_000, 3_728_000));
    assert_eq!(details.retry_ms, Some(1_000));
}

/// A daemon that is followed, tells one change and ends.
#[test]
fn a_change_is_a_line_for_programs_and_the_end_of_the_daemon_the_end() {
    let before = status("associated", connected());
    let mut details = connected();
    details.counters.scans += 1;
    let after = status("associated", details);
    let told = [
        EventLine::status(before.clone()),
        EventLine::status(after),
        EventLine::shutting_down(),
    ];
    let daemon = FakeDaemon::with_events(
        Request::Events { interface: None },
        Reply::Events {
            interfaces: vec![before.clone()],
        },
        &told,
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
    let code = run(&line.args, &mut out).unwrap();
    daemon.finish();
    assert_eq!(code, ExitCode::SUCCESS);
    let said = String::from_utf8(out).unwrap();
    let scans: Vec<_> = said
        .lines()
        .map(
            |line| match Reply::read(line.as_bytes(), &Request::Status) {
                Ok(Ok(Reply::Status { interfaces: all })) => {
                    all[0].details.as_ref().unwrap().counters.scans
                }
                other => panic!("{other:?}"),
            },
        )
        .collect();
    assert_eq!(scans, [12, 13]);
}
