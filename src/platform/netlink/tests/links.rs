//! Real `veth` pairs, which accept a new address while up, like mac80211 stations.

use rustix::io::Errno;
use std::fs;
use std::future::Future;
use std::time::Duration;

use neli::consts::socket::NlFamily;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::super::Kernel;
use super::super::links::Links;
use super::super::notifications::{Notification, Notifications, subscribe_to_links};
use super::super::online::reach;
use super::super::socket::Socket;
use super::namespace::{in_namespace, ip};
use macveil_core::machine::{How, Link};
use macveil_core::types::Mac;

const BEFORE: Mac = Mac([0x02, 0, 0, 0, 0, 1]);
const AFTER: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x55]);
const MULTICAST: Mac = Mac([0x01, 0, 0, 0, 0, 1]);
/// In bytes; fits the removal of a link, but not a hundred link cycles.
const QUEUE_SIZE: usize = 32 * 1024;
const NO_SUCH_LINK: u32 = 4242;

/// Adds a link named `card` with the address `BEFORE`, down; its peer is up.
fn card() -> u32 {
    ip(&format!(
        "link add card address {BEFORE} type veth peer name peer"
    ));
    ip("link set peer up");
    ip("-o link show card")
        .split(':')
        .next()
        .and_then(|number| number.parse().ok())
        .expect("the link's number")
}

fn links() -> Links {
    Links::open().expect("rtnetlink")
}

fn link(address: Mac, up: bool) -> Link {
    let carrier = up;
    Link {
        address,
        up,
        carrier,
    }
}

fn cycle(ifindex: u32) {
    let mut links = links();
    let outcome = links.set_address(ifindex, AFTER, How::Cycle);
    outcome.expect("a change");
    links.bring_up(ifindex).expect("a link that is up");
}

#[test]
fn link_is_read() {
    in_namespace("link_is_read", || {
        let card = card();
        assert_eq!(links().link(card), Ok(link(BEFORE, false)));
        ip("link set card up");
        assert_eq!(links().link(card), Ok(link(BEFORE, true)));
    });
}

#[test]
fn missing_link_cannot_be_read() {
    in_namespace("missing_link_cannot_be_read", || {
        let error = links().link(NO_SUCH_LINK).expect_err("an error");
        assert_eq!(
            (error.step, error.errno),
            ("read the link", Some(Errno::NODEV))
        );
    });
}

#[test]
fn cycle_leaves_the_link_down_until_it_is_brought_up() {
    in_namespace("cycle_leaves_the_link_down_until_it_is_brought_up", || {
        let card = card();
        for address in [AFTER, BEFORE] {
            let outcome = links().set_address(card, address, How::Cycle);
            assert_eq!(outcome, Ok(link(address, false)));
            assert_eq!(links().bring_up(card), Ok(link(address, true)));
        }
    });
}

#[test]
fn link_that_is_down_stays_down() {
    in_namespace("link_that_is_down_stays_down", || {
        let outcome = links().set_address(card(), AFTER, How::WhileDown);
        assert_eq!(outcome, Ok(link(AFTER, false)));
    });
}

#[test]
fn live_change_keeps_link_up_and_removes_old_ipv6_addresses() {
    in_namespace(
        "live_change_keeps_link_up_and_removes_old_ipv6_addresses",
        || {
            let card = card();
            ip("link set card addrgenmode eui64");
            ip("link set card up");
            assert!(ip("-6 address show dev card").contains("fe80::ff:fe00:1"));
            let outcome = links().set_address(card, AFTER, How::Live);
            assert_eq!(outcome, Ok(link(AFTER, true)));
            assert!(!ip("-6 address show dev card").contains("fe80::ff:fe00:1"));
            let switch = fs::read_to_string("/proc/sys/net/ipv6/conf/card/disable_ipv6");
            assert_eq!(switch.expect("IPv6 in this kernel").trim(), "0");
        },
    );
}

