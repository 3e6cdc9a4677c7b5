//! iwd as Debian has it, on a D-Bus of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::bus;
use super::process::{Process, run_words};
use super::world::World;
use crate::scenarios::{Lifecycle, Network, Security};

const PROGRAM: &str = "/usr/libexec/iwd";
/// Its known networks.
const STATE: &str = "/var/lib/iwd";
const MODULES: &str = "/modules/iwd";

pub struct Iwd {
    folder: PathBuf,
    /// In the order of their start.
    processes: Vec<(&'static str, Process)>,
}

impl Iwd {
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            processes: Vec::new(),
        }
    }

    pub fn start(&mut self, networks: &[Network]) -> Result<(), String> {
        load_modules()?;
        fs::create_dir_all(STATE).map_err(|e| format!("{STATE}: {e}"))?;
        for network in networks {
            write_known(network)?;
        }
        self.processes
            .push(("dbus-daemon", bus::start(&self.folder)?));
        let mut command = Command::new(PROGRAM);
        command.arg("-d").env(bus::VARIABLE, bus::ADDRESS);
        let log = self.folder.join("iwd.log");
        let process = Process::start("iwd", &mut command, &log)?;
        self.processes.push(("iwd", process));
        Ok(())
    }

    pub fn stop(&mut self) -> Result<(), String> {
        bus::stop(&mut self.processes)
    }
}

impl World {
    pub fn iwd_event(&mut self, lifecycle: Lifecycle) -> Result<(), String> {
        match lifecycle {
            Lifecycle::Starts => self.iwd.start(&self.networks),
            Lifecycle::Stops => self.iwd.stop(),
            Lifecycle::Reloads | Lifecycle::Killed => Err("iwd only starts and stops".to_owned()),
        }
    }
}

/// Those that it has in common with other stories are there already.
fn load_modules() -> Result<(), String> {
    let path = format!("{MODULES}/order");
    let order = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    for module in order.lines() {
        match run_words(&format!("busybox insmod {MODULES}/{module}")) {
            Err(problem) if !problem.contains("File exists") => return Err(problem),
            _ => {}
        }
    }
    Ok(())
}

fn write_known(network: &Network) -> Result<(), String> {
    let name = String::from_utf8_lossy(&network.ssid);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    if !network.ssid.iter().all(plain) {
        return Err(format!(
            "iwd writes {name:?} in a way that the lab does not"
        ));
    }
    let (kind, text) = match &network.security {
        Security::Open => ("open", String::new()),
        Security::Wpa2(passphrase) | Security::Wpa3(passphrase) => {
            ("psk", format!("[Security]\nPassphrase={passphrase}\n"))
        }
    };
    let path = format!("{STATE}/{name}.{kind}");
    fs::write(&path, text).map_err(|e| format!("{path}: {e}"))
}
