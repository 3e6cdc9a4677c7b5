//! Changes of TAP devices by their owners.

use std::process::Command;

use super::place::{
    PROGRAM, Running, address, alone, execute, is_up, make_clone_device, run, set, set_as, shown,
};

const OWNED: &str = "ip tuntap add tap0 mode tap user nobody";
/// `IFF_TAP | IFF_NO_PI`.
const TAP: u16 = 0x1002;
/// `IFF_MULTI_QUEUE`.
const MULTI_QUEUE: u16 = 0x0100;
const NEW: &str = "06:11:22:33:44:55";

#[test]
fn owner_changes_tap_device_with_any_queues_and_flags() {
    alone(
        "tap::owner_changes_tap_device_with_any_queues_and_flags",
        || {
            for flags in [
                "",
                " multi_queue",
                " vnet_hdr",
                " pi",
                " multi_queue pi vnet_hdr",
            ] {
                run(&format!("{OWNED}{flags}"));
                for state in ["down", "up"] {
                    run(&format!("ip link set tap0 {state}"));
                    let (old, had) = (address("tap0"), shown("tap0", "tun_flags"));
                    let answer = set_as("nobody", "tap0 -r");
                    assert_eq!(answer.code, 0, "{flags} {state}: {answer:?}");
                    let new = address("tap0");
                    assert_ne!(new, old, "{flags} {state}");
                    assert!(answer.out.contains(&format!(" -> {new}")), "{answer:?}");
                    assert_eq!(is_up("tap0"), state == "up", "{flags}");
                    assert_eq!(shown("tap0", "tun_flags"), had, "{flags}");
                }
                run("ip link delete tap0");
            }
        },
    );
}

#[test]
fn sysfs_of_another_namespace_is_not_used() {
    alone("tap::sysfs_of_another_namespace_is_not_used", || {
        run("umount /sys");
        for flags in ["", " multi_queue"] {
            run(&format!("{OWNED}{flags}"));
            assert_eq!(set_as("nobody", &format!("tap0 {NEW}")).code, 0, "{flags}");
            assert!(run("ip -o link show tap0").contains(NEW), "{flags}");
            run("ip link delete tap0");
        }
        run(OWNED);
        let answer = set_as("daemon", "tap0 -r");
        assert!(
            answer.complaint.contains("belongs to another user"),
            "{answer:?}"
        );
    });
}

#[test]
fn same_name_in_another_namespace_is_not_the_device() {
    alone(
        "tap::same_name_in_another_namespace_is_not_the_device",
        || {
            // It has another index and other flags.
            run("ip link add card type veth peer name peer");
            run(&format!("{OWNED} multi_queue"));
            let inside = format!(
                "{OWNED} && setpriv --reuid nobody --regid nogroup --clear-groups {PROGRAM} set tap0 {NEW}"
            );
            let output = Command::new("unshare")
                .args(["--net", "sh", "-c", &inside])
                .output()
                .expect("unshare (util-linux) is needed");
            assert!(output.status.success(), "{output:?}");
        },
    );
}

#[test]
fn root_changes_tap_device_like_any_link() {
    alone("tap::root_changes_tap_device_like_any_link", || {
        run("ip tuntap add tap0 mode tap");
        run("ip link set tap0 up");
        let _held = hold("root", TAP);
        // The owner's way would fail: the device is busy.
        assert_eq!(set(&["tap0", NEW]).code, 0);
        assert_eq!(address("tap0"), NEW);
        assert!(is_up("tap0"));
    });
}

#[test]
fn other_user_is_refused_with_the_owner() {
    alone("tap::other_user_is_refused_with_the_owner", || {
        run(OWNED);
        refused(
            "daemon",
            "permission denied: the device belongs to the user 65534",
        );
        run("ip link delete tap0");
        run("ip tuntap add tap0 mode tap user nobody group daemon");
        refused("nobody", "belongs to the user 65534 in the group 1");
    });
}

#[test]
fn held_device_is_busy_unless_it_has_more_queues() {
    alone("tap::held_device_is_busy_unless_it_has_more_queues", || {
        run(OWNED);
        let held = hold("nobody", TAP);
        refused("nobody", "another process, such as a virtual machine, uses");
        drop(held);
        assert_eq!(set_as("nobody", "tap0 -r").code, 0);
        run("ip link delete tap0");
        run(&format!("{OWNED} multi_queue"));
        let _held = hold("nobody", TAP | MULTI_QUEUE);
        assert_eq!(set_as("nobody", "tap0 -r").code, 0);
    });
}

#[test]
fn other_devices_are_not_taken_for_tap() {
    alone("tap::other_devices_are_not_taken_for_tap", || {
        run("ip link add tap0 type veth peer name peer");
        refused("nobody", "this needs root");
        run("ip link delete tap0");
        run("ip tuntap add tap0 mode tun user nobody");
        let answer = set_as("nobody", "tap0 -r");
        assert_eq!(answer.code, 3);
        assert!(
            answer.complaint.contains("has no MAC address"),
            "{answer:?}"
        );
    });
}

#[test]
fn missing_or_closed_clone_device_is_reported() {
    alone("tap::missing_or_closed_clone_device_is_reported", || {
        run(OWNED);
        make_clone_device(0o600);
        refused("nobody", "cannot open /dev/net/tun");
        run("rm /dev/net/tun");
        refused("nobody", "/dev/net/tun is missing");
        assert_eq!(set(&["tap0", NEW]).code, 0, "root needs it not");
    });
}

/// Checks that the user cannot change the device and gets the reason in text and JSON.
fn refused(user: &str, why: &str) {
    let old = address("tap0");
    let answer = set_as(user, "tap0 -r");
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.complaint.contains(why), "{answer:?}");
    assert!(
        answer.complaint.contains(&format!("it still has {old}")),
        "{answer:?}"
    );
    assert_eq!(address("tap0"), old);
    let answer = set_as(user, "tap0 -r --json");
    assert_eq!(answer.code, 3);
    assert!(answer.out.contains(r#""outcome":"failed""#), "{answer:?}");
    assert!(answer.out.contains(why), "{answer:?}");
}

/// A process of this user that is attached to `tap0` with these flags. Perl is on every Debian machine.
fn hold(user: &str, flags: u16) -> Running {
    const ATTACH: &str = r#"
        open(my $tun, "+<", "/dev/net/tun") or die "open: $!";
        my $request = pack("a16 S x22", "tap0", shift);
        ioctl($tun, 0x400454ca, $request) or die "attach: $!";
        $| = 1; print "held\n"; sleep 600;
    "#;
    assert!(execute("perl -v").status.success(), "perl is needed");
    Running::start(
        Command::new("setpriv")
            .args(["--reuid", user, "--regid", "nogroup", "--clear-groups"])
            .args(["perl", "-e", ATTACH, &flags.to_string()]),
    )
}
