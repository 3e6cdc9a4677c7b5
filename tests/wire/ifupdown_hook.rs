//! `contrib/ifupdown/wpasupplicant-macveil` with a `macveil` that says what the test has it say.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// macveil's answer, with what a stranger may put into it.
fn answer(state: &str) -> String {
    format!(
        r#"{{"interfaces":[{{"name":"wlan0","state":{state},"ssid":"\"state\":\"scanning\""}}]}}"#
    )
}

struct Place(PathBuf);

impl Place {
    /// macveil's answers, one for each time it is asked, the last one again and again. `sleep` only counts.
    fn new(test: &str, answers: &[String]) -> Self {
        let place = Self(std::env::temp_dir().join(format!("{test}-{}", std::process::id())));
        fs::create_dir_all(&place.0).expect("a directory");
        fs::write(place.0.join("answers"), answers.join("\n") + "\n").expect("answers");
        let asked = "#!/bin/sh\ncd \"$0.d\" && echo \"$*\" >> asked\n";
        let macveil = format!(
            "{asked}answer=$(sed -n \"$(wc -l < asked)p\" ../answers)\n\
             [ -n \"$answer\" ] || answer=$(tail -n 1 ../answers)\nprintf '%s\\n' \"$answer\"\n"
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
    let states = [
        "waiting",
        "attaching",
        "masking",
        "scanning",
        "associating",
        "disconnecting",
        "associated",
    ];
    let answers = states.map(|state| answer(&format!("\"{state}\"")));
    let place = Place::new("ifupdown-waits", &answers);
    place.ifup("start", "static");
    assert_eq!(place.calls("macveil"), ["status --json wlan0"; 7]);
    assert_eq!(place.calls("sleep"), ["0.2"; 6]);
}

#[test]
fn static_address_does_not_wait_for_ever() {
    let place = Place::new("ifupdown-ends", &[answer("\"scanning\"")]);
    place.ifup("start", "static");
    assert_eq!(place.calls("sleep"), ["0.2"; 50]);
}

#[test]
fn what_macveil_does_not_connect_does_not_wait() {
    for state in ["null", "\"unplugged\"", "\"paused\"", "\"blocked\""] {
        let place = Place::new("ifupdown-others", &[answer(state)]);
        place.ifup("start", "static");
        assert_eq!(place.calls("sleep"), [""; 0], "{state}");
    }
    let place = Place::new("ifupdown-no-macveil", &[String::new()]);
    place.ifup("start", "static");
    assert_eq!(place.calls("sleep"), [""; 0]);
}

#[test]
fn other_methods_and_ifdown_do_not_wait() {
    for (mode, method) in [("start", "dhcp"), ("start", "manual"), ("stop", "static")] {
        let place = Place::new("ifupdown-methods", &[answer("\"scanning\"")]);
        place.ifup(mode, method);
        assert_eq!(place.calls("macveil"), [""; 0], "{mode} {method}");
    }
}
