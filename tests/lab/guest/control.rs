//! Clients of the control sockets of wpa_supplicant and hostapd. wpactrl is not the client that macveil has.

use std::os::unix::net::UnixDatagram;
use std::path::Path;

use tempfile::TempDir;
use wpactrl::Client;

pub struct Control {
    client: Client,
    /// wpactrl removes a socket of the same process in the same directory, so each client has its own.
    _directory: TempDir,
}

impl Control {
    pub fn open(server: &Path) -> Result<Self, String> {
        let directory = tempfile::tempdir().map_err(|e| e.to_string())?;
        let client = Client::builder()
            .cli_path(directory.path().to_owned())
            .ctrl_path(server.to_owned())
            .open()
            .map_err(|e| format!("{}: {e}", server.display()))?;
        Ok(Self {
            client,
            _directory: directory,
        })
    }

    /// The reply to a command.
    pub fn ask(&mut self, command: &str) -> Result<String, String> {
        let reply = self.client.request(command);
        reply.map_err(|e| format!("{command}: {e}"))
    }

    /// A command whose only good reply is OK.
    pub fn tell(&mut self, command: &str) -> Result<(), String> {
        match self.ask(command)?.trim() {
            "OK" => Ok(()),
            reply => Err(format!("{command}: the reply is {reply}")),
        }
    }
}

/// A client that receives events and never reads them. wpactrl's has no way to disconnect.
pub struct DeafMonitor {
    _socket: UnixDatagram,
    _directory: TempDir,
}

impl DeafMonitor {
    /// If it is not connected, its queue has room for fewer events.
    pub fn attach(server: &Path, connected: bool) -> std::io::Result<Self> {
        let directory = tempfile::tempdir()?;
        let socket = UnixDatagram::bind(directory.path().join("monitor"))?;
        socket.connect(server)?;
        socket.set_read_timeout(Some(std::time::Duration::from_secs(10)))?;
        socket.send(b"ATTACH")?;
        let mut reply = [0; 16];
        let length = socket.recv(&mut reply)?;
        if reply.get(..length) != Some(b"OK\n") {
            return Err(std::io::Error::other("wpa_supplicant refused ATTACH"));
        }
        if !connected {
            rustix::net::connect_unspec(&socket)?;
        }
        Ok(Self {
            _socket: socket,
            _directory: directory,
        })
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
