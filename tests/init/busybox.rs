//! The script for `BusyBox` init, played by `BusyBox` with `/run` and `/var/lib` of its own.

use std::fs;

use crate::{expect, of_lab, of_project};

const SCRIPT: &str = "contrib/busybox/S05macveil";
const PROGRAM_LINE: &str = "PROGRAM=/usr/bin/macveil\n";

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
    let busybox = of_lab("root/usr/bin/busybox");
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
    expect(&play, PLAYED);
}
