//! The captures that the lab's judge is tested with, too.

use super::*;

/// Every word of JSON for what a capture shows: leaks, notes, and reasons of links.
fn words(verdict: &Verdict) -> Vec<&'static str> {
    let found = found(verdict).into_iter().map(|(leak, _)| leak.word());
    let links = verdict.links.iter().map(|link| match &link.reason {
        LinkReason::SameIdentifier(value) => value.word(),
        LinkReason::SameAddress => "address",
        LinkReason::CountsOn { .. } => "sequence-numbers",
        LinkReason::SameName(_) => "name",
        LinkReason::SameContent(_) => "elements",
    });
    found.chain(links).collect()
}

#[test]
fn every_planted_kind_is_found() {
    let all = macveil_testkit::planted::all();
    assert!(all.len() >= 16);
    for planted in all {
        let verdict = judge(&planted.pcap(), &KnownAddresses::default()).unwrap();
        let (words, expected) = (words(&verdict), planted.finds.unwrap());
        assert!(words.contains(&expected), "{}: {words:?}", planted.name);
    }
}

/// Those that depend on options, and the link between two captures, have tests of their own.
#[test]
fn every_kind_is_planted() {
    const OF_OPTIONS: [Leak; 2] = [Leak::PermanentAddress, Leak::VendorAddress];
    let leaks = Leak::ALL.into_iter().filter(|it| !OF_OPTIONS.contains(it));
    let none = || Box::from([]);
    let identifiers = [
        Identifier::Uuid([0; 16]),
        Identifier::P2pDevice(PERMANENT),
        Identifier::MldAddress(PERMANENT),
        Identifier::Key([0; 16]),
        Identifier::PasswordId(none()),
        Identifier::EapIdentity(none()),
        Identifier::DhcpClient(none()),
        Identifier::Duid(none()),
        Identifier::HostName(none()),
        Identifier::InterfaceId([0; 8]),
        Identifier::AddressGroup([0; 3]),
    ];
    let words = leaks.map(Leak::word);
    let words = words.chain(identifiers.iter().map(Identifier::word));
    let words = words.chain(["sequence-numbers", "name", "elements"]);
    let planted = macveil_testkit::planted::all();
    let missing: Vec<_> = words
        .filter(|word| planted.iter().all(|it| it.finds != Some(word)))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn captures_without_a_planted_kind_are_clean() {
    let all = macveil_testkit::planted::all_clean();
    assert!(all.len() >= 8);
    for planted in all {
        let verdict = judge(&planted.pcap(), &KnownAddresses::default()).unwrap();
        assert_eq!(words(&verdict), [""; 0], "{}", planted.name);
        assert!(!verdict.leaks());
    }
}

#[test]
fn mld_address_counts_as_if_it_had_transmitted() {
    use macveil_testkit::planted;
    let permanent = Mac(planted::PERMANENT.0);
    let known = KnownAddresses {
        permanent: vec![permanent],
        assigned: Vec::new(),
    };
    let all = planted::all_clean().into_iter();
    let devices: Vec<_> = all
        .filter(|it| it.name == "two links of one device")
        .collect();
    let verdict = judge(&devices[0].pcap(), &known).unwrap();
    assert_eq!(found(&verdict), [(Leak::PermanentAddress, 2)]);
}

#[test]
fn planted_captures_that_are_cut_off_are_survived() {
    for planted in macveil_testkit::planted::all() {
        for (index, (_, frame)) in planted.frames.iter().enumerate() {
            for length in 0..frame.len() {
                let mut audit = Audit::new(KnownAddresses::default());
                for (at, whole) in &planted.frames[..index] {
                    audit.observe(&bare(*at, whole));
                }
                audit.observe(&bare(1, &frame[..length]));
            }
        }
    }
}

fn bare(at: Micros, bytes: &[u8]) -> Packet<'_> {
    Packet {
        at,
        link: LinkType::Bare,
        is_truncated: false,
        bytes,
    }
}
