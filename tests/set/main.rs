//! `macveil set` on real links, in network namespaces of the tests.
//!
//! Every kernel has `veth` and `tun`; `dummy` is tested if the running kernel has it.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test program"
)]

mod place;
mod tap;

use std::fs;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::process::Command;

use place::{Running, address, alone, execute, is_up, run, set, set_words};

const BEFORE: &str = "02:00:00:00:00:01";
const AFTER: &str = "06:11:22:33:44:55";
const VENDORS: &str = "/run/vendors";

/// Runs the test with each type of link, named `card`, with the address `BEFORE`.
fn for_each_kind(test: impl Fn(&str)) {
    run(&format!(
        "ip link add card address {BEFORE} type veth peer name peer"
    ));
    test("veth");
    run("ip link delete card");
    let dummy = execute(&format!("ip link add card address {BEFORE} type dummy"));
    let complaint = String::from_utf8_lossy(&dummy.stderr);
    if complaint.contains("Unknown device type") {
        println!("this kernel has no dummy module; veth was tried");
    } else {
        assert!(dummy.status.success(), "{complaint}");
        test("dummy");
    }
}

fn card() {
    run(&format!(
        "ip link add card address {BEFORE} type veth peer name peer"
    ));
}

#[test]
fn address_is_set_on_links_up_and_down() {
    alone("address_is_set_on_links_up_and_down", || {
        for_each_kind(|kind| {
            for (state, old, new) in [("down", BEFORE, AFTER), ("up", AFTER, BEFORE)] {
                run(&format!("ip link set card {state}"));
                let answer = set(&["card", new]);
                assert_eq!(answer.code, 0, "{kind}: {answer:?}");
                assert!(
                    answer.out.starts_with(&format!("card: {old}"))
                        && answer.out.contains(&format!(" -> {new}"))
                        && answer.out.lines().count() == 1,
                    "{kind}: {answer:?}"
                );
                assert_eq!(address("card"), new, "{kind}");
                assert_eq!(is_up("card"), state == "up", "{kind}");
            }
        });
    });
}

#[test]
fn random_addresses_have_the_requested_bits() {
    alone("random_addresses_have_the_requested_bits", || {
        for_each_kind(|kind| {
            let mut last = address("card");
            for words in ["-r", "random", "-e", "-r -b"] {
                let answer = set_words(&format!("card {words}"));
                assert_eq!(answer.code, 0, "{kind} {words}: {answer:?}");
                let now = address("card");
                assert_ne!(now, last, "{kind} {words}");
                let first = u8::from_str_radix(&now[..2], 16).expect("a byte");
                let local = words != "-r -b";
                assert_eq!(
                    first & 3,
                    if local { 2 } else { 0 },
                    "{kind} {words}: {now}"
                );
                if words == "-e" {
                    assert_eq!(now[..8], last[..8], "{kind}");
                }
                last = now;
            }
        });
    });
}

