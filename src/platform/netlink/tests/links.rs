//! Real links: pairs of `veth`, which take a new address while up, as mac80211 stations do.

use rustix::io::Errno;
use std::fs;
use std::future::Future;
use std::time::Duration;

use neli::consts::socket::NlFamily;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::super::Kernel;
use super::super::links::Links;
use super::super::notifications::{Notification, Notifications, listen_to_links};
use super::super::socket::Socket;
use super::namespace::{alone, ip};
use macveil_core::machine::{How, Link};
use macveil_core::types::Mac;

const BEFORE: Mac = Mac([0x02, 0, 0, 0, 0, 1]);
const AFTER: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x55]);
const MULTICAST: Mac = Mac([0x01, 0, 0, 0, 0, 1]);
/// Bytes: room for the end of a link, but not for a hundred bounces.
const QUEUE: usize = 32 * 1024;
const NO_SUCH_LINK: u32 = 4242;

/// A link called `card` with the address `BEFORE`, down; its peer is up.
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

#[test]
fn a_link_is_read() {
    alone("a_link_is_read", || {
        let card = card();
        assert_eq!(links().link(card), Ok(link(BEFORE, false)));
        ip("link set card up");
        assert_eq!(links().link(card), Ok(link(BEFORE, true)));
    });
}

#[test]
fn a_link_that_is_not_there_is_a_refusal() {
    alone("a_link_that_is_not_there_is_a_refusal", || {
        let refusal = links().link(NO_SUCH_LINK).expect_err("a refusal");
        assert_eq!(
            (refusal.step, refusal.errno),
            ("read the link", Some(Errno::NODEV))
        );
    });
}

#[test]
fn a_bounce_brings_the_link_up_with_the_new_address() {
    alone("a_bounce_brings_the_link_up_with_the_new_address", || {
        let card = card();
        for address in [AFTER, BEFORE] {
            let outcome = links().set_address(card, address, How::Cycle);
            assert_eq!(outcome, Ok(link(address, true)));
        }
    });
}

#[test]
fn a_link_that_is_down_stays_down() {
    alone("a_link_that_is_down_stays_down", || {
        let outcome = links().set_address(card(), AFTER, How::WhileDown);
        assert_eq!(outcome, Ok(link(AFTER, false)));
    });
}

