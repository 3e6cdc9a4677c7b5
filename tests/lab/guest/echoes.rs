//! Asks for an echo (ICMP) ten times a second, as long as the story lasts: of every gateway, and of what lies
//! behind it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, ipproto, recv, sendto, socket};

const PAUSE: Duration = Duration::from_millis(100);
/// A request of type 8 with the identifier "mv".
const REQUEST: [u8; 6] = [8, 0, 0, 0, b'm', b'v'];

pub struct Echoes {
    over: Arc<AtomicBool>,
    heard: Arc<Mutex<BTreeMap<Ipv4Addr, u16>>>,
    asked: Arc<Mutex<u16>>,
    thread: Option<JoinHandle<()>>,
}

impl Echoes {
    pub fn start(of: Vec<Ipv4Addr>) -> Result<Self, String> {
        let socket = socket(AddressFamily::INET, SocketType::RAW, Some(ipproto::ICMP));
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
    pub fn answers_since(&self, from: Ipv4Addr, round: u16) -> bool {
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
    of: &[Ipv4Addr],
    over: &AtomicBool,
    heard: &Mutex<BTreeMap<Ipv4Addr, u16>>,
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
                &request(round),
                SendFlags::DONTWAIT,
                &SocketAddrV4::new(*target, 0),
            );
        }
        next += PAUSE;
        sleep(next.saturating_duration_since(Instant::now()));
        let mut packet = [0; 256];
        while let Ok((_, length)) = recv(socket, &mut packet, RecvFlags::DONTWAIT) {
            if let Some((from, round)) = reply(&packet[..length]) {
                heard
                    .lock()
                    .expect("no thread panicked")
                    .insert(from, round);
            }
        }
    }
}

fn request(round: u16) -> Vec<u8> {
    let mut bytes = [&REQUEST[..], &round.to_be_bytes()].concat();
    let words = bytes
        .chunks(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
    let sum: u32 = words.sum();
    let sum = !(((sum & 0xffff) + (sum >> 16)) as u16);
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// Who answers to which round; the packet begins with its IPv4 header.
fn reply(packet: &[u8]) -> Option<(Ipv4Addr, u16)> {
    let header = usize::from(packet.first()? & 15) * 4;
    let from: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
    match packet.get(header..header + 8)? {
        [0, _, _, _, b'm', b'v', high, low] => {
            Some((from.into(), u16::from_be_bytes([*high, *low])))
        }
        _ => None,
    }
}
