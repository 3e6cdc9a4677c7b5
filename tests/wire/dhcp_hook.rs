//! `contrib/hooks/50-dhcp` with programs that have the names of DHCP clients, and record how they are treated.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use macveil_testkit::namespace::{is_inside, run_inside, until};
use tempfile::TempDir;

/// Records its words and its signals.
const CLIENT: &str = "#!/bin/sh
trap 'echo USR1 >>$LOG' USR1
trap 'echo USR2 >>$LOG' USR2
echo \"started $*\" >>$LOG
while :; do sleep 0.05; done
";
/// Shows what is in a file, and records what it is to set.
const IP: &str = "#!/bin/sh
case $* in
*' add '*) echo \"ip $*\" >>$LOG ;;
*) cat \"${LOG%/*}/addresses\" 2>/dev/null ;;
esac
";
/// Since the start of the machine, in seconds: everything that runs is older.
const LATER: &str = "99999999.00";
const LEASES: &str = "/var/lib/dhcpcd";
const HOME: &str = "486f6d65";
const CAFE: &str = "43616665";

/// A directory with the clients, of which each test starts some.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a directory"));
        for name in ["dhclient", "dhcpcd", "udhcpc"] {
            place.write(name, CLIENT);
        }
        place.write("networkctl", "#!/bin/sh\necho \"networkctl $*\" >>$LOG\n");
        place.write("ip", IP);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path(name), mode).expect("its mode");
    }

    fn command(&self, program: &Path) -> Command {
        let old = env::var("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .env("LOG", self.path("log"))
            .env("PATH", format!("{}:{old}", self.0.path().display()));
        command
    }

    fn start(&self, name: &str, words: &str) -> Child {
        let lines = self.log().len();
        let mut command = self.command(&self.path(name));
        let child = command.args(words.split(' ')).spawn().expect("a client");
        until("a client", || self.log().len() > lines);
        child
    }

    fn run(&self, event: &str, variables: &[(&str, &str)]) {
        let hook = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/hooks/50-dhcp");
        let status = self
            .command(&hook)
            .env("MACVEIL_EVENT", event)
            .env("MACVEIL_INTERFACE", "lo")
            .env("MACVEIL_ADDRESS", "02:00:00:00:00:01")
            .env("MACVEIL_ADDRESS_SINCE", LATER)
            .envs(variables.iter().copied())
            .status();
        assert!(status.expect("a shell").success());
    }

    /// What clients have recorded, without the directories of this place.
    fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("log")).unwrap_or_default();
        let place = format!("{}/", self.0.path().display());
        let text = text.replace(&place, "");
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn expect(&self, all: &[&str]) {
        until(&format!("{all:?}"), || self.log().len() >= all.len());
        sleep(Duration::from_millis(300));
        assert_eq!(self.log(), all);
    }
}

/// With processes of its own, because the hook looks at all of them.
fn alone(test: &str, body: impl FnOnce(Place)) {
    if is_inside() {
        return body(Place::new());
    }
    let words = ["unshare", "--pid", "--fork", "--mount-proc"];
    run_inside(&format!("dhcp_hook::{test}"), &words);
}

#[track_caller]
fn expect_end(child: &mut Child) {
    let status = child.wait().expect("its end");
    assert!(!status.success(), "it was killed");
}

#[test]
fn dhclient_older_than_the_address_starts_again() {
    alone("dhclient_older_than_the_address_starts_again", |place| {
        let mut client = place.start("dhclient", "-4 -i -lf leases lo");
        let mut others = place.start("dhclient", "-4 eth7");
        place.run("left", &[]);
        place.run("address", &[]);
        place.run("joined", &[("MACVEIL_ADDRESS_SINCE", "0.00")]);
        let before = ["started -4 -i -lf leases lo", "started -4 eth7"];
        place.expect(&before);
        place.run("joined", &[]);
        expect_end(&mut client);
        place.expect(&[&before[..], &before[..1]].concat());
        assert_eq!(others.try_wait().expect("its state"), None);
    });
}

