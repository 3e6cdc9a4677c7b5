use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::tools::doctor::{
    CardFacts, Control, Facts, Finding, MacveilFacts, Severity, Topic, fuzzing,
};
use macveil_core::types::ManagerKind;
use macveil_testkit::misconfigurations::{self, Plant};

/// A machine without problems: a tree of files, and facts from the kernel.
struct Machine {
    root: TempDir,
    card: CardFacts,
    macveil: MacveilFacts,
}

const WPA: &str = "/etc/wpa_supplicant/wpa_supplicant-wlan0.conf";
const UNIT: &str = "/etc/systemd/system/macveil.service";
const DROP_IN: &str = "/etc/systemd/system/wpa_supplicant@.service.d/macveil.conf";
const RELEASE: &str = "6.12.0-test";
const LINK: &str = "/etc/systemd/network/70-macveil.link";
const WANTS: &str = "/etc/systemd/system/multi-user.target.wants";
const IPV6: &str = "/proc/sys/net/ipv6/conf/wlan0";

impl Machine {
    fn good() -> Self {
        let machine = Self {
            root: tempfile::tempdir().unwrap(),
            card: fuzzing::card("wlan0"),
            macveil: MacveilFacts {
                runs: true,
                wrong: None,
                ctrl_interface: "/run/wpa_supplicant".to_owned(),
                ..MacveilFacts::default()
            },
        };
        machine.process(1, "systemd", "/sbin/init");
        machine.process(2, "systemd-udevd", "/lib/systemd/systemd-udevd");
        machine.process(
            41,
            "wpa_supplicant",
            &format!("wpa_supplicant -c{WPA} -iwlan0"),
        );
        machine.write(
            UNIT,
            include_str!("../../../contrib/systemd/system/macveil.service"),
        );
        machine.write(
            DROP_IN,
            include_str!("../../../contrib/systemd/system/wpa_supplicant@.service.d/macveil.conf"),
        );
        machine.write(
            LINK,
            include_str!("../../../contrib/systemd/network/70-macveil.link"),
        );
        machine.write(
            "/etc/systemd/network/70-macveil-usb.link",
            include_str!("../../../contrib/systemd/network/70-macveil-usb.link"),
        );
        for unit in ["macveil", "wpa_supplicant@wlan0"] {
            machine.link(
                &format!("{WANTS}/{unit}.service"),
                "/lib/systemd/system/elsewhere",
            );
        }
        machine.write(WPA, "ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\np2p_disabled=1\n\nnetwork={\n\tssid=\"Home\"\n\tpsk=\"correct horse\"\n}\n");
        misconfigurations::table()
            .0
            .iter()
            .for_each(|plant| machine.plant(plant));
        machine.write(
            "/proc/net/if_inet6",
            "fe80000000000000780102fffe030405 03 40 20 80    wlan0\n",
        );
        machine
    }

    /// The same with iwd instead of `wpa_supplicant`.
    fn good_with_iwd() -> Self {
        let machine = Self::good();
        machine.remove("/proc/41");
        machine.remove(WPA);
        machine.remove(&format!("{WANTS}/wpa_supplicant@wlan0.service"));
        machine.process(42, "iwd", "/usr/libexec/iwd");
        machine.write(
            "/etc/iwd/main.conf",
            "[General]\nAddressRandomization=network\n",
        );
        machine.write(
            "/var/lib/iwd/Home.psk",
            "[Security]\nPassphrase=correct horse\n[Settings]\nAddressOverride=7a:01:02:03:04:05\n",
        );
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Appends to the file.
    fn add(&self, path: &str, text: &str) {
        let before = fs::read_to_string(self.path(path)).unwrap_or_default();
        self.write(path, &(before + text));
    }

    fn link(&self, path: &str, target: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        symlink(target, self.path(path)).unwrap();
    }

    fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }

    fn plant(&self, plant: &Plant) {
        match plant {
            Plant::Write { file, text } => self.write(file, text),
            Plant::Add { file, text } => self.add(file, text),
            Plant::Remove { file } => self.remove(file),
            Plant::Run { command } => {
                let name = command.split(' ').next().unwrap();
                self.process(50, name, command);
            }
        }
    }

