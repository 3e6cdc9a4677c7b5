//! A network namespace for one test: the test runs again inside `unshare`, with its own /sys, /run and
//! /dev/net/tun, so that it neither changes nor sees this machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use macveil_testkit::namespace::{is_inside, run_inside};

/// A copy of the program that any user can run.
pub(crate) const PROGRAM: &str = "/run/macveil-under-test";

/// Runs the body of a test in its own namespaces; fails if they cannot be created.
pub(crate) fn alone(test: &str, body: impl FnOnce()) {
    if !is_inside() {
        return run_inside(test, &[]);
    }
    furnish();
    body();
}

fn furnish() {
    run("mount -t sysfs sysfs /sys");
    run("mount -t tmpfs -o mode=0755 tmpfs /run");
    run("mkdir -p /dev/net");
    run("mount -t tmpfs -o mode=0755 tmpfs /dev/net");
    make_clone_device(0o666);
    fs::copy(env!("CARGO_BIN_EXE_macveil"), PROGRAM).expect("a copy of macveil");
}

/// Creates `/dev/net/tun` again.
pub(crate) fn make_clone_device(mode: u32) {
    drop(fs::remove_file("/dev/net/tun"));
    run("mknod /dev/net/tun c 10 200");
    fs::set_permissions("/dev/net/tun", fs::Permissions::from_mode(mode)).expect("its mode");
}

/// Runs a program, which must succeed.
pub(crate) fn run(words: &str) -> String {
    let output = execute(words);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}: {complained}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a program.
pub(crate) fn execute(words: &str) -> Output {
    let mut words = words.split_whitespace();
    let program = words.next().expect("a program");
    Command::new(program)
        .args(words)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed: {error}"))
}

/// The result of `macveil set`.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) complaint: String,
}

/// `macveil set` with these arguments, as root.
pub(crate) fn set(arguments: &[&str]) -> Answer {
    answer(Command::new(PROGRAM).arg("set").args(arguments))
}

/// `macveil set` with these words, as root.
pub(crate) fn set_words(words: &str) -> Answer {
    set(&words.split_whitespace().collect::<Vec<_>>())
}

/// `macveil set` with these words, as a user without capabilities.
pub(crate) fn set_as(user: &str, words: &str) -> Answer {
    answer(
        Command::new("setpriv")
            .args(["--reuid", user, "--regid", "nogroup", "--clear-groups"])
            .args([PROGRAM, "set"])
            .args(words.split_whitespace()),
    )
}

fn answer(command: &mut Command) -> Answer {
    let output = command.output().expect("setpriv (util-linux) is needed");
    Answer {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A program that runs until it is dropped.
pub(crate) struct Running(Child);

impl Running {
    /// Starts it and waits for its first line.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().expect("a program");
        let mut running = Self(child);
        let out = running.0.stdout.as_mut().expect("its output");
        let mut byte = [0];
        let read = std::io::Read::read(out, &mut byte).expect("its output");
        assert_eq!(read, 1, "it ended without a word");
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The address of the interface, from sysfs.
pub(crate) fn address(interface: &str) -> String {
    shown(interface, "address")
}

pub(crate) fn is_up(interface: &str) -> bool {
    let flags = shown(interface, "flags");
    let flags = u32::from_str_radix(flags.trim_start_matches("0x"), 16).expect("flags");
    flags & 1 == 1
}

pub(crate) fn shown(interface: &str, entry: &str) -> String {
    let path = Path::new("/sys/class/net").join(interface).join(entry);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.trim().to_owned()
}
