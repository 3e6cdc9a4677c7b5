//! Imports whole file trees and checks the resulting addresses.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;

use super::{Args, DROP_IN, run};
use crate::cli::Failure;
use crate::config::{Config, DeviceFacts, Layout};
use crate::store;
use macveil_core::address::{AddressFacts, Host, MachineId, NetworkFacts, Policy, Zone};
use macveil_core::types::{DeviceKind, Mac, Ssid};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/networkmanager");
const TABLE: &str = include_str!("../../../tests/vectors/networkmanager.tsv");
const CARD: AddressFacts = AddressFacts {
    permanent: Some(Mac([0x00, 0x1c, 0xb3, 1, 2, 3])),
    initial: Mac([0x00, 0x1c, 0xb3, 0x0a, 0x0b, 0x0c]),
    current: Mac([0x02, 0, 0, 0, 0, 1]),
    previous: None,
};

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: Args,
}

/// A system in a temporary directory.
struct System(TempDir);

impl System {
    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A copy of a fixture, with the permissions that NetworkManager requires for profiles.
    fn of(tree: &str) -> Self {
        let system = Self::empty();
        copy(&Path::new(FIXTURES).join(tree), system.0.path());
        system
    }

    fn with(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        self
    }

    fn with_profile(self, name: &str, contents: impl AsRef<[u8]>) -> Self {
        self.with(&format!("{PROFILES}/{name}.nmconnection"), contents)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path.trim_start_matches('/'))
    }

    fn import(&self, more: &[&str]) -> Result<String, Failure> {
        let root = self.0.path().to_str().unwrap();
        let arguments = [&["import", "networkmanager", "--root", root], more].concat();
        let command = Command::try_parse_from(arguments);
        let mut out = Vec::new();
        let code = run(
            &command.unwrap_or_else(|error| panic!("{error}")).args,
            &mut out,
        )?;
        assert_eq!(code, ExitCode::SUCCESS);
        Ok(String::from_utf8(out).unwrap())
    }

    fn written(&self) -> String {
        fs::read_to_string(self.at(DROP_IN)).unwrap()
    }

    fn config(&self) -> Config {
        Config::read(&Layout::below(self.0.path())).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn machine(&self) -> Option<MachineId> {
        MachineId::parse(&fs::read_to_string(self.at("etc/machine-id")).ok()?)
    }

    /// The address for a network; `None` for a new one at each association.
    fn address(&self, interface: &str, ssid: Option<&str>, bssid: Option<Mac>) -> Option<Mac> {
        let key = self.at("var/lib/macveil/secret_key");
        let host = Host {
            key: store::read_key(&key, self.machine().as_ref()).unwrap(),
            boot_id: Some("d0ef1e0e-5a0c-4c2b-9d5c-7a1d6d3f2a10".to_owned()),
            zone: Zone::utc(),
        };
        let device = DeviceFacts {
            name: interface,
            permanent: CARD.permanent,
            driver: "any",
            kind: if ssid.is_some() {
                DeviceKind::Wifi
            } else {
                DeviceKind::Ethernet
            },
        };
        let policies = self.config().address_policies(&device, Arc::new(host));
        let ssid = ssid.map(|hex| Ssid::from_hex(hex).unwrap());
        let network = NetworkFacts {
            ssid: ssid.as_ref(),
            bssid,
            ..NetworkFacts::default()
        };
        let mut rng = StdRng::seed_from_u64(1);
        let address = policies
            .assign(&network, &CARD, &mut rng)
            .unwrap_or_else(|why| panic!("{interface}: {why}"));
        (policies.policy(&network).unwrap() != Policy::Random).then_some(address)
    }
}

const PROFILES: &str = "etc/NetworkManager/system-connections";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if let Ok(target) = fs::read_link(&from) {
            symlink(target, &to).unwrap();
        } else if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
            fs::set_permissions(&to, Permissions::from_mode(0o600)).unwrap();
        }
    }
}

const VERSIONS: [(&str, &str); 3] = [("fedora", "1.48"), ("debian", "1.42"), ("ancient", "1.4")];