    fn answers(&mut self, answers: &[(&'static str, &str)]) {
        let answers = answers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        self.card.control = Control::Answers(answers.collect());
    }

    fn process(&self, number: u32, name: &str, command: &str) {
        self.write(&format!("/proc/{number}/comm"), &format!("{name}\n"));
        let arguments = command.replace(' ', "\0") + "\0";
        self.write(&format!("/proc/{number}/cmdline"), &arguments);
    }

    fn facts(&self) -> Facts {
        let processes = files::processes(self.root.path());
        Facts {
            release: (6, 12),
            macveil: self.macveil.clone(),
            files: files::read_all(self.root.path(), &processes, &[("wlan0", 3)], RELEASE),
            release_name: RELEASE.to_owned(),
            cards: vec![self.card.clone()],
            processes,
        }
    }

    fn findings(&self) -> Vec<Finding> {
        examine(&self.facts())
    }
}

fn worse_than_good(findings: &[Finding]) -> Vec<(&str, &str)> {
    let worse = findings
        .iter()
        .filter(|finding| finding.severity != Severity::Good);
    worse
        .map(|finding| (finding.check.id, finding.severity.word()))
        .collect()
}

#[test]
fn good_machine_has_only_good_findings() {
    for machine in [Machine::good(), Machine::good_with_iwd()] {
        let findings = machine.findings();
        assert_eq!(worse_than_good(&findings), [], "{findings:#?}");
        assert!(Report::new(findings).is_ok());
    }
}

#[test]
fn misconfiguration_is_the_only_finding() {
    for wrong in misconfigurations::table().1 {
        let machine = Machine::good();
        wrong.plants.iter().for_each(|plant| machine.plant(plant));
        let found: Vec<_> = wrong
            .found
            .iter()
            .map(|found| {
                (
                    found.id.as_str(),
                    found.severity.as_str(),
                    found.hint.as_str(),
                )
            })
            .collect();
        found_only(&machine, &found, &format!("{wrong:?}"));
    }
}

#[test]
fn facts_from_kernel_and_macveil_are_checked() {
    use crate::tools::doctor::{Control, Trial};
    let found = |change: fn(&mut Machine), id, severity, hint| {
        let mut machine = Machine::good();
        change(&mut machine);
        found_alone(&machine, Some((id, severity, hint)), id);
    };
    found(
        |machine| machine.macveil.runs = false,
        "running",
        "problem",
        "systemctl start",
    );
    found(
        |machine| machine.card.is_managed = false,
        "managed",
        "warning",
        "`manage`",
    );
    found(
        |machine| machine.card.allows_unprotected = true,
        "on-failure",
        "warning",
        "closed",
    );
    let bare = |machine: &mut Machine| machine.card.scans_without_randomization = true;
    found(bare, "scan-rand-mac-address", "warning", "= true");
    let wrong = |machine: &mut Machine| machine.macveil.wrong = Some("x.toml: no".to_owned());
    found(wrong, "configuration", "problem", "macveil check");
    let less = |machine: &mut Machine| machine.card.kernel.random_address = false;
    found(less, "scan-random-address", "note", "mask");
    let less = |machine: &mut Machine| machine.card.kernel.random_sequence = false;
    found(less, "scan-random-sequence", "note", "mac80211");
    let less = |machine: &mut Machine| machine.card.kernel.minimal_content = false;
    found(less, "scan-minimal-content", "note", "mac80211");
    let less = |machine: &mut Machine| machine.card.kernel.live_change = false;
    found(less, "live-change", "note", "takes the card down");
    let less = |machine: &mut Machine| machine.card.kernel.permanent = None;
    found(less, "permanent-address", "note", "macveil policy");
    let driver = |machine: &mut Machine| machine.card.kernel.driver = "brcmfmac".to_owned();
    found(driver, "firmware", "note", "macveil audit");
    let owner = |machine: &mut Machine| machine.card.owner = Some(ManagerKind::NetworkManager);
    found(
        owner,
        "owner",
        "problem",
        "nmcli device set wlan0 managed no",
    );
    let tried = |machine: &mut Machine| machine.card.trial = Some(Trial::Ignored);
    found(tried, "honours-address", "problem", "another card");
    let deaf =
        |machine: &mut Machine| machine.card.control = Control::Unreachable("gone".to_owned());
    found(
        deaf,
        "supplicant-control",
        "warning",
        "wpa_cli -i wlan0 ping",
    );
    let old = |machine: &mut Machine| machine.answers(&[("version", "v2.9")]);
    found(old, "supplicant-version", "warning", "2.10");
    let set = |machine: &mut Machine| machine.answers(&[("version", "2.10"), ("mac_addr", "1")]);
    found(
        set,
        "supplicant-mac-addr",
        "warning",
        "wpa_cli -i wlan0 set",
    );
    let gone = |machine: &mut Machine| machine.remove(WPA);
    found(gone, "supplicant-configuration", "problem", WPA);
    let key = |machine: &mut Machine| machine.macveil.insecure_key = Some("mode 644".to_owned());
    found(key, "key-file", "problem", "ls -l");
    let newer = |machine: &mut Machine| machine.answers(&[("version", "2.11")]);
    found(
        newer,
        "supplicant-ssid-protection",
        "note",
        "ssid_protection=1",
    );
    let left = |machine: &mut Machine| machine.add("/proc/net/if_inet6", OF_PERMANENT);
    found(left, "ipv6-permanent-address", "problem", "flush");
    let secret = |machine: &mut Machine| machine.write(&format!("{IPV6}/addr_gen_mode"), "2\n");
    found(secret, "ipv6-addr-gen-mode", "warning", "addr_gen_mode=0");
    let numbered = |machine: &mut Machine| machine.write("/etc/group", "netdev:x:105:me\n");
    let mut machine = Machine::good();
    numbered(&mut machine);
    machine.write(
        WPA,
        "p2p_disabled=1\nctrl_interface=DIR=/run/wpa_supplicant GROUP=105\n",
    );
    found_alone(&machine, None, "group given by number");
}

/// An IPv6 address derived from the card's permanent address.
const OF_PERMANENT: &str = "20010db8000000000216eafffe123456 03 40 00 80    wlan0\n";

#[test]
fn iwd_misconfiguration_is_the_only_finding() {
    const MAIN: &str = "/etc/iwd/main.conf";
    const HOME: &str = "/var/lib/iwd/Home.psk";
    let found = |change: fn(&Machine), id, severity, hint| {
        let machine = Machine::good_with_iwd();
        change(&machine);
        found_alone(&machine, Some((id, severity, hint)), id);
    };
    for (line, severity, hint) in [
        (
            "AddressRandomization=disabled",
            "problem",
            "main.conf line 2",
        ),
        ("#AddressRandomization=network", "problem", MAIN),
        ("AddressRandomization=once", "warning", "main.conf line 2"),
        (
            "AddressRandomization=once\nAddressRandomization=network",
            "warning",
            "main.conf line 2",
        ),
    ] {
        let machine = Machine::good_with_iwd();
        machine.write(MAIN, &format!("[General]\n{line}\n"));
        // Otherwise there is a finding about the files of networks, which have no effect then.
        machine.remove(HOME);
        let expected = ("iwd-address-randomization", severity, hint);
        found_alone(&machine, Some(expected), line);
    }
    let scans =
        |machine: &Machine| machine.add(MAIN, "[Scan]\nDisableMacAddressRandomization=true\n");
    found(scans, "iwd-scan-randomization", "problem", "line 4");
    let hidden = |machine: &Machine| machine.add(HOME, "Hidden=true\n");
    found(hidden, "iwd-hidden", "warning", "Home.psk line 5");
    let own = |machine: &Machine| machine.add(MAIN, "EnableNetworkConfiguration=true\n");
    found(
        own,
        "iwd-network-configuration",
        "problem",
        "main.conf line 3",
    );
    let name = |machine: &Machine| machine.add(HOME, "[IPv4]\nSendHostname=true\n");
    found(name, "iwd-host-name", "warning", "Home.psk line 6");
    let own =
        |machine: &Machine| machine.write("/var/lib/iwd/Cafe.open", "[Settings]\nAutoConnect=no\n");
    found(own, "iwd-address-override", "note", "Cafe.open");
}

/// Checks for one finding; `None`: all are good.
fn found_alone(machine: &Machine, found: Option<(&str, &str, &str)>, case: &str) {
    found_only(machine, found.as_slice(), case);
}

/// Checks for findings, given by ID, severity and part of the remedy.
fn found_only(machine: &Machine, found: &[(&str, &str, &str)], case: &str) {
    let findings = machine.findings();
    let worse = worse_than_good(&findings);
    let expected: Vec<_> = found.iter().map(|found| (found.0, found.1)).collect();
    assert_eq!(worse, expected, "{case}: {findings:#?}");
    for (id, _, hint) in found {
        let mut all = findings.iter().filter(|finding| finding.check.id == *id);
        let remedies: Vec<_> = all
            .clone()
            .filter_map(|finding| finding.remedy.as_deref())
            .collect();
        assert!(
            remedies.iter().any(|remedy| remedy.contains(hint)),
            "{case}: {remedies:?}"
        );
        assert!(
            all.all(|finding| finding.interface.is_some() || finding.check.topic == Topic::Boot)
        );
    }
    let is_ok = found.iter().all(|found| found.1 == "note");
    assert_eq!(Report::new(findings).is_ok(), is_ok, "{case}");
}

#[cfg(feature = "dbus")]
#[test]
fn iwd_is_accepted_as_the_owner_of_a_card() {
    let mut machine = Machine::good();
    machine.card.owner = Some(ManagerKind::Iwd);
    found_alone(&machine, None, "with iwd");
    machine.macveil.runs = true;
    machine.card.kernel.permanent = Some(machine.card.kernel.initial);
    let hint = "`macveil status wlan0` shows the reason";
    found_alone(
        &machine,
        Some(("current-address", "note", hint)),
        "with iwd",
    );
}

#[test]
fn permanent_address_has_severity_by_state_of_card() {
    for (up, runs, severity) in [
        (true, false, Severity::Problem),
        (false, false, Severity::Warning),
        (true, true, Severity::Note),
    ] {
        let mut machine = Machine::good();
        machine.card.kernel.initial = machine.card.kernel.permanent.unwrap();
        machine.card.up = up;
        machine.macveil.runs = runs;
        let findings = machine.findings();
        let found = findings
            .iter()
            .find(|finding| finding.check.id == "current-address")
            .unwrap();
        assert_eq!(found.severity, severity, "{up} {runs}");
    }
}

#[test]
fn unreadable_configuration_is_a_problem() {
    let machine = Machine::good();
    let path = machine.path(WPA);
    // Root can read every file, but not a directory.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let findings = machine.findings();
    assert_eq!(
        worse_than_good(&findings),
        [("supplicant-configuration", "problem")]
    );
}

#[test]
fn devices_and_long_files_are_not_read_completely() {
    let machine = Machine::good();
    machine.remove("/etc/dhcpcd.conf");
    machine.link("/etc/dhcpcd.conf", "/dev/zero");
    machine.write(WPA, &"#\n".repeat(1 << 20));
    assert!(!machine.findings().is_empty());
}

#[test]
fn text_and_json_have_the_same_findings() {
    let mut machine = Machine::good();
    machine.macveil.runs = false;
    machine.add(
        WPA,
        "mac_addr=1\nnetwork={\nssid=\"\u{1b}[2J\"\nscan_ssid=1\n}\n",
    );
    let answer = Report::new(machine.findings());
    let text = answer.to_text(Paint::Plain);
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 80 || !line.contains(' ')),
        "{text}"
    );
    assert!(!text.replace('\n', "").contains(char::is_control), "{text}");
    assert!(text.contains("problem  macveil is not running"), "{text}");
    assert!(text.contains("\nwarnings and problems: "), "{text}");
    assert!(
        answer
            .to_text(Paint::Coloured)
            .contains("\u{1b}[1;31mproblem")
    );
    let json = answer.to_json();
    for part in [
        r#"{"content":false,"findings":["#,
        r#"{"id":"running","severity":"problem","topic":"boot","interface":null,"#,
        r#"{"id":"supplicant-mac-addr","severity":"warning","topic":"supplicant","interface":"wlan0","#,
    ] {
        assert!(json.contains(part), "{json}");
    }
}

