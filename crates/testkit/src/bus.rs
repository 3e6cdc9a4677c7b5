//! A private message bus.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A `dbus-daemon` on which every program can do everything. It ends with this.
pub struct BusDaemon(Child);

impl BusDaemon {
    /// Starts it and waits until it listens on `socket`. `configuration` is a file that this writes.
    pub fn start(socket: &Path, configuration: &Path) -> Self {
        let text = format!(
            "<busconfig><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
             <policy context='default'><allow own='*'/><allow eavesdrop='true'/>\
             <allow send_destination='*' eavesdrop='true'/></policy></busconfig>",
            socket.display()
        );
        fs::write(configuration, text).expect("a configuration for dbus-daemon");
        // A bus that was killed leaves it behind.
        let _ = fs::remove_file(socket);
        let daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile", "--config-file"])
            .arg(configuration)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut bus = Self(daemon.expect("dbus-daemon is needed: apt-get install dbus-daemon"));
        while UnixStream::connect(socket).is_err() {
            let ended = bus.0.try_wait().expect("a process");
            assert_eq!(ended, None, "dbus-daemon does not start");
            sleep(Duration::from_millis(2));
        }
        bus
    }

    /// Kills it.
    pub fn stop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for BusDaemon {
    fn drop(&mut self) {
        self.stop();
    }
}
