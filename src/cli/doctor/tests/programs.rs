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
