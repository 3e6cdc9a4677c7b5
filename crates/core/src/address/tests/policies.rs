//! Which address a network gets, and which are refused.

use super::bench::{Bench, MASK, PERMANENT, mac, rng, said, ssid};
use crate::address::{
    AddressPolicies, AssignError, Binding, ConnectionOptions, Mask, NetworkFacts, NetworkMatch,
    NetworkRule, Origin, Policy, Slap, Source,
};
use crate::types::{KeyMgmt, Mac};

fn rule(about: NetworkMatch, policy: Policy) -> NetworkRule {
    NetworkRule {
        about,
        options: ConnectionOptions {
            policy: Some(said(policy)),
            ..ConnectionOptions::default()
        },
        origin: Origin::Arguments,
    }
}

fn named(name: &str) -> NetworkMatch {
    NetworkMatch {
        ssids: vec![ssid(name)],
        ..NetworkMatch::default()
    }
}

#[test]
fn without_any_wish_each_network_has_a_stable_address_of_its_own() {
    let bench = Bench::new();
    let (home, office) = (ssid("Home"), ssid("Office"));
    let at_home = bench.assign(&NetworkFacts::new(&home)).unwrap();
    let in_office = bench.assign(&NetworkFacts::new(&office)).unwrap();
    assert_ne!(at_home, in_office);
    assert!(at_home.is_local() && at_home.is_usable());
    assert_eq!(bench.assign(&NetworkFacts::new(&home)), Ok(at_home));
    assert_eq!(
        bench.policies().policy(&NetworkFacts::new(&home)),
        Ok(Policy::StableSsid)
    );
}

#[test]
fn the_permanent_address_is_given_only_where_it_is_asked_for() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let mut bench = Bench::new().policy("permanent");
    assert_eq!(bench.assign(&network), Ok(PERMANENT));
    bench.card.permanent = None;
    assert!(matches!(
        bench.assign(&network),
        Err(AssignError::NoPermanentAddress { .. })
    ));
    bench.card.permanent = Some(Mac([0; 6]));
    assert!(matches!(
        bench.assign(&network),
        Err(AssignError::NoPermanentAddress { .. })
    ));
}

#[test]
fn what_the_card_had_is_preserved_and_not_its_mask() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let mut bench = Bench::new().policy("preserve");
    bench.card.initial = mac("02:00:00:00:01:00");
    assert_eq!(bench.assign(&network), Ok(bench.card.initial));
    assert!(!bench.accepts(&network, MASK));
    bench.card.initial = Mac([0; 6]);
    assert!(matches!(
        bench.assign(&network),
        Err(AssignError::NothingToPreserve { .. })
    ));
}

#[test]
fn an_explicit_address_is_given_as_it_is() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let bench = Bench::new().policy("00:aa:bb:cc:dd:ee");
    assert_eq!(bench.assign(&network), Ok(mac("00:aa:bb:cc:dd:ee")));
    assert!(bench.accepts(&network, mac("00:aa:bb:cc:dd:ee")));
    assert!(!bench.accepts(&network, PERMANENT));
}

#[test]
fn random_is_another_one_each_time_and_never_one_that_is_known() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    // Two bits are left: four addresses, three of which are known.
    let mut bench = Bench::new()
        .policy("random")
        .mask("ff:ff:ff:ff:ff:fc 02:00:00:00:00:00");
    bench.card.initial = mac("02:00:00:00:00:00");
    bench.card.current = mac("02:00:00:00:00:01");
    bench.card.previous = Some(mac("02:00:00:00:00:02"));
    for seed in 0..20 {
        let drawn = bench
            .policies()
            .assign(&network, &bench.card, &mut rng(seed));
        assert_eq!(drawn, Ok(mac("02:00:00:00:00:03")));
    }
    bench.card.permanent = Some(mac("02:00:00:00:00:03"));
    assert!(matches!(
        bench.assign(&network),
        Err(AssignError::MaskTooWide { .. })
    ));
}

#[test]
fn random_is_never_zero() {
    let home = ssid("Home");
    let bench = Bench::new()
        .policy("random")
        .mask("ff:ff:ff:ff:ff:fe 00:00:00:00:00:00");
    for seed in 0..20 {
        let drawn = bench
            .policies()
            .assign(&NetworkFacts::new(&home), &bench.card, &mut rng(seed));
        assert_eq!(drawn, Ok(mac("00:00:00:00:00:01")));
    }
}

