use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use rustix::io::Errno;

use super::change::{Change, Hands, Step, change};
use super::outcome::Outcome;
use super::vendors::Names;
use super::wish::Wish;
use super::*;
use crate::platform::netlink::TapError;
use crate::tools::vendors::{VendorListError, VendorLists, from_file};
use macveil_core::machine::{KernelError, Link};

const OLD: Mac = Mac([0x00, 0x1b, 0x77, 1, 2, 3]);
const NEW: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x55]);
const PERMANENT: Mac = Mac([0x00, 0x1b, 0x77, 9, 9, 9]);
const SET: &str = "set the address";
const UP: &str = "bring the link up";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn args(words: &str) -> Args {
    Line::try_parse_from(std::iter::once("set").chain(words.split(' ')))
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

/// A card whose driver is not as it should be.
struct Card {
    link: Link,
    /// It says yes and does nothing.
    deaf: bool,
    /// It takes the address, and says no.
    contrary: bool,
    /// Coming up brings the old address back.
    undoes: bool,
    /// It takes no address.
    refuses: Option<Errno>,
    /// It does not come up with this address.
    stays_down_with: Option<Mac>,
}

impl Card {
    fn new(up: bool) -> Self {
        Self {
            link: link(OLD, up),
            deaf: false,
            contrary: false,
            undoes: false,
            refuses: None,
            stays_down_with: None,
        }
    }

    fn take(&mut self, address: Mac) -> Result<(), KernelError> {
        if let Some(errno) = self.refuses {
            return Err(refusal(SET, errno));
        }
        if !self.deaf {
            self.link.address = address;
        }
        if self.contrary {
            return Err(refusal(SET, Errno::NFILE));
        }
        Ok(())
    }
}

impl Hands for Card {
    fn read(&mut self) -> Step {
        Ok(self.link)
    }

    fn set_address(&mut self, address: Mac, how: How) -> Step {
        match how {
            How::Cycle => {
                self.link.up = false;
                self.take(address)?;
                self.bring_up()
            }
            How::WhileDown => {
                assert!(!self.link.up, "not while it is up");
                self.take(address).map(|()| self.link)
            }
            How::Live => panic!("never live"),
        }
    }

    fn bring_up(&mut self) -> Step {
        if self.stays_down_with == Some(self.link.address) {
            return Err(refusal(UP, Errno::NOTUNIQ));
        }
        self.link.up = true;
        if self.undoes {
            self.link.address = OLD;
        }
        Ok(self.link)
    }
}

fn changed(card: &mut Card) -> Change {
    let before = card.link;
    change(card, before, NEW)
}

#[test]
fn a_link_is_up_or_down_as_it_was() {
    for up in [true, false] {
        let mut card = Card::new(up);
        assert_eq!(changed(&mut card), Change::Done(link(NEW, up)));
    }
}

#[test]
fn a_driver_that_says_yes_and_does_not_is_told_from_one_that_does() {
    for up in [true, false] {
        let mut card = Card {
            deaf: true,
            ..Card::new(up)
        };
        assert_eq!(changed(&mut card), Change::Otherwise(link(OLD, up)));
    }
    let mut card = Card {
        undoes: true,
        ..Card::new(true)
    };
    assert_eq!(changed(&mut card), Change::Otherwise(link(OLD, true)));
}

#[test]
fn a_driver_that_says_no_and_does_is_believed_by_what_it_shows() {
    for up in [true, false] {
        let mut card = Card {
            contrary: true,
            ..Card::new(up)
        };
        assert_eq!(changed(&mut card), Change::Done(link(NEW, up)));
    }
}

#[test]
fn after_a_refusal_the_link_is_as_it_was() {
    for up in [true, false] {
        let mut card = Card {
            refuses: Some(Errno::BUSY),
            ..Card::new(up)
        };
        let expected = Change::Refused {
            refusal: refusal(SET, Errno::BUSY),
            now: Some((link(OLD, up), true)),
        };
        assert_eq!(changed(&mut card), expected);
    }
}

#[test]
fn a_link_that_does_not_come_up_with_the_address_comes_up_with_the_old_one() {
    let mut card = Card {
        stays_down_with: Some(NEW),
        ..Card::new(true)
    };
    let expected = Change::Refused {
        refusal: refusal(UP, Errno::NOTUNIQ),
        now: Some((link(OLD, true), true)),
    };
    assert_eq!(changed(&mut card), expected);
}

#[test]
fn a_link_that_cannot_be_put_back_is_owned_up_to() {
    let mut card = Card {
        refuses: Some(Errno::OPNOTSUPP),
        stays_down_with: Some(OLD),
        ..Card::new(true)
    };
    let change = changed(&mut card);
    let now = Some((link(OLD, false), false));
    assert_eq!(
        change,
        Change::Refused {
            refusal: refusal(SET, Errno::OPNOTSUPP),
            now
        }
    );
    let text = outcome(change).to_string();
    assert!(
        text.ends_with("the link is now down with 00:1b:77:01:02:03, and could not be put back to up with 00:1b:77:01:02:03"),
        "{text}"
    );
}

fn outcome(change: Change) -> Outcome {
    Outcome {
        adapter: adapter(),
        wished: NEW,
        change,
        names: Names::default(),
    }
}

#[test]
fn what_happened_is_one_line_with_a_code_that_tells() {
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
            Change::Already,
            ExitCode::SUCCESS,
            "wlan0: has 00:1b:77:01:02:03 already; permanent",
        ),
        (
            Change::Otherwise(link(OLD, true)),
            ExitCode::from(1),
            "00:1b:77:01:02:03, not 06:11:22:33:44:55; permanent 00:1b:77:09:09:09: the driver tester agreed to",
        ),
        (
            Change::Otherwise(link(NEW, false)),
            ExitCode::from(1),
            "the address is on, but the link is down: `ip link set wlan0 up`",
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
            Change::NoWayIn(TapError::NotTap),
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
fn json_tells_the_same() {
    let text = outcome(Change::Done(link(NEW, true))).to_json().to_string();
    assert_eq!(
        text,
        r#"{"interface":"wlan0","driver":"tester","outcome":"set","wished":"06:11:22:33:44:55","old":{"address":"00:1b:77:01:02:03","vendor":null},"new":{"address":"06:11:22:33:44:55","vendor":null},"permanent":{"address":"00:1b:77:09:09:09","vendor":null},"up":true,"error":null,"errno":null,"restored":null}"#
    );
    let refused = Change::Refused {
        refusal: refusal(SET, Errno::BUSY),
        now: None,
    };
    let text = outcome(refused).to_json().to_string();
    assert!(text.contains(r#""outcome":"failed""#), "{text}");
    assert!(text.contains(r#""new":null"#), "{text}");
    assert!(text.ends_with(r#""errno":16,"restored":false}"#), "{text}");
}

fn wish(words: &str) -> Wish {
    let wish = args(&format!("wlan0 {words}")).wish();
    wish.unwrap_or_else(|failure| panic!("{words}: {failure}"))
        .expect("something to change")
}

fn address(words: &str, adapter: &Adapter, lists: Result<&VendorLists, &VendorListError>) -> Mac {
    wish(words)
        .address(adapter, lists, &mut rng())
        .unwrap_or_else(|failure| panic!("{words}: {failure} {:?}", failure.source()))
}

#[test]
fn each_way_of_macchanger_to_choose_keeps_the_bits_that_it_is_to_keep() {
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
    // The vendor part is the current one's.
    let ending = address("--ending", &moved, none);
    assert_eq!(ending.bytes()[..3], NEW.bytes()[..3]);
    assert_ne!(ending, NEW);
}

#[test]
fn a_random_address_is_never_the_permanent_or_the_current_one() {
    let card = Adapter {
        link: link(Mac([2, 0, 0, 0, 0, 0]), true),
        permanent: Some(Mac([2, 0, 0, 0, 0, 1])),
        ..adapter()
    };
    // Two bits are free, so two addresses are left.
    let mask = args("wlan0 -r --mask FF:FF:FF:FF:FF:FC").wish().unwrap();
    for seed in 0..200 {
        let mut rng = StdRng::seed_from_u64(seed);
        let wish = mask.clone().expect("a change");
        let address = wish.address(&card, Err(&VendorListError::NotInstalled), &mut rng);
        let [.., last] = address.expect("an address").bytes();
        assert!([2, 3].contains(&last), "{last}");
    }
}

#[test]
fn vendors_are_of_the_interfaces_kind() {
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
            let address = wish(words).address(card, Ok(&lists), &mut rng).unwrap();
            lists.vendors().name(address).unwrap().to_owned()
        };
        assert_eq!(name("--another", &radio), "Intel Corporate");
        seen.insert((name("--another", &wired), name("-A", &radio)));
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn an_address_of_a_vendor_is_never_the_permanent_or_the_current_one() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("list");
    std::fs::write(&file, "001B77 Intel Corporate\n").unwrap();
    let lists = from_file(&file).unwrap();
    // The same chance leads elsewhere once the card has the address.
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
fn without_a_list_of_vendors_packages_are_named() {
    for words in ["--another", "-A --bia"] {
        let failure =
            wish(words).address(&adapter(), Err(&VendorListError::NotInstalled), &mut rng());
        let failure = failure.unwrap_err();
        let why = failure.source().unwrap().to_string();
        assert!(why.contains("ieee-data") && why.contains("hwdata"), "{why}");
        assert_eq!(failure.exit_code(), ExitCode::from(3));
    }
}

#[test]
fn a_driver_that_knows_no_permanent_address_cannot_have_it_back() {
    let card = Adapter {
        permanent: None,
        ..adapter()
    };
    let failure = wish("-p").address(&card, Err(&VendorListError::NotInstalled), &mut rng());
    let why = failure.unwrap_err().source().unwrap().to_string();
    assert!(why.contains("knows no permanent address"), "{why}");
}

#[test]
fn what_makes_no_sense_for_one_shot_is_said() {
    for (words, why) in [
        ("preserve", "nothing to set"),
        ("stable-ssid", "--ssid"),
        ("-e --mask FF:0:0:0:0:0", "--mask says something to"),
        ("-p --bia", "--bia is for"),
        ("-e --bia", "--bia is for"),
        ("-r --bia --mask FF:0:0:0:0:0", "--bia is for"),
        ("random --stable-id x", "--stable-id says something to"),
        ("random --ssid x", "--ssid says something to"),
        ("-A --mask FF:0:0:0:0:0", "--mask says something to"),
    ] {
        let failure = args(&format!("wlan0 {words}")).wish().unwrap_err();
        assert!(failure.to_string().contains(why), "{words}: {failure}");
        assert_eq!(failure.exit_code(), ExitCode::from(2));
    }
    for words in [
        "wlan0",
        "wlan0 -r -e",
        "wlan0 -m 1:0:0:0:0:0",
        "wlan0 0:0:0:0:0:0",
        "-r",
    ] {
        let line = std::iter::once("set").chain(words.split(' '));
        assert!(Line::try_parse_from(line).is_err(), "{words}");
    }
}

#[test]
fn a_stable_address_is_the_one_that_generate_prints() {
    let directory = tempfile::tempdir().unwrap();
    let key: PathBuf = directory.path().join("key");
    std::fs::write(&key, [b'k'; 32]).unwrap();
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
fn without_an_id_a_stable_address_hangs_on_the_wire_but_on_no_radio() {
    let directory = tempfile::tempdir().unwrap();
    let key: PathBuf = directory.path().join("key");
    std::fs::write(&key, [b'k'; 32]).unwrap();
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
        let failure = wish(words).address(&adapter(), none, &mut rng());
        let failure = failure.unwrap_err();
        assert!(failure.to_string().contains("--stable-id"), "{failure}");
        assert_eq!(failure.exit_code(), ExitCode::from(2));
    }
}

fn generated(words: &str) -> String {
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: crate::cli::generate::Args,
    }
    let line = Line::try_parse_from(std::iter::once("generate").chain(words.split(' '))).unwrap();
    let mut out = Vec::new();
    crate::cli::generate::run(&line.args, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
