//! What happens in a story.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::access_point::hex;
use super::bus;
use super::datagrams::Datagrams;
use super::process::{Process, run, run_words, wait_until};
use super::station::Station;
use super::strangers::StaleSource;
use super::witness::Witness;
use super::world::World;
use super::{daemon, other_interfaces};
use macveil_testkit::air::Mac;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{AccessPointEvent, Event, UserAction};

/// Of a user whose scan is refused.
const PATIENCE: Duration = Duration::from_secs(30);

/// An access point that is not there.
const NOWHERE: &str = "02:00:00:00:09:00,0x0000,81,1,7,030101";

/// For a station that must be back; the story sets its own limit.
const RETURN: Duration = Duration::from_secs(900);

impl World {
    pub fn happen(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Pass(time) => sleep(*time),
            Event::OnlineOrPass { ap, at_most } => {
                self.wait_until_online(ap, *at_most)?;
            }
            Event::Program(program, lifecycle) => self.program(*program, *lifecycle)?,
            Event::AccessPoint(name, event) => self.access_point_event(name, event)?,
            Event::User(action) => self.user_action(action, PATIENCE)?,
            Event::Stranger(event) => self.stranger_event(event)?,
            Event::MachineSleeps => self.sleep()?,
            Event::Card(event) => self.card_event(event)?,
            Event::NetworkManager(event) => self.network_manager_event(event)?,
            Event::Iwd(lifecycle) => self.iwd_event(*lifecycle)?,
            Event::ConnMan(lifecycle) => self.connman_event(*lifecycle)?,
            Event::DatagramsFlow(name) => {
                let station = self.stations[0].radio.interface.clone();
                let ap = self.access_point(name)?.radio.interface.clone();
                self.datagrams = Some(Datagrams::start(&station, &ap)?);
            }
            Event::JudgeLooksAway => self.note(Fact::JudgeLooksAway),
            Event::JudgeLooksAgain => self.note(Fact::JudgeLooksAgain),
            Event::PolicyWritten { ssid, policy } => self.write_policy(ssid, policy)?,
            Event::CommandRun(words) => {
                self.note_supplicant(words);
                self.command_output = run_command(words)?;
            }
            Event::SomeCommandRun(_) => return Err("only trouble draws commands".to_owned()),
            Event::CommandStarted(words) => {
                self.note_supplicant(words);
                self.start_in_background(words)?;
            }
            Event::TroubleComes { during, seed } => self.trouble(*during, *seed)?,
            Event::StatusWatched => {
                let station = self.stations.first().ok_or("there is no station")?;
                let interface = &station.radio.interface;
                self.witness = Some(Witness::start(interface, &self.folder)?);
            }
            Event::MemoryNoted => self.noted_memory = Some(self.memory_now()?),
            Event::MachineBoots => self.boot()?,
            Event::DocumentationFollowed => self.follow_documentation()?,
            Event::RadioAppears { scanned_at_once } => self.radio_appears(*scanned_at_once)?,
            Event::DeafMonitor { connected } => {
                for station in &self.stations {
                    self.deaf_monitors.push(station.deaf_monitor(*connected)?);
                }
            }
            Event::FileEdited {
                editor,
                ssid,
                times,
                times_by_iwd,
            } => self.edit(*editor, ssid, [*times, *times_by_iwd])?,
            Event::ScansWithoutEnd => {
                let scanners = self
                    .stations
                    .iter()
                    .map(|it| scans_without_end(it, &self.folder));
                self.scanners = scanners.collect::<Result<_, _>>()?;
            }
            Event::ScansEnd => self.scanners.clear(),
            Event::StaleSource => {
                let stations = self.stations.iter();
                let programs = stations.map(|it| StaleSource::start(&it.radio.interface));
                self.stale_sources = programs.collect::<Result<_, _>>()?;
            }
            Event::GuardRemoved => {
                for station in &self.stations {
                    let (name, address) = (&station.radio.interface, station.address());
                    run_words(&format!("{} set {name} {address} --force", daemon::PROGRAM))?;
                }
            }
            Event::OtherInterfacesNoted => self.noted_interfaces = other_interfaces::list()?,
            Event::ChangesTimed(rounds) => self.time_changes(*rounds)?,
            Event::SettingsNoted => self.noted_settings = self.supplicant_settings_now()?,
        }
        Ok(())
    }

    fn access_point_event(&mut self, name: &str, event: &AccessPointEvent) -> Result<(), String> {
        if let AccessPointEvent::VanishesOnceCarrying(address) = event {
            self.wait_for_address(Mac(*address))?;
        }
        if let AccessPointEvent::IsAway {
            times,
            shortest,
            longest,
        } = event
        {
            return self.outages(name, *times, *shortest, *longest);
        }
        if let AccessPointEvent::Steers(target) = event {
            return self.steer(name, target.as_deref());
        }
        let stations: Vec<_> = self.stations.iter().map(Station::address).collect();
        let ap = self.access_point(name)?;
        match event {
            AccessPointEvent::Leaves => ap.leave(),
            AccessPointEvent::Vanishes | AccessPointEvent::VanishesOnceCarrying(_) => ap.vanish(),
            AccessPointEvent::Returns => ap.start(),
            AccessPointEvent::RestartsOn(channel) => ap.restart_on(*channel),
            // hostapd takes the switch for one to a channel without 802.11n.
            AccessPointEvent::SwitchesTo(channel) | AccessPointEvent::SwitchesModeOn(channel) => {
                ap.switch_to(*channel)
            }
            AccessPointEvent::Kicks => stations
                .iter()
                .try_for_each(|address| ap.control()?.tell(&format!("DEAUTHENTICATE {address}"))),
            AccessPointEvent::AsksToMeasure(ssid) => stations
                .iter()
                .try_for_each(|address| ap.ask_to_measure(address, ssid)),
            AccessPointEvent::SendsWith(power) => ap.send_with(*power),
            AccessPointEvent::RefusesAssociations => {
                ap.control()?.tell("SET rssi_reject_assoc_rssi -1")
            }
            AccessPointEvent::RefusesAuthentications => ap.control()?.tell("SET macaddr_acl 1"),
            AccessPointEvent::IsAway { .. } | AccessPointEvent::Steers(_) => {
                unreachable!("handled above")
            }
            AccessPointEvent::AcceptsAgain => {
                ap.control()?.tell("SET rssi_reject_assoc_rssi 0")?;
                ap.control()?.tell("SET macaddr_acl 0")
            }
        }
    }

    fn steer(&mut self, name: &str, target: Option<&str>) -> Result<(), String> {
        let target = match target {
            Some(target) => self.access_point(target)?.place(),
            None => NOWHERE.to_owned(),
        };
        let stations: Vec<_> = self.stations.iter().map(Station::address).collect();
        let ap = self.access_point(name)?;
        stations
            .iter()
            .try_for_each(|address| ap.steer(address, &target))
    }

    fn outages(
        &mut self,
        name: &str,
        times: u32,
        shortest: Duration,
        longest: Duration,
    ) -> Result<(), String> {
        for turn in 0..times {
            // Evenly spread by ratio, so that they share no rhythm with any schedule.
            let part = f64::from(turn) / f64::from((times - 1).max(1));
            let away = shortest.as_secs_f64() * longest.div_duration_f64(shortest).powf(part);
            let ap = self.access_point(name)?;
            if turn % 2 == 0 {
                ap.vanish()?;
            } else {
                ap.leave()?;
            }
            sleep(Duration::from_secs_f64(away));
            self.access_point(name)?.start()?;
            self.connected(name, RETURN)?;
            sleep(Duration::from_secs(5));
        }
        Ok(())
    }

    /// Looks at the interface often enough to act before its first frame.
    fn wait_for_address(&self, address: Mac) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.stations[0].address() != address.to_string() {
            if Instant::now() >= deadline {
                return Err(format!("no interface carried {address} within 60 s"));
            }
            sleep(Duration::from_micros(500));
        }
        Ok(())
    }

    /// Asks again for so long where something else is under way.
    pub fn user_action(&mut self, action: &UserAction, patience: Duration) -> Result<(), String> {
        if let UserAction::RoamsTo(name) = action {
            let bssid = self.access_point(name)?.radio.address.clone();
            return self.stations[0].control()?.tell(&format!("ROAM {bssid}"));
        }
        for station in &self.stations {
            if *action == UserAction::ScansWithIw {
                until_not_busy(patience, || scan_with_iw(station))?;
                continue;
            }
            if station.is_of_iwd {
                until_not_busy(patience, || with_iwctl(station, action))?;
                continue;
            }
            let mut control = station.control()?;
            match action {
                UserAction::Scans => until_not_busy(patience, || control.tell("SCAN"))?,
                UserAction::ScansFor(ssid) => {
                    let command = format!("SCAN TYPE=ONLY ssid {}", hex(ssid));
                    until_not_busy(patience, || control.tell(&command))?;
                }
                UserAction::Selects(ssid) => {
                    control.tell(&format!("SELECT_NETWORK {}", station.network_id(ssid)?))?;
                }
                UserAction::Disconnects => control.tell("DISCONNECT")?,
                UserAction::Reconnects => control.tell("RECONNECT")?,
                UserAction::Reconfigures => control.tell("RECONFIGURE")?,
                UserAction::Adds(network) => station.add_network(network)?,
                UserAction::ScansWithIw | UserAction::RoamsTo(_) => {
                    unreachable!("handled above")
                }
            }
        }
        Ok(())
    }
}

