//! One story's stations, access points and programs.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::access_point::AccessPoint;
use super::background::Background;
use super::connman::ConnMan;
use super::control::DeafMonitor;
use super::daemon::{self, Configuration, Daemon};
use super::datagrams::Datagrams;
use super::echoes::Echoes;
use super::edits::Edits;
use super::iwd::Iwd;
use super::link_trace::LinkTrace;
use super::machine::{self, Machine};
use super::network_manager::NetworkManager;
use super::process::{Process, run_words};
use super::radios::{Beginning, Radio, Radios};
use super::record::Recorder;
use super::station::{self, Station};
use super::strangers::{CROWDED_CHANNELS, StaleSource, Stranger};
use super::witness::Witness;
use macveil_testkit::configuration::Settings;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{Given, Lane, Lifecycle, Network, Program, Step, Story};

pub struct World {
    pub stations: Vec<Station>,
    pub access_points: Vec<AccessPoint>,
    pub strangers: Vec<Stranger>,
    pub daemon: Option<Daemon>,
    pub datagrams: Option<Datagrams>,
    /// From the first time that the story looks for one.
    pub echoes: Option<Echoes>,
    /// Likewise, with IPv6.
    pub echoes6: Option<Echoes>,
    /// Without systemd, in a story that goes online.
    pub background: Option<Background>,
    pub noted_settings: Vec<String>,
    pub noted_interfaces: Vec<String>,
    pub deaf_monitors: Vec<DeafMonitor>,
    pub scanners: Vec<Process>,
    pub stale_sources: Vec<StaleSource>,
    pub link_trace: Option<LinkTrace>,
    pub witness: Option<Witness>,
    /// The masking method that macveil is to use.
    pub method: String,
    /// macveil's process, and the memory that it used.
    pub noted_memory: Option<(u32, u64)>,
    pub folder: PathBuf,
    /// What the command that the user ran last has said.
    pub command_output: String,
    pub network_manager: NetworkManager,
    pub iwd: Iwd,
    pub connman: ConnMan,
    /// Of a file of iwd's.
    pub edits: Option<Edits>,
    /// What happens once trouble comes.
    pub trouble: Vec<Lane>,
    pub networks: Vec<Network>,
    /// Where services are systemd's.
    pub machine: Option<Machine>,
    /// Radios of stations that have not appeared yet.
    pub apart: VecDeque<Radio>,
    settings: Settings,
    rules: Vec<Vec<String>>,
    pub supplicant_settings: Vec<String>,
    /// For all stations; it is the first one's.
    has_one_supplicant: bool,
    has_global_socket: bool,
    /// Where macveil's configuration is.
    configuration: Configuration,
    radios: Radios,
    recorder: Recorder,
}

/// As the tables of commands name it.
const GLOBAL_SOCKET: &str = "/run/wpa_supplicant-global";

impl World {
    /// Makes the radios for a story; its access points are off.
    pub fn create(story: &Story, method: &str, folder: &Path) -> Result<Self, String> {
        let mut recorder = Recorder::open(folder)?;
        let mut station_count = 1;
        let mut access_points = Vec::new();
        let mut channels = Vec::new();
        for line in &story.lines {
            match &line.step {
                Step::Given(Given::Stations(count)) => station_count = *count,
                Step::Given(Given::AccessPoint(ap)) => access_points.push(ap.clone()),
                Step::Given(Given::Stranger { channel }) => channels.push(*channel),
                Step::Given(Given::Crowd(_)) => channels.extend(CROWDED_CHANNELS),
                _ => {}
            }
        }
        let machine = story.has_systemd().then(Machine::clean).transpose()?;
        let alone = machine.is_none() && story.goes_online();
        let background = alone.then(Background::clean).transpose()?;
        let create = |beginning| {
            let access_points = access_points.len();
            Radios::create(
                station_count,
                access_points,
                channels.len(),
                beginning,
                folder,
            )
        };
        let mut radios = match &machine {
            None => create(Beginning::PluggedIn),
            Some(_) => machine::unnoticed_by_udev(|| create(Beginning::Apart)),
        }?;
        for radio in &radios.stations {
            recorder.note(Fact::Station(
                radio.interface.clone(),
                radio.address.clone(),
            ));
        }
        for (ap, radio) in access_points.iter().zip(&radios.access_points) {
            recorder.note(Fact::AccessPoint(ap.name.clone(), radio.address.clone()));
        }
        let strangers = radios.strangers.drain(..).zip(channels);
        let strangers: Result<_, String> = strangers
            .map(|(radio, channel)| Stranger::new(radio, channel))
            .collect();
        let apart = match machine {
            Some(_) => radios.stations.drain(..).collect(),
            None => VecDeque::new(),
        };
        let configuration = match machine {
            Some(_) => Configuration::OfTheSystem,
            None => Configuration::Named(folder.join("macveil.toml")),
        };
        let station = |radio| Station::new(radio, folder);
        let access_point = |(ap, radio)| AccessPoint::new(ap, radio, folder);
        Ok(Self {
            stations: radios.stations.drain(..).map(station).collect(),
            access_points: access_points
                .into_iter()
                .zip(radios.access_points.drain(..))
                .map(access_point)
                .collect(),
            strangers: strangers?,
            daemon: None,
            datagrams: None,
            echoes: None,
            echoes6: None,
            background,
            noted_settings: Vec::new(),
            noted_interfaces: Vec::new(),
            deaf_monitors: Vec::new(),
            scanners: Vec::new(),
            stale_sources: Vec::new(),
            link_trace: None,
            witness: None,
            method: method.to_owned(),
            noted_memory: None,
            folder: folder.to_owned(),
            command_output: String::new(),
            network_manager: NetworkManager::new(folder),
            iwd: Iwd::new(folder),
            connman: ConnMan::new(folder),
            edits: None,
            trouble: Vec::new(),
            networks: Vec::new(),
            settings: Settings::new(),
            rules: Vec::new(),
            supplicant_settings: Vec::new(),
            has_one_supplicant: false,
            has_global_socket: false,
            configuration,
            machine,
            apart,
            radios,
            recorder,
        })
    }

