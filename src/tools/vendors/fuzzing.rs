//! Targets of the fuzzer: lists of vendors.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Kind, Vendors, parse};
use crate::fuzzing::{assert_harmless, text};

/// A list in any format: names are short and harmless, and addresses are as vendors give them.
pub(crate) fn list(data: &[u8]) {
    let text = text(data);
    for (prefix, name) in parse::entries(&text) {
        let Some(name) = parse::cleaned(name) else {
            continue;
        };
        assert!((1..=parse::LONGEST_NAME).contains(&name.chars().count()));
        assert_harmless(&name);
        let _ = prefix.to_string();
    }
    let mut vendors = Vendors::default();
    vendors.add(&text, false, |_| true);
    for (prefix, name) in vendors.iter() {
        assert!(vendors.name(prefix.with(u64::MAX)).is_some(), "{name}");
    }
    for kind in [Kind::Any, Kind::Wireless, Kind::Wired] {
        let mut rng = StdRng::seed_from_u64(1);
        if let Some(address) = vendors.draw(kind, &[], &mut rng) {
            assert!(address.is_usable() && !address.is_local());
        }
    }
}
