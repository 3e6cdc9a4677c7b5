//! Expected results from `NetworkManager`'s own tests (1.4 to 1.58).

use super::bench::{Bench, mac};
use crate::address::stable::{EffectiveId, digest};
use crate::address::stable_id::Meaning;
use crate::address::{HostKey, MachineId, NetworkFacts, NmVersion, Source, StableId};
use crate::types::Ssid;

fn published(kind: u8, initial: &str, mask: &str) -> String {
    let seed = crate::address::generate::Seed::from_digest(&digest(
        b"key1",
        "eth0",
        &EffectiveId {
            kind,
            text: "stable-1".to_owned(),
            expanded: None,
        },
        None,
        0,
    ));
    let shape = crate::address::generate::Shape {
        mask: (!mask.is_empty()).then(|| mask.parse().unwrap()),
        ..Default::default()
    };
    let base_addresses = crate::address::BaseAddresses {
        initial: mac(initial),
        current: mac("00:00:00:00:00:00"),
    };
    shape.finish(seed, base_addresses).address.to_string()
}

#[test]
fn addresses_match_network_manager() {
    let initial = "01:23:45:67:89:ab";
    for (kind, initial, mask, address) in [
        (0, initial, "", "06:0d:cd:0c:9e:2c"),
        (1, initial, "", "c6:ae:a9:9a:76:09"),
        (0, initial, "FF:FF:FF:00:00:00", "00:23:45:0c:9e:2c"),
        (
            0,
            "03:23:45:67:89:ab",
            "FF:FF:FF:00:00:00",
            "02:23:45:0c:9e:2c",
        ),
        (0, initial, "00:00:00:00:00:00", "06:0d:cd:0c:9e:2c"),
        (0, initial, "02:00:00:00:00:00", "04:0d:cd:0c:9e:2c"),
        (
            0,
            initial,
            "02:00:00:00:00:00 00:00:00:00:00:00",
            "04:0d:cd:0c:9e:2c",
        ),
        (
            0,
            initial,
            "02:00:00:00:00:00 02:00:00:00:00:00",
            "06:0d:cd:0c:9e:2c",
        ),
        (
            0,
            initial,
            "00:00:00:00:00:00 E9:60:CE:F5:ED:2F",
            "06:0d:cd:0c:9e:2c",
        ),
    ] {
        assert_eq!(published(kind, initial, mask), address, "{kind} {mask}");
    }
}

#[test]
fn hash_selects_one_of_several_base_addresses() {
    let mask = "02:00:00:00:00:00 00:00:00:00:00:00 02:00:00:00:00:00";
    let address = published(0, "01:23:45:67:89:ab", mask);
    assert!(["06:0d:cd:0c:9e:2c", "04:0d:cd:0c:9e:2c"].contains(&address.as_str()));
}

