//! The files that programs really use.

use super::*;

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

const OWN_UNIT: &str = "/etc/systemd/system/wpa_supplicant-wlan0.service";
const TEMPLATE: &str = "/lib/systemd/system/wpa_supplicant@.service";

/// `wpa_supplicant` does not run, and a unit is enabled.
fn stopped(unit: &str, text: &str) -> Machine {
    let machine = Machine::good();
    machine.remove("/proc/41");
    machine.remove(WPA);
    machine.remove(&format!("{WANTS}/wpa_supplicant@wlan0.service"));
    let name = unit.rsplit('/').next().unwrap().replace("@.", "@wlan0.");
    machine.link(&format!("{WANTS}/{name}"), unit);
    machine.write(
        unit,
        &format!("[Unit]\nAfter=macveil.service\n[Service]\n{text}"),
    );
    machine
}

/// The file that a unit with these lines names is read.
#[track_caller]
fn names_a_file(unit: &str, text: &str, file: &str) -> Machine {
    let machine = stopped(unit, text);
    machine.write(file, &format!("{OWN}mac_addr=1\n"));
    let hint = format!("{file} line 3");
    found_alone(
        &machine,
        Some(("supplicant-mac-addr", "warning", &hint)),
        text,
    );
    machine
}

#[test]
fn drop_in_replaces_the_command_of_a_unit() {
    let machine = stopped(
        TEMPLATE,
        "ExecStart=/sbin/wpa_supplicant -c/etc/old.conf -i%I\n",
    );
    machine.write("/etc/old.conf", OWN);
    machine.write("/etc/new.conf", &format!("{OWN}mac_addr=1\n"));
    machine.write(
        "/etc/systemd/system/wpa_supplicant@wlan0.service.d/own.conf",
        "[Service]\nExecStart=\nExecStart=/sbin/wpa_supplicant -c/etc/new.conf -i%I\n",
    );
    let expected = ("supplicant-mac-addr", "warning", "/etc/new.conf line 3");
    found_alone(&machine, Some(expected), "drop-in of the instance");
}

#[test]
fn command_of_a_unit_is_split_as_systemd_does() {
    for (start, file) in [
        ("-i wlan0 \\\n  # not this\n  -c /etc/a.conf", "/etc/a.conf"),
        (
            "-u -i \"wlan0\" -c \"/etc/wpa supplicant.conf\"",
            "/etc/wpa supplicant.conf",
        ),
        ("-c'/etc/a b.conf' -iwlan0", "/etc/a b.conf"),
        (
            "-i eth0 -c /etc/x.conf -D wired -N -i wlan0 -c /etc/b.conf",
            "/etc/b.conf",
        ),
        ("-M -i wl* -c /etc/m.conf", "/etc/m.conf"),
        ("-i wlan0 -c relative.conf", "/relative.conf"),
    ] {
        names_a_file(
            OWN_UNIT,
            &format!("ExecStart=/sbin/wpa_supplicant {start}\n"),
            file,
        );
    }
}

#[test]
fn variables_in_the_command_of_a_unit_are_known() {
    let start = "ExecStart=/sbin/wpa_supplicant -u $INTERFACES -c ${DIRECTORY}/a.conf\n";
    let text = format!("Environment=\"INTERFACES=-i wlan0\" DIRECTORY=/srv\n{start}");
    names_a_file(OWN_UNIT, &text, "/srv/a.conf");
    let machine = stopped(
        OWN_UNIT,
        &format!("EnvironmentFile=-/etc/sysconfig/wpa\n{start}"),
    );
    machine.write(
        "/etc/sysconfig/wpa",
        "# Fedora's\nINTERFACES=\"-iwlan0\"\nDIRECTORY='/srv'\n",
    );
    machine.write("/srv/a.conf", &format!("{OWN}mac_addr=1\n"));
    let expected = ("supplicant-mac-addr", "warning", "/srv/a.conf line 3");
    found_alone(&machine, Some(expected), "environment file");
}

#[test]
fn environment_file_of_an_instance_is_known() {
    for specifier in ["%i", "%I"] {
        let machine = stopped(
            TEMPLATE,
            &format!(
                "EnvironmentFile=-/etc/conf.d/wpa-{specifier}\nExecStart=/sbin/wpa_supplicant $OPTIONS\n"
            ),
        );
        machine.write(
            "/etc/conf.d/wpa-wlan0",
            "OPTIONS=\"-i wlan0 -c /srv/a.conf\"\n",
        );
        machine.write("/srv/a.conf", &format!("{OWN}mac_addr=1\n"));
        let expected = ("supplicant-mac-addr", "warning", "/srv/a.conf line 3");
        found_alone(&machine, Some(expected), specifier);
    }
}

#[test]
fn unit_that_netplan_generates_is_known() {
    const UNIT: &str = "/run/systemd/system/netplan-wpa-wlan0.service";
    let start =
        "ExecStart=/sbin/wpa_supplicant -c /run/netplan/wpa-wlan0.conf -iwlan0 -Dnl80211,wext\n";
    let machine = names_a_file(UNIT, start, "/run/netplan/wpa-wlan0.conf");
    machine.remove(&format!("{WANTS}/netplan-wpa-wlan0.service"));
    machine.link(
        "/run/systemd/system/systemd-networkd.service.wants/netplan-wpa-wlan0.service",
        UNIT,
    );
    let expected = (
        "supplicant-mac-addr",
        "warning",
        "/run/netplan/wpa-wlan0.conf line 3",
    );
    found_alone(&machine, Some(expected), "as netplan enables it");
}

#[test]
fn file_that_a_stanza_of_ifupdown_names_is_known() {
    for stanza in ["wpa-conf /srv/home.conf", "wpa-roam /srv/home.conf"] {
        let machine = stopped(OWN_UNIT, "");
        machine.remove(&format!("{WANTS}/wpa_supplicant-wlan0.service"));
        machine.write(
            "/etc/network/interfaces",
            "source-directory /etc/network/interfaces.d\n",
        );
        machine.write(
            "/etc/network/interfaces.d/wifi",
            &format!("auto wlan0\niface wlan0 inet manual\n  {stanza}\n"),
        );
        machine.write("/srv/home.conf", &format!("{OWN}mac_addr=1\n"));
        let expected = ("supplicant-mac-addr", "warning", "/srv/home.conf line 3");
        found_alone(&machine, Some(expected), stanza);
    }
}

#[test]
fn process_that_matches_interfaces_by_a_pattern_is_known() {
    let machine = with_supplicant("wpa_supplicant -c /etc/x.conf -i eth0 -M -c /etc/m.conf -i wl*");
    machine.write("/etc/m.conf", &format!("{OWN}mac_addr=1\n"));
    let expected = ("supplicant-mac-addr", "warning", "/etc/m.conf line 3");
    found_alone(&machine, Some(expected), "-M");
}

#[test]
fn several_names_in_a_network_file_are_alternatives() {
    let machine = Machine::good();
    machine.write(
        "/etc/systemd/network/10-own.network",
        "[Match]\nName=eth0\nName=wlan0\n[Network]\nDHCP=yes\nIPv6AcceptRA=no\n[DHCPv4]\nAnonymize=yes\n[Link]\nMACAddress=02:00:00:00:00:01\n",
    );
    let expected = ("networkd-mac-address", "warning", "10-own.network line 10");
    found_alone(&machine, Some(expected), "two lines");
}
