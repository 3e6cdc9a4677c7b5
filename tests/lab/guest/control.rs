//! A client of the control sockets of wpa_supplicant and hostapd.

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub struct Control {
    socket: UnixDatagram,
    own_path: PathBuf,
}

static SOCKETS: AtomicU32 = AtomicU32::new(0);

impl Control {
    pub fn open(server: &Path) -> Result<Self, String> {
        let number = SOCKETS.fetch_add(1, Ordering::Relaxed);
        let own_path = PathBuf::from(format!("/tmp/lab_ctrl_{number}"));
        let _ = std::fs::remove_file(&own_path);
        let socket = UnixDatagram::bind(&own_path).map_err(|e| e.to_string())?;
        let control = Self { socket, own_path };
        let tell = |e| format!("{}: {e}", server.display());
        control.socket.connect(server).map_err(tell)?;
        control
            .socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .map_err(tell)?;
        Ok(control)
    }

    pub fn ask(&self, command: &str) -> Result<String, String> {
        let tell = |e| format!("{command}: {e}");
        self.socket.send(command.as_bytes()).map_err(tell)?;
        let mut reply = vec![0; 16384];
        let length = self.socket.recv(&mut reply).map_err(tell)?;
        Ok(String::from_utf8_lossy(&reply[..length]).into_owned())
    }

    /// Goes on hearing from the server, but as one among others.
    pub fn disconnect(&self) -> Result<(), String> {
        rustix::net::connect_unspec(&self.socket).map_err(|e| format!("disconnecting: {e}"))
    }

    /// A command that answers OK or does not work.
    pub fn tell(&self, command: &str) -> Result<(), String> {
        match self.ask(command)?.trim() {
            "OK" => Ok(()),
            answer => Err(format!("{command} was answered with {answer}")),
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.own_path);
    }
}

/// The value of `key=value` in a reply of such lines.
pub fn field<'a>(reply: &'a str, key: &str) -> Option<&'a str> {
    reply
        .lines()
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}