#[test]
fn json_has_the_outcome() {
    alone("json_has_the_outcome", || {
        card();
        let answer = set(&["card", AFTER, "--json"]);
        assert_eq!(answer.code, 0);
        let expected = format!(
            r#""outcome":"set","requested":"{AFTER}","old":{{"address":"{BEFORE}","vendor":null}},"new":{{"address":"{AFTER}","vendor":null}},"permanent":null,"up":false,"error":null"#
        );
        assert!(answer.out.contains(&expected), "{}", answer.out);
        let answer = set(&["card", AFTER, "--json"]);
        assert!(
            answer.out.contains(r#""outcome":"unchanged""#),
            "{answer:?}"
        );
        let answer = set(&["nothing", "-r", "--json"]);
        assert_eq!(answer.code, 3);
        assert!(
            answer.out.starts_with(
                r#"{"version":1,"error":"unavailable","message":"cannot change nothing"#
            ),
            "{answer:?}"
        );
    });
}

#[test]
fn impossible_requests_have_reason_and_exit_status() {
    alone("impossible_requests_have_reason_and_exit_status", || {
        card();
        for (words, code, why) in [
            ("nothing -r", 3, "no interface has this name"),
            (
                "a-name-that-is-much-too-long -r",
                3,
                "no interface has this name",
            ),
            ("lo -r", 3, "has no MAC address"),
            ("card -p", 3, "reports no permanent address"),
            ("card preserve", 2, "changes nothing"),
            ("card stable-ssid", 2, "--ssid"),
            (
                "card stable --stable-id x --key-file /nowhere",
                3,
                "there is no key /nowhere",
            ),
            ("card 01:00:5e:00:00:01", 2, "a station cannot use"),
            ("card 00:00:00:00:00:00", 2, "a station cannot use"),
            ("card -r --mask FF:FF:FF:FF:FF:FF", 2, "keep fewer bits"),
        ] {
            let answer = set_words(words);
            assert_eq!(answer.code, code, "{words}: {answer:?}");
            assert!(answer.complaint.contains(why), "{words}: {answer:?}");
            assert_eq!(address("card"), BEFORE, "{words}");
        }
    });
}

#[test]
fn refusal_restores_the_link_and_has_a_reason() {
    alone("refusal_restores_the_link_and_has_a_reason", || {
        card();
        run("ip link set card up");
        // A macvlan refuses the address of its lower device.
        run("ip link add upper link card address 02:00:00:00:00:07 type macvlan");
        run("ip link set upper up");
        let answer = set(&["upper", BEFORE]);
        assert_eq!(answer.code, 3, "{answer:?}");
        for words in [
            "macveil: upper was not changed to 02:00:00:00:00:01: the driver macvlan: cannot ",
            "Address already in use",
            "To do: another interface that is up has this address",
            "the link is up with 02:00:00:00:00:07, as before",
        ] {
            assert!(answer.complaint.contains(words), "{words}: {answer:?}");
        }
        assert_eq!(address("upper"), "02:00:00:00:00:07");
        assert!(is_up("upper"));
        let answer = set(&["upper", BEFORE, "--json"]);
        assert!(
            answer.out.contains(r#""outcome":"failed""#)
                && answer.out.contains(r#""errno":98,"restored":true"#),
            "{answer:?}"
        );
    });
}

#[test]
fn stable_address_is_the_same_each_time() {
    alone("stable_address_is_the_same_each_time", || {
        card();
        fs::write("/run/key", "0123456789abcdef").expect("a key");
        run("chmod 600 /run/key");
        let words = "card stable --stable-id desk --key-file /run/key";
        assert_eq!(set_words(words).code, 0);
        let stable = address("card");
        assert_eq!(set_words("card -r").code, 0);
        assert_ne!(address("card"), stable);
        assert_eq!(set_words(words).code, 0);
        assert_eq!(address("card"), stable);
        assert!(set_words(words).out.contains("already"));
    });
}

#[test]
fn vendors_are_chosen_from_the_list_and_named() {
    alone("vendors_are_chosen_from_the_list_and_named", || {
        card();
        fs::write(VENDORS, "001B78 Printers\n001B79 Scanners\n").expect("a list");
        for kind in ["--another", "--any"] {
            let answer = set(&["card", kind, "--vendor-list", VENDORS]);
            assert_eq!(answer.code, 0, "{answer:?}");
            let now = address("card");
            assert!(["00:1b:78", "00:1b:79"].contains(&&now[..8]), "{now}");
            let name = if now.starts_with("00:1b:78") {
                "(Printers)"
            } else {
                "(Scanners)"
            };
            assert!(answer.out.contains(&format!("{now} {name}")), "{answer:?}");
            let shown = set(&["card", "-s", "--vendor-list", VENDORS]);
            let expected =
                format!("current    {now} {name}\npermanent  not reported by the driver\n");
            assert_eq!(shown.out, expected);
        }
        let listed = set(&["--list=PRINT", "--vendor-list", VENDORS]);
        assert_eq!(
            (listed.code, listed.out.as_str()),
            (0, "00:1b:78  Printers\n")
        );
        assert_eq!(set(&["--list=zzz", "--vendor-list", VENDORS]).code, 1);
        let answer = set(&["card", "-r", "--vendor-list", "/nowhere"]);
        assert_eq!(answer.code, 3);
        assert!(
            answer.complaint.contains("/nowhere: No such file"),
            "{answer:?}"
        );
    });
}

#[test]
fn missing_vendor_list_names_packages() {
    alone("missing_vendor_list_names_packages", || {
        card();
        hide_vendors();
        let answer = set_words("card --any");
        assert_eq!(answer.code, 3);
        assert!(answer.complaint.contains("install ieee-data"), "{answer:?}");
        assert_eq!(address("card"), BEFORE);
        // Other options need no list.
        assert_eq!(set_words("card -r").code, 0);
        fs::create_dir("/usr/share/nmap").expect("a directory");
        fs::write("/usr/share/nmap/nmap-mac-prefixes", "001B78 Printers\n").expect("a list");
        assert_eq!(set_words("card --any").code, 0);
        assert!(address("card").starts_with("00:1b:78"));
    });
}

/// Hides the vendor lists of this machine.
fn hide_vendors() {
    for place in [
        "/usr/share",
        "/usr/lib/udev",
        "/etc/udev",
        "/var/lib/ieee-data",
    ] {
        if fs::metadata(place).is_ok() {
            run(&format!("mount -t tmpfs tmpfs {place}"));
        }
    }
}

/// Simulates what `set` can see of a running daemon.
fn simulated_daemon() -> Running {
    let ifindex = place::shown("card", "ifindex");
    fs::create_dir("/run/macveil").expect("the runtime directory");
    fs::write(
        "/run/macveil/card.initial",
        format!("{BEFORE}\n{ifindex} None\n"),
    )
    .expect("a note");
    Running::start(Command::new("flock").args([
        "--no-fork",
        "/run/macveil/lock",
        "sh",
        "-c",
        "echo held; exec sleep 600",
    ]))
}

#[test]
fn interface_managed_by_macveil_is_not_changed() {
    alone("interface_managed_by_macveil_is_not_changed", || {
        card();
        let daemon = simulated_daemon();
        let answer = set_words("card -r");
        assert_eq!(answer.code, 3, "{answer:?}");
        for words in ["card not changed", "[[interface]]", "--force"] {
            assert!(answer.complaint.contains(words), "{answer:?}");
        }
        assert_eq!(address("card"), BEFORE);
        assert_eq!(set_words("card --show").code, 0);
        assert_eq!(set_words("peer -r").code, 0);
        assert_eq!(set(&["card", AFTER, "--force"]).code, 0);
        assert_eq!(address("card"), AFTER);
        drop(daemon);
        assert_eq!(set_words("card -r").code, 0);
    });
}

#[test]
fn interface_is_not_changed_while_a_macveil_runs_elsewhere() {
    alone(
        "interface_is_not_changed_while_a_macveil_runs_elsewhere",
        || {
            card();
            let name = SocketAddr::from_abstract_name("macveil").expect("a name");
            let daemon = UnixListener::bind_addr(&name).expect("its name is free");
            let answer = set_words("card -r");
            assert_eq!(answer.code, 3, "{answer:?}");
            for words in ["another `runtime-dir` than /run/macveil", "--force"] {
                assert!(answer.complaint.contains(words), "{answer:?}");
            }
            assert_eq!(address("card"), BEFORE);
            assert_eq!(set(&["card", AFTER, "--force"]).code, 0);
            drop(daemon);
            assert_eq!(set_words("card -r").code, 0);
        },
    );
}

#[test]
fn interface_managed_by_network_manager_is_not_changed() {
    alone(
        "interface_managed_by_network_manager_is_not_changed",
        || {
            card();
            let ifindex = place::shown("card", "ifindex");
            fs::create_dir_all("/run/NetworkManager/devices").expect("its directory");
            let note = format!("/run/NetworkManager/devices/{ifindex}");
            fs::write(&note, "[device]\nmanaged=true\n").expect("a note");
            // Stale: NetworkManager does not run.
            assert_eq!(set(&["card", AFTER]).code, 0);

            fs::copy("/bin/sh", "/run/NetworkManager/NetworkManager").expect("a program");
            let manager = Running::start(
                Command::new("/run/NetworkManager/NetworkManager")
                    .args(["-c", "echo started; read forever"])
                    .stdin(std::process::Stdio::piped()),
            );
            let answer = set_words("card -r");
            assert_eq!(answer.code, 3, "{answer:?}");
            for words in [
                "NetworkManager manages it",
                "nmcli connection modify NAME ethernet.cloned-mac-address",
                "nmcli device set card managed no",
                "--force",
            ] {
                assert!(answer.complaint.contains(words), "{answer:?}");
            }
            assert_eq!(address("card"), AFTER);
            assert_eq!(set(&["card", BEFORE, "--force"]).code, 0);
            // A daemon that had the card before has released it to NetworkManager.
            let daemon = simulated_daemon();
            let answer = set_words("card -r");
            assert!(answer.complaint.contains("nmcli device"), "{answer:?}");
            drop(daemon);

            fs::write(&note, "[device]\nmanaged=false\n").expect("a note");
            let answer = set(&["card", AFTER]);
            assert_eq!((answer.code, answer.complaint.as_str()), (0, ""));
            fs::remove_file(&note).expect("a note");
            let answer = set(&["card", BEFORE]);
            assert_eq!(answer.code, 0);
            assert!(
                answer.complaint.contains("has not recorded whether"),
                "{answer:?}"
            );
            drop(manager);
        },
    );
}

#[test]
fn user_without_privileges_gets_the_remedy() {
    alone("user_without_privileges_gets_the_remedy", || {
        card();
        run("ip link set card up");
        let answer = place::set_as("nobody", "card -r");
        assert_eq!(answer.code, 3);
        assert!(
            answer
                .complaint
                .contains("needs root: try the same with sudo"),
            "{answer:?}"
        );
        assert!(is_up("card"));
        assert_eq!(address("card"), BEFORE);
        assert_eq!(place::set_as("nobody", "card --show").code, 0);
    });
}

/// Every command in docs/from-macchanger.md.
#[test]
fn documented_commands_work() {
    alone("documented_commands_work", || {
        let page = fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/docs/from-macchanger.md"
        ))
        .expect("the page");
        run("ip link add wlan0 type veth peer name peer");
        run("ip tuntap add tap0 mode tap");
        hide_vendors();
        fs::create_dir_all("/usr/share/ieee-data").expect("a directory");
        fs::write(
            "/usr/share/ieee-data/oui.csv",
            "MA-L,001B77,Intel Corporate,\n",
        )
        .expect("a list");
        run("mount -t tmpfs tmpfs /var/lib");
        fs::create_dir("/var/lib/macveil").expect("the state directory");
        fs::write("/var/lib/macveil/secret_key", "0123456789abcdef").expect("a key");
        run("chmod 600 /var/lib/macveil/secret_key");

        let commands: Vec<&str> = page
            .split('`')
            .skip(1)
            .step_by(2)
            .filter_map(|code| code.strip_prefix("macveil set "))
            .collect();
        assert!(commands.len() > 12, "{commands:?}");
        for command in commands {
            let arguments = unquoted(command);
            let answer = set(&arguments);
            // Virtual links have no permanent address.
            let expected = if command.contains("--permanent") {
                3
            } else {
                0
            };
            assert_eq!(answer.code, expected, "{command}: {answer:?}");
        }
    });
}

/// Splits words; quotes join them.
fn unquoted(command: &str) -> Vec<&str> {
    let parts = command.split('\'').enumerate();
    parts
        .flat_map(|(index, part)| {
            if index % 2 == 1 {
                vec![part]
            } else {
                part.split_whitespace().collect()
            }
        })
        .collect()
}
