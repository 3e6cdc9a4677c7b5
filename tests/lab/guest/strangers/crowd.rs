//! Hundreds of access points that announce themselves and answer, and do nothing else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::frames::{BEACON, PROBE_REQUEST, PROBE_RESPONSE, announcement};
use super::raw::RawSocket;
use macveil_testkit::air::Mac;

/// Where they are, in turn.
pub const CHANNELS: [u8; 3] = [1, 6, 11];

/// Between two beacons on a channel, from any sender: the emulated radios must keep up.
const PAUSE: Duration = Duration::from_micros(7500);

pub fn play(
    members: &[u16],
    channel: u8,
    sending: &RawSocket,
    hearing: &RawSocket,
    over: &AtomicBool,
) {
    let mut next = Instant::now();
    let mut turn = members.iter().cycle();
    while !over.load(Ordering::Relaxed) {
        if let Some(frame) = hearing.hear(next.saturating_duration_since(Instant::now()))
            && let Some(asking) = who_asks(&frame)
        {
            for &member in members {
                say(PROBE_RESPONSE, asking, member, channel, sending);
            }
        }
        if next <= Instant::now() {
            next += PAUSE;
            let member = turn.next().copied().unwrap_or_default();
            say(BEACON, Mac::BROADCAST, member, channel, sending);
        }
    }
}

fn say(subtype: u8, to: Mac, member: u16, channel: u8, sending: &RawSocket) {
    let bssid = Mac::of_stranger(member);
    let ssid = format!("Crowd {member}");
    let frame = announcement(subtype, to, bssid, ssid.as_bytes(), channel);
    sending.send(&frame).expect("a monitor interface sends");
}

/// Who sent this probe request to everybody, if it is one.
fn who_asks(frame: &[u8]) -> Option<Mac> {
    let is_probe = *frame.first()? == PROBE_REQUEST << 4;
    let from: [u8; 6] = frame.get(10..16)?.try_into().ok()?;
    is_probe.then_some(Mac(from))
}
