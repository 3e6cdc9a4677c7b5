//! The script for `BusyBox` init, played by `BusyBox` with the real program, where there is no card: in
//! namespaces of its own, with `/run` and `/var/lib` of its own.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test program: it may use files, and fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Of the lab, which `make setup` unpacks.
const BUSYBOX: &str = "target/lab/root/usr/bin/busybox";
const SCRIPT: &str = "contrib/busybox/S05macveil";
const PROGRAM_LINE: &str = "PROGRAM=/usr/bin/macveil\n";

fn of_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What it prints and what it leaves behind, step by step.
const PLAY: &str = r#"
set -u
mount -t tmpfs none /run && mount -t tmpfs none /var/lib
runs() { kill -0 "$(cat /run/macveil.pid)" && [ -S /run/macveil/control ] && echo runs; }
script start; echo "= $?"; runs
first=$(cat /run/macveil.pid)
script reload; echo "= $?"; runs
script restart; echo "= $?"; runs
[ "$first" != "$(cat /run/macveil.pid)" ] && echo another
last=$(cat /run/macveil.pid)
script stop; echo "= $?"
kill -0 "$last" 2>/dev/null || echo gone
script stop >/dev/null 2>&1; echo "= $?"
script sing 2>/dev/null; echo "= $?"
"#;

const PLAYED: &str = "\
Starting macveil: OK\n= 0\nruns\n\
= 0\nruns\n\
Stopping macveil: OK\nStarting macveil: OK\n= 0\nruns\nanother\n\
Stopping macveil: OK\n= 0\ngone\n\
= 1\n\
= 2\n";

#[test]
fn it_starts_and_ends_and_starts_again() {
    let busybox = of_project(BUSYBOX);
    assert!(busybox.exists(), "{BUSYBOX} is missing: `make setup`");
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let script = fs::read_to_string(of_project(SCRIPT)).unwrap();
    assert!(script.contains(PROGRAM_LINE));
    let program = format!("PROGRAM={}\n", env!("CARGO_BIN_EXE_macveil"));
    fs::write(here("script"), script.replace(PROGRAM_LINE, &program)).unwrap();
    std::os::unix::fs::symlink(&busybox, here("start-stop-daemon")).unwrap();
    let play = format!(
        "PATH={0}:$PATH\nscript() {{ {1} sh {0}/script \"$@\"; }}\n{PLAY}",
        folder.path().display(),
        busybox.display()
    );
    let output = Command::new("unshare")
        .args([
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ])
        .args(["bash", "-c", &play])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, PLAYED, "(this needs root)\n{complained}");
}
