//! `doctor` on trees of files.

mod control;
mod facts;
mod output;
mod programs;
mod wrong_files;

use std::fs;
use std::os::unix::fs::symlink;
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
            include_str!("../../../../contrib/systemd/system/macveil.service"),
        );
        machine.write(
            DROP_IN,
            include_str!(
                "../../../../contrib/systemd/system/wpa_supplicant@.service.d/macveil.conf"
            ),
        );
        machine.write(
            LINK,
            include_str!("../../../../contrib/systemd/network/70-macveil.link"),
        );
        machine.write(
            "/etc/systemd/network/70-macveil-usb.link",
            include_str!("../../../../contrib/systemd/network/70-macveil-usb.link"),
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
