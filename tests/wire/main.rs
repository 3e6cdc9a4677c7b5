//! The daemon with an Ethernet interface: a real kernel, a pair of `veth` for a cable, and the frames
//! that go over it. Each test has a network namespace of its own.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unused_self,
    reason = "a test program: it may use the world, of which each test has one, and fail loudly"
)]

mod dhcp_hook;
mod hooks;
mod ifupdown_hook;
mod stale_source;
mod tap;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread::sleep;
use std::time::Duration;

use macveil_testkit::namespace::{INITIAL, World, alone, until};
use tap::Tap;

/// Longer than what counts as a blink.
const UNPLUGGED: Duration = Duration::from_secs(6);

fn only(address: &str) -> BTreeSet<String> {
    BTreeSet::from([address.to_owned()])
}

#[test]
fn the_address_is_there_before_the_first_carrier() {
    alone("the_address_is_there_before_the_first_carrier", || {
        for up in [true, false] {
            let mut world = World::new();
            world.switch("card", up);
            world.start("[\"interface-name:card\"]", "");
            world.wait_for_an_address();
            let tap = Tap::open();
            assert_eq!(world.address(), world.stable());
            assert_eq!(world.is_up(), up, "the link is as it was");
            let expected = format!("Ethernet on card: {}\n", world.stable());
            assert!(world.explanation().starts_with(&expected));
            world.switch("card", true);
            world.plug(true);
            until("a frame", || !tap.senders().is_empty());
            sleep(Duration::from_secs(2));
            assert_eq!(tap.senders(), only(&world.stable()));
        }
    });
}

#[test]
fn not_one_frame_leaves_under_the_initial_address() {
    alone("not_one_frame_leaves_under_the_initial_address", || {
        let mut world = World::new();
        world.switch("card", true);
        let tap = Tap::open();
        world.start("\"card\"", "cloned-mac-address = \"random\"");
        world.wait_for_an_address();
        for _ in 0..40 {
            world.plug(true);
            sleep(Duration::from_millis(20));
            world.plug(false);
            world.switch("card", false);
            world.switch("card", true);
        }
        world.plug(true);
        until("a frame", || !tap.senders().is_empty());
        sleep(Duration::from_secs(2));
        assert_eq!(tap.senders(), only(&world.address()));
    });
}

#[test]
fn stable_address_stays_and_random_changes_with_the_cable() {
    alone(
        "stable_address_stays_and_random_changes_with_the_cable",
        || {
            for (policy, changes) in [("stable", false), ("random", true)] {
                let mut world = World::new();
                world.switch("card", true);
                world.start("\"card\"", &format!("cloned-mac-address = \"{policy}\""));
                world.wait_for_an_address();
                let tap = Tap::open();
                world.plug(true);
                let first = world.address();
                until("a frame", || tap.senders() == only(&first));

                world.plug(false);
                sleep(Duration::from_secs(1));
                assert_eq!(world.address(), first, "a blink");
                world.plug(true);
                sleep(UNPLUGGED);
                assert_eq!(world.address(), first, "a blink, and then in use");

                world.plug(false);
                if changes {
                    until("another address", || world.address() != first);
                } else {
                    sleep(UNPLUGGED);
                }
                let second = world.address();
                world.plug(true);
                assert_eq!(first != second, changes, "{policy}");
                let tap = Tap::open();
                until("a frame", || !tap.senders().is_empty());
                assert_eq!(tap.senders(), only(&second));
            }
        },
    );
}

#[test]
fn what_was_not_named_is_never_touched() {
    alone("what_was_not_named_is_never_touched", || {
        for manage in [
            "[\"type:wifi\"]",
            "\"*\"",
            "\"type:ethernet\"",
            "\"interface-name:ca*\"",
            "\"driver:veth\"",
            "[\"card\", \"except:interface-name:card\"]",
        ] {
            let mut world = World::new();
            world.switch("card", true);
            world.start(manage, "");
            let changes = world.carrier_changes();
            sleep(Duration::from_millis(300));
            world.plug(true);
            sleep(Duration::from_millis(300));
            assert_eq!(world.address(), INITIAL, "{manage}");
            assert_eq!(world.carrier_changes(), changes + 1, "{manage}");
            assert!(world.is_up(), "{manage}");
        }
    });
}

#[test]
fn a_connection_survives_a_new_daemon() {
    alone("a_connection_survives_a_new_daemon", || {
        for policy in ["stable", "random"] {
            let mut world = World::new();
            world.switch("card", true);
            let connection = format!("cloned-mac-address = \"{policy}\"");
            world.start("\"card\"", &connection);
            world.wait_for_an_address();
            world.plug(true);
            let (address, changes) = (world.address(), world.carrier_changes());
            world.kill();
            world.start("\"card\"", &connection);
            until("a word of it", || world.log().contains("connected already"));
            sleep(Duration::from_millis(300));
            assert_eq!(world.address(), address);
            assert_eq!(world.carrier_changes(), changes);
        }
    });
}

#[test]
fn connection_under_other_address_is_kept_until_unplugged() {
    alone(
        "connection_under_other_address_is_kept_until_unplugged",
        || {
            let mut world = World::new();
            world.switch("card", true);
            world.plug(true);
            let changes = world.carrier_changes();
            world.start("\"card\"", "");
            until("a word of it", || {
                world.log().contains("not changed until the cable")
            });
            sleep(Duration::from_secs(1));
            assert_eq!(world.address(), INITIAL);
            assert_eq!(world.carrier_changes(), changes);
            world.plug(false);
            world.wait_for_the_stable_address();
            let tap = Tap::open();
            world.plug(true);
            until("a frame", || !tap.senders().is_empty());
            assert_eq!(tap.senders(), only(&world.stable()));
        },
    );
}

