//! Commands as users type them who do not know what comes of them.

use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};

use super::world::World;
use super::{bus, daemon, record};

/// Some wait for a program that is not there, or for a word from the user.
const LIMIT: &str = "8";
/// Where replies are written down.
const LOG: &str = "commands.log";

impl World {
    /// Its reply is written down, and an error if it says that it failed.
    pub fn type_command(&self, words: &[String]) -> Result<(), String> {
        let station = self.stations.first().ok_or("there is no station")?;
        let interface = station.interface();
        let radio = station.radio.folder();
        let radio = radio.as_ref().and_then(|radio| radio.file_name());
        let radio = radio.unwrap_or_default().to_string_lossy().into_owned();
        let configuration = self.folder.join(format!("wpa_supplicant-{interface}.conf"));
        let mut words = words.iter().map(|word| match word.as_str() {
            "WLAN" => interface.clone(),
            "PHY" => radio.clone(),
            "CONFIGURATION" => configuration.display().to_string(),
            word => word.to_owned(),
        });
        let program = words.next().ok_or("there is no command")?;
        let mut words: Vec<_> = words.collect();
        if program == "wpa_cli" && words.first().is_none_or(|word| word != "-g") {
            let options = ["-p", "/run/wpa_supplicant", "-i", &interface];
            words.splice(0..0, options.map(str::to_owned));
        }
        let path = if program == "macveil" {
            daemon::PROGRAM
        } else {
            &program
        };
        let output = Command::new("busybox")
            .args(["timeout", LIMIT, path])
            .args(&words)
            .env(bus::VARIABLE, bus::ADDRESS)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| e.to_string())?;
        let reply = [output.stdout, output.stderr].concat();
        let reply = String::from_utf8_lossy(&reply);
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(LOG));
        log.and_then(|mut log| {
            let line = words.join(" ");
            writeln!(log, "{} {program} {line}: {}", record::now(), output.status)?;
            writeln!(log, "{reply}")
        })
        .map_err(|e| format!("{LOG}: {e}"))?;
        let refused = reply.contains("FAIL") || reply.contains("UNKNOWN COMMAND");
        if refused || !output.status.success() {
            return Err(reply.into_owned());
        }
        Ok(())
    }
}
