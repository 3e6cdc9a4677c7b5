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
#[path = "../documented/mod.rs"]
mod documented;
mod followed;
mod keys;
#[path = "../lab/host/options.rs"]
#[allow(
    dead_code,
    reason = "the lab's, of which it is asked whether it understands"
)]
mod options;

use std::fs;
use std::path::PathBuf;

fn contrib(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("contrib")
        .join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(contrib(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