#[test]
fn random_accepts_what_chance_could_have_made() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let local = mac("fe:12:34:56:78:9a");
    let bench = Bench::new().policy("random");
    assert!(bench.accepts(&network, local));
    assert!(!bench.accepts(&network, PERMANENT));
    assert!(
        !bench.accepts(&network, mac("00:12:34:56:78:9a")),
        "globally administered"
    );

    let vendor = Bench::new()
        .policy("random")
        .mask("FE:FF:FF:00:00:00 68:F7:28:00:00:00");
    assert!(vendor.accepts(&network, mac("68:f7:28:01:02:03")));
    assert!(
        !vendor.accepts(&network, mac("6a:f7:28:01:02:03")),
        "the mask keeps the U/L bit"
    );
    assert!(!vendor.accepts(&network, local));

    let mut local_card = Bench::new().policy("random");
    local_card.card.permanent = Some(local);
    assert!(!local_card.accepts(&network, local));
}

#[test]
fn stable_accepts_its_own_address_and_no_other() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let bench = Bench::new().policy("stable");
    let address = bench.assign(&network).unwrap();
    assert!(bench.accepts(&network, address));
    assert!(!bench.accepts(&network, MASK));
    let random = Bench::new().stable_id("${RANDOM}");
    assert!(random.accepts(&network, MASK));
}

#[test]
fn a_stable_address_is_never_the_permanent_one() {
    let home = ssid("Home");
    let bench = Bench::new().policy("stable").mask("ff:ff:ff:ff:ff:ff");
    let refused = bench.assign(&NetworkFacts::new(&home));
    assert!(matches!(
        refused,
        Err(AssignError::MaskTooWide {
            address: PERMANENT,
            ..
        })
    ));
}

#[test]
fn a_wire_without_a_uuid_is_a_connection_of_its_own() {
    let wire = NetworkFacts::default();
    for (policy, kind, id) in [
        ("stable", 0, "w:"),
        // echo -n '${NETWORK_SSID}=2{w:}' | openssl sha1 -binary | base64
        ("stable-ssid", 2, "fY33QGmv3tYhBU78BaE3j86fWBY"),
    ] {
        let bench = Bench::new().policy(policy);
        let derivation = bench.derive(&wire).unwrap();
        let Source::Hash { id: hashed, .. } = derivation.source else {
            panic!("not hashed");
        };
        assert_eq!((hashed.kind, hashed.text.as_str()), (kind, id));
        let mut other = bench.clone();
        other.interface = "eth1".to_owned();
        assert_ne!(other.assign(&wire), Ok(derivation.address));
        assert_ne!(bench.uuid("u").assign(&wire), Ok(derivation.address));
    }
}

#[test]
fn no_rule_about_networks_is_about_a_wire() {
    let wire = NetworkFacts::default();
    for about in [
        named("Home"),
        NetworkMatch {
            bssids: vec![PERMANENT],
            ..NetworkMatch::default()
        },
        NetworkMatch {
            securities: vec![KeyMgmt::Open],
            ..NetworkMatch::default()
        },
        NetworkMatch {
            id_strs: vec!["home".to_owned()],
            ..NetworkMatch::default()
        },
    ] {
        let mut bench = Bench::new();
        bench.rules = vec![rule(about, Policy::Permanent)];
        assert_eq!(bench.policies().policy(&wire), Ok(Policy::StableSsid));
    }
}

#[test]
fn what_a_card_without_a_permanent_address_had_at_first_is_not_taken_for_chance() {
    let mut bench = Bench::new().policy("random");
    bench.card.initial = mac("02:11:22:33:44:55");
    let (wire, initial) = (NetworkFacts::default(), bench.card.initial);
    assert!(bench.accepts(&wire, initial));
    bench.card.permanent = None;
    assert!(!bench.accepts(&wire, initial));
    assert!(bench.accepts(&wire, mac("02:11:22:33:44:56")));
}

#[test]
fn a_wire_has_no_security_to_hang_on() {
    let mut by_security = Bench::new();
    by_security.options.by_security = Some(said(true));
    let wire = NetworkFacts::default();
    assert_eq!(by_security.assign(&wire), Bench::new().assign(&wire));
}

#[test]
fn an_id_of_the_boot_needs_to_know_it() {
    let mut bench = Bench::new().stable_id("${BOOT}");
    bench.boot_id = None;
    let refused = bench.assign(&NetworkFacts::default());
    assert!(matches!(refused, Err(AssignError::NoBootId { .. })));
}

