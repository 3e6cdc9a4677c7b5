//! `macveil events --exec` with a real daemon.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use macveil_testkit::namespace::{World, alone, macveil, until};

use super::UNPLUGGED;

/// Runs a script at each change; the script writes lines to `told`.
struct Runner {
    child: Child,
    told: PathBuf,
}

impl Runner {
    fn start(world: &World, script: &str) -> Self {
        let program = world.path("hook");
        let told = world.path("told");
        let text = format!("#!/bin/sh\nexec >>{}\n{script}\n", told.display());
        fs::write(&program, text).expect("a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
        let child = Command::new(macveil())
            .args(["events", "--timeout", "1s", "--socket"])
            .arg(world.path("run/control"))
            .arg("--exec")
            .arg(program)
            .spawn()
            .expect("macveil");
        Self { child, told }
    }

    fn told(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.told).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn expect(&self, all: &[&str]) {
        until(&format!("{all:?}"), || self.told().len() >= all.len());
        assert_eq!(self.told(), all);
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TELL: &str = "echo \"$* $MACVEIL_EVENT $MACVEIL_INTERFACE $MACVEIL_ADDRESS_CHANGED\"
[ \"$(cat /sys/class/net/card/address)\" = \"$MACVEIL_ADDRESS\" ] || echo wrong";

#[test]
fn programs_are_told_of_a_cable_by_one_daemon_after_the_other() {
    alone(
        "hooks::programs_are_told_of_a_cable_by_one_daemon_after_the_other",
        || {
            let mut world = World::new();
            world.switch("card", true);
            world.start("\"card\"", "");
            world.wait_for_an_address();
            world.plug(true);
            until("a connection", || world.log().contains("connected"));
            let runner = Runner::start(&world, TELL);
            let mut all = vec!["card joined joined card unknown"];
            runner.expect(&all);
            world.kill();
            world.run();
            until("a connection", || world.log().contains("connected"));
            world.plug(false);
            sleep(UNPLUGGED);
            all.push("card left left card ");
            runner.expect(&all);
            world.end();
            world.run();
            world.plug(true);
            all.push("card joined joined card no");
            runner.expect(&all);
        },
    );
}

#[test]
fn program_that_hangs_delays_neither_daemon_nor_next_program() {
    alone(
        "hooks::program_that_hangs_delays_neither_daemon_nor_next_program",
        || {
            let mut world = World::new();
            world.switch("card", true);
            world.start("\"card\"", "");
            world.wait_for_an_address();
            let runner = Runner::start(&world, "echo $2\nexec sleep 1000");
            runner.expect(&["address"]);
            world.plug(true);
            until("a connection", || world.log().contains("connected"));
            runner.expect(&["address", "joined"]);
            // The interface is gone while its program still runs.
            sleep(Duration::from_millis(100));
            world.plug(false);
            sleep(UNPLUGGED);
            runner.expect(&["address", "joined", "left"]);
        },
    );
}
