//! Properties of all masks, ids and networks.

use std::time::Duration;

use proptest::prelude::*;

use super::bench::{Bench, PERMANENT, rng, sourced};
use crate::address::period::Period;
use crate::address::{BaseAddresses, Binding, Mask, NetworkFacts, Policy, Slap, StableId, Zone};
use crate::types::{KeyMgmt, Mac, Ssid};

fn any_mac() -> impl Strategy<Value = Mac> {
    any::<[u8; 6]>().prop_map(Mac)
}

fn any_mask_text() -> impl Strategy<Value = String> {
    let base = prop_oneof![
        4 => any_mac().prop_map(|mac| mac.to_string()),
        1 => Just("preserve".to_owned()),
    ];
    (any_mac(), prop::collection::vec(base, 0..5)).prop_map(|(keep, bases)| {
        let mut words = vec![keep.to_string()];
        words.extend(bases);
        words.join(" ")
    })
}

fn any_ssid() -> impl Strategy<Value = Ssid> {
    prop::collection::vec(any::<u8>(), 1..=32).prop_map(|bytes| Ssid::new(&bytes).unwrap())
}

fn any_id() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "${CONNECTION}",
        "${BOOT}",
        "${DEVICE}",
        "${MAC}",
        "${NETWORK_SSID}",
        "$$",
        "$",
        "{",
        "}",
        "a",
        "é",
        "${UNKNOWN}",
    ]);
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn any_bench()(
        mask in prop::option::of(any_mask_text()),
        id in any_id(),
        aai in any::<bool>(),
        binding in prop::sample::select(vec![Binding::Interface, Binding::Card, Binding::Host]),
        by_security in any::<bool>(),
        initial in any_mac(),
        current in any_mac(),
    ) -> Bench {
        let mut bench = Bench::new().stable_id(&id);
        if let Some(mask) = mask {
            bench = bench.mask(&mask);
        }
        bench.options.slap = Some(sourced(if aai { Slap::Aai } else { Slap::Any }));
        bench.options.binding = Some(sourced(binding));
        bench.options.by_security = Some(sourced(by_security));
        bench.card.initial = initial;
        bench.card.current = current;
        bench
    }
}

/// Whether the kept bits are those of the base, and the U/L bit is set if it is not kept.
fn follows(mask: &Mask, address: Mac, base: Mac) -> bool {
    let keep = mask.keep().bytes();
    let kept = (0..6).all(|i| {
        let bits = if i == 0 { keep[i] & !1 } else { keep[i] };
        address.bytes()[i] & bits == base.bytes()[i] & bits
    });
    kept && (keep[0] & 2 != 0 || address.is_local())
}

proptest! {
    #[test]
    fn generated_addresses_are_usable_and_follow_the_mask(
        mut bench in any_bench(), ssid in any_ssid(), policy in prop::sample::select(vec![
            Policy::Random, Policy::Stable, Policy::StableSsid,
        ]),
    ) {
        bench.options.policy = Some(sourced(policy));
        let network = NetworkFacts::new(&ssid).with_security(KeyMgmt::Psk);
        if let Ok(derivation) = bench.derive(&network) {
            let address = derivation.address;
            prop_assert!(address.is_usable());
            prop_assert_ne!(address, PERMANENT);
            if let Some(mask) = &bench.options.mask {
                let mask = mask.value.as_ref().unwrap();
                prop_assert!(follows(mask, address, derivation.base.unwrap()));
            } else {
                prop_assert!(address.is_local());
                let aai = bench.options.slap.as_ref().unwrap().value == Slap::Aai;
                prop_assert!(!aai || address.bytes()[0] & 0x0c == 0);
            }
            prop_assert!(bench.accepts(&network, address));
        }
    }

    #[test]
    fn stable_address_depends_only_on_its_inputs(bench in any_bench(), ssid in any_ssid(), seed: u64) {
        let network = NetworkFacts::new(&ssid).with_security(KeyMgmt::Open);
        let assigned = bench.assign(&network);
        let again = bench.clone().policies().assign(&network, &bench.card, &mut rng(seed));
        prop_assert_eq!(&assigned, &again);
        let mut after = bench.clone();
        after.card.previous = assigned.clone().ok();
        prop_assert_eq!(assigned, after.assign(&network));
    }

    #[test]
    fn different_ssid_or_key_gives_a_different_address(a in any_ssid(), b in any_ssid()) {
        let bench = Bench::new();
        let mut other_key = bench.clone();
        other_key.key = crate::address::HostKey::from_host_id(b"another key here");
        let assign = |bench: &Bench, ssid: &Ssid| bench.assign(&NetworkFacts::new(ssid)).unwrap();
        prop_assert_eq!(a == b, assign(&bench, &a) == assign(&bench, &b));
        prop_assert_ne!(assign(&bench, &a), assign(&other_key, &a));
    }

    #[test]
    fn mask_addresses_are_local_and_not_known(
        avoid in prop::collection::vec(any_mac(), 0..4), seed: u64,
    ) {
        let bench = Bench::new();
        let mask = bench.policies().mask_address(&bench.card, &avoid, &mut rng(seed));
        prop_assert!(mask.is_usable() && mask.is_local());
        prop_assert!(!avoid.contains(&mask) && mask != PERMANENT);
    }

    #[test]
    fn masks_survive_printing_and_parsing(text in any_mask_text()) {
        let mask: Mask = text.parse().unwrap();
        prop_assert_eq!(mask.to_string(), text);
    }

    #[test]
    fn applying_a_mask_is_idempotent(
        text in any_mask_text(), address in any_mac(), initial in any_mac(), chance: u64,
    ) {
        let mask: Mask = text.parse().unwrap();
        let base = mask.base(chance, BaseAddresses { initial, current: initial });
        let once = mask.apply(address, base);
        prop_assert!(!once.is_multicast());
        prop_assert_eq!(mask.apply(once, base), once);
    }

    #[test]
    fn addresses_survive_printing_and_parsing(mac in any_mac()) {
        prop_assert_eq!(mac.to_string().parse::<Mac>().unwrap(), mac);
    }

    #[test]
    fn any_text_parses_or_is_an_error(text in "\\PC{0,40}") {
        if let Ok(id) = text.parse::<StableId>() {
            prop_assert_eq!(id.text(), text.as_str());
        }
        let _ = text.parse::<Mask>();
        let _ = text.parse::<Policy>();
    }

    #[test]
    fn different_ids_expand_to_different_texts(a in any_id(), b in any_id()) {
        let ssid = Ssid::new(b"n").unwrap();
        let network = NetworkFacts::new(&ssid);
        let hashed = |id: &str| Bench::new().stable_id(id).derive(&network).unwrap().source;
        prop_assert_eq!(a == b, hashed(&a) == hashed(&b));
    }

    #[test]
    fn instant_is_the_first_with_its_local_time(
        zone in prop::sample::select(vec![
            &include_bytes!("../../../../../tests/vectors/zones/Berlin.tzif")[..],
            include_bytes!("../../../../../tests/vectors/zones/Apia.tzif"),
            include_bytes!("../../../../../tests/vectors/zones/Lord_Howe.tzif"),
        ]),
        reading in 0..4_102_444_800_i64,
        length in 1..2_000_000_u64,
    ) {
        let zone = Zone::from_tzif(zone).unwrap();
        let instant = zone.instant(reading);
        let before = instant - Duration::from_secs(1);
        prop_assert!(zone.reading(before) < reading && reading <= zone.reading(instant));
        let period = Period::every(length).unwrap();
        prop_assert!(period.number(zone.reading(before)) <= period.number(zone.reading(instant)));
    }
}
