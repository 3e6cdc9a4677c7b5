//! Fuzz targets.

use crate::fuzzing::{assert_harmless, text};
use crate::platform::iwd_main_conf as main_conf;

/// iwd's `main.conf`: messages about it are safe to print.
pub(crate) fn configuration(data: &[u8]) {
    let obstacle = main_conf::obstacle(&text(data));
    if let Some(text) = obstacle {
        assert_harmless(&text);
    }
}