#[test]
fn a_control_socket_without_a_server_is_unreachable() {
    let root = tempfile::tempdir().unwrap();
    let socket = root.path().join("wlan0");
    assert_eq!(supplicant::query(&socket), Control::Absent);
    drop(UnixDatagram::bind(&socket).unwrap());
    assert_eq!(
        supplicant::query(&socket),
        Control::Unreachable("Connection refused (os error 111)".to_owned())
    );
}

#[test]
fn a_supplicant_that_does_not_reply_is_unreachable() {
    let root = tempfile::tempdir().unwrap();
    let socket = root.path().join("wlan0");
    let _stopped = UnixDatagram::bind(&socket).unwrap();
    assert_eq!(
        supplicant::query(&socket),
        Control::Unreachable("no reply within 1 s".to_owned())
    );
}

#[test]
fn values_that_a_supplicant_knows_are_read() {
    let root = tempfile::tempdir().unwrap();
    let socket = root.path().join("wlan0");
    let listener = UnixDatagram::bind(&socket).unwrap();
    let server = std::thread::spawn(move || {
        for reply in ["v2.10\n", "0", "FAIL\n"] {
            let mut buffer = [0; 64];
            let (length, client) = listener.recv_from(&mut buffer).unwrap();
            assert!(buffer[..length].starts_with(b"GET "));
            listener.send_to_addr(reply.as_bytes(), &client).unwrap();
        }
    });
    let expected = [
        ("version", "v2.10".to_owned()),
        ("mac_addr", "0".to_owned()),
    ];
    assert_eq!(
        supplicant::query(&socket),
        Control::Answers(expected.into())
    );
    server.join().unwrap();
}

