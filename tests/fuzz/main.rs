//! The lab's own parsers, given their corpus and mutations of it. Those of macveil itself are in
//! `src/fuzzing.rs`.
#![allow(
    dead_code,
    unused_imports,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a test program, with modules it shares with the lab"
)]

#[path = "../lab/air/mod.rs"]
mod air;
mod capture;
#[path = "../lab/record.rs"]
mod record;
mod short;

#[test]
fn captures() {
    short::run("capture", capture::target);
}
