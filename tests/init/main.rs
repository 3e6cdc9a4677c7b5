//! The scripts for init systems other than systemd, played by those systems with the real program, where
//! there is no card: in namespaces of their own.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test program: it may use files, and fail loudly"
)]

mod busybox;
mod openrc;

use std::path::{Path, PathBuf};
use std::process::Command;

fn of_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Something of the lab's.
fn of_lab(path: &str) -> PathBuf {
    let path = of_project("target/lab").join(path);
    assert!(path.exists(), "{} is missing: `make setup`", path.display());
    path
}

/// What a play prints; whatever complains while it is played is shown if it is not as expected.
fn expect(play: &str, played: &str) {
    let output = Command::new("unshare")
        .args([
            "--net",
            "--mount",
            "--pid",
            "--uts",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ])
        .args(["bash", "-c", play])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, played, "(this needs root)\n{complained}");
}
