//! Numbered datagrams from a station to an access point, across the air.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use super::process::run_words;
use super::radios::next_to_access_points;

const PAUSE: Duration = Duration::from_millis(20);

pub struct Datagrams {
    over: Arc<AtomicBool>,
    sender: Option<JoinHandle<u32>>,
    receiver: Option<JoinHandle<BTreeSet<u32>>>,
}

impl Datagrams {
    pub fn start(station: &str, access_point: &str) -> Result<Self, String> {
        run_words(&format!("ip address replace 10.77.0.2/24 dev {station}"))?;
        let line = format!("ip address replace 10.77.0.1/24 dev {access_point}");
        next_to_access_points(|| run_words(&line).map(drop))?;
        let over = Arc::new(AtomicBool::new(false));
        let (for_sender, for_receiver) = (over.clone(), over.clone());
        let receiving = next_to_access_points(receiving_socket)?;
        Ok(Self {
            over,
            sender: Some(spawn(move || send(&for_sender))),
            receiver: Some(spawn(move || receive(&receiving, &for_receiver))),
        })
    }

    /// How many were sent, and which of them did not arrive.
    pub fn finish(mut self) -> Result<(u32, Vec<u32>), String> {
        self.over.store(true, Ordering::Relaxed);
        let sent = self.sender.take().and_then(|thread| thread.join().ok());
        let arrived = self.receiver.take().and_then(|thread| thread.join().ok());
        let (sent, arrived) = sent.zip(arrived).ok_or("the datagrams' threads panicked")?;
        let missing = (0..sent).filter(|number| !arrived.contains(number));
        Ok((sent, missing.collect()))
    }
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn send(over: &AtomicBool) -> u32 {
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    let mut number: u32 = 0;
    while !over.load(Ordering::Relaxed) {
        // One that cannot be sent is one that does not arrive.
        let _ = socket.send_to(&number.to_be_bytes(), "10.77.0.1:7700");
        number += 1;
        sleep(PAUSE);
    }
    number
}

fn receiving_socket() -> Result<UdpSocket, String> {
    let socket = UdpSocket::bind("10.77.0.1:7700").map_err(|e| e.to_string())?;
    let timeout = Some(Duration::from_millis(500));
    socket
        .set_read_timeout(timeout)
        .map_err(|e| e.to_string())?;
    Ok(socket)
}

fn receive(socket: &UdpSocket, over: &AtomicBool) -> BTreeSet<u32> {
    let mut arrived = BTreeSet::new();
    let mut bytes = [0; 4];
    loop {
        match socket.recv(&mut bytes) {
            Ok(4) => drop(arrived.insert(u32::from_be_bytes(bytes))),
            // Quiet for a while after the last was sent: nothing is on its way.
            Err(_) if over.load(Ordering::Relaxed) => return arrived,
            _ => {}
        }
    }
}
