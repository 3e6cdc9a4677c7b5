//! Compares the documentation with the command line and the configuration.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test program: it may use files, and fail loudly"
)]

mod docs;
mod followed;
mod keys;
mod readme;

use std::fs;
use std::path::PathBuf;

use macveil_testkit::lab_options as options;

fn contrib(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("contrib")
        .join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(contrib(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
