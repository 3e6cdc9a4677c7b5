//! `ConnMan` as Debian has it, with a D-Bus and a `wpa_supplicant` of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::access_point::hex;
use super::bus;
use super::process::Process;
use super::world::World;
use macveil_testkit::scenarios::{Lifecycle, Network, Security};

const PROGRAM: &str = "/usr/sbin/connmand";
/// What it knows and has switched on.
pub const STATE: &str = "/var/lib/connman";
pub const CONFIGURATION: &str = "/etc/connman";

pub struct ConnMan {
    /// Lines of `main.conf`.
    pub settings: Vec<String>,
    folder: PathBuf,
    /// In the order of their start.
    processes: Vec<(&'static str, Process)>,
}

impl ConnMan {
    pub fn new(folder: &Path) -> Self {
        Self {
            settings: Vec::new(),
            folder: folder.to_owned(),
            processes: Vec::new(),
        }
    }

    fn start(&mut self, networks: &[Network]) -> Result<(), String> {
        self.write_files(networks)?;
        self.processes
            .push(("dbus-daemon", bus::start(&self.folder)?));
        // As in Debian's unit: its control sockets are where every wpa_supplicant's are.
        let mut supplicant = Command::new("wpa_supplicant");
        supplicant.args(["-u", "-O", "/run/wpa_supplicant", "-dd", "-t"]);
        self.run("wpa_supplicant", &mut supplicant)?;
        let mut daemon = Command::new(PROGRAM);
        daemon.args(["--nodaemon", "--nodnsproxy", "--debug"]);
        self.run("connmand", &mut daemon)
    }

    fn run(&mut self, name: &'static str, command: &mut Command) -> Result<(), String> {
        let log = self.folder.join(format!("connman-{name}.log"));
        command.env(bus::VARIABLE, bus::ADDRESS);
        self.processes
            .push((name, Process::start(name, command, &log)?));
        Ok(())
    }

    fn write_files(&self, networks: &[Network]) -> Result<(), String> {
        for folder in [STATE, CONFIGURATION] {
            fs::create_dir_all(folder).map_err(|e| format!("{folder}: {e}"))?;
        }
        let main = format!("[General]\n{}\n", self.settings.join("\n"));
        write(&format!("{CONFIGURATION}/main.conf"), &main)?;
        write(&format!("{STATE}/settings"), "[WiFi]\nEnable=true\n")?;
        let services = networks.iter().enumerate();
        let services: String = services.map(|(n, it)| service(n, it)).collect();
        write(&format!("{STATE}/lab.config"), &services)
    }
}

impl World {
    pub fn connman_event(&mut self, lifecycle: Lifecycle) -> Result<(), String> {
        match lifecycle {
            Lifecycle::Starts => self.connman.start(&self.networks),
            Lifecycle::Stops => bus::stop(&mut self.connman.processes),
            Lifecycle::Reloads | Lifecycle::Killed => {
                Err("ConnMan only starts and stops".to_owned())
            }
        }
    }
}

/// A service that it is to connect to by itself (connman-service.config(5)).
fn service(number: usize, network: &Network) -> String {
    let passphrase = match &network.security {
        Security::Open => String::new(),
        Security::Wpa2(passphrase) | Security::Wpa3(passphrase) => {
            format!("Passphrase={passphrase}\n")
        }
    };
    format!(
        "[service_{number}]\nType=wifi\nSSID={}\nIPv4=192.168.7.2/24\nIPv6=off\n{passphrase}\n",
        hex(&network.ssid)
    )
}

fn write(path: &str, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{path}: {e}"))
}
