use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use rustix::io::Errno;

use super::outcome::SetOutcome;
use super::*;
use crate::platform::netlink::TapError;
use crate::tools::set::{Change, RequestedAddress};
use crate::tools::vendors::{VendorListError, VendorLists, from_file};
use macveil_core::machine::{KernelError, Link};

const OLD: Mac = Mac([0x00, 0x1b, 0x77, 1, 2, 3]);
const NEW: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x55]);
const PERMANENT: Mac = Mac([0x00, 0x1b, 0x77, 9, 9, 9]);
const SET: &str = "set the address";

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    args: Args,
}

fn args(words: &str) -> Args {
    CommandLine::try_parse_from(std::iter::once("set").chain(words.split(' ')))
        .unwrap_or_else(|error| panic!("{words}: {error}"))
        .args
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

fn link(address: Mac, up: bool) -> Link {
    Link {
        address,
        up,
        carrier: false,
    }
}

fn adapter() -> Adapter {
    Adapter {
        ifindex: 3,
        name: "wlan0".to_owned(),
        driver: Some("tester".to_owned()),
        link: link(OLD, true),
        permanent: Some(PERMANENT),
        wifi: true,
        tap: false,
    }
}

fn refusal(step: &'static str, errno: Errno) -> KernelError {
    KernelError {
        step,
        errno: Some(errno),
        reason: errno.to_string(),
    }
}

fn outcome(change: Change) -> SetOutcome {
    SetOutcome {
        adapter: adapter(),
        requested: NEW,
        change,
        names: VendorNames::default(),
    }
}

#[test]
fn outcome_is_one_line_with_exit_status() {
    let refused = |errno| Change::Refused {
        refusal: refusal(SET, errno),
        now: Some((link(OLD, true), true)),
    };
    for (change, code, words) in [
        (
            Change::Done(link(NEW, true)),
            ExitCode::SUCCESS,
            "wlan0: 00:1b:77:01:02:03 -> 06:11:22:33:44:55 (locally administered); permanent 00:1b:77:09:09:09",
        ),
        (
            Change::Unchanged,
            ExitCode::SUCCESS,
            "wlan0: already has 00:1b:77:01:02:03; permanent",
        ),
        (
            Change::Ineffective(link(OLD, true)),
            ExitCode::from(1),
            "00:1b:77:01:02:03, not 06:11:22:33:44:55; permanent 00:1b:77:09:09:09: the driver tester accepted",
        ),
        (
            Change::Ineffective(link(NEW, false)),
            ExitCode::from(1),
            "the address is set, but the link is down: `ip link set wlan0 up`",
        ),
        (
            refused(Errno::BUSY),
            ExitCode::from(3),
            "the driver tester: cannot set the address: Device or resource busy",
        ),
        (
            refused(Errno::OPNOTSUPP),
            ExitCode::from(3),
            "To do: this driver cannot change",
        ),
        (
            refused(Errno::BUSY),
            ExitCode::from(3),
            "; the link is up with 00:1b:77:01:02:03, as before",
        ),
        (
            Change::TapRefused(TapError::NotTap),
            ExitCode::from(3),
            "; it still has 00:1b:77:01:02:03",
        ),
    ] {
        let outcome = outcome(change);
        let text = outcome.to_string();
        assert!(text.contains(words) && !text.contains('\n'), "{text}");
        assert_eq!(outcome.exit_code(), code, "{text}");
    }
}

#[test]
fn json_has_the_same_outcome() {
    let text = outcome(Change::Done(link(NEW, true))).to_json();
    assert_eq!(
        text,
        r#"{"interface":"wlan0","driver":"tester","outcome":"set","requested":"06:11:22:33:44:55","old":{"address":"00:1b:77:01:02:03","vendor":null},"new":{"address":"06:11:22:33:44:55","vendor":null},"permanent":{"address":"00:1b:77:09:09:09","vendor":null},"up":true,"error":null,"errno":null,"restored":null}"#
    );
    let refused = Change::Refused {
        refusal: refusal(SET, Errno::BUSY),
        now: None,
    };
    let text = outcome(refused).to_json();
    assert!(text.contains(r#""outcome":"failed""#), "{text}");
    assert!(text.contains(r#""new":null"#), "{text}");
    assert!(text.ends_with(r#""errno":16,"restored":false}"#), "{text}");
}

fn request(words: &str) -> RequestedAddress {
    let request = args(&format!("wlan0 {words}")).request();
    request
        .unwrap_or_else(|failure| panic!("{words}: {failure}"))
        .expect("a change")
}

fn address(words: &str, adapter: &Adapter, lists: Result<&VendorLists, &VendorListError>) -> Mac {
    request(words)
        .choose(adapter, lists, &mut rng())
        .unwrap_or_else(|error| panic!("{words}: {error:?}"))
}

fn failure(words: &str, adapter: &Adapter) -> Failure {
    let chosen = request(words).choose(adapter, Err(&VendorListError::NotInstalled), &mut rng());
    failure_of(chosen.unwrap_err(), "wlan0")
}

#[test]
fn failed_restoration_shows_both_states() {
    let change = Change::Refused {
        refusal: refusal(SET, Errno::OPNOTSUPP),
        now: Some((link(OLD, false), false)),
    };
    let text = outcome(change).to_string();
    let end = "the link is now down with 00:1b:77:01:02:03 and could not be restored to up with 00:1b:77:01:02:03";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn macchanger_options_keep_the_specified_bits() {
    let none = Err(&VendorListError::NotInstalled);
    let card = adapter();
    assert_eq!(address("--permanent", &card, none), PERMANENT);
    assert_eq!(address("permanent", &card, none), PERMANENT);
    assert_eq!(address("--mac 6:11:22:33:44:55", &card, none), NEW);
    assert_eq!(address("06-11-22-33-44-55", &card, none), NEW);
    assert!(address("--random", &card, none).is_local());
    assert!(!address("--random --bia", &card, none).is_local());
    assert!(!address("-rb", &card, none).is_local());
    let mut moved = adapter();
    moved.link.address = NEW;
    let masked = address("-r --mask FF:FF:00:00:00:00", &moved, none).bytes();
    assert_eq!(masked[..2], PERMANENT.bytes()[..2]);
    moved.permanent = None;
    let masked = address("-r --mask FF:FF:00:00:00:00", &moved, none).bytes();
    assert_eq!(masked[..2], NEW.bytes()[..2]);
    // The vendor part of the current address.
    let ending = address("--ending", &moved, none);
    assert_eq!(ending.bytes()[..3], NEW.bytes()[..3]);
    assert_ne!(ending, NEW);
}

#[test]
fn random_address_is_never_permanent_or_current() {
    let card = Adapter {
        link: link(Mac([2, 0, 0, 0, 0, 0]), true),
        permanent: Some(Mac([2, 0, 0, 0, 0, 1])),
        ..adapter()
    };
    // Two random bits: of four addresses, two remain.
    let mask = args("wlan0 -r --mask FF:FF:FF:FF:FF:FC").request().unwrap();
    for seed in 0..200 {
        let mut rng = StdRng::seed_from_u64(seed);
        let request = mask.clone().expect("a change");
        let address = request.choose(&card, Err(&VendorListError::NotInstalled), &mut rng);
        let [.., last] = address.expect("an address").bytes();
        assert!([2, 3].contains(&last), "{last}");
    }
}

#[test]
fn vendors_match_the_type_of_interface() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("list");
    std::fs::write(&file, "001B77 Intel Corporate\n001B78 Printers\n").unwrap();
    let lists = from_file(&file).unwrap();
    let radio = adapter();
    let wired = Adapter {
        wifi: false,
        ..adapter()
    };
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..100 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut name = |words, card: &Adapter| {
            let address = request(words).choose(card, Ok(&lists), &mut rng).unwrap();
            lists.vendors().name(address).unwrap().to_owned()
        };
        assert_eq!(name("--another", &radio), "Intel Corporate");
        seen.insert((name("--another", &wired), name("-A", &radio)));
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn vendor_address_is_never_permanent_or_current() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("list");
    std::fs::write(&file, "001B77 Intel Corporate\n").unwrap();
    let lists = from_file(&file).unwrap();
    // The same random numbers give another address if the card has the first one.
    let drawn = |card: &Adapter| address("-A", card, Ok(&lists));
    let first = drawn(&adapter());
    let mut card = adapter();
    card.permanent = Some(first);
    assert_ne!(drawn(&card), first);
    card.permanent = None;
    card.link.address = first;
    assert_ne!(drawn(&card), first);
}

#[test]
fn missing_vendor_list_names_packages() {
    for words in ["--another", "-A --bia"] {
        let failure = failure(words, &adapter());
        let why = failure.source().unwrap().to_string();
        assert!(why.contains("ieee-data") && why.contains("hwdata"), "{why}");
        assert_eq!(failure.exit_code(), ExitCode::from(3));
    }
}

#[test]
fn unknown_permanent_address_cannot_be_set() {
    let card = Adapter {
        permanent: None,
        ..adapter()
    };
    let why = failure("-p", &card).source().unwrap().to_string();
    assert!(why.contains("reports no permanent address"), "{why}");
}

#[test]
fn options_without_effect_are_usage_errors() {
    for (words, why) in [
        ("preserve", "changes nothing"),
        ("stable-ssid", "--ssid"),
        ("-e --mask FF:0:0:0:0:0", "--mask requires"),
        ("-p --bia", "--bia requires"),
        ("-e --bia", "--bia requires"),
        ("-r --bia --mask FF:0:0:0:0:0", "--bia requires"),
        ("random --stable-id x", "--stable-id requires"),
        ("random --ssid x", "--ssid requires"),
        ("-A --mask FF:0:0:0:0:0", "--mask requires"),
    ] {
        let failure = args(&format!("wlan0 {words}")).request().unwrap_err();
        assert!(failure.to_string().contains(why), "{words}: {failure}");
        assert_eq!(failure.exit_code(), ExitCode::from(2));
    }
    for words in [
        "wlan0 -r -e",
        "wlan0 -m 1:0:0:0:0:0",
        "wlan0 0:0:0:0:0:0",
        "-r",
    ] {
        let line = std::iter::once("set").chain(words.split(' '));
        assert!(CommandLine::try_parse_from(line).is_err(), "{words}");
    }
}

#[test]
fn stable_address_is_the_same_as_from_generate() {
    let directory = tempfile::tempdir().unwrap();
    let key: PathBuf = directory.path().join("key");
    crate::store::atomic::write(&key, b"0123456789abcdef", 0o600).unwrap();
    let key = key.display();
    for (words, generate) in [
        (
            format!("stable --stable-id desk --key-file {key}"),
            format!("stable --stable-id desk --key-file {key} --ifname wlan0"),
        ),
        (
            format!("stable-ssid --ssid Home --key-file {key} --mask F0:0:0:0:0:0"),
            format!(
                "stable-ssid --ssid Home --key-file {key} --ifname wlan0 --mask F0:0:0:0:0:0 --initial {PERMANENT}"
            ),
        ),
    ] {
        let address = address(&words, &adapter(), Err(&VendorListError::NotInstalled));
        assert_eq!(format!("{address}\n"), generated(&generate));
    }
}

#[test]
fn stable_without_id_works_on_ethernet_but_not_wifi() {
    let directory = tempfile::tempdir().unwrap();
    let key: PathBuf = directory.path().join("key");
    crate::store::atomic::write(&key, b"0123456789abcdef", 0o600).unwrap();
    let key = key.display();
    let words = format!("stable --key-file {key}");
    let wired = Adapter {
        wifi: false,
        ..adapter()
    };
    let none = Err(&VendorListError::NotInstalled);
    assert_eq!(
        format!("{}\n", address(&words, &wired, none)),
        generated(&format!("{words} --wire --ifname wlan0"))
    );
    for words in ["stable", "stable --stable-id ${CONNECTION}x"] {
        let failure = failure(words, &adapter());
        assert!(failure.to_string().contains("--stable-id"), "{failure}");
        assert_eq!(failure.exit_code(), ExitCode::from(2));
    }
}

fn generated(words: &str) -> String {
    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        args: crate::cli::generate::Args,
    }
    let line =
        CommandLine::try_parse_from(std::iter::once("generate").chain(words.split(' '))).unwrap();
    let mut out = Vec::new();
    crate::cli::generate::run(&line.args, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
