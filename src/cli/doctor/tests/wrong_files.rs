//! One thing wrong in a file is one finding.

use super::*;
use crate::tools::doctor::Content;

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
            "; each\nAddressRandomization=network",
            "problem",
            "only # begins a comment",
        ),
        (
            "AddressRandomization=network\r",
            "problem",
            "main.conf line 2",
        ),
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
fn files_that_others_may_read_are_named() {
    let machine = Machine::good();
    let mut facts = machine.facts();
    for path in ["/etc/network/interfaces", "/var/lib/iwd"] {
        facts.files.add(path.to_owned(), Content::Denied);
    }
    let findings = examine(&facts);
    assert_eq!(worse_than_good(&findings), [("unreadable-files", "note")]);
    let what = "this user cannot read /etc/network/interfaces, /var/lib/iwd";
    assert!(findings.iter().any(|finding| finding.what == what));
}

#[test]
fn remedies_without_systemd_do_not_need_it() {
    let machine = Machine::good();
    for path in ["/proc/1", WANTS] {
        machine.remove(path);
    }
    machine.process(50, "udhcpc", "udhcpc -i wlan0");
    let findings = machine.findings();
    let mut remedies = findings
        .iter()
        .filter_map(|finding| finding.remedy.as_ref());
    assert!(
        remedies
            .clone()
            .any(|remedy| remedy.contains("macveil-hooks"))
    );
    assert!(!remedies.any(|remedy| remedy.contains("systemctl")));
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