#[test]
fn a_live_change_keeps_the_link_up_and_drops_the_ipv6_addresses_of_the_old_one() {
    alone(
        "a_live_change_keeps_the_link_up_and_drops_the_ipv6_addresses_of_the_old_one",
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
fn a_live_change_leaves_ipv6_off_where_it_was_off() {
    alone("a_live_change_leaves_ipv6_off_where_it_was_off", || {
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
fn a_refused_address_leaves_the_link_down_and_says_so() {
    alone("a_refused_address_leaves_the_link_down_and_says_so", || {
        let card = card();
        ip("link set card up");
        let refusal = links()
            .set_address(card, MULTICAST, How::Cycle)
            .expect_err("a refusal");
        assert_eq!(
            (refusal.step, refusal.errno),
            ("set the address", Some(Errno::ADDRNOTAVAIL))
        );
        assert_eq!(links().link(card), Ok(link(BEFORE, false)));
    });
}

#[test]
fn a_bounce_of_nothing_blames_the_first_step() {
    alone("a_bounce_of_nothing_blames_the_first_step", || {
        let outcome = links().set_address(NO_SUCH_LINK, AFTER, How::Cycle);
        let refusal = outcome.expect_err("a refusal");
        assert_eq!(
            (refusal.step, refusal.errno),
            ("take the link down", Some(Errno::NODEV))
        );
    });
}

#[test]
fn a_link_is_held_down() {
    alone("a_link_is_held_down", || {
        let card = card();
        ip("link set card up");
        assert_eq!(links().set_link_down(card), Ok(link(BEFORE, false)));
    });
}

#[test]
fn a_link_is_brought_up_as_it_is() {
    alone("a_link_is_brought_up_as_it_is", || {
        let card = card();
        assert_eq!(links().bring_up(card), Ok(link(BEFORE, true)));
    });
}

#[test]
fn every_link_for_ethernet_is_listed() {
    alone("every_link_for_ethernet_is_listed", || {
        let card = card();
        ip("link add bridge type bridge");
        ip("link set card master bridge");
        let mut kernel = Kernel::open().expect("a kernel");
        let ports = kernel.ports().expect("a list");
        let mut listed: Vec<_> = ports
            .iter()
            .map(|port| (port.name.as_str(), port.driver.as_str(), port.bonded))
            .filter(|(_, driver, _)| ["veth", "bridge"].contains(driver))
            .collect();
        listed.sort_unstable();
        let expected = [
            ("bridge", "bridge", false),
            ("card", "veth", false),
            ("peer", "veth", false),
        ];
        assert_eq!(listed, expected);
        assert!(ports.iter().all(|port| port.name != "lo"));
        let port = kernel.port(card).expect("an answer").expect("a port");
        assert!(ports.contains(&port));
        assert_eq!((port.initial, port.permanent), (BEFORE, None));
        assert_eq!(kernel.port(NO_SUCH_LINK).expect("an answer"), None);
        assert_eq!(kernel.port(1).expect("an answer"), None, "the loopback");
    });
}

#[test]
fn a_bounce_is_heard_step_by_step() {
    alone("a_bounce_is_heard_step_by_step", || {
        let card = card();
        ip("link set card up");
        listening(subscribed(), async |mut notifications| {
            links()
                .set_address(card, AFTER, How::Cycle)
                .expect("a bounce");
            // The carrier of the first way up may be announced late.
            let mut heard = vec![heard_of(card, &mut notifications).await];
            while heard.last() != Some(&(AFTER, true)) {
                heard.push(heard_of(card, &mut notifications).await);
            }
            heard.dedup();
            heard.retain(|&step| step != (BEFORE, true));
            assert_eq!(heard, [(BEFORE, false), (AFTER, false), (AFTER, true)]);
        });
    });
}

#[test]
fn a_link_that_goes_is_heard() {
    alone("a_link_that_goes_is_heard", || {
        let ifindex = card();
        listening(subscribed(), async |mut notifications| {
            ip("link delete card");
            while notifications.next().await != (Notification::LinkGone { ifindex }) {}
        });
    });
}

#[test]
fn a_link_that_leaves_a_bridge_is_not_gone() {
    alone("a_link_that_leaves_a_bridge_is_not_gone", || {
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
fn after_an_overrun_everything_is_heard_again() {
    alone("after_an_overrun_everything_is_heard_again", || {
        let ifindex = card();
        let socket = subscribed();
        socket.shrink_queue(QUEUE).expect("a small queue");
        listening(socket, async |mut notifications| {
            for _ in 0..100 {
                let outcome = links().set_address(ifindex, AFTER, How::Cycle);
                outcome.expect("a bounce");
            }
            while notifications.next().await != Notification::Overrun {}
            ip("link delete card");
            while notifications.next().await != (Notification::LinkGone { ifindex }) {}
        });
    });
}

#[test]
fn nothing_is_lost_when_waiting_is_given_up() {
    alone("nothing_is_lost_when_waiting_is_given_up", || {
        let ifindex = card();
        listening(subscribed(), async |mut notifications| {
            ip("link delete card");
            let gone = Notification::LinkGone { ifindex };
            while timeout(Duration::ZERO, notifications.next()).await != Ok(gone.clone()) {}
        });
    });
}

fn subscribed() -> Socket {
    listen_to_links().expect("rtnetlink")
}

/// The address, and whether the link is up, when it is next heard of.
async fn heard_of(card: u32, notifications: &mut Notifications) -> (Mac, bool) {
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

/// Runs a test on notifications from rtnetlink alone; what does not come within 10 s never comes.
fn listening<Test: Future>(links: Socket, test: impl FnOnce(Notifications) -> Test) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let silent = Socket::open(NlFamily::Generic).expect("generic netlink");
        let notifications = Notifications::on(links, silent, 0).expect("notifications");
        timeout(Duration::from_secs(10), test(notifications))
            .await
            .expect("what was waited for did not come within 10 s");
    });
}
