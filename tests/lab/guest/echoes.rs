//! Asks for an echo (ICMP) ten times a second, as long as the story lasts: of every gateway, and of what lies
//! behind it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketType, ipproto, recvfrom, sendto, socket,
};

const PAUSE: Duration = Duration::from_millis(100);
/// Identifies the requests.
const NAME: [u8; 2] = *b"mv";

pub struct Echoes {
    over: Arc<AtomicBool>,
    heard: Arc<Mutex<BTreeMap<IpAddr, u16>>>,
    asked: Arc<Mutex<u16>>,
    thread: Option<JoinHandle<()>>,
}

impl Echoes {
    /// All with IPv4 or all with IPv6.
    pub fn start(of: Vec<IpAddr>) -> Result<Self, String> {
        let (family, protocol) = match of.first() {
            Some(IpAddr::V6(_)) => (AddressFamily::INET6, ipproto::ICMPV6),
            _ => (AddressFamily::INET, ipproto::ICMP),
        };
        let socket = socket(family, SocketType::RAW, Some(protocol));
        let socket = socket.map_err(|e| format!("a socket for echoes: {e}"))?;
        let over = Arc::new(AtomicBool::new(false));
        let (heard, asked) = (Arc::default(), Arc::default());
        let thread = {
            let (over, heard, asked) = (Arc::clone(&over), Arc::clone(&heard), Arc::clone(&asked));
            spawn(move || ask(&socket, &of, &over, &heard, &asked))
        };
        Ok(Self {
            over,
            heard,
            asked,
            thread: Some(thread),
        })
    }

    /// The number of the next round of requests.
    pub fn round(&self) -> u16 {
        self.asked.lock().map_or(0, |asked| *asked)
    }

    /// Whether it has answered to a request of that round or of a later one.
    pub fn answers_since(&self, from: IpAddr, round: u16) -> bool {
        let heard = self.heard.lock();
        heard.is_ok_and(|heard| heard.get(&from).is_some_and(|last| *last >= round))
    }
}

impl Drop for Echoes {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn ask(
    socket: &OwnedFd,
    of: &[IpAddr],
    over: &AtomicBool,
    heard: &Mutex<BTreeMap<IpAddr, u16>>,
    asked: &Mutex<u16>,
) {
    let mut next = Instant::now();
    while !over.load(Ordering::Relaxed) {
        let round = {
            let mut asked = asked.lock().expect("no thread panicked");
            *asked += 1;
            *asked - 1
        };
        for target in of {
            // Without an address or a route it cannot be sent.
            let _ = sendto(
                socket,
                &request(*target, round),
                SendFlags::DONTWAIT,
                &SocketAddr::new(*target, 0),
            );
        }
        next += PAUSE;
        sleep(next.saturating_duration_since(Instant::now()));
        let mut packet = [0; 256];
        while let Ok((_, length, from)) = recvfrom(socket, &mut packet, RecvFlags::DONTWAIT) {
            let from = from.and_then(|from| SocketAddr::try_from(from).ok());
            let round = from.and_then(|from| reply(from.ip(), &packet[..length]));
            if let (Some(from), Some(round)) = (from, round) {
                heard
                    .lock()
                    .expect("no thread panicked")
                    .insert(from.ip(), round);
            }
        }
    }
}

/// The kernel writes the checksum with IPv6 (RFC 3542, 3.1).
fn request(of: IpAddr, round: u16) -> Vec<u8> {
    let kind = if of.is_ipv6() { 128 } else { 8 };
    let mut bytes = [&[kind, 0, 0, 0], &NAME[..], &round.to_be_bytes()].concat();
    let words = bytes
        .chunks(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
    let sum: u32 = words.sum();
    let sum = !(((sum & 0xffff) + (sum >> 16)) as u16);
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// To which round. With IPv4 the packet begins with its header.
fn reply(from: IpAddr, packet: &[u8]) -> Option<u16> {
    let (kind, header) = match from {
        IpAddr::V4(_) => (0, usize::from(packet.first()? & 15) * 4),
        IpAddr::V6(_) => (129, 0),
    };
    match packet.get(header..header + 8)? {
        [first, _, _, _, b'm', b'v', high, low] if *first == kind => {
            Some(u16::from_be_bytes([*high, *low]))
        }
        _ => None,
    }
}
