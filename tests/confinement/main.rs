//! The sandbox of the daemon and the confinement of its service: which privileges are left, and that the daemon works
//! with them.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unused_self,
    reason = "a test program: it may use the world, of which each test has one, and fail loudly"
)]

#[cfg(feature = "dbus")]
mod bus;
mod forbidden;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use macveil_testkit::namespace::{INITIAL, World, alone, macveil, until};

const NET_ADMIN: &str = "0000000000001000";
const NONE: &str = "0000000000000000";
/// A user and a group without any files.
const USER: u32 = 65534;

fn status(process: u32, field: &str) -> String {
    let path = format!("/proc/{process}/status");
    let text = fs::read_to_string(path).expect("a process");
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(":\t"));
    value
        .unwrap_or_else(|| panic!("{field} in {text}"))
        .to_owned()
}

#[track_caller]
fn assert_confined(world: &World) {
    let field = |name| status(world.id(), name);
    assert_eq!(field("NoNewPrivs"), "1");
    assert_eq!(field("CapEff"), NET_ADMIN);
    assert_eq!(field("CapPrm"), NET_ADMIN);
    assert_eq!(field("CapBnd"), NET_ADMIN);
    assert_eq!(field("CapInh"), NONE);
    assert_eq!(field("CapAmb"), NONE);
    assert_eq!(field("Threads"), "1", "a second one would not be confined");
    // All Debian kernels have seccomp.
    assert_eq!(field("Seccomp"), "2");
    assert!(!world.log().contains("MACVEIL_SANDBOX"), "{}", world.log());
}

#[test]
fn as_root_the_daemon_keeps_one_capability_and_works() {
    alone("as_root_the_daemon_keeps_one_capability_and_works", || {
        let mut world = World::without_cable();
        world.start("[\"interface-name:card\"]", "");
        until("its sandbox", || world.log().contains("sandbox: seccomp"));
        assert_confined(&world);
        world.lay_cable();
        until("the address of a new interface", || {
            world.address() != INITIAL
        });
        assert_eq!(world.address(), world.stable());

        world.configure("\"card\"", "cloned-mac-address = \"02:12:34:56:78:9a\"", "");
        world.hang_up();
        until("the configuration", || world.log().contains("read again"));
        assert!(!world.log().contains("previous key"), "{}", world.log());
        until("the new address", || world.address() == "02:12:34:56:78:9a");

        // Editors replace the file.
        let file = world.path("macveil.toml");
        fs::rename(&file, world.path("before")).expect("a file");
        world.configure("\"card\"", "cloned-mac-address = \"02:12:34:56:78:9b\"", "");
        world.hang_up();
        until("the next address", || {
            world.address() == "02:12:34:56:78:9b"
        });
        world.end();
    });
}

#[test]
fn as_a_user_with_one_capability_the_daemon_works() {
    alone("as_a_user_with_one_capability_the_daemon_works", || {
        let mut world = World::new();
        // Only root can read the directories of tests and of cargo.
        let program = world.path("program");
        fs::copy(macveil(), &program).expect("a copy of macveil");
        fs::set_permissions(world.path(""), PermissionsExt::from_mode(0o755)).expect("a directory");
        for directory in ["state", "run"] {
            fs::create_dir(world.path(directory)).expect("a directory");
            chown(world.path(directory), Some(USER), Some(USER)).expect("this needs root");
        }
        world.configure("\"card\"", "", "");
        let mut daemon = Command::new("setpriv");
        daemon
            .args([format!("--reuid={USER}"), format!("--regid={USER}")])
            .args(["--clear-groups", "--inh-caps=-all,+net_admin"])
            .args([
                "--ambient-caps=-all,+net_admin",
                "--bounding-set=-all,+net_admin",
            ])
            .arg(&program)
            .env("MACVEIL_LOG", "debug");
        world.run_as(daemon);
        until("the assigned address", || world.address() != INITIAL);
        assert_confined(&world);
        assert_eq!(
            status(world.id(), "Uid"),
            format!("{USER}\t{USER}\t{USER}\t{USER}")
        );
        let owner = |path: &Path| fs::metadata(path).expect("a file").uid();
        assert_eq!(owner(&world.path("state/secret_key")), USER);
        // The owner is root if the process cannot be dumped.
        assert_eq!(owner(Path::new(&format!("/proc/{}/mem", world.id()))), 0);
        world.hang_up();
        until("the configuration", || world.log().contains("read again"));
        world.end();
    });
}

/// What the command says about the running daemon, and its exit status.
fn ask_status(world: &World) -> (String, Option<i32>) {
    let output = Command::new(macveil())
        .args(["status", "--socket"])
        .arg(world.path("run/control"))
        .output()
        .expect("macveil");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (text, output.status.code())
}

