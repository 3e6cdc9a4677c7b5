//! Fuzz target: lists of vendors.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{VendorFilter, Vendors, parse};
use crate::fuzzing::{assert_harmless, text};

/// Any text gives short names without control characters, and addresses that a vendor can assign.
pub(crate) fn list(data: &[u8]) {
    let text = text(data);
    for (prefix, name) in parse::entries(&text) {
        let Some(name) = parse::cleaned(name) else {
            continue;
        };
        assert!((1..=parse::MAX_NAME_LENGTH).contains(&name.chars().count()));
        assert_harmless(&name);
        let _ = prefix.to_string();
    }
    let mut vendors = Vendors::default();
    vendors.add(&text, false, |_| true);
    for (prefix, name) in vendors.iter() {
        assert!(vendors.name(prefix.with(u64::MAX)).is_some(), "{name}");
    }
    for filter in [
        VendorFilter::Any,
        VendorFilter::Wireless,
        VendorFilter::Wired,
    ] {
        let mut rng = StdRng::seed_from_u64(1);
        if let Some(address) = vendors.draw(filter, &[], &mut rng) {
            assert!(address.is_usable() && !address.is_local());
        }
    }
}