#[test]
fn live_change_keeps_ipv6_disabled() {
    in_namespace("live_change_keeps_ipv6_disabled", || {
        let card = card();
        let switch = "/proc/sys/net/ipv6/conf/card/disable_ipv6";
        fs::write(switch, "1").expect("IPv6 in this kernel");
        links()
            .set_address(card, AFTER, How::Live)
            .expect("a live change");
        assert_eq!(fs::read_to_string(switch).expect("IPv6").trim(), "1");
    });
}

#[test]
fn rejected_address_leaves_the_link_down() {
    in_namespace("rejected_address_leaves_the_link_down", || {
        let card = card();
        ip("link set card up");
        let error = links()
            .set_address(card, MULTICAST, How::Cycle)
            .expect_err("an error");
        assert_eq!(
            (error.step, error.errno),
            ("set the address", Some(Errno::ADDRNOTAVAIL))
        );
        assert_eq!(links().link(card), Ok(link(BEFORE, false)));
    });
}

#[test]
fn cycle_of_missing_link_fails_at_the_first_step() {
    in_namespace("cycle_of_missing_link_fails_at_the_first_step", || {
        let outcome = links().set_address(NO_SUCH_LINK, AFTER, How::Cycle);
        let error = outcome.expect_err("an error");
        assert_eq!(
            (error.step, error.errno),
            ("take the link down", Some(Errno::NODEV))
        );
    });
}

#[test]
fn link_is_taken_down() {
    in_namespace("link_is_taken_down", || {
        let card = card();
        ip("link set card up");
        assert_eq!(links().set_link_down(card), Ok(link(BEFORE, false)));
    });
}

#[test]
fn bring_up_keeps_the_address() {
    in_namespace("bring_up_keeps_the_address", || {
        let card = card();
        assert_eq!(links().bring_up(card), Ok(link(BEFORE, true)));
    });
}

#[test]
fn all_ethernet_devices_are_listed() {
    in_namespace("all_ethernet_devices_are_listed", || {
        let card = card();
        ip("link add bridge type bridge");
        ip("link set card master bridge");
        let mut kernel = Kernel::open().expect("a kernel");
        let devices = kernel.ethernet_devices().expect("a list");
        let mut listed: Vec<_> = devices
            .iter()
            .map(|device| {
                let name = device.name.as_str();
                (name, device.driver.as_str(), device.bonded)
            })
            .filter(|(_, driver, _)| ["veth", "bridge"].contains(driver))
            .collect();
        listed.sort_unstable();
        let expected = [
            ("bridge", "bridge", false),
            ("card", "veth", false),
            ("peer", "veth", false),
        ];
        assert_eq!(listed, expected);
        assert!(devices.iter().all(|device| device.name != "lo"));
        let device = kernel.ethernet_device(card).expect("an answer");
        let device = device.expect("a device");
        assert!(devices.contains(&device));
        assert_eq!((device.initial, device.permanent), (BEFORE, None));
        assert_eq!(
            kernel.ethernet_device(NO_SUCH_LINK).expect("an answer"),
            None
        );
        assert_eq!(
            kernel.ethernet_device(1).expect("an answer"),
            None,
            "the loopback"
        );
    });
}

#[test]
fn each_step_of_a_cycle_is_notified() {
    in_namespace("each_step_of_a_cycle_is_notified", || {
        let card = card();
        ip("link set card up");
        listening(subscribed(), async |mut notifications| {
            cycle(card);
            // The carrier of the first `up` can be announced late.
            let mut steps = vec![next_state(card, &mut notifications).await];
            while steps.last() != Some(&(AFTER, true)) {
                steps.push(next_state(card, &mut notifications).await);
            }
            steps.dedup();
            steps.retain(|&step| step != (BEFORE, true));
            assert_eq!(steps, [(BEFORE, false), (AFTER, false), (AFTER, true)]);
        });
    });
}

#[test]
fn removed_link_is_notified() {
    in_namespace("removed_link_is_notified", || {
        let ifindex = card();
        listening(subscribed(), async |mut notifications| {
            ip("link delete card");
            while notifications.next().await != (Notification::LinkGone { ifindex }) {}
        });
    });
}

