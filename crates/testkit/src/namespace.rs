//! A network namespace with a cable and a daemon.

use std::cell::Cell;
use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What the interface has at first.
pub const INITIAL: &str = "00:00:5e:00:53:01";
/// The far end of its cable.
pub const PLUG: &str = "00:00:5e:00:53:99";

/// The program that Cargo built for the test that runs now.
pub fn macveil() -> PathBuf {
    let test = env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    folder.join("macveil")
}

/// Set for the copy of the test that runs inside.
const INSIDE: &str = "MACVEIL_TEST_INSIDE_NAMESPACE";
const PATIENCE: Duration = Duration::from_secs(15);

/// Runs a test's body in a network namespace of its own, with the sysfs that belongs to it; fails if
/// there is none. Threads cannot change namespaces, so this program is started again.
pub fn alone(test: &str, body: impl FnOnce()) {
    if is_inside() {
        return body();
    }
    run_inside(
        test,
        &["sh", "-c", "mount -t sysfs sysfs /sys && exec \"$@\"", "sh"],
    );
}

/// Whether this is the copy of a test that [`run_inside`] started.
pub fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs a test again in new network and mount namespaces, started by these words; fails if it does not pass.
pub fn run_inside(test: &str, words: &[&str]) {
    let output = Command::new("unshare")
        .args(["--net", "--mount"])
        .args(words)
        .arg(env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare (util-linux) is needed");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{test} in a network namespace of its own (this needs root):\n{said}\n{complained}"
    );
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        sleep(Duration::from_millis(5));
    }
}

pub struct World {
    home: TempDir,
    daemon: Option<Child>,
    /// How `card` was switched last.
    expected_up: Cell<bool>,
}

impl World {
    /// An interface `card` that is down, and whose cable leads nowhere yet.
    pub fn new() -> Self {
        let world = Self::without_cable();
        world.lay_cable();
        world
    }

    pub fn without_cable() -> Self {
        Self {
            home: tempfile::tempdir().expect("a directory"),
            daemon: None,
            expected_up: Cell::new(false),
        }
    }

    pub fn lay_cable(&self) {
        ip(&format!(
            "link add card address {INITIAL} type veth peer name plug address {PLUG}"
        ));
    }

    /// Starts the daemon with these interfaces and this in `[connection]`, and waits for its first word.
    pub fn start(&mut self, manage: &str, connection: &str) {
        self.configure(manage, connection, "");
        self.run();
    }

    pub fn configure(&self, manage: &str, connection: &str, device: &str) {
        let home = self.home.path().display();
        let text = format!(
            "manage = {manage}\nstate-dir = \"{home}/state\"\nruntime-dir = \"{home}/run\"\n\
             [supplicant]\nbackend = \"none\"\n[connection]\n{connection}\n[device]\n{device}\n"
        );
        fs::write(self.path("macveil.toml"), text).expect("a configuration");
    }

    pub fn run(&mut self) {
        let mut daemon = Command::new(macveil());
        daemon.env("MACVEIL_LOG", "debug");
        self.run_as(daemon);
    }

    /// Runs the daemon with a command that lacks nothing but macveil's own arguments.
    pub fn run_as(&mut self, mut daemon: Command) {
        let log = File::create(self.path("log")).expect("a log");
        let daemon = daemon
            .args(["run", "--config"])
            .arg(self.path("macveil.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn();
        self.daemon = Some(daemon.expect("macveil"));
        until("the key", || self.path("state/secret_key").exists());
    }

    /// With SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().expect("a running macveil");
            daemon.wait().expect("its end");
        }
    }

    /// With SIGTERM; waits for its end.
    pub fn end(&mut self) {
        self.signal("TERM");
        let status = self.daemon.take().expect("macveil").wait();
        assert!(status.expect("its end").success(), "{}", self.log());
    }

    /// Has it read its configuration again.
    pub fn hang_up(&self) {
        self.signal("HUP");
    }

    /// The daemon's number.
    pub fn id(&self) -> u32 {
        self.daemon.as_ref().expect("macveil").id()
    }