#[test]
fn a_binding_decides_what_a_stable_address_hangs_on() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let assign = |binding: Binding, interface: &str, permanent: &str| {
        let mut bench = Bench::new();
        bench.interface = interface.to_owned();
        bench.card.permanent = Some(mac(permanent));
        bench.options.binding = Some(said(binding));
        bench.assign(&network).unwrap()
    };
    let (card, other_card) = ("00:00:00:00:00:01", "00:00:00:00:00:02");
    for (binding, by_name, by_card) in [
        (Binding::Interface, true, false),
        (Binding::Card, false, true),
        (Binding::Host, false, false),
    ] {
        let address = assign(binding, "wlan0", card);
        assert_eq!(
            address != assign(binding, "wlan1", card),
            by_name,
            "{binding}"
        );
        assert_eq!(
            address != assign(binding, "wlan0", other_card),
            by_card,
            "{binding}"
        );
    }
    let mut nameless = Bench::new();
    nameless.card.permanent = None;
    nameless.options.binding = Some(said(Binding::Card));
    assert!(matches!(
        nameless.assign(&network),
        Err(AssignError::NoPermanentAddress { .. })
    ));
}

#[test]
fn what_is_bound_to_the_card_keeps_its_addresses_under_another_name_unless_bound_otherwise() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let assign = |binding: Option<Binding>, interface: &str| {
        let mut bench = Bench::new();
        bench.interface = interface.to_owned();
        bench.options.binding = binding.map(said);
        let policies = bench.policies().bound_to_card();
        policies.assign(&network, &bench.card, &mut rng(1)).unwrap()
    };
    assert_eq!(assign(None, "wlan0"), assign(None, "wlan6"));
    let named = Some(Binding::Interface);
    assert_ne!(assign(named, "wlan0"), assign(named, "wlan6"));
}

#[test]
fn an_imitation_without_the_key_meets_another_address_if_asked() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let mut bench = Bench::new();
    let plain = bench.assign(&network).unwrap();
    bench.options.by_security = Some(said(true));
    assert!(matches!(
        bench.assign(&network),
        Err(AssignError::Undetermined { .. })
    ));
    let with = |security| bench.assign(&network.with_security(security)).unwrap();
    assert_ne!(with(KeyMgmt::Open), with(KeyMgmt::Psk));
    assert_ne!(with(KeyMgmt::Open), plain);
    assert_eq!(
        with(KeyMgmt::Psk),
        with(KeyMgmt::Sae),
        "an upgraded access point"
    );
}

#[test]
fn the_quadrant_is_a_wish_and_the_mask_comes_after_it() {
    let mut bench = Bench::new();
    bench.options.slap = Some(said(Slap::Aai));
    for number in 0..50 {
        let ssid = ssid(&number.to_string());
        let address = bench.assign(&NetworkFacts::new(&ssid)).unwrap();
        assert_eq!(address.bytes()[0] & 0x0f, 2, "{address}");
    }
    let home = ssid("Home");
    let masked = bench.mask("0f:00:00:00:00:00 0e:00:00:00:00:00");
    assert_eq!(
        masked.assign(&NetworkFacts::new(&home)).unwrap().bytes()[0] & 0x0f,
        0x0e
    );
}

#[test]
fn the_first_rule_about_a_network_that_says_something_holds() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let mut bench = Bench::new().policy("random");
    bench.rules = vec![
        rule(named("Office"), Policy::Permanent),
        NetworkRule {
            options: ConnectionOptions {
                uuid: Some(said("u".to_owned())),
                ..ConnectionOptions::default()
            },
            ..rule(named("Home"), Policy::Permanent)
        },
        rule(named("Home"), Policy::Stable),
        rule(named("Home"), Policy::Permanent),
    ];
    let resolved = bench.policies().resolve(&network).unwrap();
    assert_eq!(resolved.policy.value, Policy::Stable);
    assert_eq!(resolved.uuid.unwrap().value, "u");
    let elsewhere = ssid("Elsewhere");
    assert_eq!(
        bench.policies().policy(&NetworkFacts::new(&elsewhere)),
        Ok(Policy::Random)
    );
}

#[test]
fn all_that_a_rule_asks_must_agree() {
    let (home, bssid) = (ssid("Home"), mac("00:00:00:00:00:09"));
    let about = NetworkMatch {
        ssids: vec![ssid("Other"), home.clone()],
        bssids: vec![bssid],
        securities: vec![KeyMgmt::Psk, KeyMgmt::Sae],
        id_strs: vec!["flat".to_owned()],
        some_interfaces: false,
    };
    let mut bench = Bench::new();
    bench.rules = vec![rule(about, Policy::Permanent)];
    let policy = |network: NetworkFacts| bench.policies().policy(&network);
    let network = NetworkFacts::new(&home)
        .with_bssid(bssid)
        .with_security(KeyMgmt::Sae);
    assert_eq!(policy(network.with_id_str("flat")), Ok(Policy::Permanent));
    assert_eq!(policy(network.with_id_str("")), Ok(Policy::StableSsid));
    assert!(policy(network).is_err(), "the id_str is not known");
    assert_eq!(policy(network.with_id_str("house")), Ok(Policy::StableSsid));
    let open = network.with_id_str("flat").with_security(KeyMgmt::Open);
    assert_eq!(policy(open), Ok(Policy::StableSsid));
    assert_eq!(
        policy(NetworkFacts {
            ssid: None,
            ..network
        }),
        Ok(Policy::StableSsid)
    );
}

