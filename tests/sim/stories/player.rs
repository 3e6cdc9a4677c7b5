//! Plays a story in the simulated world, and hands out what the lab's guest would: a record, and the
//! frames.

use std::time::Duration;

use macveil::config;
use macveil_core::machine::How;
use macveil_core::types::{Channel, Frequency, KeyMgmt, Mac, Ssid};

use crate::world::{AccessPoint, Driver, Network, PERMANENT, World, micros};
use macveil_testkit::configuration::{self, Settings};
use macveil_testkit::record::{Entry, Fact};
use macveil_testkit::scenarios::{
    self, AccessPointEvent, CardEvent, Event, Given, Lifecycle, NewAddress, Program, Security,
    Step, Story, UserAction,
};
use macveil_testkit::verdict::Evidence;

/// hostapd needs a moment until it is on the air.
const ON_THE_AIR: Duration = Duration::from_millis(80);
/// Chance decides whether a beacon falls into the moment in which a channel is visited.
pub const SEED: u64 = 3;
/// A program has begun, or ended.
pub const MOMENT: Duration = Duration::from_millis(10);
/// `wpa_supplicant` begins.
const BEGINS: Duration = Duration::from_millis(100);
/// It takes longer to have ended.
const ENDS: Duration = Duration::from_millis(15);

/// Of a radio whose power no story sets, in dBm.
const FULL_POWER: i32 = 20;

pub struct Player {
    pub world: World,
    pub noted: Option<String>,
    /// Something goes wrong: whatever fails or cannot be asked for, the story goes on.
    pub tolerant: bool,
    /// Something of the story was left out, because the promise cannot be kept then.
    pub skipped: bool,
    pub(super) entries: Vec<Entry>,
    settings: Settings,
    rules: Vec<Vec<String>>,
    pub(super) networks: Vec<scenarios::Network>,
    folder: tempfile::TempDir,
}

/// The channels of the lab's virtual radios: where their region lets them ask, and where it does not.
fn channels() -> Vec<Channel> {
    let channel = |no_ir| move |frequency| Channel { frequency, no_ir };
    let asking = (2412..=2462).step_by(5).map(channel(false));
    let listening = [2467, 2472, 2484].into_iter();
    let fast = [5180..=5320, 5500..=5700, 5745..=5825];
    let fast = fast.into_iter().flat_map(|row| row.step_by(20));
    asking
        .chain(listening.chain(fast).map(channel(true)))
        .collect()
}

pub fn frequency(channel: u8) -> Frequency {
    2407 + 5 * u32::from(channel)
}

fn ssid(bytes: &[u8]) -> Ssid {
    Ssid::new(bytes).expect("a story's SSID")
}

fn way(security: &Security) -> (KeyMgmt, String) {
    match security {
        Security::Open => (KeyMgmt::Open, String::new()),
        Security::Wpa2(passphrase) => (KeyMgmt::Psk, passphrase.clone()),
        Security::Wpa3(passphrase) => (KeyMgmt::Sae, passphrase.clone()),
    }
}

impl Player {
    pub fn new(story: &Story, driver: Driver, seed: u64) -> Self {
        let mut world = World::new(seed, driver);
        world.kernel.channels = channels();
        world.sniffer.listens = true;
        world.daemon.keep_log = true;
        let mut player = Self {
            world,
            noted: None,
            tolerant: false,
            skipped: false,
            entries: Vec::new(),
            settings: Settings::new(),
            rules: Vec::new(),
            networks: Vec::new(),
            folder: tempfile::tempdir().expect("a temporary directory"),
        };
        player.note(Fact::Station("wlan0".to_owned(), PERMANENT.to_string()));
        let aps = story.lines.iter().filter_map(|line| match &line.step {
            Step::Given(Given::AccessPoint(ap)) => Some(ap),
            _ => None,
        });
        for (number, ap) in (1..).zip(aps) {
            player.make_access_point(number, ap);
        }
        player
    }