#[test]
fn documentation_has_every_check() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md")).unwrap();
    for check in crate::tools::doctor::checks() {
        assert!(
            text.contains(&format!("`{}`", check.id)),
            "{} is missing",
            check.id
        );
    }
}

/// Starts `wpa_supplicant` for the card with other arguments.
fn with_supplicant(arguments: &str) -> Machine {
    let machine = Machine::good();
    machine.process(41, "wpa_supplicant", arguments);
    machine
}

const OWN: &str = "ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\np2p_disabled=1\n";

#[test]
fn additional_file_of_wpa_supplicant_is_read() {
    let machine = with_supplicant(&format!("wpa_supplicant -c{WPA} -I/etc/more.conf -iwlan0"));
    machine.write(
        "/etc/more.conf",
        "network={\nssid=\"Den\"\nscan_ssid=1\n}\n",
    );
    let expected = ("supplicant-hidden", "warning", "/etc/more.conf line 3");
    found_alone(&machine, Some(expected), "-I");
    machine.remove("/etc/more.conf");
    let expected = ("supplicant-configuration", "problem", "/etc/more.conf");
    found_alone(&machine, Some(expected), "-I without a file");
}

#[test]
fn relative_file_is_found_in_the_directory_of_the_process() {
    let machine = with_supplicant("wpa_supplicant -B -i eth0 -c x -N -iwlan0 -c my/wlan.conf");
    let expected = ("supplicant-configuration", "note", "sudo macveil doctor");
    found_alone(&machine, Some(expected), "unknown directory");
    machine.link("/proc/41/cwd", "/srv");
    machine.write("/srv/my/wlan.conf", &format!("{OWN}mac_addr=1\n"));
    let expected = ("supplicant-mac-addr", "warning", "/srv/my/wlan.conf line 3");
    found_alone(&machine, Some(expected), "known directory");
}