#[test]
fn new_or_renamed_interface_is_managed() {
    alone("new_or_renamed_interface_is_managed", || {
        let mut world = World::without_cable();
        world.start("[\"card\", \"lan0\"]", "");
        world.lay_cable();
        world.wait_for_the_stable_address();
        world.rename("card", "lan0");
        let of_name = world.stable_of("lan0");
        until("the other name's address", || {
            world.address_of("lan0") == of_name
        });
        world.rename("lan0", "elsewhere");
        world.rename("elsewhere", "card");
        until("the first name's address", || {
            world.address() == world.stable()
        });
    });
}

#[test]
fn it_lets_go_when_the_interface_is_no_longer_named() {
    alone("it_lets_go_when_the_interface_is_no_longer_named", || {
        let mut world = World::new();
        world.configure("\"type:wifi\"", "", "");
        world.run();
        sleep(Duration::from_millis(300));
        assert_eq!(world.address(), INITIAL);

        world.configure("\"card\"", "", "on-exit = \"restore\"");
        world.hang_up();
        world.wait_for_the_stable_address();

        world.configure("\"type:wifi\"", "", "on-exit = \"restore\"");
        world.hang_up();
        until("the initial address", || world.address() == INITIAL);
        world.switch("card", true);
        sleep(Duration::from_millis(300));
        assert_eq!(world.address(), INITIAL);
    });
}

#[test]
fn it_puts_the_initial_address_back_where_it_is_told_to() {
    alone(
        "it_puts_the_initial_address_back_where_it_is_told_to",
        || {
            for (on_exit, plugged, restored) in [
                ("keep", false, false),
                ("restore", false, true),
                ("restore", true, false),
            ] {
                let mut world = World::new();
                world.switch("card", true);
                let device = format!("on-exit = \"{on_exit}\"");
                world.configure("\"card\"", "", &device);
                world.run();
                world.wait_for_the_stable_address();
                // A daemon that was killed does not forget what came first.
                world.kill();
                world.run();
                until("the daemon's word", || world.log().contains("now managed"));
                world.plug(plugged);
                if plugged {
                    until("the carrier", || world.log().contains("connected by cable"));
                }
                world.end();
                assert_eq!(world.address() == INITIAL, restored, "{on_exit} {plugged}");
                assert!(world.is_up());
            }
        },
    );
}

#[test]
fn program_that_keeps_changing_finds_the_link_down() {
    alone("program_that_keeps_changing_finds_the_link_down", || {
        let mut world = World::new();
        world.switch("card", true);
        world.start("\"card\"", "");
        for _ in 0..2 {
            world.wait_for_the_stable_address();
            sleep(Duration::from_millis(100));
            world.set_address(INITIAL);
        }
        world.wait_for_the_stable_address();
        sleep(Duration::from_millis(100));
        let tap = Tap::open();
        world.set_address(INITIAL);
        until("the link down", || !world.is_up());
        world.plug(true);
        until("the link up again", || world.is_up());
        assert_eq!(world.address(), world.stable());
        until("a frame", || !tap.senders().is_empty());
        assert_eq!(tap.senders(), only(&world.stable()));
        assert!(world.log().contains("another program keeps changing"));
    });
}

#[test]
fn a_link_that_a_killed_daemon_held_down_comes_up_again() {
    alone(
        "a_link_that_a_killed_daemon_held_down_comes_up_again",
        || {
            let mut world = World::new();
            world.switch("card", true);
            world.start("\"card\"", "");
            world.wait_for_the_stable_address();
            until("the link down", || {
                world.set_address(INITIAL);
                sleep(Duration::from_millis(100));
                !world.is_up()
            });
            world.kill();
            assert!(!world.is_up());
            let tap = Tap::open();
            world.run();
            until("the link up", || world.is_up());
            assert_eq!(world.address(), world.stable());
            world.plug(true);
            until("a frame", || !tap.senders().is_empty());
            assert_eq!(tap.senders(), only(&world.stable()));

            // One that the user has down stays down.
            world.kill();
            world.switch("card", false);
            world.run();
            until("the daemon's word", || world.log().contains("now managed"));
            sleep(Duration::from_secs(2));
            assert!(!world.is_up());
        },
    );
}

#[test]
fn metrics_are_written_when_something_changes_and_only_then() {
    alone(
        "metrics_are_written_when_something_changes_and_only_then",
        || {
            let mut world = World::new();
            let path = world.path("run/macveil.prom");
            let key = format!("metrics-file = {path:?}");
            world.start(&format!("\"card\"\n{key}"), "");
            world.wait_for_an_address();
            let says = |state: &str| {
                let text = fs::read_to_string(&path).unwrap_or_default();
                let address = "address=\"assigned\"";
                text.contains(&format!(
                    "{{interface=\"card\",state=\"{state}\",{address}}} 1\n"
                ))
            };
            until("the first metrics", || says("unplugged"));
            world.switch("card", true);
            world.plug(true);
            until("others", || says("connected"));
            let file = || {
                let file = fs::metadata(&path).expect("metrics");
                (file.ino(), file.mode() & 0o777)
            };
            let before = file();
            assert_eq!(before.1, 0o644);
            // What is of no interest wakes the daemon, and changes nothing.
            world.hang_up();
            sleep(Duration::from_secs(1));
            assert!(world.log().contains("configuration read again"));
            assert_eq!(file(), before);
            // Another name leaves nothing behind.
            let other = world.path("run/other.prom");
            let manage = format!("\"card\"\nmetrics-file = {other:?}");
            world.configure(&manage, "", "");
            world.hang_up();
            until("the other file", || other.exists() && !path.exists());
            world.end();
            assert!(!other.exists());
        },
    );
}
