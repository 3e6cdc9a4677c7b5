//! When links change, as the kernel tells everybody.

use std::path::Path;
use std::process::Command;

use super::super::process::{Process, wait_until};

/// `ip monitor`, into a file of its own while it lives.
pub struct LinkLog(#[allow(dead_code, reason = "it runs until it is dropped")] Process);

impl LinkLog {
    pub fn start(folder: &Path) -> Result<Self, String> {
        let log = folder.join("links.log");
        let mut command = Command::new("ip");
        // Room for all that sixty radios do at once.
        command.args(["-o", "-ts", "-rcvbuf", "8388608", "monitor", "link"]);
        let process = Process::start("ip monitor", &mut command, &log)?;
        let listens = || {
            let sockets = std::fs::read_to_string("/proc/net/netlink").unwrap_or_default();
            let id = format!(" {} ", process.id());
            sockets.lines().any(|line| line.contains(&id)).then_some(())
        };
        wait_until(std::time::Duration::from_secs(5), listens)
            .ok_or("ip monitor does not listen")?;
        Ok(Self(process))
    }
}
