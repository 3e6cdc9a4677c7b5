//! macveil as the story runs it.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::bench;
use super::process::{Process, run_words};
use macveil_testkit::configuration::{self, Settings};
use macveil_testkit::scenarios::Network;

pub struct Daemon {
    process: Process,
    notifications: UnixDatagram,
}

/// Where macveil is in the guest.
pub const PROGRAM: &str = "/lab/macveil";

/// Where macveil's configuration is.
pub enum Configuration {
    /// In this file alone.
    Named(PathBuf),
    /// Where it is on every system.
    OfTheSystem,
}

impl Configuration {
    pub const DIRECTORY: &str = "/etc/macveil";

    pub fn write(
        &self,
        settings: &Settings,
        rules: &[Vec<String>],
        networks: &[Network],
    ) -> Result<(), String> {
        let file = match self {
            Self::Named(file) => file.clone(),
            Self::OfTheSystem => Path::new(Self::DIRECTORY).join("macveil.toml"),
        };
        let directory = file.parent().unwrap_or(Path::new("/"));
        let text = configuration::text(settings, rules, networks)?;
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&file, text))
            .map_err(|e| format!("{}: {e}", file.display()))
    }
}

impl Daemon {
    pub fn start(folder: &Path, configuration: &Configuration) -> Result<Self, String> {
        let socket = folder.join("notify");
        let _ = fs::remove_file(&socket);
        let notifications = UnixDatagram::bind(&socket).map_err(|e| e.to_string())?;
        let mut command = Command::new(PROGRAM);
        command.arg("run").env("NOTIFY_SOCKET", &socket);
        if !bench::is_on() {
            command.env("MACVEIL_LOG", "debug");
        }
        if let Configuration::Named(file) = configuration {
            command.arg("--config").arg(file);
        }
        Ok(Self {
            process: Process::start("macveil", &mut command, &log(folder))?,
            notifications,
        })
    }

    /// Waits until it says that it is ready.
    pub fn wait_until_ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut message = [0; 1024];
        while Instant::now() < deadline {
            self.process.expect_running()?;
            let _ = self
                .notifications
                .set_read_timeout(Some(Duration::from_millis(200)));
            if let Ok(length) = self.notifications.recv(&mut message) {
                let text = String::from_utf8_lossy(&message[..length]);
                if text.lines().any(|line| line == "READY=1") {
                    return Ok(());
                }
            }
        }
        Err("macveil did not say READY=1 within 10 s".to_owned())
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn pid(&self) -> Option<Pid> {
        Pid::from_raw(self.id().cast_signed())
    }

    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// The one that systemd runs.
pub fn id_of_service() -> Result<u32, String> {
    let shown = run_words("systemctl show --value --property=MainPID macveil")?;
    shown
        .trim()
        .parse()
        .ok()
        .filter(|id| *id != 0)
        .ok_or_else(|| format!("systemd runs no macveil: {shown:?}"))
}

/// Anonymous memory of a process: pages of files are shared, or can be dropped.
pub fn memory_kb(id: u32) -> Result<u64, String> {
    let path = PathBuf::from(format!("/proc/{id}/smaps_rollup"));
    status_number(&path, "Anonymous")
}

/// How often the threads of a process went to sleep and were woken again.
pub fn wakeups(id: u32) -> Result<u64, String> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).map_err(|e| e.to_string())?;
    tasks
        .filter_map(Result::ok)
        .map(|task| status_number(&task.path().join("status"), "voluntary_ctxt_switches"))
        .sum()
}

pub fn log(folder: &Path) -> PathBuf {
    folder.join("macveil.log")
}

fn status_number(path: &Path, key: &str) -> Result<u64, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    value
        .and_then(|value| value.trim().trim_end_matches(" kB").parse().ok())
        .ok_or_else(|| format!("{} has no {key}", path.display()))
}