#[test]
fn import_keeps_the_address_of_each_network() {
    let mut count = 0;
    for (tree, version) in VERSIONS {
        let system = System::of(tree);
        system.import(&["--nm-version", version]).unwrap();
        for line in TABLE.lines().filter(|line| line.starts_with(tree)) {
            let [_, interface, ssid, bssid, address] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let there = |text: &'static str| Some(text).filter(|text| *text != "-");
            let bssid = there(bssid).map(|bssid| bssid.parse().unwrap());
            let expected = Some(address).filter(|address| *address != "random");
            let found = system.address(interface, there(ssid), bssid);
            let found = found.map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{line}\n{}", system.written());
            count += 1;
        }
    }
    assert_eq!(count, TABLE.lines().count() - 1);
}

#[test]
fn every_setting_is_reported() {
    let system = System::of("fedora");
    let output = system.import(&["--nm-version", "1.48"]).unwrap();
    for (setting, outcome) in [
        ("[.config] enable=no", "not needed: the file is disabled"),
        (
            "[device] wifi.scan-generate-mac-address-mask=FF:FF:FF:FF:FF:00",
            "not possible: it leaves 8 random bits",
        ),
        (
            "[connection-masks] wifi.generate-mac-address-mask=nonsense",
            "not needed: not a valid mask",
        ),
        (
            "[connection-usb] match-device: s390-subchannels:0.0.0001",
            "not needed: skipped: it matches neither",
        ),
        (
            "profile \"shared-old\"",
            "not possible: \"shared-new\" for the same network was imported instead: it has a higher rank",
        ),
        (
            "[connection] stable-id=time: 2016-08-22 6:00:00 7d",
            "imported: stable-id with stable-id-version = \"1.48\"",
        ),
        (
            "[wifi] cloned-mac-address=02:00:5e:00:00:01",
            "imported: cloned-mac-address = \"02:00:5e:00:00:01\"",
        ),
    ] {
        let wanted = format!(" {setting}\n    {outcome}");
        assert!(output.contains(&wanted), "{wanted}\nin\n{output}");
    }
    for (file, outcome) in [
        (
            "bad-mask.nmconnection",
            "not needed: skipped, because NetworkManager refused it",
        ),
        ("hotspot.nmconnection", "not needed: mode=ap"),
        ("vpn.nmconnection", "not needed: neither Wi-Fi nor Ethernet"),
        (
            "moved.nmconnection",
            "not needed: /run/NetworkManager/system-connections/moved.nmconnection has the same UUID",
        ),
    ] {
        let wanted = format!("/{PROFILES}/{file}\n  the profile\n    {outcome}");
        assert!(output.contains(&wanted), "{wanted}\nin\n{output}");
    }
    let written = system.written();
    assert!(!written.contains("Taken away"), "{written}");
    let manages = |name| {
        system.config().manages(&DeviceFacts {
            name,
            permanent: None,
            driver: "",
            kind: DeviceKind::Wifi,
        })
    };
    assert_eq!((manages("wlan7"), manages("wlan8")), (true, false));
}

#[test]
fn reported_lines_have_the_imported_settings() {
    for (tree, version) in VERSIONS {
        let system = System::of(tree);
        let output = system.import(&["--nm-version", version]).unwrap();
        let written: Vec<_> = system.written().lines().map(str::to_owned).collect();
        let mut count = 0;
        for reported in output.lines() {
            let Some((text, line)) = reported.rsplit_once(" (line ") else {
                continue;
            };
            let line: usize = line.trim_end_matches(')').parse().unwrap();
            let key = written[line - 1].split(" = ").next().unwrap();
            let keys = match key {
                "ssid" | "ssid-hex" => "[[network]]",
                "match" if text.contains("[[interface]]") => "[[interface]]",
                key => key,
            };
            assert!(text.contains(keys), "{reported}\n{}", written[line - 1]);
            count += 1;
        }
        assert!(count >= 3, "{output}");
    }
}

#[test]
fn dry_run_shows_the_file_and_writes_nothing() {
    let system = System::of("debian");
    let output = system.import(&["--dry-run"]).unwrap();
    assert!(!system.at("etc/macveil").exists() && !system.at("var/lib/macveil").exists());
    system.import(&[]).unwrap();
    assert!(
        output.ends_with(&format!("{}\n", system.written())),
        "{output}"
    );
}

