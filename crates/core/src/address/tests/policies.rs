//! Which address each policy assigns, and errors.

use super::bench::{Bench, MASK, PERMANENT, mac, rng, sourced, ssid};
use crate::address::{
    AddressPolicies, AssignError, Binding, ConnectionOptions, Mask, NetworkFacts, NetworkMatch,
    NetworkRule, Origin, Policy, Slap, Source,
};
use crate::types::{KeyMgmt, Mac};

fn rule(about: NetworkMatch, policy: Policy) -> NetworkRule {
    NetworkRule {
        about,
        options: ConnectionOptions {
            policy: Some(sourced(policy)),
            ..ConnectionOptions::default()
        },
        origin: Origin::Arguments,
    }
}

fn with_ssid(name: &str) -> NetworkMatch {
    NetworkMatch {
        ssids: vec![ssid(name)],
        ..NetworkMatch::default()
    }
}

#[test]
fn default_policy_is_a_stable_address_per_network() {
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
fn permanent_policy_needs_a_usable_permanent_address() {
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
fn preserve_assigns_the_initial_address_not_the_mask() {
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
fn explicit_address_is_assigned_unchanged() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let bench = Bench::new().policy("00:aa:bb:cc:dd:ee");
    assert_eq!(bench.assign(&network), Ok(mac("00:aa:bb:cc:dd:ee")));
    assert!(bench.accepts(&network, mac("00:aa:bb:cc:dd:ee")));
    assert!(!bench.accepts(&network, PERMANENT));
}

#[test]
fn random_address_is_never_a_known_address() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    // Two free bits: four addresses, three of them known.
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
fn random_address_is_never_zero() {
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
fn random_accepts_any_address_that_can_be_drawn() {
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
fn stable_accepts_only_its_own_address() {
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
fn stable_address_is_never_the_permanent_address() {
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
fn ethernet_without_uuid_is_its_own_connection() {
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
fn network_criteria_never_match_ethernet() {
    let wire = NetworkFacts::default();
    for about in [
        with_ssid("Home"),
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
fn random_rejects_initial_address_of_card_without_permanent() {
    let mut bench = Bench::new().policy("random");
    bench.card.initial = mac("02:11:22:33:44:55");
    let (wire, initial) = (NetworkFacts::default(), bench.card.initial);
    assert!(bench.accepts(&wire, initial));
    bench.card.permanent = None;
    assert!(!bench.accepts(&wire, initial));
    assert!(bench.accepts(&wire, mac("02:11:22:33:44:56")));
}

#[test]
fn ethernet_ignores_stable_security() {
    let mut by_security = Bench::new();
    by_security.options.by_security = Some(sourced(true));
    let wire = NetworkFacts::default();
    assert_eq!(by_security.assign(&wire), Bench::new().assign(&wire));
}

#[test]
fn boot_pattern_without_boot_id_is_an_error() {
    let mut bench = Bench::new().stable_id("${BOOT}");
    bench.boot_id = None;
    let refused = bench.assign(&NetworkFacts::default());
    assert!(matches!(refused, Err(AssignError::NoBootId { .. })));
}

#[test]
fn binding_decides_what_a_stable_address_depends_on() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let assign = |binding: Binding, interface: &str, permanent: &str| {
        let mut bench = Bench::new();
        bench.interface = interface.to_owned();
        bench.card.permanent = Some(mac(permanent));
        bench.options.binding = Some(sourced(binding));
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
    let mut virtual_card = Bench::new();
    virtual_card.card.permanent = None;
    virtual_card.options.binding = Some(sourced(Binding::Card));
    assert!(matches!(
        virtual_card.assign(&network),
        Err(AssignError::NoPermanentAddress { .. })
    ));
}

#[test]
fn bound_to_card_only_changes_the_default_binding() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let assign = |binding: Option<Binding>, interface: &str| {
        let mut bench = Bench::new();
        bench.interface = interface.to_owned();
        bench.options.binding = binding.map(sourced);
        let policies = bench.policies().bound_to_card();
        policies.assign(&network, &bench.card, &mut rng(1)).unwrap()
    };
    assert_eq!(assign(None, "wlan0"), assign(None, "wlan6"));
    let by_name = Some(Binding::Interface);
    assert_ne!(assign(by_name, "wlan0"), assign(by_name, "wlan6"));
}

#[test]
fn stable_security_gives_an_open_imitation_another_address() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let mut bench = Bench::new();
    let plain = bench.assign(&network).unwrap();
    bench.options.by_security = Some(sourced(true));
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
fn mask_overrides_the_slap_quadrant() {
    let mut bench = Bench::new();
    bench.options.slap = Some(sourced(Slap::Aai));
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
fn first_matching_rule_decides_each_option() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let mut bench = Bench::new().policy("random");
    bench.rules = vec![
        rule(with_ssid("Office"), Policy::Permanent),
        NetworkRule {
            options: ConnectionOptions {
                uuid: Some(sourced("u".to_owned())),
                ..ConnectionOptions::default()
            },
            ..rule(with_ssid("Home"), Policy::Permanent)
        },
        rule(with_ssid("Home"), Policy::Stable),
        rule(with_ssid("Home"), Policy::Permanent),
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
fn all_criteria_of_a_rule_must_match() {
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
    assert!(policy(network).is_err(), "the id_str is unknown");
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
fn rule_with_an_unknown_fact_is_an_error() {
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
fn mask_address_follows_the_scan_mask_and_avoids_known() {
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

    // The scan mask allows only known addresses and is ignored.
    let all: Mask = "ff:ff:ff:ff:ff:ff".parse().unwrap();
    let free = policies(Some(all)).mask_address(&bench.card, &[], &mut rng(3));
    assert!(free.is_local() && free.is_usable());

    let first = policies(None).mask_address(&bench.card, &[], &mut rng(4));
    let second = policies(None).mask_address(&bench.card, &[first], &mut rng(4));
    assert_ne!(first, second);
}

#[test]
fn address_from_before_the_last_renewal_is_accepted() {
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
fn preserve_mask_accepts_bits_of_the_given_address() {
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    let bench = Bench::new()
        .policy("random")
        .mask("ff:ff:ff:00:00:00 preserve");
    assert!(bench.accepts(&network, mac("02:aa:bb:01:02:03")));
}

#[test]
fn rule_without_criteria_matches_ethernet() {
    let mut bench = Bench::new();
    bench.rules = vec![rule(NetworkMatch::default(), Policy::Random)];
    let wire = NetworkFacts::default();
    assert_eq!(bench.policies().policy(&wire), Ok(Policy::Random));
}

#[test]
fn rules_about_a_network_are_listed_in_order() {
    let origin = |line| Origin::Line {
        file: "macveil.toml".into(),
        line,
        column: 1,
    };
    let at = |name, line| NetworkRule {
        origin: origin(line),
        ..rule(with_ssid(name), Policy::Random)
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
fn resolved_policy_is_random_periodic_or_neither() {
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
    renewed.options.rotate = Some(sourced(Some(std::time::Duration::from_secs(86_400))));
    assert_eq!(facts(&renewed), (false, true));
}

#[test]
fn hotspot_has_an_address_of_its_own_by_each_policy() {
    let bench = Bench::new();
    let mine = ssid("Mine");
    let station = bench.assign(&NetworkFacts::new(&mine)).unwrap();
    let of = |policy: &str, name: &str| {
        let policies = bench.policies().with_hotspot(policy.parse().unwrap());
        policies.hotspot_address(&ssid(name), &bench.card).unwrap()
    };
    assert_eq!(of("random", "Mine"), None);
    let stable = of("stable", "Mine");
    assert_eq!(of("stable", "Mine"), stable, "the same at each start");
    assert_eq!(of("stable-ssid", "Mine"), stable);
    assert!(stable.is_some_and(|address| address.is_local() && address != station));
    assert_ne!(of("stable", "Other"), stable);
    assert_eq!(of("permanent", "Mine"), bench.card.permanent);
    assert_eq!(
        of("02:12:34:56:78:9a", "Mine"),
        Some(mac("02:12:34:56:78:9a"))
    );
}
