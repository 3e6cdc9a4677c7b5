//! A guest in which systemd starts and stops what there is, with udev: macveil is installed in it as a
//! user does, and the services of a story are started again.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::daemon;
use super::iwd;
use super::process::{run, run_words, wait_until};
use super::station::{Station, configuration};
use super::world::World;

/// What the user installs from.
const PROJECT: &str = "/lab/project";
/// The lab's own units.
const UNITS: &str = "/lab/systemd";
/// As it was before the story.
const KEPT_SETTINGS: &str = "/tmp/etc";
/// Open to the members of a group, macveil among them, as Debian recommends.
const CONTROL: &str = "DIR=/run/wpa_supplicant GROUP=netdev";
/// What a boot forgets.
const RUNTIME: &str = "/run/macveil";

pub struct Machine {
    /// Seconds since 1970 of the story's beginning: what the journal has from before is of others.
    begun: u64,
}

impl Machine {
    /// One without any additional installation.
    pub fn clean() -> Result<Self, String> {
        run_words(&format!("busybox rm -rf {KEPT_SETTINGS}"))?;
        run_words(&format!("busybox cp -a /etc {KEPT_SETTINGS}"))?;
        let begun = SystemTime::now().duration_since(UNIX_EPOCH);
        Ok(Self {
            begun: begun.map_err(|e| e.to_string())?.as_secs(),
        })
    }

    /// What macveil has said in this story.
    pub fn write_log(&self, target: &Path) -> Result<(), String> {
        let log = self.journal("-u macveil -o cat")?;
        fs::write(target, log).map_err(|e| e.to_string())
    }

    fn journal(&self, options: &str) -> Result<String, String> {
        let begun = self.begun;
        run_words(&format!("journalctl --no-pager --since=@{begun} {options}"))
    }

    /// Hands out what was said, and makes everything as it was.
    pub fn leave(&self, folder: &Path) -> Result<(), String> {
        shut_down()?;
        self.write_log(&daemon::log(folder))?;
        let journal = self.journal("-o short-precise")?;
        fs::write(folder.join("journal.log"), journal).map_err(|e| e.to_string())?;
        run_words("busybox rm -rf /etc")?;
        run_words(&format!("busybox mv {KEPT_SETTINGS} /etc"))?;
        run_words("systemctl daemon-reload")?;
        run_words("systemctl reset-failed").map(drop)
    }
}

/// Does something that udev is to take no part in.
pub fn unnoticed_by_udev<T>(job: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    run_words("udevadm control --stop-exec-queue")?;
    let outcome = job();
    run_words("udevadm control --start-exec-queue")?;
    run_words("udevadm settle")?;
    outcome
}

/// Installs macveil by the commands that the README tells, in their order.
pub fn install() -> Result<(), String> {
    let readme = Path::new(PROJECT).join("README.md");
    let readme = fs::read_to_string(&readme).map_err(|e| e.to_string())?;
    let commands = installation(&readme);
    if commands.is_empty() {
        return Err("the README does not tell how to install without a package".to_owned());
    }
    for command in commands {
        run(Command::new("busybox")
            .args(["sh", "-e", "-c", &command])
            .current_dir(PROJECT))?;
    }
    Ok(())
}

pub fn write_file(path: &Path, lines: &[String]) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(told)?;
    fs::write(path, lines.join("\n") + "\n").map_err(told)
}

pub fn enable_early_scan() -> Result<(), String> {
    run_words(&format!("systemctl enable {UNITS}/early-scan.service")).map(drop)
}

/// The story has files of another service for `wpa_supplicant`, or of iwd.
fn has_own_supplicant() -> bool {
    let files = ["/etc/systemd/system/wpa_supplicant.service", iwd::STATE];
    files.iter().any(|file| Path::new(file).exists())
}

/// Services end, and what is not kept on a disk is forgotten.
fn shut_down() -> Result<(), String> {
    run_words(
        "systemctl stop multi-user.target macveil*.service wpa_supplicant*.service iwd*.service systemd-networkd.*",
    )?;
    run_words(&format!("busybox rm -rf {RUNTIME}")).map(drop)
}

impl World {
    /// The stations' supplicants are enabled, unless the story has its own; nothing of this waits for them.
    pub fn boot(&mut self) -> Result<(), String> {
        shut_down()?;
        self.write_configuration()?;
        if !has_own_supplicant() {
            self.enable_supplicants()?;
        }
        iwd::load_modules()?;
        run_words("systemctl start --no-block multi-user.target").map(drop)
    }

    fn enable_supplicants(&self) -> Result<(), String> {
        let there = self.stations.iter().map(|station| &station.radio);
        for radio in there.chain(&self.apart) {
            let name = &radio.interface;
            let file = format!("/etc/wpa_supplicant/wpa_supplicant-{name}.conf");
            let text = configuration(CONTROL, &self.networks, &self.supplicant_settings);
            fs::write(&file, text).map_err(|e| format!("{file}: {e}"))?;
            run_words(&format!("systemctl enable wpa_supplicant@{name}.service"))?;
        }
        Ok(())
    }

    pub fn radio_appears(&mut self, scanned_at_once: bool) -> Result<(), String> {
        let radio = self.apart.pop_front();
        let radio = radio.ok_or("every station's radio is there already")?;
        // It looks for other files every few seconds only.
        run_words("udevadm control --reload")?;
        radio.plug_in()?;
        if scanned_at_once {
            scan_at_once(&radio.interface)?;
        }
        self.stations.push(Station::new(radio, &self.folder));
        Ok(())
    }
}

/// Between its commands macveil may take the link down.
fn scan_at_once(interface: &str) -> Result<(), String> {
    let mut outcome = Ok(());
    wait_until(Duration::from_secs(1), || {
        outcome = run_words(&format!("busybox ip link set {interface} up"))
            .and_then(|_| run_words(&format!("iw dev {interface} scan trigger")))
            .map(drop);
        outcome.is_ok().then_some(())
    });
    outcome
}

/// The commands under the heading "Install without a package", but for building, as root.
fn installation(readme: &str) -> Vec<String> {
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with("Install without a package"));
    let lines = section.unwrap_or_default().lines();
    let block = lines.skip_while(|line| !line.starts_with("    "));
    block
        .take_while(|line| line.starts_with("    "))
        .filter(|line| !line.contains("cargo"))
        .map(|line| line.replace("sudo ", ""))
        .collect()
}