#[test]
fn key_is_copied_and_files_are_private() {
    let system = System::of("debian");
    system.import(&[]).unwrap();
    let key = |name| fs::read(system.at(&format!("var/lib/{name}/secret_key"))).unwrap();
    assert_eq!(key("macveil"), key("NetworkManager"));
    for (path, meant) in [("var/lib/macveil/secret_key", 0o600), (DROP_IN, 0o640)] {
        let mode = fs::metadata(system.at(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, meant, "{path}");
    }
    let again = system.import(&[]).unwrap();
    assert!(again.contains("already is NetworkManager's"), "{again}");
}

#[test]
fn existing_key_is_replaced_only_on_request() {
    let system = System::of("debian").with("var/lib/macveil/secret_key", "0123456789abcdef");
    let no = system.import(&[]).unwrap_err();
    assert!(matches!(no, Failure::No(_)), "{no}");
    assert!(no.to_string().contains("--replace-key"), "{no}");
    assert!(!system.at(DROP_IN).exists());
    system.import(&["--replace-key"]).unwrap();
    let key = |path| fs::read(system.at(path)).unwrap();
    let theirs = key("var/lib/NetworkManager/secret_key");
    assert_eq!(key("var/lib/macveil/secret_key"), theirs);
    assert_eq!(
        key("var/lib/macveil/secret_key.replaced"),
        b"0123456789abcdef"
    );
}

#[test]
fn key_is_written_to_the_configured_state_directory() {
    let system = System::of("ancient").with("etc/macveil/macveil.toml", "state-dir = '/elsewhere'");
    let output = system.import(&[]).unwrap();
    assert!(system.at("elsewhere/secret_key").exists());
    assert!(output.contains("other configuration files:"), "{output}");
}

#[test]
fn earlier_import_is_ignored_even_if_invalid() {
    let system = System::of("debian").with(DROP_IN, "this is nothing");
    let output = system.import(&[]).unwrap();
    assert!(!output.contains("other configuration files"), "{output}");
    system.config();
    let system = system.with("etc/macveil/macveil.toml", "this is nothing either");
    assert!(matches!(system.import(&[]), Err(Failure::Cannot { .. })));
}

#[test]
fn version_is_that_of_the_newest_plug_ins() {
    let unset = "[connection]\nuuid=u\ntype=wifi\n[wifi]\nssid=Cafe\n";
    for (directories, version) in [
        (&["x86_64-linux-gnu/NetworkManager/1.42.4"][..], "\"1.42\""),
        (
            &["NetworkManager/1.8.0", "NetworkManager/1.50.0-1.fc42"],
            "\"1.50\"",
        ),
        (&["NetworkManager/conf.d"], "null"),
    ] {
        let mut system = System::empty().with_profile("cafe", unset);
        for directory in directories {
            system = system.with(&format!("/usr/lib/{directory}/plugin.so"), "");
        }
        let output = system.import(&["--json"]).unwrap();
        let expected = format!("\"version\":{version},");
        assert!(output.contains(&expected), "{directories:?}: {output}");
    }
}

#[test]
fn default_policy_depends_on_version_or_option() {
    let policy = |more: &[&str]| {
        let system = System::of("ancient");
        system.import(more).unwrap();
        let home = "ssid = \"Home\"\nuuid = \"9f8c1a2e-2222-4000-8000-000000000001\"\ncloned-mac-address = ";
        let written = system.written();
        let (_, rest) = written
            .split_once(home)
            .unwrap_or_else(|| panic!("{written}"));
        rest.lines().next().unwrap().to_owned()
    };
    assert_eq!(policy(&[]), "\"preserve\"");
    assert_eq!(policy(&["--nm-version", "1.4.2"]), "\"permanent\"");
    assert_eq!(
        policy(&["--nm-version", "1.4", "--unset-policy", "stable-ssid"]),
        "\"stable-ssid\""
    );
}

#[test]
fn unknown_network_gets_macveils_default() {
    let system = System::of("ancient");
    system.import(&["--nm-version", "1.4"]).unwrap();
    let address = system.address("wlan0", Some("4e6577"), None).unwrap();
    assert!(address.is_local() && Some(address) != CARD.permanent);
}

#[test]
fn profiles_that_networkmanager_refuses_are_reported() {
    let profile =
        "[connection]\nuuid=9f8c1a2e-0000-4000-8000-0000000000ff\ntype=wifi\n[wifi]\nssid=X\n";
    let system = System::of("ancient")
        .with_profile("open-to-all", profile)
        .with_profile("of-another", profile)
        .with_profile("broken", "[connection]\nthis is nothing\n")
        .with_profile("no-ssid", "[connection]\ntype=wifi\n[wifi]\n")
        .with(&format!("{PROFILES}/ignored.nmconnection~"), profile)
        .with(&format!("{PROFILES}/ignored.pem"), profile)
        .with(&format!("{PROFILES}/ignored.Ab12Cd"), profile)
        .with(
            "usr/lib/NetworkManager/system-connections/no-suffix",
            profile,
        );
    let set = |name: &str, mode| {
        let path = system.at(&format!("{PROFILES}/{name}.nmconnection"));
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    };
    set("open-to-all", 0o644);
    let path = set("of-another", 0o600);
    std::os::unix::fs::chown(path, Some(65534), None).unwrap();
    fs::create_dir(system.at(&format!("{PROFILES}/directory.nmconnection"))).unwrap();
    symlink(
        "/nowhere",
        system.at(&format!("{PROFILES}/dangling.nmconnection")),
    )
    .unwrap();
    let output = system.import(&[]).unwrap();
    for (name, why) in [
        ("open-to-all", "accessible by other users (mode 644)"),
        ("of-another", "owned by user 65534"),
        ("broken", "line 2: "),
        ("no-ssid", "ssid is missing"),
        ("directory", "not a regular file"),
        ("dangling", "No such file"),
    ] {
        let file = format!("/{PROFILES}/{name}.nmconnection\n");
        let (_, after) = output
            .split_once(&file)
            .unwrap_or_else(|| panic!("{name}: {output}"));
        assert!(
            after.lines().nth(1).unwrap().contains(why),
            "{name}: {output}"
        );
    }
    assert!(
        !output.contains("ignored") && !output.contains("no-suffix"),
        "{output}"
    );
    assert!(!system.written().contains("\"X\""), "{}", system.written());
}

#[test]
fn profiles_are_read_from_configured_directory() {
    let profile =
        "[connection]\nid=E\nuuid=9f8c1a2e-0000-4000-8000-0000000000ff\n[wifi]\nssid=Elsewhere\n";
    let system = System::empty()
        .with(
            "etc/NetworkManager/NetworkManager.conf",
            "[keyfile]\npath=/srv/profiles\n",
        )
        .with("srv/profiles/e", profile);
    system.import(&[]).unwrap();
    assert!(
        system.written().contains("ssid = \"Elsewhere\""),
        "{}",
        system.written()
    );
}

#[test]
fn missing_uuid_is_reported_with_the_remedy() {
    let system = System::of("ancient")
        .with_profile("x", "[connection]\nid=Ann's $HOME; `id`\n[wifi]\nssid=X\n");
    let output = system.import(&[]).unwrap();
    let command = r"`nmcli -g connection.uuid connection show id 'Ann'\''s $HOME; `id`'`";
    assert!(output.contains(command), "{output}");
}

#[test]
fn import_without_files_fails() {
    let nothing = System::empty().import(&[]).unwrap_err();
    assert!(matches!(nothing, Failure::Cannot { .. }));
    assert!(nothing.to_string().starts_with("nothing to import below /"));
}

#[test]
fn ifcfg_script_is_reported() {
    let system = System::of("ancient").with(
        "etc/sysconfig/network-scripts/ifcfg-Home",
        "TYPE=Wireless\n",
    );
    let output = system.import(&[]).unwrap();
    assert!(output.contains("nmcli connection migrate"), "{output}");
}

#[test]
fn json_has_the_same_results() {
    let system = System::of("debian");
    let output = system.import(&["--nm-version", "1.42", "--json"]).unwrap();
    for part in [
        r#"{"dry_run":false,"version":"1.42","file":"/etc/macveil/conf.d/50-networkmanager.toml","text":"#,
        r#""key":"copied","key_file":""#,
        r#""setting":"[connection-new] wifi.cloned-mac-address=stable-ssid","outcome":"taken","text":"cloned-mac-address = \"preserve\": this NetworkManager did not know the value"#,
    ] {
        assert!(output.contains(part), "{part}\nin\n{output}");
    }
}

#[test]
fn hostile_names_and_values_are_escaped() {
    let evil = "[connection]\nid=a\\n[connection]\\ncloned-mac-address = \"permanent\"\nuuid=9f8c1a2e-0000-4000-8000-0000000000ff\nstable-id=\"\\\\\\n\\t'''\n[wifi]\nssid=\"]\\n\\\\\\t\ncloned-mac-address=stable\n";
    let system = System::of("fedora").with_profile("evil\n[[network]]", evil);
    let output = system.import(&[]).unwrap();
    assert!(
        !output.contains("\n[[network]]") && !output.contains("\n[connection]"),
        "{output}"
    );
    let config = system.config();
    assert_eq!(config.warnings.len(), 0, "{:?}", config.warnings);
    assert!(
        system.written().contains("ssid-hex = \"225d0a5c09\""),
        "{}",
        system.written()
    );
}

#[test]
fn large_files_are_imported_in_linear_time() {
    // Quadratic time would take minutes.
    const LONG: Duration = Duration::from_secs(40);
    let filled = |line: fn(usize) -> String| {
        let lines = (0..).map(line);
        let size = |sum: &mut usize, line: String| {
            *sum += line.len();
            (*sum < 500_000).then_some(line)
        };
        lines.scan(0, size).collect::<String>()
    };
    let begun = Instant::now();
    for text in [
        filled(|n| format!("[{n}]\n")),
        filled(|n| format!("{}{n}=\n", if n == 0 { "[connection]\n" } else { "" })),
        filled(|n| format!("[device-{n}]\nmanaged=0\n")),
        filled(|n| format!("[connection-{n}]\nwifi.cloned-mac-address=stable\n")),
    ] {
        let system = System::empty().with("/etc/NetworkManager/NetworkManager.conf", text);
        system.import(&[]).unwrap();
    }
    let taken = begun.elapsed();
    assert!(taken < LONG, "{taken:?}");
}

#[test]
fn key_that_others_know_is_not_imported() {
    let key = "var/lib/NetworkManager/secret_key";
    let refused = |system: &System| {
        let error = system.import(&[]).unwrap_err();
        assert!(!system.at(DROP_IN).exists());
        crate::cli::with_causes(&error)
    };
    let system = System::of("debian");
    fs::set_permissions(system.at(key), Permissions::from_mode(0o644)).unwrap();
    let error = refused(&system);
    assert!(error.contains("(mode 644): run `chmod 600`"), "{error}");
    let error = refused(&system.with(key, [b'a'; 32]));
    assert!(error.contains("can be guessed"), "{error}");
}

#[test]
fn networks_are_written_to_a_new_private_file() {
    let profile = "[connection]\nid=H\nuuid=9f8c1a2e-0000-4000-8000-0000000000ff\n[wifi]\nssid=Home\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\n";
    let system = System::empty().with_profile("h", profile);
    let file = system.at("networks.conf");
    let path = file.to_str().unwrap();
    let output = system.import(&["--networks", path, "--dry-run"]).unwrap();
    assert!(
        output.contains("networks: 1 would be written to"),
        "{output}"
    );
    assert!(
        !file.exists() && !output.contains("correct horse"),
        "{output}"
    );
    let output = system.import(&["--networks", path]).unwrap();
    assert!(
        output.contains("networks: 1 written to") && !output.contains("correct horse"),
        "{output}"
    );
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\tssid=\"Home\"\n") && text.contains("psk=\"correct horse\""),
        "{text}"
    );
    assert!(
        text.starts_with("ctrl_interface=DIR=/run/wpa_supplicant\n"),
        "{text}"
    );
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::write(&file, "mine").unwrap();
    fs::remove_file(system.at(DROP_IN)).unwrap();
    let no = system.import(&["--networks", path]).unwrap_err();
    assert!(
        matches!(no, Failure::No(_)) && no.to_string().contains("--force"),
        "{no}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert!(!system.at(DROP_IN).exists());
    system.import(&["--networks", path, "--force"]).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    // The target of a link stays as it is.
    let link = system.at("link.conf");
    fs::write(&file, "mine").unwrap();
    symlink(&file, &link).unwrap();
    system
        .import(&["--networks", link.to_str().unwrap(), "--force"])
        .unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(fs::read_to_string(&link).unwrap(), text);
    // wpa_supplicant would refuse the line without the group.
    let system = system.with("/etc/group", "netdev:x:106:\n");
    system.import(&["--networks", path, "--force"]).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(" GROUP=netdev\n"), "{text}");
}
