//! Strangers: radios that send whatever they like, under any address.

mod crowd;
mod forgeries;
mod frames;
mod nonsense;
mod raw;
mod stale_source;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use super::process::run_words;
use super::radios::{Radio, next_to_access_points};
use super::station::Station;
use super::world::World;
pub use crowd::CHANNELS as CROWDED_CHANNELS;
use forgeries::Victim;
use macveil_testkit::air::Mac;
use macveil_testkit::scenarios::StrangerEvent;
pub use nonsense::FORGED_LINE;
use nonsense::{Nonsense, Scene};
use raw::RawSocket;
pub use stale_source::StaleSource;

pub struct Stranger {
    pub channel: u8,
    radio: Radio,
    work: Option<Work>,
}

/// Something that goes on until it is ended.
struct Work {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Between two frames of nonsense.
const NONSENSE_PAUSE: Duration = Duration::from_millis(20);

/// Between two forged frames.
const FORGERY_PAUSE: Duration = Duration::from_millis(100);

fn frames_during(time: Duration) -> usize {
    (time.as_millis() / FORGERY_PAUSE.as_millis()) as usize
}

impl Stranger {
    pub fn new(radio: Radio, channel: u8) -> Result<Self, String> {
        let name = &radio.interface;
        next_to_access_points(|| {
            run_words(&format!("iw dev {name} set type monitor"))?;
            run_words(&format!("ip link set {name} mtu 2304 up"))?;
            run_words(&format!("iw dev {name} set channel {channel}")).map(drop)
        })?;
        Ok(Self {
            channel,
            radio,
            work: None,
        })
    }

    fn sending(&self) -> Result<RawSocket, String> {
        next_to_access_points(|| RawSocket::for_sending(&self.radio.interface))
    }

    fn hearing(&self) -> Result<RawSocket, String> {
        next_to_access_points(|| RawSocket::for_hearing(&self.radio.interface))
    }

    fn begin(&mut self, work: impl FnOnce(&AtomicBool) + Send + 'static) {
        let over = Arc::new(AtomicBool::new(false));
        let until = over.clone();
        let thread = Some(spawn(move || work(&until)));
        self.work = Some(Work { over, thread });
    }

    /// Plays a part of a crowd of access points: those whose numbers are given.
    pub fn play_crowd(&mut self, members: Vec<u16>) -> Result<(), String> {
        let (sending, hearing) = (self.sending()?, self.hearing()?);
        let channel = self.channel;
        self.begin(move |over| crowd::play(&members, channel, &sending, &hearing, over));
        Ok(())
    }

    fn send_nonsense(&mut self, scene: Scene) -> Result<(), String> {
        let air = self.sending()?;
        let mut nonsense = Nonsense::new(scene);
        self.begin(move |over| {
            while !over.load(Ordering::Relaxed) {
                air.send(&nonsense.next_frame())
                    .expect("a monitor interface sends");
                sleep(NONSENSE_PAUSE);
            }
        });
        Ok(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take().filter(|_| !std::thread::panicking()) {
            thread.join().expect("a stranger does not panic");
        }
    }
}

impl World {
    pub fn gather_crowd(&mut self, count: u16) -> Result<(), String> {
        let places = CROWDED_CHANNELS.len();
        for (place, stranger) in self.strangers.iter_mut().rev().take(places).enumerate() {
            stranger.play_crowd((0..count).skip(place).step_by(places).collect())?;
        }
        Ok(())
    }