/// Expands an id with the values of `NetworkManager`'s own test.
fn expanded(id: &str, with_ssid: bool) -> Option<String> {
    let mut bench = Bench::new().stable_id(id).uuid("_CONNECTION");
    bench.interface = "_DEVICE".to_owned();
    bench.boot_id = Some("_BOOT".to_owned());
    let ssid = Ssid::new(b"SSID(\x82)").unwrap();
    let network = NetworkFacts {
        ssid: with_ssid.then_some(&ssid),
        ..NetworkFacts::default()
    };
    match bench.derive(&network).unwrap().source {
        Source::Hash { id, .. } => match (id.kind, id.expanded) {
            (1, None) => Some("literal".to_owned()),
            (2, Some(expanded)) => Some(expanded),
            other => panic!("{other:?}"),
        },
        Source::Random => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ids_without_a_pattern_are_literal() {
    for id in [
        "a",
        "a$",
        "a$x",
        " ${a$x",
        "${",
        "${=",
        "${a",
        "${a$x",
        "a$$",
        "a$$x",
        "a$${CONNECTION}",
        "a$${CONNECTION}x",
        "$${RANDOM}",
        "default${CONNECTION",
    ] {
        assert_eq!(expanded(id, true).as_deref(), Some("literal"), "{id}");
    }
}

#[test]
fn patterns_are_followed_by_their_values() {
    for (id, text) in [
        ("${CONNECTION}", "${CONNECTION}=11{_CONNECTION}"),
        (" ${CONNECTION}", " ${CONNECTION}=11{_CONNECTION}"),
        ("${${CONNECTION}", "${${CONNECTION}=11{_CONNECTION}"),
        ("${CONNECTION}x", "${CONNECTION}=11{_CONNECTION}x"),
        ("x${CONNECTION}", "x${CONNECTION}=11{_CONNECTION}"),
        (
            "x${CONNECTION}${NETWORK_SSID}",
            "x${CONNECTION}=11{_CONNECTION}${NETWORK_SSID}=12{s:SSID(\\202)}",
        ),
        ("${NETWORK_SSID}", "${NETWORK_SSID}=12{s:SSID(\\202)}"),
        ("${BOOT}x", "${BOOT}=5{_BOOT}x"),
        ("x${BOOT}", "x${BOOT}=5{_BOOT}"),
        (
            "xX${BOOT}yY${CONNECTION}zZ",
            "xX${BOOT}=5{_BOOT}yY${CONNECTION}=11{_CONNECTION}zZ",
        ),
        ("${DEVICE}", "${DEVICE}=7{_DEVICE}"),
        ("${MAC}x", "${MAC}=17{00:11:22:33:44:55}x"),
        ("$$$${BOOT}", "$$$${BOOT}"),
        ("$$$${BOOT}${BOOT}", "$$$${BOOT}${BOOT}=5{_BOOT}"),
    ] {
        let expected = if text == "$$$${BOOT}" {
            "literal"
        } else {
            text
        };
        assert_eq!(expanded(id, true).as_deref(), Some(expected), "{id}");
    }
    assert_eq!(
        expanded("x${CONNECTION}${NETWORK_SSID}", false).unwrap(),
        "x${CONNECTION}=11{_CONNECTION}${NETWORK_SSID}=13{c:_CONNECTION}"
    );
}

#[test]
fn random_ids_are_drawn_and_not_hashed() {
    for id in ["${RANDOM}", " ${RANDOM}", "${BOOT}${RANDOM}"] {
        assert_eq!(expanded(id, true), None, "{id}");
    }
}

#[test]
fn connection_id_is_its_uuid() {
    let uuid = "123e4567-e89b-12d3-a456-426655440000";
    let unset = Bench::new().policy("stable").uuid(uuid);
    let spelled_out = unset.clone().stable_id("default${CONNECTION}");
    for bench in [unset, spelled_out] {
        let Source::Hash { id, .. } = bench.derive(&NetworkFacts::default()).unwrap().source else {
            panic!("not hashed");
        };
        assert_eq!((id.kind, id.text.as_str()), (0, uuid));
    }
}

#[test]
fn ssid_digest_matches_network_manager() {
    let ssid = Ssid::new(b"foo\n").unwrap();
    let bench = Bench::new().policy("stable-ssid").uuid("uuid");
    let Source::Hash { id, .. } = bench.derive(&NetworkFacts::new(&ssid)).unwrap().source else {
        panic!("not hashed");
    };
    assert_eq!(id.expanded.unwrap(), "${NETWORK_SSID}=9{s:foo\\012}");
    assert_eq!(id.text, "wqLBg0FtOnCi7yYQKGDUj6CDixc");
}

/// `( stat -c '%s' KEY | tr -d '\n'; echo -n ' '; cat KEY; tr -d '\n' < /etc/machine-id ) | sha256sum`
#[test]
fn version_2_key_is_hashed_with_length_and_machine_id() {
    let contents = b"nm-v2:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    let machine = MachineId::parse("0123456789abcdef0123456789abcdef\n").unwrap();
    let hex = |key: &HostKey| {
        let digits = key
            .host_id()
            .unwrap()
            .iter()
            .map(|byte| format!("{byte:02x}"));
        digits.collect::<String>()
    };
    assert_eq!(contents.len(), 50);
    assert_eq!(
        hex(&HostKey::from_file(contents, Some(&machine)).unwrap()),
        "51c46dad7e317a3dcdddbb5af8fec1934980f56d9a1c92330f93eab9025f8c39"
    );
    assert_eq!(
        hex(&HostKey::from_file(contents, None).unwrap()),
        "ab803cc1b0ee95a1000a668c64f0ef1f4b6a868d8554e49583fe5e839f9263be"
    );
}

#[test]
fn other_file_of_sixteen_bytes_is_a_version_1_key() {
    let raw = |contents: &[u8]| {
        HostKey::from_file(contents, None)
            .unwrap()
            .host_id()
            .unwrap()
            .to_vec()
    };
    for contents in [
        &b"0123456789abcdef"[..],
        b"0123456789abcde\n",
        b"nm-v2:one byte less than thirty-two..",
    ] {
        assert_eq!(raw(contents), contents);
    }
    assert!(HostKey::from_file(b"0123456789abcde", None).is_err());
    assert!(HostKey::from_file(b"", None).is_err());
}

#[test]
fn machine_id_is_32_digits_that_are_not_all_zero() {
    assert!(MachineId::parse(" 0123456789ABCDEF0123456789abcdef \n").is_some());
    for text in [
        "",
        "uninitialized\n",
        "00000000000000000000000000000000",
        "0123456789abcdef0123456789abcde",
        "01234567-89ab-cdef-0123-456789abcdef",
    ] {
        assert!(MachineId::parse(text).is_none(), "{text}");
    }
}

#[test]
fn new_key_is_version_2_with_fifty_bytes() {
    let new = crate::address::NewKey::generate(&mut super::bench::rng(7));
    let text = str::from_utf8(new.contents()).unwrap();
    assert_eq!(text.len(), 50);
    assert!(text.starts_with("nm-v2:") && text.ends_with('='), "{text}");
    assert_eq!(format!("{new:?}"), "NewKey(secret)");
}

#[test]
fn each_version_has_its_own_patterns() {
    let meaning = |text: &str, version: &str| {
        let version: NmVersion = version.parse().unwrap();
        let id = StableId::of_network_manager(text, version).unwrap();
        match id.meaning() {
            Meaning::Connection => "connection",
            Meaning::Literal(literal) if literal == text => "literal",
            Meaning::Literal(_) => "changed",
            Meaning::Generated(_) => "generated",
            Meaning::Random => "random",
        }
    };
    for (text, before, since, then) in [
        ("${CONNECTION}", "1.4", "1.6", "generated"),
        ("${BOOT}", "1.4.6", "1.6.0", "generated"),
        ("${RANDOM}", "1.4", "1.6", "random"),
        ("${DEVICE}", "1.10", "1.12", "generated"),
        ("${MAC}", "1.14", "1.16", "generated"),
        ("${NETWORK_SSID}", "1.42.4-1", "1.46", "generated"),
    ] {
        assert_eq!(
            (meaning(text, before), meaning(text, since)),
            ("literal", then),
            "{text}"
        );
    }
    assert_eq!(meaning("default${CONNECTION}", "1.42"), "generated");
    assert_eq!(meaning("default${CONNECTION}", "1.44"), "connection");
    for text in [
        "",
        "${PERIOD:24h}",
        "${PERIOD}",
        "time: 2016-08-22 6:00:00 7d",
        "$${MAC}",
    ] {
        assert_eq!(meaning(text, "1.52"), "literal", "{text}");
    }
    assert!(StableId::of_network_manager("a\0b", NmVersion::PATTERNS).is_err());
    for text in ["", "1", "one.two", "1.x"] {
        assert!(text.parse::<NmVersion>().is_err(), "{text}");
    }
}
