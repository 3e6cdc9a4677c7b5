//! Targets of a fuzzer.

use crate::fuzzing::{assert_harmless, text};
use crate::platform::iwd_main_conf as main_conf;

/// iwd's `main.conf`: what is said of it may be shown.
pub(crate) fn configuration(data: &[u8]) {
    let obstacle = main_conf::obstacle(&text(data));
    if let Some(said) = obstacle {
        assert_harmless(&said);
    }
}
