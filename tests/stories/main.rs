//! The stories' own language.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    reason = "a test program, with a module it shares with the lab"
)]

mod timetable;

use std::fs;
use std::time::Duration;

use macveil_testkit::scenarios::{
    AccessPoint, AccessPointEvent, CardEvent, Check, Editor, Event, Given, Ipv6, Lifecycle,
    NetworkManagerEvent, NewAddress, Security, Step, StrangerEvent, Subnet, parse, variants,
};

const TITLE: &str = "A title\n";

fn steps(text: &str) -> Vec<Step> {
    let story = parse(&format!("{TITLE}{text}")).expect("a story");
    story.lines.into_iter().map(|line| line.step).collect()
}

fn problem(text: &str) -> String {
    parse(&format!("{TITLE}{text}")).expect_err("not a story")
}

#[test]
fn every_story_can_be_read() {
    let mut count = 0;
    for entry in fs::read_dir("tests/scenarios").expect("the stories") {
        let path = entry.expect("a file").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "story")
        {
            let text = fs::read_to_string(&path).expect("a text");
            for (name, text) in variants(&path.to_string_lossy(), &text) {
                let story = parse(&text).map_err(|problem| format!("{name}: {problem}"));
                assert!(story.expect("a story").lines.len() > 1);
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count} stories");
}

#[test]
fn and_goes_on_as_the_line_before() {
    let vanishes = |name: &str| {
        Step::When(Event::AccessPoint(
            name.to_owned(),
            AccessPointEvent::Vanishes,
        ))
    };
    assert_eq!(
        steps("when home vanishes\nand cafe vanishes"),
        [vanishes("home"), vanishes("cafe")]
    );
    assert!(problem("and home vanishes").starts_with("line 2: the first step"));
}

#[test]
fn an_access_point_has_properties_and_defaults() {
    let ap = AccessPoint {
        name: "home".to_owned(),
        ssid: b"\xff \"x\"".to_vec(),
        channel: 11,
        security: Security::Wpa3("a, b: c".to_owned()),
        hidden: true,
        high_throughput: true,
        off_at_first: true,
        power: None,
        subnet: None,
        ipv6: Ipv6::Made,
        extra: Vec::new(),
    };
    let text = r#"given an access point home: ssid "\xff \"x\"", channel 11, 802.11n, wpa3 "a, b: c", hidden, off at first"#;
    assert_eq!(steps(text), [Step::Given(Given::AccessPoint(ap))]);
}

fn access_point(step: &Step) -> Option<&AccessPoint> {
    match step {
        Step::Given(Given::AccessPoint(ap)) => Some(ap),
        _ => None,
    }
}

#[test]
fn an_access_point_is_heard_as_weakly_as_the_story_wants() {
    let text = "given an access point home: power 5 dBm\nwhen home sends with -30 dBm";
    let steps = steps(text);
    let ap = access_point(&steps[0]).expect("an access point");
    assert_eq!(ap.power, Some(5));
    let weakened = Event::AccessPoint("home".to_owned(), AccessPointEvent::SendsWith(-30));
    assert_eq!(steps[1], Step::When(weakened));
}

#[test]
fn a_story_goes_online_where_leases_are_given() {
    let text = "given an access point home: subnet 10.2.0.0/24\nwhen the user starts \"ifup wlan0\"\nthen online at home within 5 s\nand home gave 1 lease\nand home gave 2 leases\nand home gave the same lease in 30 associations";
    let steps = steps(text);
    let ap = access_point(&steps[0]).expect("an access point");
    assert_eq!(ap.subnet, Some(Subnet([10, 2, 0])));
    let home = || "home".to_owned();
    let online = Check::Online {
        ap: home(),
        within: Duration::from_secs(5),
    };
    assert_eq!(
        steps[1..],
        [
            Step::When(Event::CommandStarted(vec![
                "ifup".to_owned(),
                "wlan0".to_owned()
            ])),
            Step::Then(online),
            Step::Then(Check::Leases(home(), 1)),
            Step::Then(Check::Leases(home(), 2)),
            Step::Then(Check::OneLease {
                ap: home(),
                associations: 30,
            }),
        ]
    );
    assert_eq!(ap.ipv6, Ipv6::Made);
    for wrong in [
        "10.2.0.1/24",
        "10.2.0.0/16",
        "10.2.0.0",
        "10.300.0.0/24",
        "2.0.0/24",
    ] {
        let problem = problem(&format!("given an access point home: subnet {wrong}"));
        assert!(problem.contains("is not a subnet"), "{problem}");
    }
    let goes_online = |text: &str| {
        parse(&format!("{TITLE}{text}"))
            .expect("a story")
            .goes_online()
    };
    assert!(goes_online(
        "given an access point home: subnet 10.2.0.0/24"
    ));
    assert!(goes_online("when the user starts \"ifup wlan0\""));
    assert!(!goes_online(
        "given an access point home: open\nwhen the user runs \"ifup wlan0\""
    ));
}

#[test]
fn a_story_goes_on_online_or_not() {
    let event = Event::OnlineOrPass {
        ap: "home".to_owned(),
        at_most: Duration::from_secs(120),
    };
    let steps = steps("when online at home, or 2 min pass");
    assert_eq!(steps, [Step::When(event)]);
}

#[test]
fn variants_have_their_lines_in_the_gaps() {
    let text = "A title\n\ngiven  it\n...\nwhen   home leaves\n...\n\n= one\nand    more\nwhen   that\n...\nand    here\n\n= other\nand    less\n";
    let told = |name: &str, first: &str, second: &str| {
        let text = format!("A title\n\ngiven  it\n{first}\nwhen   home leaves\n{second}\n");
        (name.to_owned(), text)
    };
    let expected = [
        told("file-one", "and    more\nwhen   that", "and    here"),
        told("file-other", "and    less", ""),
    ];
    assert_eq!(variants("file", text), expected);
    let alone = "A title\nwhen home leaves\n";
    let itself = [("file".to_owned(), alone.to_owned())];
    assert_eq!(variants("file", alone), itself);
}

#[test]
fn a_subnet_has_leases_of_ipv6_addresses_if_told() {
    let text = "given an access point home: subnet 10.2.0.0/24 with DHCPv6\nthen online over IPv6 at home within 5 s\nand home gave 2 IPv6 leases";
    let steps = steps(text);
    let ap = access_point(&steps[0]).expect("an access point");
    assert_eq!(
        (ap.subnet, ap.ipv6),
        (Some(Subnet([10, 2, 0])), Ipv6::Leased)
    );
    let online = Check::OnlineOverIpv6 {
        ap: "home".to_owned(),
        within: Duration::from_secs(5),
    };
    assert_eq!(
        steps[1..],
        [
            Step::Then(online),
            Step::Then(Check::Ipv6Leases("home".to_owned(), 2))
        ]
    );
    for wrong in ["with DHCP", "with", "DHCPv6"] {
        let problem = problem(&format!(
            "given an access point home: subnet 10.2.0.0/24 {wrong}"
        ));
        assert!(problem.contains("unknown property"), "{problem}");
    }
}

#[test]
fn a_subnet_has_a_gateway_and_an_ipv6_prefix() {
    let subnet = Subnet([10, 2, 0]);
    assert_eq!(subnet.gateway().to_string(), "10.2.0.1");
    assert_eq!(subnet.prefix(), "fd0a:2:0:0");
    assert!(subnet.contains("10.2.0.200".parse().expect("an address")));
    assert!(!subnet.contains("10.2.1.1".parse().expect("an address")));
    assert!(!subnet.contains(Subnet::FAR));
    assert_eq!(subnet.gateway6().to_string(), "fd0a:2::1");
    assert!(subnet.contains6("fd0a:2::1234:5678".parse().expect("an address")));
    assert!(!subnet.contains6("fd0a:2:1::1".parse().expect("an address")));
    assert!(!subnet.contains6(Subnet::FAR6));
}

#[test]
fn networkmanager_profile_contains_the_policy() {
    let text = r#"given a networkmanager profile "Home": open, with "wifi.cloned-mac-address=random", with "connection.stable-id=a""#;
    let [Step::Given(Given::Profile(profile))] = &steps(text)[..] else {
        panic!("no profile");
    };
    assert_eq!(profile.policy.as_deref(), Some("random"));
    assert_eq!(profile.extra.len(), 2);
    let connects = Event::NetworkManager(NetworkManagerEvent::Connects(b"Home".to_vec()));
    assert_eq!(
        steps("when networkmanager connects \"Home\""),
        [Step::When(connects)]
    );
    let same = Check::SameAddressesAsBefore(vec!["home".to_owned(), "cafe".to_owned()]);
    let text = "then home and cafe saw the same addresses as before";
    assert_eq!(steps(text), [Step::Then(same)]);
}

#[test]
fn other_programs_come_and_go_and_log_lines_are_counted() {
    let network_manager = |event| Step::When(Event::NetworkManager(event));
    assert_eq!(
        steps(
            "when networkmanager lets go of the interface\nand networkmanager takes the interface\nand networkmanager lets go of the interface for a moment"
        ),
        [
            network_manager(NetworkManagerEvent::LetsGo),
            network_manager(NetworkManagerEvent::Takes),
            network_manager(NetworkManagerEvent::LetsGoForAMoment),
        ]
    );
    assert_eq!(
        steps("given iwd's Scan settings have \"a=b\"\nand iwd is running"),
        [
            Step::Given(Given::IwdSetting {
                group: "Scan".to_owned(),
                line: "a=b".to_owned(),
            }),
            Step::When(Event::Iwd(Lifecycle::Starts)),
        ]
    );
    assert_eq!(
        steps("given iwd drives the first card only"),
        [Step::Given(Given::IwdDrivesFirstCard)]
    );
    assert_eq!(
        steps("when iwd starts\nand iwd stops\nand iwd is killed"),
        [
            Step::When(Event::Iwd(Lifecycle::Starts)),
            Step::When(Event::Iwd(Lifecycle::Stops)),
            Step::When(Event::Iwd(Lifecycle::Killed)),
        ]
    );
    let few = vec!["x".to_owned(), "y".to_owned()];
    assert_eq!(
        steps("then the judge finds at most 2 of \"x\", \"y\""),
        [Step::Then(Check::AtMostLeaks(2, few))]
    );
    let says = Check::MacveilSaysTimes("left alone".to_owned(), 2);
    assert_eq!(
        steps("then macveil says \"left alone\" 2 times"),
        [Step::Then(says)]
    );
}

#[test]
fn files_of_iwd_are_edited_by_two_and_something_is_lost_or_not() {
    let edited = |editor| {
        Step::When(Event::FileEdited {
            editor,
            ssid: b"My home".to_vec(),
            times: 400,
            times_by_iwd: 700,
        })
    };
    assert_eq!(
        steps(
            "when macveil rewrites the file of \"My home\" 400 times while iwd does 700 times\n\
             and a careless editor rewrites the file of \"My home\" 400 times while iwd does 700 times"
        ),
        [edited(Editor::Macveil), edited(Editor::Careless)]
    );
    assert!(
        problem("when a cat rewrites the file of \"Home\" 9 times while iwd does 9 times")
            .contains("two editors")
    );
    assert_eq!(
        steps(
            "then nothing was lost in at least 1000 edits\n\
             and something was lost at least 50 times in at least 500 edits"
        ),
        [
            Step::Then(Check::NothingLost { edits: 1000 }),
            Step::Then(Check::MuchLost {
                lost: 50,
                edits: 500
            }),
        ]
    );
}

#[test]
fn times_have_units() {
    let pass = |millis| Step::When(Event::Pass(Duration::from_millis(millis)));
    assert_eq!(
        steps("when 1.5 s pass\nand 20 ms pass\nand 2 min pass\nand 3 h pass"),
        [pass(1500), pass(20), pass(120_000), pass(10_800_000)]
    );
    assert!(problem("when 3 d pass").contains("not s, ms, min or h"));
}

#[test]
fn a_hardware_address_is_one_word() {
    let check = Check::OnlyAddress(
        vec!["home".to_owned()],
        [0x9a, 0x11, 0x22, 0x33, 0x44, 0x55],
    );
    let text = "then home saw only 9a:11:22:33:44:55";
    assert_eq!(steps(text), [Step::Then(check)]);
}

#[test]
fn a_command_is_split_like_in_a_shell() {
    let command = |words: &[&str]| {
        let words = words.iter().map(|&word| word.to_owned());
        Step::When(Event::CommandRun(words.collect()))
    };
    assert_eq!(
        steps(
            "when the user runs \"macveil trust  Home --now\"\nand the user runs \"macveil trust 'my home'\""
        ),
        [
            command(&["macveil", "trust", "Home", "--now"]),
            command(&["macveil", "trust", "my home"])
        ]
    );
    assert!(problem("when the user runs \"macveil trust 'my home\"").contains("not closed"));
}

#[test]
fn cards_have_things_done_to_them() {
    let cards = |events: [CardEvent; 5]| events.map(|event| Step::When(Event::Card(event)));
    assert_eq!(
        steps(
            "when another program takes the link down\nand another program sets the permanent address\n\
             and another program sets the address 9a:11:22:33:44:55\nand the radio is blocked\n\
             and the interface is renamed to wifi0"
        ),
        cards([
            CardEvent::LinkDown,
            CardEvent::Address(NewAddress::Permanent),
            CardEvent::Address(NewAddress::This([0x9a, 0x11, 0x22, 0x33, 0x44, 0x55])),
            CardEvent::Blocked,
            CardEvent::Renamed("wifi0".to_owned()),
        ])
    );
    let live = CardEvent::AddressLive(NewAddress::Fresh);
    assert_eq!(
        steps("when another program sets a fresh address while the link is up"),
        [Step::When(Event::Card(live))]
    );
    assert_eq!(
        steps("when the machine sleeps"),
        [Step::When(Event::MachineSleeps)]
    );
    assert!(problem("when another program sings").starts_with("line 2: "));
    assert!(problem("when the radio plays").starts_with("line 2: "));
}

#[test]
fn memory_is_noted_and_compared() {
    let grown = Check::MemoryGrown { at_most_kb: 100 };
    assert_eq!(
        steps(
            "when macveil's memory is noted\nthen macveil has grown by at most 100 kB\n\
             and macveil uses at most 1000 kB"
        ),
        [
            Step::When(Event::MemoryNoted),
            Step::Then(grown),
            Step::Then(Check::Memory { at_most_kb: 1000 })
        ]
    );
}

#[test]
fn a_machine_boots_and_radios_appear() {
    let appears = |scanned_at_once| Step::When(Event::RadioAppears { scanned_at_once });
    assert_eq!(
        steps(
            "when the machine boots\nand a radio appears\nand a radio appears and something scans with it at once\nand the documentation is followed"
        ),
        [
            Step::When(Event::MachineBoots),
            appears(false),
            appears(true),
            Step::When(Event::DocumentationFollowed),
        ]
    );
    assert!(problem("when a radio appears and sings").starts_with("line 2: "));
    let story = parse(&format!(
        "{TITLE}given the machine has Debian 13's programs"
    ));
    assert!(story.expect("a story").has_debian13());
    let story = parse(&format!("{TITLE}given the machine runs systemd")).expect("a story");
    assert!(story.has_systemd() && !story.has_macveil());
    let text = "given macveil is installed as the README tells";
    let story = parse(&format!("{TITLE}{text}")).expect("a story");
    assert!(story.has_macveil() && !story.has_systemd());
}

#[test]
fn a_sentence_that_is_not_known_is_told_with_its_line() {
    for text in [
        "given a pony",
        "when home explodes",
        "then all is well",
        "whenever home vanishes",
        "given a network \"Home: open",
        "given a network \"Home\": wpa9 \"x\"",
    ] {
        assert!(problem(text).starts_with("line 2: "), "{text}");
    }
    assert!(parse("").is_err());
}

#[test]
fn strangers_have_words_of_their_own() {
    let story = parse(&format!(
        "{TITLE}given a stranger on channel 6\ngiven a crowd of 400 access points"
    ));
    assert!(story.expect("a story").has_strangers());
    let goodbyes = StrangerEvent::SaysGoodbyeFor {
        ap: "home".to_owned(),
        a_second: 20,
        during: Duration::from_secs(30),
    };
    assert_eq!(
        steps(
            "when the stranger sends nonsense\nand the stranger falls silent\nand the stranger says goodbye for home 20 times a second for 30 s"
        ),
        [
            Step::When(Event::Stranger(StrangerEvent::SendsNonsense)),
            Step::When(Event::Stranger(StrangerEvent::FallsSilent)),
            Step::When(Event::Stranger(goodbyes)),
        ]
    );
    let (ap, during) = ("home".to_owned(), Duration::from_secs(20));
    assert_eq!(
        steps(
            "when the stranger announces a move of home to channel 1\nand the stranger forges beacons of home for 20 s\nand the stranger sends action frames for home for 20 s"
        ),
        [
            StrangerEvent::AnnouncesMoveOf {
                ap: ap.clone(),
                channel: 1
            },
            StrangerEvent::ForgesBeaconsOf {
                ap: ap.clone(),
                during
            },
            StrangerEvent::SendsActionFramesFor { ap, during },
        ]
        .map(|event| Step::When(Event::Stranger(event)))
    );
    let at_most = Check::AtMostAssociations(vec!["home".to_owned()], 9);
    assert_eq!(
        steps("then home saw at most 9 associations in that time"),
        [Step::Then(at_most)]
    );
}

#[test]
fn events_apart_from_stations_are_parsed() {
    assert_eq!(
        steps(
            "when another program sends frames under every address that it has read\nand another program removes the source guard"
        ),
        [
            Step::When(Event::StaleSource),
            Step::When(Event::GuardRemoved)
        ]
    );
    assert_eq!(
        steps("when another program listens without end\nand the other program listens no longer"),
        [
            Step::When(Event::ScansWithoutEnd),
            Step::When(Event::ScansEnd)
        ]
    );
    let deaf = |connected| Step::When(Event::DeafMonitor { connected });
    assert_eq!(
        steps(
            "when a monitor attaches and never reads\nand a connected monitor attaches and never reads"
        ),
        [deaf(false), deaf(true)]
    );
    assert!(problem("when a sleepy monitor attaches and never reads").contains("two kinds"));
    assert_eq!(
        steps(
            "given links are traced\nand all stations have one wpa_supplicant\nand the masking method powered"
        ),
        [
            Step::Given(Given::LinksTraced),
            Step::Given(Given::OneSupplicant),
            Step::Given(Given::Method("powered".to_owned())),
        ]
    );
    assert_eq!(
        steps(
            "when the interfaces that are no stations are noted\nthen those interfaces are as noted\nand addresses changed on live links only where the kernel can"
        ),
        [
            Step::When(Event::OtherInterfacesNoted),
            Step::Then(Check::OtherInterfacesAsNoted),
            Step::Then(Check::LiveChangesOnlyWherePossible),
        ]
    );
}
