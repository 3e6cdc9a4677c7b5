//! NetworkManager as Debian has it, with a D-Bus and a wpa_supplicant of its own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use super::access_point::hex;
use super::bench;
use super::bus;
use super::process::{Process, run, wait_until};
use super::station::Station;
use super::world::World;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{Network, NetworkManagerEvent, Security};

const PROFILES: &str = "/etc/NetworkManager/system-connections";
/// A part of the key.
const MACHINE_ID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n";

pub struct NetworkManager {
    pub profiles: Vec<Network>,
    /// Lines of `NetworkManager.conf` by their section.
    pub settings: BTreeMap<String, Vec<String>>,
    folder: PathBuf,
    /// In the order of their start.
    processes: Vec<(&'static str, Process)>,
}

impl NetworkManager {
    pub fn new(folder: &Path) -> Self {
        Self {
            profiles: Vec::new(),
            settings: BTreeMap::new(),
            folder: folder.to_owned(),
            processes: Vec::new(),
        }
    }

    fn start(&mut self, stations: &[Station]) -> Result<(), String> {
        for path in ["/var/lib/NetworkManager", "/run/NetworkManager", PROFILES] {
            let _ = fs::remove_dir_all(path);
        }
        for path in ["/run/udev/data", PROFILES] {
            fs::create_dir_all(path).map_err(|e| format!("{path}: {e}"))?;
        }
        self.write_files()?;
        for station in stations {
            show_to_udev(&station.radio.interface)?;
        }
        self.processes
            .push(("dbus-daemon", bus::start(&self.folder)?));
        self.run(
            "wpa_supplicant",
            // As in Debian's unit: its control sockets are where every wpa_supplicant's are.
            Command::new("wpa_supplicant")
                .args(["-u", "-O", "/run/wpa_supplicant", "-t"])
                .args(bench::unless_on("-dd")),
        )?;
        self.run(
            "NetworkManager",
            Command::new("NetworkManager").arg("--debug"),
        )?;
        wait_until(Duration::from_secs(30), || {
            let devices = nmcli("-t -f DEVICE,STATE device").ok()?;
            // One that connects by itself may be on its way.
            let ready = |station: &Station| {
                let name = &station.radio.interface;
                ["disconnected", "connect"]
                    .iter()
                    .any(|state| devices.contains(&format!("{name}:{state}")))
            };
            stations.iter().all(ready).then_some(())
        })
        .ok_or_else(|| {
            format!(
                "NetworkManager does not manage the stations: {:?}",
                nmcli("device")
            )
        })
    }

    fn run(&mut self, name: &'static str, command: &mut Command) -> Result<(), String> {
        let log = self.folder.join(format!("networkmanager-{name}.log"));
        self.processes.push((
            name,
            Process::start(name, command.env(bus::VARIABLE, bus::ADDRESS), &log)?,
        ));
        Ok(())
    }

    pub fn processes(&self) -> Vec<(&'static str, u32)> {
        bus::ids(&self.processes)
    }

    /// Tells it that the machine goes to sleep or has woken up, as systemd-logind makes it known; nothing
    /// while it does not run.
    pub fn machine_sleeps(&self, sleeps: bool) -> Result<(), String> {
        if self.processes.is_empty() {
            return Ok(());
        }
        let mut command = Command::new("dbus-send");
        command.args([
            "--system",
            "--print-reply",
            "--dest=org.freedesktop.NetworkManager",
            "/org/freedesktop/NetworkManager",
            "org.freedesktop.NetworkManager.Sleep",
            &format!("boolean:{sleeps}"),
        ]);
        run(command.env(bus::VARIABLE, bus::ADDRESS)).map(drop)
    }

    fn stop(&mut self) -> Result<(), String> {
        bus::stop(&mut self.processes)
    }

