//! One target under libFuzzer, named by `MACVEIL_FUZZ_TARGET`. `make fuzz` says which there are.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use macveil::fuzzing::{TARGETS, Target};

static CHOSEN: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("MACVEIL_FUZZ_TARGET").unwrap_or_default();
    let lab: (&str, Target) = ("capture", macveil_testkit::fuzz::capture::target);
    let mut targets = TARGETS.iter().chain([&lab]);
    let chosen = targets.find(|(known, _)| *known == name);
    chosen
        .unwrap_or_else(|| panic!("there is no target `{name}`"))
        .1
});

fuzz_target!(|data: &[u8]| CHOSEN(data));