    pub fn note(&mut self, fact: Fact) {
        self.recorder.note(fact);
    }

    pub fn carry_out(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Given(given) => self.arrange(given),
            Step::When(event) => self.happen(event),
            Step::Then(check) => self.check(check),
        }
    }

    fn arrange(&mut self, given: &Given) -> Result<(), String> {
        match given {
            Given::AccessPoint(ap) if ap.off_at_first => Ok(()),
            Given::AccessPoint(ap) => self.access_point(&ap.name)?.start(),
            Given::Network(network) => {
                self.networks.push(network.clone());
                Ok(())
            }
            Given::Profile(network) => {
                self.network_manager.profiles.push(network.clone());
                // Its policy is macveil's by the import only, and its lines are none of wpa_supplicant's.
                self.networks.push(Network {
                    policy: None,
                    extra: Vec::new(),
                    ..network.clone()
                });
                Ok(())
            }
            Given::NetworkManagerSetting { section, line } => {
                let settings = &mut self.network_manager.settings;
                let lines = settings.entry(section.clone()).or_default();
                lines.push(line.clone());
                Ok(())
            }
            Given::IwdSetting { group, line } => {
                let lines = self.iwd.settings.entry(group.clone()).or_default();
                lines.push(line.clone());
                Ok(())
            }
            Given::IwdDrivesFirstCard => {
                self.iwd.only_first = true;
                Ok(())
            }
            Given::ConnManSetting(line) => {
                self.connman.settings.push(line.clone());
                Ok(())
            }
            Given::Setting { table, line } => {
                let lines = self.settings.entry(table.clone()).or_default();
                lines.push(line.clone());
                Ok(())
            }
            Given::Rule(lines) => {
                self.rules.push(lines.clone());
                Ok(())
            }
            Given::SupplicantSetting(line) => {
                self.supplicant_settings.push(line.clone());
                Ok(())
            }
            Given::InterfaceAddress(mac) => {
                let mac = macveil_testkit::air::Mac(*mac);
                let name = &self.stations[0].radio.interface;
                run_words(&format!("ip link set {name} address {mac}")).map(drop)
            }
            Given::Trouble(lane) => {
                self.trouble.push(lane.clone());
                Ok(())
            }
            Given::SystemConfiguration => {
                self.configuration = Configuration::OfTheSystem;
                Ok(())
            }
            Given::Installed => machine::install(),
            Given::File { path, lines } => machine::write_file(Path::new(path), lines),
            Given::EarlyScan => machine::enable_early_scan(),
            // Known from the start.
            Given::Stations(_)
            | Given::Stranger { .. }
            | Given::AnyMethod
            | Given::OnlyWhenNamed
            | Given::Debian13
            | Given::Systemd => Ok(()),
            Given::OneSupplicant => {
                self.has_one_supplicant = true;
                Ok(())
            }
            Given::GlobalSocket => {
                self.has_global_socket = true;
                Ok(())
            }
            Given::LinksTraced => {
                self.link_trace = Some(LinkTrace::start(&self.folder)?);
                Ok(())
            }
            Given::Method(method) => {
                self.method.clone_from(method);
                Ok(())
            }
            Given::Crowd(count) => self.gather_crowd(*count),
        }
    }

    pub fn access_point(&mut self, name: &str) -> Result<&mut AccessPoint, String> {
        let mut all = self.access_points.iter_mut();
        all.find(|ap| ap.story.name == name)
            .ok_or_else(|| format!("the story has no access point {name}"))
    }

    pub fn program(&mut self, program: Program, lifecycle: Lifecycle) -> Result<(), String> {
        if matches!(program, Program::Macveil | Program::Both) {
            self.macveil(lifecycle)?;
        }
        if matches!(program, Program::Supplicant | Program::Both) {
            self.supplicants(lifecycle)?;
        }
        Ok(())
    }

    /// Without waiting until it is ready.
    pub fn start_macveil(&mut self) -> Result<(), String> {
        self.note(Fact::Starts("macveil".to_owned()));
        self.write_configuration()?;
        self.daemon = Some(Daemon::start(&self.folder, &self.configuration)?);
        Ok(())
    }

    fn macveil(&mut self, lifecycle: Lifecycle) -> Result<(), String> {
        match lifecycle {
            Lifecycle::Starts => {
                self.start_macveil()?;
                self.daemon
                    .as_mut()
                    .map_or(Ok(()), Daemon::wait_until_ready)?;
                self.note(Fact::Ready);
            }
            Lifecycle::Reloads => {
                let daemon = self.daemon.as_mut().ok_or("macveil is not running")?;
                daemon.process().signal(Signal::HUP)?;
            }
            Lifecycle::Stops => {
                let mut daemon = self.daemon.take().ok_or("macveil is not running")?;
                daemon.process().stop()?;
            }
            Lifecycle::Killed => {
                self.expect_daemon_running()?;
                drop(self.daemon.take());
            }
        }
        Ok(())
    }

    fn supplicants(&mut self, lifecycle: Lifecycle) -> Result<(), String> {
        if lifecycle == Lifecycle::Starts {
            self.note(Fact::Starts("wpa_supplicant".to_owned()));
            return self.start_supplicants();
        }
        for station in &mut self.stations {
            match lifecycle {
                Lifecycle::Starts => {}
                Lifecycle::Reloads => station.control()?.tell("RECONFIGURE")?,
                Lifecycle::Stops => station.stop_supplicant()?,
                Lifecycle::Killed => station.kill_supplicant(),
            }
        }
        Ok(())
    }

    fn start_supplicants(&mut self) -> Result<(), String> {
        let together = if self.has_one_supplicant {
            self.stations.len()
        } else {
            1
        };
        let of_iwd = usize::from(self.iwd.only_first);
        for stations in self.stations[of_iwd..].chunks_mut(together) {
            let options: &[&str] = if self.has_global_socket {
                &["-g", GLOBAL_SOCKET]
            } else {
                &[]
            };
            let (networks, settings) = (&self.networks, &self.supplicant_settings);
            station::start_supplicant(stations, networks, settings, options)?;
        }
        Ok(())
    }

    pub fn write_configuration(&self) -> Result<(), String> {
        let mut settings = self.settings.clone();
        let method = format!("mask-method = {:?}", self.method);
        settings
            .entry("device".to_owned())
            .or_default()
            .push(method);
        self.configuration
            .write(&settings, &self.rules, &self.networks)
    }

    /// The user's edit, in force once macveil reads it.
    pub fn write_policy(&mut self, ssid: &[u8], policy: &str) -> Result<(), String> {
        let mut networks = self.networks.iter_mut();
        let network = networks
            .find(|network| network.ssid == ssid)
            .ok_or("the story has no such network")?;
        network.policy = Some(policy.to_owned());
        self.write_configuration()
    }

    /// All programs that run for the stations, and theirs alone.
    pub fn programs(&self) -> Vec<(&'static str, u32)> {
        let daemon = self.daemon.iter().map(|it| ("macveil", it.id()));
        let supplicants = self.stations.iter().filter_map(Station::supplicant_id);
        let mut all: Vec<_> = daemon.collect();
        all.extend(supplicants.map(|id| ("wpa_supplicant", id)));
        all.extend(self.network_manager.processes());
        all.extend(self.iwd.processes());
        all
    }

    /// The process, the lab's own or the one of systemd.
    pub fn macveil_id(&self) -> Result<u32, String> {
        match &self.daemon {
            Some(daemon) => Ok(daemon.id()),
            None if self.machine.is_some() => daemon::id_of_service(),
            None => Err("macveil is not running".to_owned()),
        }
    }

    /// A daemon that died on the way has failed its story, whatever the air says.
    pub fn expect_daemon_running(&mut self) -> Result<(), String> {
        self.daemon
            .as_mut()
            .map_or(Ok(()), |daemon| daemon.process().expect_running())
    }

    /// Ends everything; the radios go last, so that the end is heard too.
    pub fn remove(self) -> Result<(), String> {
        drop(self.datagrams);
        drop(self.echoes);
        drop(self.echoes6);
        drop(self.strangers);
        drop(self.deaf_monitors);
        drop(self.scanners);
        drop(self.stale_sources);
        drop(self.link_trace);
        drop(self.daemon);
        drop(self.network_manager);
        drop(self.iwd);
        drop(self.connman);
        if let Some(background) = self.background {
            background.leave()?;
        }
        if let Some(machine) = self.machine {
            machine.leave(&self.folder)?;
        }
        drop(self.stations);
        drop(self.access_points);
        self.radios.remove()
    }
}
