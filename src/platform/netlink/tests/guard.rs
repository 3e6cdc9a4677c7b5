//! The source guard: its messages byte by byte, and how it lives next to the filters of others.

use tokio::runtime::Builder;

use super::super::guard::nftables::{Ownership, setting};
use super::super::guard::traffic_control::{filter, qdisc};
use super::super::links::Links;
use super::super::message::Request;
use super::super::notifications::{Notification, Notifications, subscribe_to_links};
use super::super::socket::Socket;
use super::bytes;
use super::namespace::{ip, run_in_namespace, tc};
use macveil_core::machine::SourceGuard;
use macveil_core::types::Mac;
use neli::consts::socket::NlFamily;

const ADDRESS: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x08]);
const ONLY: SourceGuard = SourceGuard::Only(ADDRESS);
const SHOW: &str = "filter show dev card egress";

fn datagram(requests: &[Request]) -> Vec<u8> {
    let mut datagram = Vec::new();
    for request in requests {
        request.append_to(&mut datagram, 1);
    }
    datagram
}

#[test]
fn qdisc_is_made_or_found_and_never_replaced() {
    let expected = bytes(
        "30000000 2400 0504 01000000 00000000
         00000000 03000000 0000ffff f1ffffff 00000000
         0b00 0100 636c7361637400 00",
    );
    assert_eq!(datagram(&[qdisc(3)]), expected);
}

#[test]
fn filter_compares_the_source_address() {
    let expected = bytes(
        "74000000 2c00 0505 01000000 00000000
         00000000 03000000 01000000 f3ffffff 00030700
         0800 0100 62706600
         4800 0280
         0600 0400 0600 0000
         3400 0500
         2000 00 00 06000000  1500 00 03 33221106
         2800 00 00 0a000000  1500 00 01 08440000
         0600 00 00 ffffffff  0600 00 00 02000000
         0800 0800 01000000",
    );
    assert_eq!(datagram(&[filter(3, ONLY)]), expected);
}

#[test]
fn closed_filter_is_one_instruction() {
    let sent = datagram(&[filter(3, SourceGuard::Nothing)]);
    let program = bytes("0600 0400 0100 0000 0c00 0500 0600 00 00 02000000");
    assert!(sent.windows(program.len()).any(|part| part == program));
}

#[test]
fn nftables_batch_replaces_the_table_at_once() {
    let sent = datagram(&setting(3, "wlan0", ONLY, Ownership::Persistent));
    let expected = bytes(
        "14000000 1000 0100 01000000 00000000 0000000a
         2c000000 000a 0504 01000000 00000000 05000000
         0e00 0100 6d61637665696c2d3300 0000
         0800 0200 00000006
         24000000 020a 0500 01000000 00000000 05000000
         0e00 0100 6d61637665696c2d3300 0000
         2c000000 000a 0504 01000000 00000000 05000000
         0e00 0100 6d61637665696c2d3300 0000
         0800 0200 00000006
         60000000 030a 0504 01000000 00000000 05000000
         0e00 0100 6d61637665696c2d3300 0000
         0800 0300 6f757400
         2000 0480 0800 0100 00000001 0800 0200 fffffe0c 0a00 0300 776c616e3000 0000
         0800 0500 00000001
         0b00 0700 66696c74657200 00
         c4000000 060a 050c 01000000 00000000 05000000
         0e00 0100 6d61637665696c2d3300 0000
         0800 0200 6f757400
         9800 0480
         3400 0180 0c00 0100 7061796c6f616400
         2400 0280 0800 0100 00000001 0800 0200 00000000
         0800 0300 00000006 0800 0400 00000006
         3000 0180 0800 0100 636d7000
         2400 0280 0800 0100 00000001 0800 0200 00000001
         1000 0380 0a00 0100 061122334408 0000
         3000 0180 0e00 0100 696d6d65646961746500 0000
         1c00 0280 0800 0100 00000000 1000 0280 0c00 0280 0800 0100 00000000
         14000000 1100 0100 01000000 00000000 0000000a",
    );
    assert_eq!(sent, expected);
}

