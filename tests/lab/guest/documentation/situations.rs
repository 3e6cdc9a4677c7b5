//! What the machine is like on which something is typed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::typing::Shell;
use crate::guest::process::run_words;
use crate::guest::process::wait_until;
use crate::guest::radios::next_to_access_points;
use crate::guest::status;
use crate::guest::world::World;
use macveil_testkit::documented::Situation;
use macveil_testkit::record::Fact;

const CONTROL: &str = "/run/macveil/control";
const HOME: &str = "home";
const SOON: Duration = Duration::from_secs(20);
/// What the page's commands write, which is not to hold for the next.
const DROP_INS: &str = "/etc/macveil/conf.d";
const WIRE: &str = "/sys/class/net/eth0";
const UNIT_DROP_INS: &str = "/etc/systemd/system/macveil.service.d";

impl World {
    pub fn enter(&mut self, situation: Situation, shell: &Shell) -> Result<(), String> {
        match situation {
            Situation::Connected => Ok(()),
            Situation::Disconnected => {
                shell.must("wpa_cli disconnect")?;
                said_by_status("disconnected by the user")
            }
            Situation::Paused => {
                shell.must("macveil pause --for 10m")?;
                self.access_point(HOME)?.leave()?;
                said_by_status("Masked and silent")
            }
            Situation::Alone => shell.must("systemctl stop wpa_supplicant@wlan0 macveil"),
            Situation::OtherMachine => furnish_other_machine(),
            Situation::WithNetworkManager => {
                self.note(Fact::JudgeLooksAway);
                shell.must("systemctl stop wpa_supplicant@wlan0")?;
                shell.must("systemd-sysusers dbus.conf && systemctl start NetworkManager")?;
                wait_until(SOON, || run_words("nmcli general").ok())
                    .map(drop)
                    .ok_or_else(|| "NetworkManager does not answer".to_owned())
            }
        }
    }

    pub fn leave(&mut self, situation: Situation, shell: &Shell) -> Result<(), String> {
        match situation {
            Situation::Connected | Situation::OtherMachine => Ok(()),
            Situation::Disconnected => {
                shell.must("wpa_cli reconnect")?;
                self.connected(HOME, SOON)
            }
            Situation::Paused => {
                self.access_point(HOME)?.start()?;
                shell.must("macveil resume")?;
                self.connected(HOME, SOON)
            }
            Situation::Alone => {
                shell.must("systemctl start macveil wpa_supplicant@wlan0")?;
                self.connected(HOME, SOON)
            }
            Situation::WithNetworkManager => {
                shell.must("systemctl stop NetworkManager dbus.socket dbus")?;
                shell.must("systemctl start macveil wpa_supplicant@wlan0")?;
                self.connected(HOME, SOON)?;
                self.note(Fact::JudgeLooksAgain);
                Ok(())
            }
        }
    }

    /// What was typed last is not to be in the next one's way.
    pub fn tidy(&mut self, situation: Situation, shell: &Shell) -> Result<(), String> {
        let has_files = |folder| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
        if has_files(UNIT_DROP_INS) {
            shell.must(&format!("rm -r {UNIT_DROP_INS}"))?;
        }
        if Path::new(WIRE).exists() {
            shell.must("ip link delete eth0")?;
        }
        if has_files(DROP_INS) {
            shell.must(&format!("rm {DROP_INS}/*"))?;
            if !matches!(situation, Situation::Alone | Situation::WithNetworkManager) {
                ask(r#"{"request":"reload"}"#)?;
            }
        }
        if situation != Situation::Connected {
            return Ok(());
        }
        if status::flag(&ask(r#"{"request":"status"}"#)?, "paused") {
            ask(r#"{"request":"resume"}"#)?;
        }
        // Its supplicant may be restarting.
        let station = &self.stations[0];
        wait_until(SOON, || station.control().ok()).ok_or("wpa_supplicant does not run")?;
        if station.connected_to()?.is_none() {
            shell.must("wpa_cli reconnect")?;
        }
        self.connected(HOME, SOON)
    }
}

fn said_by_status(words: &str) -> Result<(), String> {
    let mut said = String::new();
    wait_until(SOON, || {
        said = run_words("macveil status").unwrap_or_else(|e| e);
        said.contains(words).then_some(())
    })
    .ok_or_else(|| format!("the status does not say {words:?}, but {said}"))
}

/// Costs less than a command.
fn ask(request: &str) -> Result<String, String> {
    let told = |e: std::io::Error| format!("{CONTROL}: {e}");
    let mut daemon = UnixStream::connect(CONTROL).map_err(told)?;
    writeln!(daemon, "{request}").map_err(told)?;
    let mut reply = String::new();
    BufReader::new(daemon).read_line(&mut reply).map_err(told)?;
    Ok(reply)
}

/// The second station's radio, which was never plugged in here, is its card.
fn furnish_other_machine() -> Result<(), String> {
    next_to_access_points(|| {
        run_words("iw dev wlan1 interface add mon0 type monitor")?;
        run_words("ip link set mon0 up")?;
        run_words("iw dev mon0 set channel 6").map(drop)
    })
}
