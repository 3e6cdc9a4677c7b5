//! Two macveils: one in each network namespace, and no more.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unused_self,
    reason = "a test program: it may use the world, of which each test has one, and fail loudly"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use macveil_testkit::namespace::{INITIAL, World, alone, macveil, until};

/// A configuration like the world's, with directories of its own.
fn second_configuration(world: &World) -> PathBuf {
    let text = fs::read_to_string(world.path("macveil.toml")).expect("a configuration");
    let second = world.path("second.toml");
    let text = text
        .replace("/state\"", "/state2\"")
        .replace("/run\"", "/run2\"");
    fs::write(&second, text).expect("a configuration");
    second
}

/// What came of it: the exit code, and the last words.
fn refused(configuration: &Path) -> (Option<i32>, String) {
    // One that is not refused would run for ever. One that is refused first waits for the end of the other.
    let output = Command::new("timeout")
        .arg("20")
        .arg(macveil())
        .args(["run", "--config"])
        .arg(configuration)
        .output()
        .expect("timeout (coreutils)");
    let said = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said.into_owned())
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts another daemon, and waits until it has looked around.
fn start(mut command: Command, configuration: &Path) -> Running {
    let log = configuration.with_extension("log");
    let file = File::create(&log).expect("a log");
    command
        .arg(macveil())
        .args(["run", "--config"])
        .arg(configuration);
    let running = Running(command.stderr(file).spawn().expect("a command"));
    until("its first look", || {
        let said = fs::read_to_string(&log).expect("a log");
        said.contains("no interface to protect yet") || said.contains(": now ")
    });
    running
}

#[test]
fn second_macveil_is_refused_only_in_the_same_namespace() {
    alone(
        "second_macveil_is_refused_only_in_the_same_namespace",
        || {
            let mut world = World::new();
            world.start("[\"interface-name:card\"]", "");
            world.wait_for_an_address();
            let address = world.address();
            let second = second_configuration(&world);

            let (code, said) = refused(&world.path("macveil.toml"));
            assert_eq!(code, Some(3), "{said}");
            assert!(
                said.contains("another macveil is running: it holds"),
                "{said}"
            );
            // As often as an impatient service manager tries.
            for _ in 0..2 {
                let (code, said) = refused(&second);
                assert_eq!(code, Some(3), "{said}");
                assert!(said.contains("with another runtime directory"), "{said}");
            }
            assert_eq!(world.address(), address);

            let mut elsewhere = Command::new("unshare");
            elsewhere.arg("--net");
            drop(start(elsewhere, &second));

            world.kill();
            drop(start(Command::new("env"), &second));
        },
    );
}

#[test]
fn foreign_owner_of_the_lock_prevents_no_protection() {
    alone("foreign_owner_of_the_lock_prevents_no_protection", || {
        let imposter = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .args(["/usr/bin/python3", "-c"])
            .arg(
                "import socket, time\n\
                     name = socket.socket(socket.AF_UNIX)\n\
                     name.bind('\\0macveil')\n\
                     name.listen()\n\
                     print('ready', flush=True)\n\
                     time.sleep(60)",
            )
            .stdout(Stdio::piped())
            .spawn();
        let mut imposter = Running(imposter.expect("setpriv and python3"));
        let mut ready = String::new();
        let output = imposter.0.stdout.take().expect("a pipe");
        BufReader::new(output)
            .read_line(&mut ready)
            .expect("a line");
        assert_eq!(ready, "ready\n");

        let mut world = World::new();
        world.start("[\"interface-name:card\"]", "");
        world.wait_for_an_address();
        assert_ne!(world.address(), INITIAL);
        assert!(
            world.log().contains("holds macveil's lock"),
            "{}",
            world.log()
        );
    });
}
