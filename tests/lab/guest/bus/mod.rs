//! D-Bus's system bus, for the programs that want one.

mod client;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::process::{Process, wait_until};
pub use client::{Client, Property};

const SOCKET: &str = "/run/dbus/system_bus_socket";
pub const VARIABLE: &str = "DBUS_SYSTEM_BUS_ADDRESS";
pub const ADDRESS: &str = "unix:path=/run/dbus/system_bus_socket";
/// Everybody may do everything.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"#;

pub fn start(folder: &Path) -> Result<Process, String> {
    let told = |e: std::io::Error| format!("the bus's files: {e}");
    fs::create_dir_all("/run/dbus").map_err(told)?;
    let configuration = folder.join("bus.conf");
    fs::write(&configuration, CONFIGURATION).map_err(told)?;
    let mut command = Command::new("dbus-daemon");
    command
        .args(["--nofork", "--nopidfile", "--config-file"])
        .arg(configuration);
    let log = folder.join("dbus-daemon.log");
    let process = Process::start("dbus-daemon", &mut command, &log)?;
    wait_until(Duration::from_secs(10), || {
        Path::new(SOCKET).exists().then_some(())
    })
    .ok_or("dbus-daemon does not open its socket")?;
    Ok(process)
}

/// The programs that run, by their process.
pub fn ids(processes: &[(&'static str, Process)]) -> Vec<(&'static str, u32)> {
    let all = processes.iter();
    all.map(|(name, process)| (*name, process.id())).collect()
}

/// Ends the bus and the programs on it, the last one first.
pub fn stop(processes: &mut Vec<(&'static str, Process)>) -> Result<(), String> {
    while let Some((name, mut process)) = processes.pop() {
        // The bus takes its end as a failure.
        match name {
            "dbus-daemon" => process.kill(),
            _ => process.stop()?,
        }
    }
    let _ = fs::remove_file(SOCKET);
    Ok(())
}