#[test]
fn file_is_read_as_a_process_with_its_own_files_sees_it() {
    let machine = with_supplicant("wpa_supplicant -iwlan0 -c /etc/own.conf");
    machine.link("/proc/self/ns/mnt", "mnt:[1]");
    machine.link("/proc/41/ns/mnt", "mnt:[2]");
    machine.write("/proc/41/root/etc/own.conf", &format!("{OWN}mac_addr=1\n"));
    let expected = (
        "supplicant-mac-addr",
        "warning",
        "/proc/41/root/etc/own.conf line 3",
    );
    found_alone(&machine, Some(expected), "own files");
    machine.write("/etc/own.conf", &format!("{OWN}mac_addr=1\n"));
    let expected = ("supplicant-mac-addr", "warning", "/etc/own.conf line 3");
    found_alone(&machine, Some(expected), "the same files");
}

#[test]
fn wpa_supplicant_without_file_and_socket_is_a_problem() {
    let machine = with_supplicant("wpa_supplicant -u -iwlan0");
    let expected = (
        "supplicant-control",
        "problem",
        "start wpa_supplicant with -c",
    );
    found_alone(&machine, Some(expected), "D-Bus only");
}

#[test]
fn kernel_without_both_hooks_is_found() {
    let machine = Machine::good();
    let config = format!("/boot/config-{RELEASE}");
    machine.write(
        &config,
        "CONFIG_NET_CLS_ACT=y\nCONFIG_NET_SCH_INGRESS=m\nCONFIG_NET_CLS_BPF=m\n",
    );
    found_alone(&machine, None, "modules");
    let modules = format!("/lib/modules/{RELEASE}/modules.dep");
    machine.write(&modules, "kernel/net/sched/sch_ingress.ko.xz:\n");
    let expected = (
        "source-guard",
        "warning",
        "CONFIG_NET_CLS_BPF; or with CONFIG_NETFILTER_EGRESS",
    );
    found_alone(&machine, Some(expected), "module that is not installed");
    machine.add(
        &config,
        "CONFIG_NETFILTER_EGRESS=y\nCONFIG_NF_TABLES_NETDEV=y\n",
    );
    found_alone(&machine, None, "the other hook");
    machine.write(&config, "# CONFIG_NET_CLS_ACT is not set\n");
    let expected = (
        "source-guard",
        "warning",
        "CONFIG_NET_CLS_ACT, CONFIG_NET_SCH_INGRESS",
    );
    found_alone(&machine, Some(expected), "no hook");
}