    fn make_access_point(&mut self, number: u8, ap: &scenarios::AccessPoint) {
        let (way, passphrase) = way(&ap.security);
        let ssid = ssid(&ap.ssid);
        let mut made = AccessPoint::new(&ap.name, number, &ssid, frequency(ap.channel)).off();
        made.hidden = ap.hidden;
        made.way = way;
        made.passphrase = passphrase;
        made.signal = ap.power.unwrap_or(FULL_POWER) - scenarios::LOSS;
        made.fast = ap.extra.iter().any(|line| line == "ieee80211n=1");
        self.note(Fact::AccessPoint(ap.name.clone(), made.bssid.to_string()));
        self.world.access_points.push(made);
    }

    pub fn note(&mut self, fact: Fact) {
        let at = micros(self.world.now);
        self.entries.push(Entry { at, fact });
    }

    /// Plays it to its end, or to where it fails; returns macveil's log, too.
    pub fn play(mut self, story: &Story) -> (Evidence, String) {
        let played = story.lines.iter().try_for_each(|line| {
            self.note(Fact::Step(line.number));
            let done = self.carry_out(&line.step);
            self.world.pass(MOMENT);
            done.map_err(|problem| format!("\"{}\": {problem}", line.text))
        });
        match played {
            Ok(()) => self.note(Fact::Over),
            Err(problem) => self.note(Fact::Failed(problem)),
        }
        self.note(Fact::Played);
        let frames = self.world.sniffer.frames(self.world.now);
        let scanning = std::mem::take(&mut self.world.sniffer.scanning);
        let evidence = Evidence::of(story, self.entries, frames, scanning);
        (evidence, self.world.daemon.log.join("\n"))
    }