    fn signal(&self, name: &str) {
        let daemon = self.id().to_string();
        let status = Command::new("kill").args(["-s", name, &daemon]).status();
        assert!(status.expect("kill").success());
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).expect("a log")
    }

    pub fn plug(&self, plugged: bool) {
        self.switch("plug", plugged);
    }

    pub fn switch(&self, interface: &str, up: bool) {
        if interface == "card" {
            self.expected_up.set(up);
        }
        let way = if up { "up" } else { "down" };
        ip(&format!("link set {interface} {way}"));
    }

    pub fn rename(&self, before: &str, after: &str) {
        ip(&format!("link set {before} down name {after}"));
    }

    pub fn set_address(&self, address: &str) {
        ip(&format!("link set card address {address}"));
    }

    /// What `card` has; nothing if it is not there.
    pub fn address(&self) -> String {
        self.address_of("card")
    }

    pub fn address_of(&self, interface: &str) -> String {
        let address = fs::read_to_string(format!("/sys/class/net/{interface}/address"));
        address.unwrap_or_default().trim().to_owned()
    }

    pub fn is_up(&self) -> bool {
        let flags = attribute("flags");
        let flags = u32::from_str_radix(flags.trim_start_matches("0x"), 16);
        flags.expect("flags") & 1 != 0
    }

    /// Until another address than the initial one is in place, and the link is as it was switched.
    #[track_caller]
    pub fn wait_for_an_address(&self) {
        self.wait_for("an assigned address", |address| address != INITIAL);
    }

    /// Until the stable address is in place, and the link is as it was switched.
    #[track_caller]
    pub fn wait_for_the_stable_address(&self) {
        let stable = self.stable();
        self.wait_for("the stable address", |address| address == stable);
    }

    #[track_caller]
    fn wait_for(&self, what: &str, is_it: impl Fn(&str) -> bool) {
        until(what, || {
            is_it(&self.address()) && self.is_up() == self.expected_up.get()
        });
    }

    /// How often the carrier came or went.
    pub fn carrier_changes(&self) -> u32 {
        attribute("carrier_changes").parse().expect("a number")
    }

    pub fn has_carrier(&self) -> bool {
        fs::read_to_string("/sys/class/net/card/carrier").is_ok_and(|text| text.trim() == "1")
    }

    /// The stable address of `card`.
    pub fn stable(&self) -> String {
        self.stable_of("card")
    }

    pub fn stable_of(&self, interface: &str) -> String {
        let policy = if self.configuration().contains("\"stable\"") {
            "stable"
        } else {
            "stable-ssid"
        };
        let output = Command::new(macveil())
            .args(["generate", policy, "--wire", "--ifname", interface])
            .arg("--key-file")
            .arg(self.path("state/secret_key"))
            .output()
            .expect("macveil");
        assert!(output.status.success(), "{output:?}");
        let address = String::from_utf8(output.stdout).expect("an address");
        address.trim().to_owned()
    }

    /// Of the address of `card`.
    pub fn explanation(&self) -> String {
        let output = Command::new(macveil())
            .args(["explain", "--wire", "--iface", "card", "--config"])
            .arg(self.path("macveil.toml"))
            .output()
            .expect("macveil");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("an explanation")
    }

    fn configuration(&self) -> String {
        fs::read_to_string(self.path("macveil.toml")).expect("a configuration")
    }

    /// In the directory of this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.log());
        }
        self.kill();
        for interface in ["card", "lan0"] {
            // It may be gone, or have another name.
            let _ = Command::new("ip")
                .args(["link", "delete", interface])
                .stderr(Stdio::null())
                .status();
        }
    }
}

fn attribute(name: &str) -> String {
    let text = fs::read_to_string(format!("/sys/class/net/card/{name}"));
    text.expect("an attribute of card").trim().to_owned()
}

/// What a program with these space-separated arguments prints.
pub fn output_of(words: &str) -> String {
    let mut words = words.split_whitespace();
    let program = words.next().expect("a program");
    let output = Command::new(program).args(words).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn ip(words: &str) {
    let status = Command::new("ip")
        .args(words.split_whitespace())
        .status()
        .expect("ip (iproute2) is needed");
    assert!(status.success(), "ip {words}");
}