#[test]
fn leases_of_dhclient_follow_network_and_address() {
    alone("leases_of_dhclient_follow_network_and_address", |place| {
        let at = |name: &str| place.path(name).display().to_string();
        let settings =
            "send host-name = gethostname();\n  send dhcp-client-identifier \"me\";\nretry 9;\n";
        fs::write(place.path("conf"), settings).expect("a file");
        let words = format!(
            "-4 -df {} -lf {} -cf {} lo",
            at("duid"),
            at("leases"),
            at("conf")
        );
        let mut client = place.start("dhclient", &words);
        let mut files = Vec::new();
        for (ssid, address) in [(HOME, "1"), (HOME, "2"), (CAFE, "2"), (HOME, "1")] {
            let lines = place.log().len();
            place.run(
                "joined",
                &[
                    ("MACVEIL_DHCP_IDENTITY", "follow"),
                    ("MACVEIL_SSID_HEX", ssid),
                    ("MACVEIL_ADDRESS", address),
                ],
            );
            until("another client", || place.log().len() > lines);
            files.push(place.log().pop().expect("its words"));
        }
        let begin = "started -4 lo -lf dhclient.macveil-lo-";
        let end = ".leases -cf dhclient.macveil-lo.conf";
        for words in &files {
            assert!(words.starts_with(begin) && words.ends_with(end), "{words}");
        }
        assert_eq!(files[0], files[3]);
        files.sort();
        files.dedup();
        assert_eq!(files.len(), 3);
        // A client for IPv6 is another process.
        let mut other = place.start("dhclient", "-6 -lf leases6 lo");
        let lines = place.log().len();
        place.run("joined", &[("MACVEIL_DHCP_IDENTITY", "follow")]);
        until("both clients", || place.log().len() == lines + 2);
        expect_end(&mut other);
        let mut both = place.log().split_off(lines);
        both.sort_by_key(String::len);
        assert!(both[0].contains(".leases -cf "), "{both:?}");
        assert!(
            both[1].starts_with("started -6") && both[1].contains("-6.leases -cf "),
            "{both:?}"
        );
        let settings = fs::read_to_string(place.path("dhclient.macveil-lo.conf"));
        assert_eq!(settings.expect("settings"), "retry 9;\n");
        expect_end(&mut client);
    });
}