    pub(super) fn carry_out(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Given(given) => self.arrange(given),
            Step::When(event) if self.tolerant && self.is_beyond_help(event) => Ok(()),
            Step::When(event) => self.happen(event),
            Step::Then(check) => self.check(check),
        }
    }

    fn arrange(&mut self, given: &Given) -> Result<(), String> {
        match given {
            Given::AccessPoint(ap) if !ap.off_at_first => {
                let index = self.access_point(&ap.name)?;
                self.switch_on(index);
            }
            Given::AccessPoint(_) | Given::AnyMethod | Given::SystemConfiguration => {}
            Given::Network(network) => {
                self.networks.push(network.clone());
                let network = self.network(network);
                self.world.supplicant.networks.push(network);
            }
            Given::Setting { table, line } => {
                let lines = self.settings.entry(table.clone()).or_default();
                lines.push(line.clone());
            }
            Given::Rule(lines) => self.rules.push(lines.clone()),
            Given::InterfaceAddress(mac) => {
                let set = self.world.set_address(Mac(*mac), How::WhileDown);
                set.map_err(|refusal| refusal.to_string())?;
            }
            _ => return Err("this is not simulated".to_owned()),
        }
        Ok(())
    }

    fn network(&self, network: &scenarios::Network) -> Network {
        let (way, passphrase) = way(&network.security);
        let id = self.world.supplicant.networks.len() as u32;
        let line = |name: &str| {
            let mut lines = network.extra.iter();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        };
        let id_str = line("id_str").unwrap_or_default();
        Network {
            hidden: network.hidden || line("scan_ssid") == Some("1"),
            priority: network.priority.into(),
            way,
            passphrase,
            id_str: id_str.trim_matches('"').to_owned(),
            bgscan: line("bgscan").is_some(),
            ..Network::new(id, ssid(&network.ssid))
        }
    }

    pub fn access_point(&self, name: &str) -> Result<usize, String> {
        let mut aps = self.world.access_points.iter();
        aps.position(|ap| ap.name == name)
            .ok_or_else(|| format!("the story has no access point {name}"))
    }

    fn switch_on(&mut self, index: usize) {
        self.world.pass(MOMENT);
        self.world.access_point_boots(index);
        self.world.pass(ON_THE_AIR);
        self.world.access_point_returns(index);
    }

    fn happen(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Pass(time) => self.world.pass(*time),
            Event::Program(program, lifecycle) => self.program(*program, *lifecycle)?,
            Event::AccessPoint(name, event) => {
                let index = self.access_point(name)?;
                self.access_point_event(index, event)?;
            }
            Event::User(action) => self.user_action(action)?,
            Event::JudgeLooksAway => {
                self.world.air.unwatched = true;
                self.note(Fact::JudgeLooksAway);
            }
            Event::JudgeLooksAgain => {
                self.world.air.unwatched = false;
                self.note(Fact::JudgeLooksAgain);
            }
            Event::SettingsNoted => self.noted = Some(self.supplicant_settings()),
            Event::PolicyWritten { ssid, policy } => {
                let mut networks = self.networks.iter_mut();
                let network = networks.find(|network| network.ssid == *ssid);
                network.ok_or("the story has no such network")?.policy = Some(policy.clone());
            }
            // An association that lasts is all that the simulation knows of datagrams, and a program that sends
            // under former addresses is always there.
            Event::DatagramsFlow(_) | Event::StaleSource => {}
            Event::Card(event) => self.card_event(event)?,
            _ => {
                return Err("this is not simulated".to_owned());
            }
        }
        Ok(())
    }

    fn program(&mut self, program: Program, lifecycle: Lifecycle) -> Result<(), String> {
        if matches!(program, Program::Macveil | Program::Both) {
            self.macveil(lifecycle)?;
        }
        if self.tolerant && (program, lifecycle) == (Program::Both, Lifecycle::Starts) {
            self.until_macveil_is_ready();
        }
        if matches!(program, Program::Supplicant | Program::Both) {
            self.supplicant(lifecycle);
        }
        Ok(())
    }

    fn macveil(&mut self, lifecycle: Lifecycle) -> Result<(), String> {
        match lifecycle {
            Lifecycle::Starts => {
                self.note(Fact::Starts("macveil".to_owned()));
                self.configure()?;
                self.begins_watch();
                self.world.start_daemon();
                self.world.pass(MOMENT);
                self.note(Fact::Ready);
            }
            // What cannot be read changes nothing.
            Lifecycle::Reloads => drop(self.configure()),
            Lifecycle::Stops => {
                self.world.stop_daemon();
                let ended = |world: &World| world.daemon.state().is_none();
                if !self.world.wait(Duration::from_secs(10), ended) {
                    return Err("macveil does not end".to_owned());
                }
                self.world.pass(ENDS);
            }
            Lifecycle::Killed => {
                self.world.kill_daemon();
            }
        }
        Ok(())
    }

    fn configure(&mut self) -> Result<(), String> {
        let text = configuration::text(&self.settings, &self.rules, &self.networks)?;
        let path = self.folder.path().join("macveil.toml");
        std::fs::write(&path, text).map_err(|e| e.to_string())?;
        let config = config::load(Some(&path)).map_err(|errors| errors.to_string())?;
        self.world.configure(&config);
        self.promise();
        Ok(())
    }

    fn supplicant(&mut self, lifecycle: Lifecycle) {
        match lifecycle {
            Lifecycle::Starts => {
                self.note(Fact::Starts("wpa_supplicant".to_owned()));
                self.world.pass(BEGINS);
                self.world.supplicant_starts();
            }
            Lifecycle::Reloads => self.world.user_reconfigures(),
            Lifecycle::Stops | Lifecycle::Killed => self.world.supplicant_dies(),
        }
        self.world.pass(MOMENT);
    }

    fn access_point_event(&mut self, index: usize, event: &AccessPointEvent) -> Result<(), String> {
        let world = &mut self.world;
        match event {
            AccessPointEvent::Leaves => world.access_point_goes(index, true),
            AccessPointEvent::Vanishes => world.access_point_goes(index, false),
            AccessPointEvent::VanishesOnceCarrying(address) => {
                let carries = |world: &World| world.kernel.link.address == Mac(*address);
                if !world.wait(Duration::from_secs(60), carries) {
                    return Err("the interface never carried that address".to_owned());
                }
                world.access_point_goes(index, false);
            }
            AccessPointEvent::Returns => self.switch_on(index),
            AccessPointEvent::RestartsOn(channel) => {
                world.access_point_goes(index, false);
                world.access_points[index].frequency = frequency(*channel);
                self.switch_on(index);
            }
            AccessPointEvent::SwitchesTo(channel) => {
                world.access_point_switches(index, frequency(*channel));
            }
            AccessPointEvent::SwitchesModeOn(_) => return Err("this is not simulated".to_owned()),
            AccessPointEvent::SendsWith(power) => world.signal_is(index, power - scenarios::LOSS),
            AccessPointEvent::Kicks => world.access_point_kicks(index),
            AccessPointEvent::AsksToMeasure(ssid) => world.access_point_asks(index, ssid),
            AccessPointEvent::Steers(None) => world.access_point_steers(index, None),
            AccessPointEvent::Steers(Some(name)) => {
                let target = self.access_point(name)?;
                self.world.access_point_steers(index, Some(target));
            }
            AccessPointEvent::RefusesAssociations => world.access_points[index].refuses = true,
            AccessPointEvent::RefusesAuthentications => world.access_points[index].ignores = true,
            AccessPointEvent::AcceptsAgain => {
                world.access_points[index].refuses = false;
                world.access_points[index].ignores = false;
            }
            AccessPointEvent::IsAway {
                times,
                shortest,
                longest,
            } => return self.outages(index, *times, *shortest, *longest),
        }
        Ok(())
    }

    /// As a user does it with `ip` and `rfkill`.
    fn card_event(&mut self, event: &CardEvent) -> Result<(), String> {
        let world = &mut self.world;
        match event {
            CardEvent::LinkDown => world.user_takes_link_down(),
            CardEvent::LinkUp => world.program_brings_link_up(),
            CardEvent::Address(address) | CardEvent::AddressLive(address) => {
                let address = match address {
                    NewAddress::Permanent => PERMANENT,
                    NewAddress::This(mac) => Mac(*mac),
                    NewAddress::Fresh => {
                        let Mac([.., last]) = world.kernel.link.address;
                        Mac([0x0a, 0, 0, 0, 0x77, last])
                    }
                };
                let how = match event {
                    CardEvent::AddressLive(_) => How::Live,
                    _ => How::Cycle,
                };
                let set = world.set_address(address, how);
                set.map_err(|refusal| refusal.to_string())?;
            }
            CardEvent::Blocked => world.radio_is_blocked(true),
            CardEvent::Unblocked => world.radio_is_blocked(false),
            CardEvent::Removed | CardEvent::Returns | CardEvent::Renamed(_) => {
                return Err("this is not simulated".to_owned());
            }
        }
        Ok(())
    }

    fn outages(
        &mut self,
        index: usize,
        times: u32,
        shortest: Duration,
        longest: Duration,
    ) -> Result<(), String> {
        for turn in 0..times {
            let part = f64::from(turn) / f64::from((times - 1).max(1));
            let away = shortest.as_secs_f64() * longest.div_duration_f64(shortest).powf(part);
            self.world.access_point_goes(index, turn % 2 != 0);
            self.world.pass(Duration::from_secs_f64(away));
            self.switch_on(index);
            let name = self.world.access_points[index].name.clone();
            let connected = self.connected(&name, Duration::from_secs(60));
            if !self.tolerant {
                connected?;
            }
            self.world.pass(Duration::from_secs(5));
        }
        Ok(())
    }

    fn user_action(&mut self, action: &UserAction) -> Result<(), String> {
        match action {
            UserAction::Scans => self.until_not_busy(World::user_scans)?,
            UserAction::ScansWithIw => self.until_not_busy(World::iw_scans)?,
            UserAction::ScansFor(name) => {
                self.until_not_busy(|world| world.user_scans_for(&ssid(name)))?;
            }
            UserAction::Selects(name) => self.world.user_selects(&ssid(name)),
            UserAction::Disconnects => self.world.user_disconnects(),
            UserAction::Reconnects => self.world.user_reconnects(),
            UserAction::Reconfigures => self.world.user_reconfigures(),
            UserAction::Adds(network) => {
                let network = self.network(network);
                self.promise_to(&network);
                self.world.user_adds(network);
            }
            UserAction::RoamsTo(name) => {
                let bssid = self.world.access_points[self.access_point(name)?].bssid;
                self.world.user_roams(bssid);
            }
        }
        Ok(())
    }

    fn until_not_busy(&mut self, mut scan: impl FnMut(&mut World) -> bool) -> Result<(), String> {
        for _ in 0..300 {
            if scan(&mut self.world) {
                return Ok(());
            }
            self.world.pass(Duration::from_millis(100));
        }
        Err("the card is busy for ever".to_owned())
    }
}