#[test]
fn machine_without_card_has_its_files_checked() {
    let mut machine = Machine::good();
    machine.card.is_absent = true;
    machine.card.kernel.permanent = None;
    machine.add(WPA, "mac_addr=1\n");
    machine.remove(LINK);
    let findings = machine.findings();
    let worse = worse_than_good(&findings);
    assert_eq!(
        worse,
        [("card", "note"), ("supplicant-mac-addr", "warning")],
        "{findings:#?}"
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.check.topic != Topic::Radio)
    );
}

#[test]
fn services_of_runit_and_openrc_are_found() {
    let without_systemd = || {
        let machine = Machine::good();
        machine.remove("/proc/1");
        machine.remove(WANTS);
        machine
    };
    let machine = without_systemd();
    machine.write("/etc/sv/wpa_supplicant/run", "#!/bin/sh\n");
    assert!(worse_than_good(&machine.findings()).contains(&("boot-service", "warning")));
    machine.link("/var/service/macveil", "/etc/sv/macveil");
    assert!(!worse_than_good(&machine.findings()).contains(&("boot-service", "warning")));
    let machine = without_systemd();
    machine.write("/etc/runlevels/boot/hostname", "");
    assert!(worse_than_good(&machine.findings()).contains(&("boot-service", "warning")));
    machine.write("/etc/runlevels/boot/macveil", "");
    assert!(!worse_than_good(&machine.findings()).contains(&("boot-service", "warning")));
}

#[test]
fn problems_come_first_in_the_text() {
    let mut machine = Machine::good();
    machine.macveil.runs = false;
    machine.add(WPA, "mac_addr=1\nupdate_config=1\n");
    machine.card.owner = Some(ManagerKind::NetworkManager);
    let text = Report::new(machine.findings()).to_text(Paint::Plain);
    let words: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| !word.is_empty())
        .collect();
    let rank = |word: &&str| {
        ["problem", "warning", "note", "good"]
            .iter()
            .position(|it| it == word)
    };
    assert!(words.is_sorted_by_key(rank), "{text}");
    assert_eq!(
        words.iter().filter(|word| **word == "problem").count(),
        2,
        "{text}"
    );
}

#[test]
fn key_that_others_can_read_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("secret_key");
    assert_eq!(gather::insecure_key(&path), None);
    fs::write(&path, "0123456789abcdefghij").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(gather::insecure_key(&path).is_some());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(gather::insecure_key(&path), None);
    fs::write(&path, "a".repeat(40)).unwrap();
    assert!(gather::insecure_key(&path).unwrap().contains("guessed"));
}

