//! The daemon with no more privilege than it needs: what it gives up, that it still works, and how the
//! service is confined.
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
/// A user and a group that are nobody's.
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
    // Every kernel of Debian has it.
    assert_eq!(field("Seccomp"), "2");
    assert!(!world.log().contains("MACVEIL_SANDBOX"), "{}", world.log());
}

#[test]
fn root_keeps_one_capability_and_the_daemon_works_on() {
    alone("root_keeps_one_capability_and_the_daemon_works_on", || {
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
        assert!(!world.log().contains("former key"), "{}", world.log());
        until("the new address", || world.address() == "02:12:34:56:78:9a");

        // As an editor does it: another file under the same name.
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
fn it_runs_as_a_user_who_may_do_nothing_else() {
    alone("it_runs_as_a_user_who_may_do_nothing_else", || {
        let mut world = World::new();
        // Only root may look into what a test or cargo makes.
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
        // So the kernel shows a process whose memory is not for its own user, and is not dumped.
        assert_eq!(owner(Path::new(&format!("/proc/{}/mem", world.id()))), 0);
        world.hang_up();
        until("the configuration", || world.log().contains("read again"));
        world.end();
    });
}

#[test]
fn the_sandbox_can_be_switched_off_and_the_log_says_so() {
    alone(
        "the_sandbox_can_be_switched_off_and_the_log_says_so",
        || {
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
        },
    );
}

#[test]
fn the_log_shows_no_whole_address_unless_it_is_asked_to() {
    alone(
        "the_log_shows_no_whole_address_unless_it_is_asked_to",
        || {
            for (wish, shown) in [("", false), ("log-identities = true\n", true)] {
                let mut world = World::new();
                world.configure("\"card\"", "", "");
                let file = world.path("macveil.toml");
                let text = fs::read_to_string(&file).expect("a configuration");
                fs::write(&file, format!("{wish}{text}")).expect("a configuration");
                let mut daemon = Command::new(macveil());
                daemon.env("MACVEIL_LOG", "info");
                world.run_as(daemon);
                until("the assigned address", || world.address() != INITIAL);
                // A wrong configuration is quoted in the log, and this one has an address in it.
                let wrong = format!("cloned-mac-address = \"{INITIAL} \"");
                world.configure("\"card\"", &wrong, "");
                world.hang_up();
                until("the complaint", || world.log().contains("stays in force"));
                let log = world.log();
                assert_eq!(log.contains(INITIAL), shown, "{log}");
            }
        },
    );
}

#[test]
fn the_service_is_exposed_to_little() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/systemd/system/macveil.service");
    let output = Command::new("systemd-analyze")
        // In tenths: 1.5 of 10.
        .args(["security", "--no-pager", "--offline=true", "--threshold=15"])
        .arg(unit)
        .output()
        .expect("systemd-analyze (systemd) is needed");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert!(
        said.contains("Overall exposure level for macveil.service"),
        "{said}"
    );
}