#[test]
fn link_that_leaves_a_bridge_is_not_gone() {
    in_namespace("link_that_leaves_a_bridge_is_not_gone", || {
        let card = card();
        ip("link add bridge type bridge");
        ip("link set card master bridge");
        listening(subscribed(), async |mut notifications| {
            ip("link set card nomaster");
            ip("link delete bridge");
            loop {
                match notifications.next().await {
                    Notification::LinkGone { ifindex } if ifindex == card => panic!("gone"),
                    Notification::LinkGone { .. } => break,
                    _ => {}
                }
            }
        });
    });
}

#[test]
fn overrun_is_reported_and_later_events_arrive() {
    in_namespace("overrun_is_reported_and_later_events_arrive", || {
        let ifindex = card();
        let socket = subscribed();
        socket.shrink_queue(QUEUE_SIZE).expect("a small queue");
        listening(socket, async |mut notifications| {
            for _ in 0..100 {
                cycle(ifindex);
            }
            while notifications.next().await != Notification::Overrun {}
            ip("link delete card");
            while notifications.next().await != (Notification::LinkGone { ifindex }) {}
        });
    });
}

#[test]
fn cancelled_wait_loses_no_notification() {
    in_namespace("cancelled_wait_loses_no_notification", || {
        let ifindex = card();
        listening(subscribed(), async |mut notifications| {
            ip("link delete card");
            let gone = Notification::LinkGone { ifindex };
            while timeout(Duration::ZERO, notifications.next()).await != Ok(gone.clone()) {}
        });
    });
}

fn subscribed() -> Socket {
    subscribe_to_links().expect("rtnetlink")
}

/// The address and up state in the next notification about the card.
async fn next_state(card: u32, notifications: &mut Notifications) -> (Mac, bool) {
    loop {
        match notifications.next().await {
            Notification::Link {
                ifindex,
                link,
                name,
                ..
            } if ifindex == card => {
                assert_eq!(name, "card");
                return (link.address, link.up);
            }
            _ => {}
        }
    }
}

/// Runs a test on notifications from rtnetlink only, with a timeout of 10 s.
fn listening<Test: Future>(links: Socket, test: impl FnOnce(Notifications) -> Test) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let silent = Socket::open(NlFamily::Generic).expect("generic netlink");
        let notifications = Notifications::on(links, silent, 0).expect("notifications");
        timeout(Duration::from_secs(10), test(notifications))
            .await
            .expect("no expected notification within 10 s");
    });
}

#[test]
fn address_and_default_route_make_an_interface_reach() {
    in_namespace("address_and_default_route_make_an_interface_reach", || {
        let ifindex = card();
        ip("link set card up");
        assert_eq!(reach(ifindex).expect("a list"), [None, None]);
        ip("addr add 169.254.3.4/16 dev card");
        ip("addr add 10.0.0.7/24 dev card");
        ip("route add 10.1.0.0/16 via 10.0.0.2");
        let [v4, v6] = reach(ifindex).expect("a list");
        let v4 = v4.expect("an address");
        assert_eq!(v4.address, std::net::IpAddr::from([10, 0, 0, 7]));
        assert!(!v4.is_routed && v4.age < Duration::from_secs(5), "{v4:?}");
        assert_eq!(v6, None, "an address of the link is not enough");
        ip("route add default via 10.0.0.1");
        ip("-6 addr add 2001:db8::7/64 dev card nodad");
        ip("-6 route add default via fe80::1 dev card");
        let [v4, v6] = reach(ifindex).expect("a list");
        let gateway = v4.and_then(|it| it.gateway);
        assert_eq!(gateway, Some([10, 0, 0, 1].into()));
        let v6 = v6.expect("an address");
        assert_eq!(v6.address.to_string(), "2001:db8::7");
        assert_eq!(
            v6.gateway.map(|it| it.to_string()).as_deref(),
            Some("fe80::1")
        );
        let [v4, v6] = reach(NO_SUCH_LINK).expect("a list");
        assert_eq!((v4, v6), (None, None));
    });
}
