//! What the tests of macveil share. Nothing here depends on macveil, so that it can judge macveil.
//!
//! | module | content |
//! |---|---|
//! | [`air`], [`lan`] | captured frames, of the radio and behind an access point |
//! | [`judge`], [`verdict`] | whether frames keep the promise and a story its checks |
//! | [`scenarios`] | the stories: given, when, then |
//! | [`digest`], [`record`], [`sample`] | what the lab and the simulation hand over and compare |
//! | [`fuzz`], [`capture_generator`] | inputs of parsers |
//! | [`planted`] | captures in which a station tells who it is |
//! | [`documented`], [`misconfigurations`] | tables that documentation and programs are checked against |
//! | [`namespace`] | a network namespace with a daemon in it |
//! | [`bus`] | a private message bus |
//! | [`packet_socket`] | a program that builds its own frames |
//! | [`report`] | measurements as tables |

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unreachable,
    clippy::unwrap_used,
    missing_docs,
    reason = "code of tests: it may use the world, and fail loudly"
)]

pub mod air;
pub mod briefing;
pub mod bus;
pub mod capture_generator;
pub mod configuration;
pub mod digest;
pub mod documented;
pub mod encode;
pub mod fuzz;
pub mod judge;
pub mod lab_options;
pub mod lan;
pub mod links;
pub mod misconfigurations;
pub mod namespace;
pub mod packet_socket;
pub mod planted;
pub mod record;
pub mod report;
pub mod sample;
pub mod scenarios;
pub mod verdict;

use std::path::{Path, PathBuf};

/// A path below the top of the repository.
pub fn repository(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}