#[test]
fn a_rule_that_may_be_meant_is_never_passed_over() {
    let home = ssid("Home");
    let open = NetworkMatch {
        securities: vec![KeyMgmt::Open],
        ..NetworkMatch::default()
    };
    let mut bench = Bench::new();
    bench.rules = vec![rule(open, Policy::Random)];
    let network = NetworkFacts::new(&home);
    let refused = bench.assign(&network);
    assert!(matches!(
        refused,
        Err(AssignError::Undetermined {
            fact: "the security",
            ..
        })
    ));
    assert!(!bench.accepts(&network, MASK));
    assert!(bench.accepts(&network.with_security(KeyMgmt::Open), MASK));
}

#[test]
fn a_mask_address_is_none_that_is_known_and_heeds_the_scan_mask() {
    let bench = Bench::new();
    let scan_mask: Mask = "fe:ff:ff:00:00:00".parse().unwrap();
    let host = std::sync::Arc::new(crate::address::Host {
        key: bench.key.clone(),
        boot_id: None,
        zone: bench.zone.clone(),
    });
    let options = ConnectionOptions::default;
    let policies =
        |mask| AddressPolicies::new("wlan0".to_owned(), host.clone(), mask, vec![], options());
    let masked = policies(Some(scan_mask)).mask_address(&bench.card, &[], &mut rng(3));
    assert_eq!(masked.bytes()[..3], [0x00, 0x11, 0x22]);

    // Nothing is left but known addresses: then the mask gives way.
    let all: Mask = "ff:ff:ff:ff:ff:ff".parse().unwrap();
    let free = policies(Some(all)).mask_address(&bench.card, &[], &mut rng(3));
    assert!(free.is_local() && free.is_usable());

    let first = policies(None).mask_address(&bench.card, &[], &mut rng(4));
    let second = policies(None).mask_address(&bench.card, &[first], &mut rng(4));
    assert_ne!(first, second);
}

#[test]
fn an_association_that_began_before_its_address_was_renewed_may_stay() {
    let home = ssid("Home");
    let network = |generation| NetworkFacts::new(&home).in_generation(generation);
    let bench = Bench::new();
    let addresses = [0, 1, 2].map(|generation| bench.assign(&network(generation)).unwrap());
    assert_eq!(
        addresses.map(|address| bench.accepts(&network(2), address)),
        [false, true, true]
    );
}

#[test]
fn bits_that_are_kept_of_the_current_address_are_kept_by_the_address_in_question() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let bench = Bench::new()
        .policy("random")
        .mask("ff:ff:ff:00:00:00 preserve");
    assert!(bench.accepts(&network, mac("02:aa:bb:01:02:03")));
}

#[test]
fn a_rule_that_asks_for_nothing_is_about_a_wire_too() {
    let mut bench = Bench::new();
    bench.rules = vec![rule(NetworkMatch::default(), Policy::Random)];
    let wire = NetworkFacts::default();
    assert_eq!(bench.policies().policy(&wire), Ok(Policy::Random));
}

#[test]
fn the_rules_about_a_network_are_told_in_their_order() {
    let origin = |line| Origin::Line {
        file: "macveil.toml".into(),
        line,
        column: 1,
    };
    let at = |name, line| NetworkRule {
        origin: origin(line),
        ..rule(named(name), Policy::Random)
    };
    let mut bench = Bench::new();
    bench.rules = vec![at("Home", 3), at("Office", 7), at("Home", 5)];
    let home = ssid("Home");
    let policies = bench.policies();
    assert_eq!(
        policies.rules_about(&NetworkFacts::new(&home)),
        [&origin(3), &origin(5)]
    );
}

#[test]
fn an_address_comes_by_chance_or_is_renewed_in_time_or_neither() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let facts = |bench: &Bench| {
        let resolved = bench.policies().resolve(&network).unwrap();
        (resolved.is_random(), resolved.is_periodic())
    };
    assert_eq!(facts(&Bench::new()), (false, false));
    assert_eq!(facts(&Bench::new().policy("random")), (true, false));
    let by_the_day = Bench::new().policy("stable").stable_id("${PERIOD:1d}");
    assert_eq!(facts(&by_the_day), (false, true));
    let mut renewed = Bench::new();
    renewed.options.rotate = Some(said(Some(std::time::Duration::from_secs(86_400))));
    assert_eq!(facts(&renewed), (false, true));
}
