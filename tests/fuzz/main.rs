//! The lab's own parsers, given their corpus and mutations of it. Those of macveil itself are in
//! `src/fuzzing.rs`.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a test program: it may fail loudly"
)]

#[test]
fn captures() {
    macveil_testkit::fuzz::run("capture", macveil_testkit::fuzz::capture::target);
}
