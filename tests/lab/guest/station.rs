//! A station of a story: a radio and the user's wpa_supplicant.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::access_point::hex;
use super::bench;
use super::control::{Control, DeafMonitor, field};
use super::process::{Process, run_words, wait_until};
use super::radios::Radio;
use macveil_testkit::scenarios::{Network, Security};

pub struct Station {
    pub radio: Radio,
    /// iwd is its supplicant.
    pub is_of_iwd: bool,
    folder: PathBuf,
    supplicant: Option<Process>,
}

/// Where its sockets are, for root alone.
const CONTROL: &str = "/run/wpa_supplicant";

impl Station {
    pub fn new(radio: Radio, folder: &Path) -> Self {
        Self {
            radio,
            is_of_iwd: false,
            folder: folder.to_owned(),
            supplicant: None,
        }
    }

    /// Its process, while it runs.
    pub fn supplicant_id(&self) -> Option<u32> {
        self.supplicant.as_ref().map(Process::id)
    }

    pub fn stop_supplicant(&mut self) -> Result<(), String> {
        self.supplicant.take().map_or(Ok(()), |mut it| it.stop())
    }

    pub fn kill_supplicant(&mut self) {
        drop(self.supplicant.take());
    }

    pub fn control(&self) -> Result<Control, String> {
        Control::open(&self.control_path())
    }

    pub fn deaf_monitor(&self, connected: bool) -> Result<DeafMonitor, String> {
        let server = self.control_path();
        DeafMonitor::attach(&server, connected).map_err(|e| format!("{}: {e}", server.display()))
    }

    fn control_path(&self) -> PathBuf {
        Path::new("/run/wpa_supplicant").join(&self.radio.interface)
    }

    /// iwd makes interfaces of its own and names them after the radio.
    pub fn interface(&self) -> String {
        let own = self.is_of_iwd.then(|| self.radio.interface_now()).flatten();
        own.unwrap_or_else(|| self.radio.interface.clone())
    }

    /// The access point it is connected to.
    pub fn connected_to(&self) -> Result<Option<String>, String> {
        if self.is_of_iwd {
            return Ok(self.connected_for_the_kernel());
        }
        let status = self.control()?.ask("STATUS")?;
        let completed = field(&status, "wpa_state") == Some("COMPLETED");
        Ok(completed.then(|| field(&status, "bssid").unwrap_or_default().to_owned()))
    }

    /// The kernel knows of the association, and a supplicant says when it may be used.
    fn connected_for_the_kernel(&self) -> Option<String> {
        let name = &self.interface();
        let state = fs::read_to_string(format!("/sys/class/net/{name}/operstate")).ok()?;
        if state.trim() != "up" {
            return None;
        }
        // Without the interface there is no connection.
        let link = run_words(&format!("iw dev {name} link")).ok()?;
        let bssid = link.strip_prefix("Connected to ")?.split(' ').next()?;
        Some(bssid.to_owned())
    }

    pub fn status(&self) -> String {
        if self.is_of_iwd {
            let name = &self.interface();
            let link = run_words(&format!("iw dev {name} link")).unwrap_or_else(|e| e);
            return format!("(the kernel, rather) {}", link.trim().replace('\n', ", "));
        }
        let status = self.control().and_then(|mut control| control.ask("STATUS"));
        status.map_or_else(|e| e, |status| status.trim().replace('\n', ", "))
    }

    /// The address its interface carries now.
    pub fn address(&self) -> String {
        let path = format!("/sys/class/net/{}/address", self.interface());
        fs::read_to_string(path)
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// wpa_supplicant's number for a network.
    pub fn network_id(&self, ssid: &[u8]) -> Result<u32, String> {
        let mut control = self.control()?;
        let names = [hex(ssid), format!("\"{}\"", String::from_utf8_lossy(ssid))];
        for id in 0..32 {
            if names.contains(&control.ask(&format!("GET_NETWORK {id} ssid"))?) {
                return Ok(id);
            }
        }
        Err(format!("wpa_supplicant has no network {}", names[1]))
    }

    pub fn add_network(&self, network: &Network) -> Result<(), String> {
        let mut control = self.control()?;
        let id = control.ask("ADD_NETWORK")?.trim().to_owned();
        for line in properties(network) {
            let (name, value) = line.split_once('=').unwrap_or((&line, ""));
            control.tell(&format!("SET_NETWORK {id} {name} {value}"))?;
        }
        control.tell(&format!("ENABLE_NETWORK {id}"))
    }
}

/// One process for these stations; it is the first one's.
pub fn start_supplicant(
    stations: &mut [Station],
    networks: &[Network],
    top: &[String],
    options: &[&str],
) -> Result<(), String> {
    let mut command = Command::new("wpa_supplicant");
    command
        .arg("-t")
        .args(bench::unless_on("-dd"))
        .args(options);
    for (at, station) in stations.iter().enumerate() {
        let name = &station.radio.interface;
        let config = station.folder.join(format!("wpa_supplicant-{name}.conf"));
        fs::write(&config, configuration(CONTROL, networks, top)).map_err(|e| e.to_string())?;
        command.args((at > 0).then_some("-N"));
        command
            .args(["-D", "nl80211", "-i", name, "-c"])
            .arg(config);
    }
    let Some(first) = stations.first_mut() else {
        return Ok(());
    };
    let name = &first.radio.interface;
    let log = first.folder.join(format!("wpa_supplicant-{name}.log"));
    first.supplicant = Some(Process::start("wpa_supplicant", &mut command, &log)?);
    for station in stations {
        wait_until(Duration::from_secs(10), || station.control().ok())
            .ok_or("wpa_supplicant does not open its control socket")?;
    }
    Ok(())
}

/// What the user writes: the control socket, the settings at the top, the networks.
pub fn configuration(control: &str, networks: &[Network], top: &[String]) -> String {
    let mut lines = vec![format!("ctrl_interface={control}")];
    lines.extend_from_slice(top);
    for network in networks {
        lines.push("network={".to_owned());
        lines.extend(
            properties(network)
                .into_iter()
                .map(|line| format!("    {line}")),
        );
        lines.push("}".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The lines of a network's block in `wpa_supplicant.conf`.
fn properties(network: &Network) -> Vec<String> {
    let mut lines = vec![format!("ssid={}", hex(&network.ssid))];
    match &network.security {
        Security::Open => lines.push("key_mgmt=NONE".to_owned()),
        Security::Wpa2(passphrase) => lines.extend([
            "key_mgmt=WPA-PSK".to_owned(),
            format!("psk=\"{passphrase}\""),
        ]),
        Security::Wpa3(password) => lines.extend([
            "key_mgmt=SAE".to_owned(),
            "ieee80211w=2".to_owned(),
            format!("sae_password=\"{password}\""),
        ]),
    }
    if network.hidden {
        lines.push("scan_ssid=1".to_owned());
    }
    if network.priority > 0 {
        lines.push(format!("priority={}", network.priority));
    }
    lines.extend(network.extra.iter().cloned());
    lines
}