/// A link named `card`, and its number.
fn card() -> u32 {
    ip("link add card type veth peer name peer");
    ip("link set card up");
    ip("link set peer up");
    number("card")
}

fn number(name: &str) -> u32 {
    let shown = ip(&format!("-o link show {name}"));
    let number = shown.split(':').next().expect("a number");
    number.parse().expect("a number")
}

fn links() -> Links {
    Links::open().expect("rtnetlink")
}

#[test]
fn guard_is_set_replaced_and_removed() {
    run_in_namespace("guard::guard_is_set_replaced_and_removed", || {
        let card = card();
        let mut links = links();
        for guard in [ONLY, SourceGuard::Nothing, ONLY] {
            assert_eq!(links.set_source_guard(card, guard), Ok(()));
            assert!(links.source_guard_is_in_place(card));
            assert_eq!(tc(SHOW).matches("bytecode").count(), 1);
        }
        // A successor finds it, and removes it.
        let mut successor = self::links();
        assert_eq!(successor.set_source_guard(card, SourceGuard::Off), Ok(()));
        assert_eq!(tc(SHOW), "");
        assert!(tc("qdisc show dev card").contains("clsact"));
    });
}

#[test]
fn filters_of_others_stay() {
    run_in_namespace("guard::filters_of_others_stay", || {
        let card = card();
        tc("qdisc add dev card clsact");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "1,6 0 0 4294967295").expect("a program");
        let program = file.path().display();
        tc(&format!(
            "filter add dev card egress prio 9 bpf bytecode-file {program} da"
        ));
        let mut links = links();
        assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
        assert_eq!(links.set_source_guard(card, SourceGuard::Off), Ok(()));
        assert!(tc(SHOW).contains("pref 9"));
    });
}

#[test]
fn ingress_of_others_is_left_alone() {
    run_in_namespace("guard::ingress_of_others_is_left_alone", || {
        let card = card();
        tc("qdisc add dev card ingress");
        let mut links = links();
        // nftables alone.
        assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
        assert_eq!(tc("filter show dev card ingress"), "");
        assert_eq!(tc(SHOW), "");
        assert_eq!(links.set_source_guard(card, SourceGuard::Off), Ok(()));
        assert!(tc("qdisc show dev card").contains("ingress"));
    });
}

#[test]
fn removal_by_others_is_notified() {
    run_in_namespace("guard::removal_by_others_is_notified", || {
        let card = card();
        let mut links = links();
        let removals: [&dyn Fn(); 2] = [&|| drop(tc("qdisc del dev card clsact")), &|| {
            drop(tc("filter del dev card egress"));
        }];
        for remove in removals {
            assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let subscribed = subscribe_to_links().expect("a subscription");
                let generic = Socket::open(NlFamily::Generic).expect("a socket");
                let mut notifications = Notifications::on(subscribed, generic, 0).expect("both");
                remove();
                let told = notifications.next().await;
                assert_eq!(told, Notification::FilterRemoved { ifindex: card });
            });
            assert!(!links.source_guard_is_in_place(card));
        }
    });
}

#[test]
fn port_of_a_bridge_and_lower_link_are_not_guarded() {
    run_in_namespace(
        "guard::port_of_a_bridge_and_lower_link_are_not_guarded",
        || {
            let card = card();
            let mut links = links();
            assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
            assert!(!links.source_guard_must_change(card));
            ip("link add name bridge type bridge");
            ip("link set card master bridge");
            assert!(links.source_guard_must_change(card));
            let refused = links.set_source_guard(card, ONLY).expect_err("a bridge");
            assert!(refused.reason.contains("bridge"), "{refused}");
            assert_eq!(tc(SHOW), "");
            ip("link set card nomaster");
            assert!(!tc("qdisc show dev card").is_empty());
            assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
        },
    );
}

#[test]
fn link_that_is_gone_needs_no_guard() {
    run_in_namespace("guard::link_that_is_gone_needs_no_guard", || {
        let card = card();
        let mut links = links();
        assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
        ip("link del card");
        assert_eq!(links.set_source_guard(card, ONLY), Ok(()));
        links.forget_source_guard(card);
    });
}
