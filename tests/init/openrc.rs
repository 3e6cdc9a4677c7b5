//! The script for `OpenRC`, on a machine that `OpenRC` boots and on which every other program is of `BusyBox`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::{expect, of_lab, of_project};

/// What the script is ordered by. They do nothing; the second one, whose name comes before macveil's,
/// notices whether macveil was ready.
const OTHERS: [(&str, &str); 2] = [
    ("localmount", ":"),
    (
        "iwd",
        "macveil status >/dev/null 2>&1; echo \"iwd finds macveil: $?\" >/booted",
    ),
];

/// Slow to begin, so that a script that does not wait is noticed.
const SLOWLY: &str = "#!/bin/sh\n[ \"$1\" != run ] || sleep 0.7\nexec /opt/macveil \"$@\"\n";

const MACHINE: &str = r"
mount -t proc none proc && mount -t sysfs none sys && mount -t tmpfs none run && mount -t tmpfs none dev
mknod dev/null c 1 3 && mknod dev/urandom c 1 9 && mknod dev/random c 1 8
exec chroot . sh /play
";

/// What is said goes to standard error; `=` shows how it ended.
const PLAY: &str = r#"
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec 3>&1 1>&2
say() { echo "$*" >&3; }
service() { rc-service macveil "$1" >said 2>&1; say "$1 = $?"; cat said; }
runs() {
    pid=$(pidof macveil) && { macveil status >/dev/null || [ $? = 1 ]; } || return
    parent=$(sed -n 's/^PPid:.//p' "/proc/$pid/status")
    say "runs below $(cat "/proc/$parent/comm")"
}
remember() { before=$pid; }
compare() { [ "$before" = "$pid" ] && say 'the same' || say 'another'; }
# What happens in the background has a moment for it.
soon() { for _ in $(seq 100); do eval "$1" && return; sleep 0.1; done; say "never: $1"; }
gone() { pidof macveil supervise-daemon || say 'gone'; }

rc-update add macveil boot; say "rc-update = $?"
rc-update add iwd boot
openrc sysinit && openrc boot; say "boot = $?"
cat booted >&3
service status; runs; remember

kill -9 "$pid"
soon 'pid=$(pidof macveil) && [ "$pid" != "$before" ] && macveil status'
service status; runs; compare; remember

service reload
soon 'grep -q "configuration read again" /var/log/macveil.log'
runs; compare

service restart; runs; compare; remember

echo 'sing = true' >/etc/macveil/macveil.toml
for command in reload restart; do
    service $command; grep -q 'unknown key .sing.' said && say 'because of sing'; runs; compare
done
service stop; gone; service status
service start; grep -q 'unknown key .sing.' said && say 'because of sing'; gone; service status
grep -q 'the last valid one is in force' /var/log/macveil.log && say 'the last valid one'
service stop; gone

echo 'runtime-dir = "/proc/macveil"' >/etc/macveil/macveil.toml
service start; grep 'macveil.log' said && say 'there is more in the log'; gone; service status
grep -q 'proc/macveil' /var/log/macveil.log && say 'there is'
"#;

const PLAYED: &str = "\
rc-update = 0\nboot = 0\niwd finds macveil: 0\n\
status = 0\nruns below supervise-daemo\n\
status = 0\nruns below supervise-daemo\nanother\n\
reload = 0\nruns below supervise-daemo\nthe same\n\
restart = 0\nruns below supervise-daemo\nanother\n\
reload = 1\nbecause of sing\nruns below supervise-daemo\nthe same\n\
restart = 0\nbecause of sing\nruns below supervise-daemo\nanother\n\
stop = 0\ngone\nstatus = 3\n\
start = 0\nbecause of sing\nstatus = 0\nthe last valid one\nstop = 0\ngone\n\
start = 1\nthere is more in the log\ngone\nstatus = 3\nthere is\n";

#[test]
fn service_is_supervised_and_starts_in_spite_of_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let machine = folder.path().join("machine");
    // The lab's directory may be a link: its contents are copied.
    let copied = Command::new("cp")
        .arg("-a")
        .args([&of_lab("openrc").join("."), &machine])
        .status()
        .unwrap();
    assert!(copied.success());
    let put = |path: &str, text: &[u8]| {
        let path = machine.join(path);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    };
    let read = |path: &Path| fs::read(path).unwrap();
    put(
        "etc/init.d/macveil",
        &read(&of_project("contrib/openrc/macveil")),
    );
    for (name, command) in OTHERS {
        let script = format!("#!/sbin/openrc-run\nstart() {{ {command}; }}\n");
        put(&format!("etc/init.d/{name}"), script.as_bytes());
    }
    put("play", PLAY.as_bytes());
    fs::create_dir(machine.join("opt")).unwrap();
    put("usr/bin/macveil", SLOWLY.as_bytes());
    put(
        "opt/macveil",
        &read(Path::new(env!("CARGO_BIN_EXE_macveil"))),
    );
    expect(&format!("cd {} && {MACHINE}", machine.display()), PLAYED);
}
