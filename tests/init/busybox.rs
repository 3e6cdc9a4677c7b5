//! The script for `BusyBox` init, played by `BusyBox` with `/run` and `/var/lib` of its own.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

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
kill -9 "$(cat /run/macveil.pid)"; echo 2 >"$HERE/slowness"
script start; echo "= $?"; program status >/dev/null && echo answers
touch "$HERE/worried"; script restart; echo "= $?"
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
Starting macveil: OK\n= 0\nanswers\n\
Stopping macveil: OK\nStarting macveil: OK\n= 0\n\
Stopping macveil: OK\n= 0\ngone\n\
= 1\n\
= 2\n";

/// Seconds pass before it begins; and once it is worried, its status ends with 1, as where a link is held down.
fn slow_at_will() -> String {
    let macveil = env!("CARGO_BIN_EXE_macveil");
    format!(
        "#!/bin/sh\n[ \"$1\" != run ] || sleep \"$(cat \"${{0%/*}}/slowness\")\"\n\
         [ \"$1\" != status ] || [ ! -e \"${{0%/*}}/worried\" ] || {{ {macveil} status && exit 1; exit; }}\n\
         exec {macveil} \"$@\"\n"
    )
}

#[test]
fn it_starts_and_ends_and_starts_again() {
    let busybox = of_lab("root/usr/bin/busybox");
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let script = fs::read_to_string(of_project(SCRIPT)).unwrap();
    assert!(script.contains(PROGRAM_LINE));
    let program = format!("PROGRAM={}\n", here("program").display());
    fs::write(here("script"), script.replace(PROGRAM_LINE, &program)).unwrap();
    fs::write(here("program"), slow_at_will()).unwrap();
    fs::set_permissions(here("program"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(here("slowness"), "0").unwrap();
    symlink(&busybox, here("start-stop-daemon")).unwrap();
    let play = format!(
        "HERE={0}\nPATH=$HERE:$PATH\nscript() {{ {1} sh $HERE/script \"$@\"; }}\n{PLAY}",
        folder.path().display(),
        busybox.display()
    );
    expect(&play, PLAYED);
}
