//! `contrib/ifupdown/wpasupplicant-macveil` with a `macveil` that says what the test has it say.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const MASKED: &str = "wlan0: protected. Masked, looking for networks for 1 s.";
const CONNECTED: &str = "wlan0: protected. Connected to Home for 3 s.";

struct Place(PathBuf);

impl Place {
    /// macveil's answers, one for each time it is asked, the last one again and again. `sleep` only counts.
    fn new(test: &str, answers: &[&str]) -> Self {
        let place = Self(std::env::temp_dir().join(format!("{test}-{}", std::process::id())));
        fs::create_dir_all(&place.0).expect("a directory");
        fs::write(place.0.join("answers"), answers.join("\n") + "\n").expect("answers");
        let asked = "#!/bin/sh\ncd \"$0.d\" && echo \"$*\" >> asked\n";
        let macveil = format!(
            "{asked}answer=$(sed -n \"$(wc -l < asked)p\" ../answers)\n\
             [ -n \"$answer\" ] || answer=$(tail -n 1 ../answers)\necho \"$answer\"\n"
        );
        place.program("macveil", &macveil);
        place.program("sleep", asked);
        place
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(self.0.join(format!("{name}.d"))).expect("a directory");
        fs::write(&path, text).expect("a program");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("its mode");
    }

    fn ifup(&self, mode: &str, method: &str) {
        let hook = "contrib/ifupdown/wpasupplicant-macveil";
        let old = std::env::var("PATH").unwrap_or_default();
        let status = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(hook))
            .env("PATH", format!("{}:{old}", self.0.display()))
            .envs([("MODE", mode), ("METHOD", method), ("IFACE", "wlan0")])
            .status();
        assert!(status.expect("a shell").success());
    }

    /// What the program was called with, each time.
    fn calls(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.0.join(format!("{name}.d/asked")));
        let text = text.unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn static_address_waits_for_the_connection() {
    let silent = "wlan0: silent. The link is held down.";
    let place = Place::new("ifupdown-waits", &[MASKED, silent, MASKED, CONNECTED]);
    place.ifup("start", "static");
    assert_eq!(place.calls("macveil"), ["status --brief wlan0"; 4]);
    assert_eq!(place.calls("sleep"), ["0.2"; 3]);
}

#[test]
fn static_address_does_not_wait_for_ever() {
    let place = Place::new("ifupdown-ends", &[MASKED]);
    place.ifup("start", "static");
    assert_eq!(place.calls("sleep"), ["0.2"; 50]);
}

#[test]
fn interface_that_is_not_macveils_does_not_wait() {
    let of_another = "wlan0: not managed. Its address is 02:00:00:00:00:01.";
    for answer in ["", of_another] {
        let place = Place::new("ifupdown-others", &[answer]);
        place.ifup("start", "static");
        assert_eq!(place.calls("sleep"), [""; 0], "{answer}");
    }
}

#[test]
fn other_methods_and_ifdown_do_not_wait() {
    for (mode, method) in [("start", "dhcp"), ("start", "manual"), ("stop", "static")] {
        let place = Place::new("ifupdown-methods", &[MASKED]);
        place.ifup(mode, method);
        assert_eq!(place.calls("macveil"), [""; 0], "{mode} {method}");
    }
}