#[test]
fn stored_duid_with_the_permanent_address_is_a_problem() {
    let machine = Machine::good();
    machine.write("/etc/dhcpcd.conf", "# nothing\n");
    machine.write(
        "/var/lib/dhcpcd/duid",
        "00:01:00:01:2d:22:5c:78:00:16:ea:12:34:56\n",
    );
    let expected = ("dhcp-permanent-address", "problem", "/var/lib/dhcpcd/duid");
    found_alone(&machine, Some(expected), "dhcpcd");
    let machine = Machine::good();
    let leases = "/var/lib/dhcp/dhclient.wlan0.leases";
    let duid = "default-duid \"\\000\\001\\000\\001-\\\"\\\\x\\000\\026\\352\\0224V\";\n";
    machine.write(leases, duid);
    let expected = ("dhcp-permanent-address", "problem", leases);
    found_alone(&machine, Some(expected), "dhclient");
    machine.remove(leases);
    machine.process(
        50,
        "dhclient",
        "dhclient -4 -lf leases -cf /etc/own.conf wlan0",
    );
    machine.link("/proc/50/cwd", "/srv");
    machine.write("/srv/leases", duid);
    machine.write("/etc/own.conf", "send host-name = \"me\";\n");
    let expected = [
        ("dhcp-permanent-address", "problem", "/srv/leases"),
        ("dhcp-source", "warning", "Anonymize=yes"),
        ("dhcp-host-name", "warning", "/etc/own.conf line 1"),
    ];
    found_only(&machine, &expected, "files that the arguments name");
}

#[test]
fn files_that_units_and_scripts_name_are_read() {
    const NIX: &str = "/etc/systemd/system/wpa_supplicant-wlan0.service";
    const UNIT: &str = "[Unit]\nAfter=macveil.service\n[Service]\n";
    let stopped = || {
        let machine = Machine::good();
        machine.remove("/proc/41");
        machine.remove(WPA);
        machine.remove(&format!("{WANTS}/wpa_supplicant@wlan0.service"));
        machine.link(&format!("{WANTS}/wpa_supplicant-wlan0.service"), NIX);
        machine
    };
    let text = format!("{OWN}mac_addr=1\n");
    let found = |machine: &Machine, hint: &str| {
        found_alone(
            machine,
            Some(("supplicant-mac-addr", "warning", hint)),
            hint,
        );
    };
    let machine = stopped();
    let start = "ExecStart=/nix/store/a-wpa/bin/wpa_supplicant -s -i %i -c /nix/store/b.conf -I /etc/c.conf";
    machine.write(NIX, &format!("{UNIT}{}\n", start.replace("%i", "wlan0")));
    machine.write("/nix/store/b.conf", OWN);
    machine.write("/etc/c.conf", "mac_addr=1\n");
    found(&machine, "/etc/c.conf line 1");
    let machine = stopped();
    machine.write(NIX, &format!("{UNIT}RootDirectory=/run/wpa\n{start}\n"));
    machine.write("/run/wpa/nix/store/b.conf", &text);
    machine.write("/run/wpa/etc/c.conf", "");
    found(&machine, "/run/wpa/nix/store/b.conf line 3");
    let machine = stopped();
    machine.write(NIX, &format!("{UNIT}ExecStart=/nix/store/start\n"));
    machine.write(
        "/nix/store/start",
        "#!/bin/sh\nexec wpa_supplicant -s -i wlan0 -c /etc/d.conf\n",
    );
    machine.write("/etc/d.conf", &text);
    found(&machine, "/etc/d.conf line 3");
    let machine = stopped();
    machine.remove(&format!("{WANTS}/wpa_supplicant-wlan0.service"));
    machine.write(
        "/etc/sv/wpa_supplicant/conf",
        "CONF_FILE=\"/etc/void.conf\"\n",
    );
    machine.write("/etc/void.conf", &text);
    found(&machine, "/etc/void.conf line 3");
}

#[test]
fn options_of_the_running_kernel_are_read_from_proc() {
    let machine = Machine::good();
    let file = machine.path("/proc/config.gz");
    // `# CONFIG_NET_CLS_ACT is not set`, by `gzip -n`.
    fs::write(file, base16ct::lower::decode_vec(b"1f8b0800000000000203535670f6f773f3748ff7730d8977f6098e77740e51c82c56c8cb2f51284e2de102005505e17d20000000").unwrap()).unwrap();
    let expected = ("source-guard", "warning", "CONFIG_NET_CLS_ACT");
    found_alone(&machine, Some(expected), "config.gz");
}
