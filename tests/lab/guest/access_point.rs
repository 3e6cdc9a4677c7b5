//! An access point of a story: a radio and its hostapd.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::control::{Control, field};
use super::lan::Lan;
use super::process::{Process, run_words, wait_until};
use super::radios::{Radio, next_to_access_points, within};
use macveil_testkit::scenarios::{self, Security};

pub struct AccessPoint {
    pub story: scenarios::AccessPoint,
    pub radio: Radio,
    pub lan: Option<Lan>,
    folder: PathBuf,
    hostapd: Option<Process>,
}

impl AccessPoint {
    pub fn new(story: scenarios::AccessPoint, radio: Radio, folder: &Path) -> Self {
        Self {
            story,
            radio,
            lan: None,
            folder: folder.to_owned(),
            hostapd: None,
        }
    }

    /// Runs something where its interface is.
    fn near<T: Send>(&self, job: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
        match &self.lan {
            Some(lan) => within(&lan.namespace(), job),
            None => next_to_access_points(job),
        }
    }

    /// Goes on the air and waits until it is.
    pub fn start(&mut self) -> Result<(), String> {
        if let (None, Some(subnet)) = (&self.lan, self.story.subnet) {
            let lan = Lan::create(subnet, &self.story, &self.radio, &self.folder)?;
            self.lan = Some(lan);
        }
        if self.hostapd.is_some() {
            self.control()?.tell("ENABLE")?;
        } else {
            let name = &self.story.name;
            let config = self.folder.join(format!("hostapd-{name}.conf"));
            fs::write(&config, self.configuration()).map_err(|e| e.to_string())?;
            let log = self.folder.join(format!("hostapd-{name}.log"));
            self.hostapd = Some(self.near(|| {
                let mut command = Command::new("hostapd");
                Process::start("hostapd", command.args(["-dd", "-t"]).arg(&config), &log)
            })?);
        }
        wait_until(Duration::from_secs(10), || self.is_on_air().then_some(()))
            .ok_or_else(|| format!("access point {} does not start", self.story.name))?;
        self.lan.as_mut().map_or(Ok(()), Lan::serve)?;
        self.story
            .power
            .map_or(Ok(()), |power| self.send_with(power))
    }

    /// With this power, in dBm.
    pub fn send_with(&self, power: i32) -> Result<(), String> {
        let interface = &self.radio.interface;
        // The kernel refuses negative ones.
        let accepted = power.max(0);
        let line = format!("iw dev {interface} set txpower fixed {}", accepted * 100);
        self.near(|| run_words(&line).map(drop))?;
        self.radio.is_heard_with(power - accepted - scenarios::LOSS)
    }

    pub fn is_on_air(&self) -> bool {
        let status = self.control().and_then(|mut control| control.ask("STATUS"));
        status.is_ok_and(|status| field(&status, "state") == Some("ENABLED"))
    }

    /// Says goodbye to its stations and goes off the air.
    pub fn leave(&mut self) -> Result<(), String> {
        self.control()?.tell("DISABLE")
    }

    pub fn vanish(&mut self) -> Result<(), String> {
        if let Some(mut hostapd) = self.hostapd.take() {
            hostapd.kill();
        }
        let line = format!("busybox ip link set {} down", self.radio.interface);
        self.near(|| run_words(&line).map(drop))
    }

    pub fn control(&self) -> Result<Control, String> {
        Control::open(&Path::new("/run/hostapd").join(&self.radio.interface))
    }

    pub fn restart_on(&mut self, channel: u8) -> Result<(), String> {
        self.vanish()?;
        self.story.channel = channel;
        self.start()
    }

    pub fn switch_to(&mut self, channel: u8) -> Result<(), String> {
        self.story.channel = channel;
        let frequency = 2407 + 5 * u32::from(channel);
        self.control()?.tell(&format!("CHAN_SWITCH 5 {frequency}"))
    }

    /// A beacon request (IEEE 802.11-2020, 9.4.2.20.7): actively, on every channel of class 81, 100 units each.
    pub fn ask_to_measure(&self, station: &str, ssid: &[u8]) -> Result<(), String> {
        let request = [&MEASURE_ACTIVELY[..], &[0, ssid.len() as u8], ssid].concat();
        self.order(&format!("REQ_BEACON {station} {}", hex(&request)))
    }

    /// A BSS transition management request: the station is to prefer this access point.
    pub fn steer(&self, station: &str, target: &str) -> Result<(), String> {
        self.order(&format!(
            "BSS_TM_REQ {station} pref=1 abridged=1 valid_int=255 neighbor={target}"
        ))
    }

    /// As `BSS_TM_REQ` takes a neighbour: operating class 81, and the highest preference.
    pub fn place(&self) -> String {
        let (bssid, channel) = (&self.radio.address, self.story.channel);
        format!("{bssid},0x0000,81,{channel},7,0301ff")
    }

    /// A command whose reply is OK or a number.
    fn order(&self, command: &str) -> Result<(), String> {
        let reply = self.control()?.ask(command)?;
        match reply.trim() {
            reply if reply.starts_with("FAIL") || reply.starts_with("UNKNOWN") => {
                Err(format!("{command}: the reply is {reply}"))
            }
            _ => Ok(()),
        }
    }

    fn configuration(&self) -> String {
        let ap = &self.story;
        let mut lines = vec![
            format!("interface={}", self.radio.interface),
            "driver=nl80211".to_owned(),
            "ctrl_interface=/run/hostapd".to_owned(),
            format!("ssid2={}", hex(&ap.ssid)),
            "hw_mode=g".to_owned(),
            format!("channel={}", ap.channel),
        ];
        if ap.high_throughput {
            lines.push("ieee80211n=1".to_owned());
        }
        if ap.hidden {
            lines.push("ignore_broadcast_ssid=1".to_owned());
        }
        match &ap.security {
            Security::Open => {}
            Security::Wpa2(passphrase) => lines.extend([
                "wpa=2".to_owned(),
                "wpa_key_mgmt=WPA-PSK".to_owned(),
                "rsn_pairwise=CCMP".to_owned(),
                format!("wpa_passphrase={passphrase}"),
            ]),
            Security::Wpa3(password) => lines.extend([
                "wpa=2".to_owned(),
                "wpa_key_mgmt=SAE".to_owned(),
                "rsn_pairwise=CCMP".to_owned(),
                "ieee80211w=2".to_owned(),
                format!("sae_password={password}"),
            ]),
        }
        lines.extend(ap.extra.iter().cloned());
        lines.push(String::new());
        lines.join("\n")
    }
}

/// Class, channel 0 for all, no random interval, duration, mode "active", any BSSID.
pub const MEASURE_ACTIVELY: [u8; 13] =
    [0x51, 0, 0, 0, 100, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

pub fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
