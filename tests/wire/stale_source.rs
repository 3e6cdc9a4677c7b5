//! A program that read the address once, and builds its own frames with it ever after.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use macveil_testkit::namespace::{INITIAL, World, alone, ip, output_of, until};
use macveil_testkit::packet_socket::PacketSocket;

use super::only;
use super::tap::Tap;

/// As long as frames need.
const SOON: Duration = Duration::from_millis(100);
const ALL: [u8; 6] = [0xff; 6];

/// Sends with every address that it has read.
struct Sender {
    sockets: [PacketSocket; 2],
    sources: RefCell<BTreeSet<[u8; 6]>>,
}

impl Sender {
    fn begin() -> Self {
        let open = || PacketSocket::for_sending("card").expect("a packet socket");
        let sockets = [open(), open()];
        sockets[1]
            .bypass_queues()
            .expect("a socket past all queues");
        Self {
            sockets,
            sources: RefCell::default(),
        }
    }

    fn read(&self, world: &World) {
        self.sources.borrow_mut().insert(bytes(&world.address()));
    }

    /// IPv4, ARP, IPv6, with a VLAN tag, and as short as a frame can be.
    fn send(&self) {
        let kinds: [&[u8]; 4] = [
            &[0x08, 0x00, 0x45, 0],
            &[0x08, 0x06, 0, 1],
            &[0x86, 0xdd, 0x60, 0],
            &[0x81, 0x00, 0, 7, 0x08, 0x00, 0x45],
        ];
        for source in self.sources.borrow().iter() {
            for kind in kinds {
                for padding in [2, 46] {
                    let frame = [&ALL, source, kind, &vec![0; padding]].concat();
                    for socket in &self.sockets {
                        // The kernel reports a dropped frame, or that the link is down.
                        let _ = socket.send(&frame);
                    }
                }
            }
        }
    }
}

fn bytes(address: &str) -> [u8; 6] {
    let parts = address.split(':').map(|part| u8::from_str_radix(part, 16));
    let bytes: Result<Vec<u8>, _> = parts.collect();
    bytes.expect("an address").try_into().expect("six bytes")
}

/// A connection under a random address, and a sender that knows the addresses before it.
fn moved(world: &mut World) -> Sender {
    world.switch("card", true);
    let sender = Sender::begin();
    sender.read(world);
    world.start("\"card\"", "cloned-mac-address = \"random\"");
    world.wait_for_an_address();
    sender.read(world);
    world.plug(true);
    until("a connection", || {
        world.log().contains("connected by cable")
    });
    world.plug(false);
    let first = world.address();
    until("another address", || world.address() != first);
    sender.read(world);
    world.plug(true);
    until("a carrier", || world.has_carrier());
    sender
}

#[test]
fn former_addresses_are_never_sent() {
    alone("stale_source::former_addresses_are_never_sent", || {
        let mut world = World::new();
        let sender = moved(&mut world);
        for _ in 0..2 {
            let tap = Tap::open();
            sender.send();
            sleep(SOON);
            assert_eq!(tap.senders(), only(&world.address()));
            // The guard outlives the daemon.
            world.kill();
        }
    });
}

#[test]
fn guard_removed_by_others_returns() {
    alone("stale_source::guard_removed_by_others_returns", || {
        let mut world = World::new();
        let sender = moved(&mut world);
        output_of("tc qdisc del dev card clsact");
        until("the guard", || {
            output_of("tc filter show dev card egress").contains("bpf")
        });
        let tap = Tap::open();
        sender.send();
        sleep(SOON);
        assert_eq!(tap.senders(), only(&world.address()));
    });
}

#[test]
fn daemon_that_restores_leaves_no_guard() {
    alone("stale_source::daemon_that_restores_leaves_no_guard", || {
        let mut world = World::new();
        world.switch("card", true);
        world.configure("\"card\"", "", "on-exit = \"restore\"");
        world.run();
        world.wait_for_an_address();
        let sender = Sender::begin();
        sender.read(&world);
        let assigned = world.address();
        world.end();
        assert_eq!(world.address(), INITIAL);
        assert_eq!(output_of("tc filter show dev card egress"), "");
        // Which also shows that the sender is heard where there is no guard.
        world.plug(true);
        until("a carrier", || world.has_carrier());
        let tap = Tap::open();
        sender.send();
        sleep(SOON);
        assert!(tap.senders().contains(&assigned));
    });
}

#[test]
fn port_of_a_bridge_sends_frames_of_others() {
    alone(
        "stale_source::port_of_a_bridge_sends_frames_of_others",
        || {
            let mut world = World::new();
            let sender = moved(&mut world);
            ip("link add name bridge type bridge");
            ip("link set card master bridge");
            until("the reason", || world.log().contains("port of a bridge"));
            let tap = Tap::open();
            sender.send();
            sleep(SOON);
            assert!(tap.senders().contains(INITIAL));
        },
    );
}

#[test]
fn link_below_a_macvlan_sends_its_frames() {
    alone(
        "stale_source::link_below_a_macvlan_sends_its_frames",
        || {
            let mut world = World::new();
            let sender = moved(&mut world);
            ip("link add link card name above type macvlan");
            ip("link set above up");
            let above = world.address_of("above");
            until("the reason", || world.log().contains("on top of it"));
            let tap = Tap::open();
            sender.sources.borrow_mut().insert(bytes(&above));
            sender.send();
            sleep(SOON);
            assert!(tap.senders().contains(&above));
        },
    );
}