#[test]
fn without_a_key_only_other_policies_give_addresses() {
    alone("without_a_key_only_other_policies_give_addresses", || {
        let mut world = World::new();
        fs::create_dir(world.path("state")).expect("a directory");
        let key = world.path("state/secret_key");
        let made = Command::new("mkfifo").arg(&key).status();
        assert!(made.expect("mkfifo (coreutils) is needed").success());
        world.configure("\"card\"", "", "");
        world.run();
        until("the reason in the log", || {
            world.log().contains("there is no secret key, so networks")
        });
        until("an answer", || ask_status(&world).1 == Some(1));
        let (text, _) = ask_status(&world);
        assert!(
            text.contains("it is a pipe, a socket or a device"),
            "{text}"
        );
        assert_eq!(world.address(), INITIAL);

        let random = "cloned-mac-address = \"random\"";
        world.configure("\"card\"", random, "");
        world.hang_up();
        until("a random address", || world.address() != INITIAL);

        fs::remove_file(&key).expect("a pipe");
        world.configure("\"card\"", "", "");
        world.hang_up();
        until("a new key", || key.exists());
        until("the stable address", || world.address() == world.stable());
        world.end();
    });
}

#[test]
fn mistake_at_the_start_leaves_the_last_valid_configuration() {
    alone(
        "mistake_at_the_start_leaves_the_last_valid_configuration",
        || {
            let mut world = World::new();
            world.start("\"card\"", "cloned-mac-address = \"02:12:34:56:78:9a\"");
            until("the address", || world.address() == "02:12:34:56:78:9a");
            world.kill();
            world.set_address(INITIAL);
            world.configure("\"card\"", "cloned-mac-address = \"02:12:34:56:78\"", "");
            world.run();
            until("the address of before", || {
                world.address() == "02:12:34:56:78:9a"
            });
            assert!(world.log().contains("the last valid one is in force"));
            until("an answer", || ask_status(&world).1 == Some(1));
            let (text, _) = ask_status(&world);
            assert!(
                text.starts_with("macveil: the configuration is not valid"),
                "{text}"
            );
            world.end();
        },
    );
}

#[test]
fn start_waits_for_a_daemon_that_is_still_ending() {
    alone("start_waits_for_a_daemon_that_is_still_ending", || {
        let mut world = World::new();
        world.configure("\"card\"", "", "");
        fs::create_dir(world.path("run")).expect("a directory");
        let mut last = Command::new("flock")
            .arg(world.path("run/lock"))
            .args(["sleep", "1"])
            .spawn()
            .expect("flock (util-linux) is needed");
        until("a lock", || world.path("run/lock").exists());
        std::thread::sleep(std::time::Duration::from_millis(100));
        world.run();
        until("the assigned address", || world.address() != INITIAL);
        last.wait().expect("its end");
        world.end();
    });
}

#[test]
fn a_disabled_sandbox_is_reported_in_the_log() {
    alone("a_disabled_sandbox_is_reported_in_the_log", || {
        let mut world = World::new();
        world.configure("\"card\"", "", "");
        let mut daemon = Command::new(macveil());
        daemon
            .env("MACVEIL_SANDBOX", "off")
            .env("MACVEIL_LOG", "info");
        world.run_as(daemon);
        until("the assigned address", || world.address() != INITIAL);
        assert_eq!(status(world.id(), "NoNewPrivs"), "0");
        assert_eq!(status(world.id(), "Seccomp"), "0");
        assert!(
            world.log().contains("warning: MACVEIL_SANDBOX=off"),
            "{}",
            world.log()
        );
    });
}

#[test]
fn the_log_redacts_addresses_unless_configured() {
    alone("the_log_redacts_addresses_unless_configured", || {
        for (setting, shown) in [("", false), ("log-identities = true\n", true)] {
            let mut world = World::new();
            world.configure("\"card\"", "", "");
            let file = world.path("macveil.toml");
            let text = fs::read_to_string(&file).expect("a configuration");
            fs::write(&file, format!("{setting}{text}")).expect("a configuration");
            let mut daemon = Command::new(macveil());
            daemon.env("MACVEIL_LOG", "info");
            world.run_as(daemon);
            until("the assigned address", || world.address() != INITIAL);
            // The log quotes a configuration that is not valid, here with an address.
            let wrong = format!("cloned-mac-address = \"{INITIAL} \"");
            world.configure("\"card\"", &wrong, "");
            world.hang_up();
            until("the complaint", || {
                world.log().contains("keeping the old configuration")
            });
            let log = world.log();
            assert_eq!(log.contains(INITIAL), shown, "{log}");
        }
    });
}

#[test]
fn systemd_rates_the_service_as_well_confined() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/systemd/system/macveil.service");
    let output = Command::new("systemd-analyze")
        // In tenths: 1.5 of 10.
        .args(["security", "--no-pager", "--offline=true", "--threshold=15"])
        .arg(unit)
        .output()
        .expect("systemd-analyze (systemd) is needed");
    let report = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}\n{errors}");
    assert!(
        report.contains("Overall exposure level for macveil.service"),
        "{report}"
    );
}