    fn write_files(&self) -> Result<(), String> {
        write(Path::new("/etc/machine-id"), MACHINE_ID)?;
        let mut sections = self.settings.clone();
        let of_the_lab = [
            "plugins=keyfile",
            "dns=none",
            "rc-manager=unmanaged",
            "no-auto-default=*",
        ];
        sections
            .entry("main".to_owned())
            .or_default()
            .extend(of_the_lab.map(str::to_owned));
        sections
            .entry("logging".to_owned())
            .or_default()
            .push("level=INFO".to_owned());
        write(
            Path::new("/etc/NetworkManager/NetworkManager.conf"),
            &key_file(&sections),
        )?;
        for (number, profile) in self.profiles.iter().enumerate() {
            let path = Path::new(PROFILES).join(format!("{number}.nmconnection"));
            write(&path, &key_file(&profile_sections(number, profile)?))?;
        }
        Ok(())
    }
}

impl World {
    pub fn network_manager_event(&mut self, event: &NetworkManagerEvent) -> Result<(), String> {
        match event {
            NetworkManagerEvent::Starts => {
                self.note(Fact::Starts("networkmanager".to_owned()));
                self.network_manager.start(&self.stations)
            }
            NetworkManagerEvent::Stops => self.network_manager.stop(),
            NetworkManagerEvent::LetsGo => self.set_managed("no"),
            NetworkManagerEvent::Takes => self.set_managed("yes"),
            NetworkManagerEvent::LetsGoForAMoment => {
                self.set_managed("no")?;
                sleep(Duration::from_secs(2));
                self.set_managed("yes")
            }
            NetworkManagerEvent::Connects(ssid) => {
                let mut profiles = self.network_manager.profiles.iter();
                let number = profiles.position(|profile| profile.ssid == *ssid);
                let number = number.ok_or("there is no such profile")?;
                nmcli(&format!("--wait 30 connection up uuid {}", uuid(number))).map(drop)
            }
        }
    }
}

impl World {
    fn set_managed(&self, managed: &str) -> Result<(), String> {
        self.stations.iter().try_for_each(|station| {
            let name = &station.radio.interface;
            nmcli(&format!("device set {name} managed {managed}")).map(drop)
        })
    }
}

fn nmcli(words: &str) -> Result<String, String> {
    let mut command = Command::new("nmcli");
    run(command
        .args(words.split(' '))
        .env(bus::VARIABLE, bus::ADDRESS))
}

/// NetworkManager waits for udev to know an interface; its database is all it asks.
fn show_to_udev(interface: &str) -> Result<(), String> {
    let path = format!("/sys/class/net/{interface}/ifindex");
    let index = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    write(
        Path::new(&format!("/run/udev/data/n{}", index.trim())),
        "I:1\n",
    )
}

fn profile_sections(
    number: usize,
    profile: &Network,
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let bytes: Vec<_> = profile.ssid.iter().map(|byte| format!("{byte};")).collect();
    let mut lines = vec![
        format!("connection.id={}", hex(&profile.ssid)),
        format!("connection.uuid={}", uuid(number)),
        "connection.type=wifi".to_owned(),
        // Told one by one.
        "connection.autoconnect=false".to_owned(),
        format!("wifi.ssid={}", bytes.concat()),
    ];
    for family in ["ipv4", "ipv6"] {
        let method = format!("{family}.method=");
        if !profile.extra.iter().any(|line| line.starts_with(&method)) {
            lines.push(method + "disabled");
        }
    }
    match &profile.security {
        Security::Open => {}
        Security::Wpa2(passphrase) => lines.extend([
            "wifi-security.key-mgmt=wpa-psk".to_owned(),
            format!("wifi-security.psk={passphrase}"),
        ]),
        Security::Wpa3(password) => lines.extend([
            "wifi-security.key-mgmt=sae".to_owned(),
            format!("wifi-security.psk={password}"),
        ]),
    }
    if profile.hidden {
        lines.push("wifi.hidden=true".to_owned());
    }
    lines.extend(profile.extra.iter().cloned());
    let mut sections = BTreeMap::<String, Vec<String>>::new();
    for line in lines {
        let (section, line) = line
            .split_once('.')
            .ok_or_else(|| format!("no section in {line:?}"))?;
        sections
            .entry(section.to_owned())
            .or_default()
            .push(line.to_owned());
    }
    Ok(sections)
}

fn uuid(number: usize) -> String {
    format!("c0ffee00-0000-4000-8000-{number:012}")
}

fn key_file(sections: &BTreeMap<String, Vec<String>>) -> String {
    let section =
        |(name, lines): (&String, &Vec<String>)| format!("[{name}]\n{}\n\n", lines.join("\n"));
    sections.iter().map(section).collect()
}

/// For root's eyes only, as NetworkManager wants its profiles.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    fs::write(path, text).map_err(told)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(told)
}