    pub fn stranger_event(&mut self, event: &StrangerEvent) -> Result<(), String> {
        match event {
            StrangerEvent::SendsNonsense => {
                let imitated = self
                    .access_points
                    .first()
                    .ok_or("no access point to imitate")?;
                for stranger in &mut self.strangers {
                    stranger.send_nonsense(Scene {
                        station: self.stations[0].radio.interface.clone(),
                        access_point: imitated.radio.address.parse()?,
                        ssid: imitated.story.ssid.clone(),
                        channel: stranger.channel,
                    })?;
                }
                Ok(())
            }
            StrangerEvent::FallsSilent => {
                self.strangers.iter_mut().for_each(|it| it.work = None);
                Ok(())
            }
            StrangerEvent::AsksToMeasureFor { ap, ssid } => {
                self.forge(ap, |to, from| frames::measurement_request(to, from, ssid))
            }
            StrangerEvent::SteersFor(ap) => self.forge(ap, frames::transition_request),
            StrangerEvent::DisassociatesFor(ap) => self.forge(ap, frames::disassociation),
            StrangerEvent::SaysGoodbyeFor {
                ap,
                a_second,
                during,
            } => self.forge_goodbyes(ap, *a_second, *during),
            StrangerEvent::AnnouncesMoveOf { ap, channel } => {
                let victim = self.victim(ap)?;
                let beacons = (0..3)
                    .rev()
                    .map(|count| victim.channel_switch(*channel, count));
                self.send_forged(beacons)
            }
            StrangerEvent::ForgesBeaconsOf { ap, during } => {
                let beacons = self.victim(ap)?.beacons();
                let count = frames_during(*during);
                self.send_forged(beacons.into_iter().cycle().take(count))
            }
            StrangerEvent::SendsActionFramesFor { ap, during } => {
                let victim = self.victim(ap)?;
                self.send_actions(&victim, frames_during(*during))
            }
        }
    }

    fn victim(&mut self, ap: &str) -> Result<Victim, String> {
        let ap = self.access_point(ap)?;
        Ok(Victim {
            bssid: ap.radio.address.parse()?,
            ssid: ap.story.ssid.clone(),
            channel: self.first_stranger()?.channel,
        })
    }

    fn first_stranger(&self) -> Result<&Stranger, String> {
        let first = self.strangers.first();
        first.ok_or_else(|| "the story has no stranger".to_owned())
    }

    fn send_forged(&self, frames: impl Iterator<Item = Vec<u8>>) -> Result<(), String> {
        let air = self.first_stranger()?.sending()?;
        for frame in frames {
            air.send(&frame)?;
            sleep(FORGERY_PAUSE);
        }
        Ok(())
    }

    /// To the station, under whatever address it has.
    fn send_actions(&self, victim: &Victim, count: usize) -> Result<(), String> {
        let mut chance = forgeries::chance();
        let mut sent = 0;
        while sent < count {
            let to: Mac = self.stations[0].address().parse()?;
            let actions = victim.actions(to, &mut chance);
            sent += actions.len();
            self.send_forged(actions.into_iter())?;
        }
        Ok(())
    }

    /// A frame as from the access point to each station, three times, because the air is not reliable.
    fn forge(&mut self, ap: &str, frame: impl Fn(Mac, Mac) -> Vec<u8>) -> Result<(), String> {
        let from: Mac = self.access_point(ap)?.radio.address.parse()?;
        let air = self.first_stranger()?.sending()?;
        for _ in 0..3 {
            for to in self.stations.iter().map(Station::address) {
                air.send(&frame(to.parse()?, from))?;
            }
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// By turns to the station, under whatever address it has, and to everybody.
    fn forge_goodbyes(&mut self, ap: &str, a_second: u32, during: Duration) -> Result<(), String> {
        let from: Mac = self.access_point(ap)?.radio.address.parse()?;
        let air = self.first_stranger()?.sending()?;
        let pause = Duration::from_secs(1) / a_second;
        let end = Instant::now() + during;
        while Instant::now() < end {
            for to in self.stations.iter().map(Station::address) {
                air.send(&frames::goodbye(to.parse()?, from))?;
                sleep(pause);
            }
            air.send(&frames::goodbye(Mac::BROADCAST, from))?;
            sleep(pause);
        }
        Ok(())
    }
}
