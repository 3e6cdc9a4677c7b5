//! Programs that the user starts and that go on running, DHCP clients above all, with what they leave behind.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use super::process::{Process, run_words};
use super::station::configuration;
use super::world::World;
use super::{bus, daemon};
use macveil_testkit::record::Fact;

/// As it was before the story.
const KEPT_SETTINGS: &str = "/tmp/etc";
/// Where they keep leases, numbers of processes and the like.
const STATE: [&str; 4] = [
    "/var/lib/dhcp",
    "/var/lib/dhcpcd",
    "/run/dhcpcd",
    "/run/network",
];
/// Which they leave to their own user or group.
const CONTROL: &str = "/run/wpa_supplicant";
/// Those that go to the background by themselves.
const NAMES: [&str; 8] = [
    "ifup",
    "ifdown",
    "dhclient",
    "dhcpcd",
    "udhcpc",
    "wpa_cli",
    "wpa_action",
    "wpa_supplicant",
];

pub struct Background {
    processes: Vec<Process>,
}

impl Background {
    /// Of a machine on which none of them has ever run.
    pub fn clean() -> Result<Self, String> {
        for folder in STATE {
            run_words(&format!("busybox rm -rf {folder}"))?;
            fs::create_dir_all(folder).map_err(|e| format!("{folder}: {e}"))?;
        }
        // Clients tell it to DHCP servers.
        run_words("busybox hostname laptop")?;
        run_words(&format!("busybox rm -rf {KEPT_SETTINGS}"))?;
        run_words(&format!("busybox cp -a /etc {KEPT_SETTINGS}"))?;
        Ok(Self {
            processes: Vec::new(),
        })
    }

    /// Ends all of it.
    pub fn leave(self) -> Result<(), String> {
        drop(self.processes);
        let names = fs::read_dir("/proc").map_err(|e| e.to_string())?;
        for entry in names.flatten() {
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            let id = entry.file_name().to_str().and_then(|id| id.parse().ok());
            if NAMES.contains(&name.trim())
                && let Some(id) = id.and_then(Pid::from_raw)
            {
                // An error means that it has ended already.
                let _ = kill_process(id, Signal::KILL);
            }
        }
        run_words(&format!("busybox rm -rf {CONTROL}"))?;
        run_words("busybox hostname (none)")?;
        run_words("busybox rm -rf /etc")?;
        run_words(&format!("busybox mv {KEPT_SETTINGS} /etc")).map(drop)
    }
}

impl World {
    /// Its words are in a file named after it. Where it has a `wpa_supplicant` of its own to start, the user has
    /// put the story's networks into Debian's file.
    pub fn start_in_background(&mut self, words: &[String]) -> Result<(), String> {
        if !self.networks.is_empty() {
            self.write_networks()?;
        }
        let (program, arguments) = words.split_first().ok_or("there is no command")?;
        let program = match program.as_str() {
            "macveil" => daemon::PROGRAM,
            other => other,
        };
        let name = Path::new(program).file_name().unwrap_or_default();
        let log = self
            .folder
            .join(format!("started-{}.log", name.to_string_lossy()));
        let mut command = Command::new(program);
        command.args(arguments).env(bus::VARIABLE, bus::ADDRESS);
        let process = Process::start(program, &mut command, &log)?;
        let background = self.background.as_mut().ok_or("the story goes nowhere")?;
        background.processes.push(process);
        Ok(())
    }

    fn write_networks(&self) -> Result<(), String> {
        let file = Path::new("/etc/wpa_supplicant/wpa_supplicant.conf");
        let text = configuration(
            "/run/wpa_supplicant",
            &self.networks,
            &self.supplicant_settings,
        );
        fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))
    }

    /// What a supplicant may do at its start is known of one that a command starts, too.
    pub fn note_supplicant(&mut self, words: &[String]) {
        let ends = words.iter().any(|word| word == "pkill");
        if !ends && words.iter().any(|word| starts_supplicant(word)) {
            self.note(Fact::Starts("wpa_supplicant".to_owned()));
        }
        if words.iter().any(|word| word == "iwd.service") {
            self.note(Fact::Starts("iwd".to_owned()));
        }
    }
}

/// The program itself, or a script that runs it.
fn starts_supplicant(word: &str) -> bool {
    const PROGRAMS: [&str; 5] = ["ifup", "rcS", "runsvdir", "wpa_supplicant", "wpad"];
    Path::new(word)
        .file_name()
        .is_some_and(|name| PROGRAMS.iter().any(|it| name == *it))
        && !word.starts_with("/run/")
}
