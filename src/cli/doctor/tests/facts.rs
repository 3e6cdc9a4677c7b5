//! What the kernel and macveil report.

use super::*;

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
fn options_of_the_running_kernel_are_read_from_proc() {
    let machine = Machine::good();
    let file = machine.path("/proc/config.gz");
    // `# CONFIG_NET_CLS_ACT is not set`, by `gzip -n`.
    fs::write(file, base16ct::lower::decode_vec(b"1f8b0800000000000203535670f6f773f3748ff7730d8977f6098e77740e51c82c56c8cb2f51284e2de102005505e17d20000000").unwrap()).unwrap();
    let expected = ("source-guard", "warning", "CONFIG_NET_CLS_ACT");
    found_alone(&machine, Some(expected), "config.gz");
}
