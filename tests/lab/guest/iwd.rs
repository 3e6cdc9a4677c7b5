//! iwd as Debian has it, on a D-Bus of its own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::access_point::hex;
use super::bench;
use super::bus;
use super::process::{Process, run_words};
use super::world::World;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{Lifecycle, Network, Security};

const PROGRAM: &str = "/usr/libexec/iwd";
/// Its known networks.
pub const STATE: &str = "/var/lib/iwd";
const CONFIGURATION: &str = "/etc/iwd";
const MODULES: &str = "/modules/iwd";

pub struct Iwd {
    /// Lines of `main.conf`, by the group that they belong to.
    pub settings: BTreeMap<String, Vec<String>>,
    /// It drives the first station only.
    pub only_first: bool,
    folder: PathBuf,
    /// The bus, and iwd while it runs.
    processes: Vec<(&'static str, Process)>,
}

impl Iwd {
    pub fn new(folder: &Path) -> Self {
        Self {
            settings: BTreeMap::new(),
            only_first: false,
            folder: folder.to_owned(),
            processes: Vec::new(),
        }
    }

    /// With this radio only, if one is named.
    fn start(&mut self, networks: &[Network], radio: Option<&str>) -> Result<(), String> {
        if self.processes.is_empty() {
            load_modules()?;
            self.write_files(networks)?;
            self.processes
                .push(("dbus-daemon", bus::start(&self.folder)?));
        }
        let mut command = Command::new(PROGRAM);
        command
            .args(bench::unless_on("-d"))
            .args(radio.map(|radio| ["-p", radio]).into_iter().flatten())
            .env(bus::VARIABLE, bus::ADDRESS);
        let log = self.folder.join("iwd.log");
        let process = Process::start("iwd", &mut command, &log)?;
        self.processes.push(("iwd", process));
        Ok(())
    }

    pub fn processes(&self) -> Vec<(&'static str, u32)> {
        bus::ids(&self.processes)
    }

    /// Takes it out of those that run, which the bus stays.
    fn running(&mut self) -> Result<Process, String> {
        let last = self.processes.pop_if(|(name, _)| *name == "iwd");
        last.map(|(_, process)| process)
            .ok_or_else(|| "iwd is not running".to_owned())
    }

    fn write_files(&self, networks: &[Network]) -> Result<(), String> {
        for folder in [STATE, CONFIGURATION] {
            fs::create_dir_all(folder).map_err(|e| format!("{folder}: {e}"))?;
        }
        let group =
            |(name, lines): (&String, &Vec<String>)| format!("[{name}]\n{}\n\n", lines.join("\n"));
        let main: String = self.settings.iter().map(group).collect();
        write(&format!("{CONFIGURATION}/main.conf"), &main)?;
        networks.iter().try_for_each(write_known)
    }
}

impl Drop for Iwd {
    fn drop(&mut self) {
        // A failure is not part of the story any more.
        let _ = bus::stop(&mut self.processes);
    }
}

impl World {
    pub fn iwd_event(&mut self, lifecycle: Lifecycle) -> Result<(), String> {
        match lifecycle {
            Lifecycle::Starts => {
                let only_first = self.iwd.only_first;
                let count = if only_first { 1 } else { self.stations.len() };
                for station in self.stations.iter_mut().take(count) {
                    station.is_of_iwd = true;
                }
                self.note(Fact::Starts("iwd".to_owned()));
                let radio = self.stations[0].radio.folder();
                let radio = radio.as_ref().and_then(|radio| radio.file_name()?.to_str());
                self.iwd.start(&self.networks, radio.filter(|_| only_first))
            }
            Lifecycle::Stops => self.iwd.running()?.stop(),
            Lifecycle::Killed => {
                self.iwd.running()?.kill();
                Ok(())
            }
            Lifecycle::Reloads => Err("iwd has no way to be told to read its files".to_owned()),
        }
    }
}

/// Those that it has in common with other stories are there already, and only its own guests have any.
pub fn load_modules() -> Result<(), String> {
    let order = fs::read_to_string(format!("{MODULES}/order")).unwrap_or_default();
    for module in order.lines() {
        match run_words(&format!("busybox insmod {MODULES}/{module}")) {
            Err(problem) if !problem.contains("File exists") => return Err(problem),
            _ => {}
        }
    }
    Ok(())
}

/// The name of a known network's file.
pub fn file_name(network: &Network) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" -_".contains(byte);
    let name = match String::from_utf8(network.ssid.clone()) {
        Ok(name) if network.ssid.iter().all(plain) => name,
        _ => format!("={}", hex(&network.ssid)),
    };
    let kind = match &network.security {
        Security::Open => "open",
        Security::Wpa2(_) | Security::Wpa3(_) => "psk",
    };
    format!("{name}.{kind}")
}

fn write_known(network: &Network) -> Result<(), String> {
    let mut text = match &network.security {
        Security::Open => String::new(),
        Security::Wpa2(passphrase) | Security::Wpa3(passphrase) => {
            format!("[Security]\nPassphrase={passphrase}\n")
        }
    };
    let hidden = network.hidden.then(|| "Hidden=true".to_owned());
    let settings: Vec<_> = hidden.into_iter().chain(network.extra.clone()).collect();
    if !settings.is_empty() {
        text = format!("{text}\n[Settings]\n{}\n", settings.join("\n"));
    }
    write(&format!("{STATE}/{}", file_name(network)), &text)
}

/// For root's eyes only, as iwd writes its files.
fn write(path: &str, text: &str) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{path}: {e}");
    fs::write(path, text).map_err(told)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(told)
}