#[test]
fn dhclient_for_ipv6_waits_for_its_address() {
    alone("dhclient_for_ipv6_waits_for_its_address", |place| {
        let ip = |words: &str| {
            let output = Command::new("ip").args(words.split(' ')).output();
            let output = output.expect("ip (iproute2)");
            assert!(output.status.success(), "ip {words}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        ip("link add card type veth peer name cable");
        ip("link set cable up");
        let mut client = place.start("dhclient", "-6 card");
        ip("link set card up");
        let looks = "-6 address show dev card scope link tentative";
        until("a link-local address", || !ip(looks).is_empty());
        place.run("joined", &[("MACVEIL_INTERFACE", "card")]);
        assert_eq!(ip(looks), "");
        expect_end(&mut client);
        place.expect(&["started -6 card", "started -6 card"]);
    });
}

#[test]
fn leases_by_ifupdown_are_forgotten_if_identity_follows() {
    alone(
        "leases_by_ifupdown_are_forgotten_if_identity_follows",
        |place| {
            let words = ["-t", "tmpfs", "tmpfs", "/var/lib"];
            let mount = Command::new("mount").args(words).status();
            assert!(mount.expect("mount").success());
            let leases = Path::new("/var/lib/dhcp");
            fs::create_dir(leases).expect("a directory");
            let names = ["dhclient.lo.leases", "dhclient6.lo.leases"];
            for name in names.iter().chain(&["dhclient.eth7.leases"]) {
                fs::write(leases.join(name), "default-duid \"me\";\n").expect("a file");
            }
            let left = || fs::read_dir(leases).expect("a directory").count();
            place.run("joined", &[("MACVEIL_DHCP_IDENTITY", "leave")]);
            assert_eq!(left(), 3);
            place.run("joined", &[("MACVEIL_DHCP_IDENTITY", "follow")]);
            assert_eq!(left(), 1);
            assert!(leases.join("dhclient.eth7.leases").exists());
        },
    );
}

#[test]
fn udhcpc_is_woken_renewed_or_started_again() {
    alone("udhcpc_is_woken_renewed_or_started_again", |place| {
        let words = "-i lo -F me -x hostname:me -x 0x32:00 -b";
        let mut client = place.start("udhcpc", words);
        let joined = |network, address, identity| {
            place.run(
                "joined",
                &[
                    ("MACVEIL_NETWORK_CHANGED", network),
                    ("MACVEIL_ADDRESS_CHANGED", address),
                    ("MACVEIL_DHCP_IDENTITY", identity),
                ],
            );
        };
        joined("unknown", "unknown", "leave");
        let words = format!("started {words}");
        let mut all = vec![words.as_str(), "USR2", "USR1"];
        place.expect(&all);
        fs::write(place.path("addresses"), "inet 10.0.0.2/24\n").expect("a file");
        joined("unknown", "unknown", "follow");
        place.expect(&all);
        joined("no", "no", "follow");
        all.push("USR1");
        place.expect(&all);
        joined("no", "yes", "leave");
        expect_end(&mut client);
        all.push(&words);
        place.expect(&all);
        fs::remove_file(place.path("addresses")).expect("a file");
        joined("no", "no", "follow");
        all.push("started -i lo -x 0x32:00 -b");
        place.expect(&all);
    });
}

#[test]
fn lease_of_dhcpcd_is_reused_under_the_same_address() {
    alone(
        "lease_of_dhcpcd_is_reused_under_the_same_address",
        |place| {
            for directory in ["/etc", "/var/lib"] {
                let words = ["-t", "tmpfs", "tmpfs", directory];
                let mount = Command::new("mount").args(words).status();
                assert!(mount.expect("mount").success());
            }
            fs::create_dir(LEASES).expect("a directory");
            let file = Path::new(LEASES).join("lo-My\\040Cafe.lease");
            fs::write(&file, lease()).expect("a lease");
            let joined = |ssid, address| {
                let variables = [("MACVEIL_SSID", ssid), ("MACVEIL_ADDRESS", address)];
                place.run("joined", &variables);
            };
            let mut other = place.start("dhcpcd", "-B eth7");
            joined("My Cafe", "02:00:00:00:00:01");
            place.expect(&["started -B eth7"]);
            other.kill().expect("a running client");
            other.wait().expect("its end");
            fs::remove_file(place.path("log")).expect("a log");
            let mut client = place.start("dhcpcd", "-B lo");
            joined("My Cafe", "02:00:00:00:00:02");
            joined("Home", "02:00:00:00:00:01");
            joined("My/Cafe", "02:00:00:00:00:01");
            place.expect(&["started -B lo"]);
            joined("My Cafe", "02:00:00:00:00:01");
            let set =
                "ip -4 address add 10.1.0.7/255.255.255.0 valid_lft 20 preferred_lft 20 dev lo";
            let route = "ip -4 route add default via 10.1.0.1 dev lo src 10.1.0.7 metric 32766";
            place.expect(&["started -B lo", set, route]);
            fs::write("/etc/dhcpcd.conf", "anonymous\n\tnogateway\n").expect("settings");
            joined("My Cafe", "02:00:00:00:00:01");
            place.expect(&["started -B lo", set, route, set]);
            fs::remove_file("/etc/dhcpcd.conf").expect("settings");
            let mut classless = lease();
            classless.splice(240..240, [121, 5, 0, 10, 1, 0, 2]);
            fs::write(&file, classless).expect("a lease");
            joined("My Cafe", "02:00:00:00:00:01");
            place.expect(&["started -B lo", set, route, set, set]);
            let over = SystemTime::now() - Duration::from_secs(3601);
            let opened = fs::File::options()
                .write(true)
                .open(&file)
                .expect("the lease");
            opened.set_modified(over).expect("its time");
            joined("My Cafe", "02:00:00:00:00:01");
            place.expect(&["started -B lo", set, route, set, set]);
            client.kill().expect("a running client");
            client.wait().expect("its end");
        },
    );
}

/// As dhcpcd keeps it: the server's acknowledgement, of an hour.
fn lease() -> Vec<u8> {
    let mut message = vec![0; 240];
    message[16..20].copy_from_slice(&[10, 1, 0, 7]);
    message[28..34].copy_from_slice(&[2, 0, 0, 0, 0, 1]);
    let options = [
        53, 1, 5, 0, 51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 255, 0, 3, 4, 10, 1, 0, 1, 255, 0,
    ];
    message.extend(options);
    message
}

#[test]
fn supervised_client_is_started_by_its_supervisor_only() {
    alone(
        "supervised_client_is_started_by_its_supervisor_only",
        |place| {
            place.write("supervise", "#!/bin/sh\nwhile :; do dhclient -d lo; done\n");
            let mut command = place.command(&place.path("supervise"));
            let mut supervisor = command.spawn().expect("a shell");
            place.expect(&["started -d lo"]);
            place.run("joined", &[]);
            place.expect(&["started -d lo", "started -d lo"]);
            supervisor.kill().expect("a running supervisor");
            supervisor.wait().expect("its end");
        },
    );
}

#[test]
fn networkd_is_anonymous_until_the_service_stops() {
    alone("networkd_is_anonymous_until_the_service_stops", |place| {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "tmpfs", "/run"])
            .status();
        assert!(mount.expect("mount").success());
        let links = Path::new("/run/systemd/netif/links");
        fs::create_dir_all(links).expect("a directory");
        // The loopback is the first interface of each namespace.
        let text = "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/25-wlan.network\n";
        fs::write(links.join("1"), text).expect("a file");
        let dropin = Path::new("/run/systemd/network/25-wlan.network.d/macveil.conf");
        place.run("address", &[("MACVEIL_DHCP_IDENTITY", "leave")]);
        assert!(!dropin.exists());
        place.run("address", &[("MACVEIL_DHCP_IDENTITY", "follow")]);
        let text = fs::read_to_string(dropin).expect("a drop-in");
        assert!(text.contains("\n[DHCPv4]\nAnonymize=yes\n"), "{text}");
        let of_ipv6 = "\n[DHCPv6]\nDUIDType=link-layer\nIAID=1\nSendHostname=no\n";
        assert!(text.contains(of_ipv6), "{text}");
        place.run("joined", &[("MACVEIL_DHCP_IDENTITY", "follow")]);
        place.expect(&["networkctl reload"]);
        place.run("stopped", &[]);
        assert!(!dropin.exists());
        place.expect(&["networkctl reload", "networkctl reload"]);
    });
}