/// macveil's commands are those of the binary in the lab.
fn run_command(words: &[String]) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("there is no command")?;
    let program = match program.as_str() {
        "macveil" => daemon::PROGRAM,
        other => other,
    };
    let mut command = Command::new(program);
    run(command.args(arguments).env(bus::VARIABLE, bus::ADDRESS))
}

/// Without waiting for the end, which iw can miss and then wait for ever.
fn scan_with_iw(station: &Station) -> Result<(), String> {
    run_words(&format!("iw {} scan trigger", station.interface())).map(drop)
}

/// The user's tool where iwd is the supplicant.
fn with_iwctl(station: &Station, action: &UserAction) -> Result<(), String> {
    let words = match action {
        UserAction::Scans => vec!["scan".to_owned()],
        UserAction::Selects(ssid) => {
            let ssid = String::from_utf8_lossy(ssid).into_owned();
            vec!["connect".to_owned(), ssid]
        }
        UserAction::Disconnects => vec!["disconnect".to_owned()],
        _ => return Err("not something that a user does with iwd".to_owned()),
    };
    let mut command = Command::new("iwctl");
    command.args(["station", &station.interface()]).args(words);
    run(command.env(bus::VARIABLE, bus::ADDRESS)).map(drop)
}

/// A scan of eleven channels takes a second and more, and the next one begins at once.
fn scans_without_end(station: &Station, folder: &Path) -> Result<Process, String> {
    // iwd makes an interface of its own, and may do so again.
    let radio = station.radio.folder().ok_or("there is no radio")?;
    let line = format!(
        "while true; do for it in $(busybox ls {}/device/net); do iw $it scan trigger passive; done; busybox usleep 150000; done",
        radio.display()
    );
    let mut shell = Command::new("busybox");
    let log = folder.join("other-scanner.log");
    Process::start("another scanner", shell.args(["sh", "-c", &line]), &log)
}

/// As a user does whose scan is refused because another is under way.
fn until_not_busy(
    patience: Duration,
    mut action: impl FnMut() -> Result<(), String>,
) -> Result<(), String> {
    let mut last = Ok(());
    wait_until(patience, || {
        last = action();
        let words = ["BUSY", "busy", "in progress"];
        let busy = |problem: &String| words.iter().any(|word| problem.contains(word));
        (!last.as_ref().is_err_and(busy)).then_some(())
    });
    last
}
