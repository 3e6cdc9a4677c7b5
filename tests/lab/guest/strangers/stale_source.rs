//! A program that builds its own frames: it reads each address that the card has, and goes on with all of them.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use macveil_testkit::air::Mac;
use macveil_testkit::packet_socket::PacketSocket;

const PAUSE: Duration = Duration::from_millis(50);

/// To all, an ARP packet without content.
const KIND: [u8; 2] = [0x08, 0x06];
const CONTENT: [u8; 46] = [0; 46];

pub struct StaleSource {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StaleSource {
    pub fn start(interface: &str) -> Result<Self, String> {
        let socket = PacketSocket::for_sending(interface);
        let socket = socket.map_err(|e| format!("a packet socket on {interface}: {e}"))?;
        let file = format!("/sys/class/net/{interface}/address");
        let over = Arc::new(AtomicBool::new(false));
        let until = over.clone();
        let thread = spawn(move || {
            let mut sources = BTreeSet::new();
            while !until.load(Ordering::Relaxed) {
                let read = fs::read_to_string(&file).ok();
                let address = read.and_then(|text| text.trim().parse::<Mac>().ok());
                sources.extend(address.map(|it| it.0));
                for source in &sources {
                    let frame = [&[0xff; 6], source, &KIND[..], &CONTENT].concat();
                    // The kernel reports a dropped frame, or that the link is down.
                    let _ = socket.send(&frame);
                }
                sleep(PAUSE);
            }
        });
        let thread = Some(thread);
        Ok(Self { over, thread })
    }
}

impl Drop for StaleSource {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take().filter(|_| !std::thread::panicking()) {
            thread.join().expect("the program does not panic");
        }
    }
}
