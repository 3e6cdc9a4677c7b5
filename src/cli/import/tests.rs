//! Whole trees of files taken over, and the addresses that come of it.

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

/// A system below a directory of its own.
struct System(TempDir);

impl System {
    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A copy of a fixture in which profiles are as secret as NetworkManager wants them.
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

    fn made(&self) -> String {
        fs::read_to_string(self.at(DROP_IN)).unwrap()
    }

    fn config(&self) -> Config {
        Config::read(&Layout::below(self.0.path())).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn machine(&self) -> Option<MachineId> {
        MachineId::parse(&fs::read_to_string(self.at("etc/machine-id")).ok()?)
    }

    /// The address of a network here; none if it is another one at each association.
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
fn every_network_keeps_its_address() {
    let mut count = 0;
    for (tree, version) in VERSIONS {
        let system = System::of(tree);
        system.import(&["--nm-version", version]).unwrap();
        for line in TABLE.lines().filter(|line| line.starts_with(tree)) {
            let [_, interface, ssid, bssid, address] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let there = |text: &'static str| Some(text).filter(|text| *text != "-");
            let bssid = there(bssid).map(|bssid| bssid.parse().unwrap());
            let expected = Some(address).filter(|it| *it != "random");
            let found = system.address(interface, there(ssid), bssid);
            let found = found.map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{line}\n{}", system.made());
            count += 1;
        }
    }
    assert_eq!(count, TABLE.lines().count() - 1);
}

#[test]
fn every_setting_is_accounted_for() {
    let system = System::of("fedora");
    let said = system.import(&["--nm-version", "1.48"]).unwrap();
    for (setting, outcome) in [
        ("[config] enable=no", "not needed: the file is switched off"),
        (
            "[device] wifi.scan-generate-mac-address-mask=FF:FF:FF:FF:FF:00",
            "not possible: it leaves 8 bits",
        ),
        (
            "[connection-masks] wifi.generate-mac-address-mask=nonsense",
            "not needed: it is no mask",
        ),
        (
            "[connection-usb] match-device: s390-subchannels:0.0.0001",
            "not needed: it matches neither",
        ),
        (
            "profile \"twin-old\"",
            "not possible: \"twin-new\" is for the same network and was taken, as NetworkManager would rather",
        ),
        (
            "[connection] stable-id=time: 2016-08-22 6:00:00 7d",
            "taken over: stable-id with stable-id-version = \"1.48\"",
        ),
        (
            "[wifi] cloned-mac-address=02:00:5e:00:00:01",
            "taken over: cloned-mac-address = \"02:00:5e:00:00:01\"",
        ),
    ] {
        let wanted = format!("  {setting}\n    {outcome}");
        assert!(said.contains(&wanted), "{wanted}\nin\n{said}");
    }
    for (file, outcome) in [
        (
            "bad-mask.nmconnection",
            "not needed: NetworkManager refused it",
        ),
        ("hotspot.nmconnection", "not needed: mode=ap"),
        (
            "vpn.nmconnection",
            "not needed: it is neither Wi-Fi nor Ethernet",
        ),
        (
            "moved.nmconnection",
            "not needed: /run/NetworkManager/system-connections/moved.nmconnection has the same UUID",
        ),
    ] {
        let wanted = format!("/{PROFILES}/{file}\n  the profile\n    {outcome}");
        assert!(said.contains(&wanted), "{wanted}\nin\n{said}");
    }
    let made = system.made();
    assert!(!made.contains("Taken away"), "{made}");
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

/// The line that is told is the line where it stands.
#[test]
fn what_was_taken_over_is_where_it_is_said_to_be() {
    for (tree, version) in VERSIONS {
        let system = System::of(tree);
        let said = system.import(&["--nm-version", version]).unwrap();
        let made: Vec<_> = system.made().lines().map(str::to_owned).collect();
        let mut count = 0;
        for told in said.lines() {
            let Some((text, line)) = told.rsplit_once(" (line ") else {
                continue;
            };
            let line: usize = line.trim_end_matches(')').parse().unwrap();
            let key = made[line - 1].split(" = ").next().unwrap();
            let keys = match key {
                "ssid" | "ssid-hex" => "[[network]]",
                "match" if text.contains("[[interface]]") => "[[interface]]",
                key => key,
            };
            assert!(text.contains(keys), "{told}\n{}", made[line - 1]);
            count += 1;
        }
        assert!(count >= 3, "{said}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_shows_what_would_be_written() {
    let system = System::of("debian");
    let said = system.import(&["--dry-run"]).unwrap();
    assert!(!system.at("etc/macveil").exists() && !system.at("var/lib/macveil").exists());
    system.import(&[]).unwrap();
    assert!(said.ends_with(&format!("{}\n", system.made())), "{said}");
}

#[test]
fn the_key_is_the_same_and_strangers_may_not_read_what_is_written() {
    let system = System::of("debian");
    system.import(&[]).unwrap();
    let key = |name| fs::read(system.at(&format!("var/lib/{name}/secret_key"))).unwrap();
    assert_eq!(key("macveil"), key("NetworkManager"));
    for (path, meant) in [("var/lib/macveil/secret_key", 0o600), (DROP_IN, 0o640)] {
        let mode = fs::metadata(system.at(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, meant, "{path}");
    }
    let again = system.import(&[]).unwrap();
    assert!(again.contains("is NetworkManager's already"), "{again}");
}

#[test]
fn another_key_is_kept_unless_it_is_to_go() {
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
fn the_state_directory_of_the_configuration_gets_the_key() {
    let system = System::of("ancient").with("etc/macveil/macveil.toml", "state-dir = '/elsewhere'");
    let said = system.import(&[]).unwrap();
    assert!(system.at("elsewhere/secret_key").exists());
    assert!(said.contains("beside it "), "{said}");
}

#[test]
fn what_an_earlier_import_has_made_does_not_matter() {
    let system = System::of("debian").with(DROP_IN, "this is nothing");
    let said = system.import(&[]).unwrap();
    assert!(!said.contains("beside it"), "{said}");
    system.config();
    let system = system.with("etc/macveil/macveil.toml", "this is nothing either");
    assert!(matches!(system.import(&[]), Err(Failure::Cannot { .. })));
}

#[test]
fn the_version_is_that_of_the_newest_plug_ins() {
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
        let said = system.import(&["--json"]).unwrap();
        let expected = format!("\"version\":{version},");
        assert!(said.contains(&expected), "{directories:?}: {said}");
    }
}

#[test]
fn where_nothing_is_said_the_version_or_the_user_decides() {
    let policy = |more: &[&str]| {
        let system = System::of("ancient");
        system.import(more).unwrap();
        let home = "ssid = \"Home\"\nuuid = \"9f8c1a2e-2222-4000-8000-000000000001\"\ncloned-mac-address = ";
        let made = system.made();
        let (_, rest) = made.split_once(home).unwrap_or_else(|| panic!("{made}"));
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
fn networks_that_were_not_known_get_macveils_own_default() {
    let system = System::of("ancient");
    system.import(&["--nm-version", "1.4"]).unwrap();
    let address = system.address("wlan0", Some("4e6577"), None).unwrap();
    assert!(address.is_local() && Some(address) != CARD.permanent);
}

#[test]
fn profiles_that_networkmanager_does_not_take_are_named_and_left() {
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
    let said = system.import(&[]).unwrap();
    for (name, why) in [
        ("open-to-all", "others may read or write it (mode 644)"),
        ("of-another", "it belongs to user 65534"),
        ("broken", "line 2: "),
        ("no-ssid", "its ssid is missing"),
        ("directory", "it is no regular file"),
        ("dangling", "No such file"),
    ] {
        let file = format!("/{PROFILES}/{name}.nmconnection\n");
        let (_, after) = said
            .split_once(&file)
            .unwrap_or_else(|| panic!("{name}: {said}"));
        assert!(
            after.lines().nth(1).unwrap().contains(why),
            "{name}: {said}"
        );
    }
    assert!(
        !said.contains("ignored") && !said.contains("no-suffix"),
        "{said}"
    );
    assert!(!system.made().contains("\"X\""), "{}", system.made());
}

#[test]
fn profiles_may_lie_elsewhere() {
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
        system.made().contains("ssid = \"Elsewhere\""),
        "{}",
        system.made()
    );
}

#[test]
fn without_a_uuid_it_says_how_to_get_it() {
    let system = System::of("ancient").with_profile("x", "[connection]\nid=X\n[wifi]\nssid=X\n");
    let said = system.import(&[]).unwrap();
    assert!(
        said.contains("nmcli -g connection.uuid connection show 'X'"),
        "{said}"
    );
}

#[test]
fn where_there_is_nothing_it_says_so() {
    let nothing = System::empty().import(&[]).unwrap_err();
    assert!(matches!(nothing, Failure::Cannot { .. }));
    assert!(
        nothing
            .to_string()
            .starts_with("there is nothing to import below /")
    );
}

#[test]
fn an_old_script_is_not_overlooked() {
    let system = System::of("ancient").with(
        "etc/sysconfig/network-scripts/ifcfg-Home",
        "TYPE=Wireless\n",
    );
    let said = system.import(&[]).unwrap();
    assert!(said.contains("nmcli connection migrate"), "{said}");
}

#[test]
fn json_says_the_same() {
    let system = System::of("debian");
    let said = system.import(&["--nm-version", "1.42", "--json"]).unwrap();
    for part in [
        r#"{"dry_run":false,"version":"1.42","file":"/etc/macveil/conf.d/50-networkmanager.toml","text":"#,
        r#""key":"copied","key_file":""#,
        r#""setting":"[connection-new] wifi.cloned-mac-address=stable-ssid","outcome":"taken","text":"cloned-mac-address = \"preserve\": this NetworkManager did not know the word"#,
    ] {
        assert!(said.contains(part), "{part}\nin\n{said}");
    }
}

#[test]
fn strangers_words_cannot_leave_their_place() {
    let evil = "[connection]\nid=a\\n[connection]\\ncloned-mac-address = \"permanent\"\nuuid=9f8c1a2e-0000-4000-8000-0000000000ff\nstable-id=\"\\\\\\n\\t'''\n[wifi]\nssid=\"]\\n\\\\\\t\ncloned-mac-address=stable\n";
    let system = System::of("fedora").with_profile("evil\n[[network]]", evil);
    let said = system.import(&[]).unwrap();
    assert!(
        !said.contains("\n[[network]]") && !said.contains("\n[connection]"),
        "{said}"
    );
    let config = system.config();
    assert_eq!(config.warnings.len(), 0, "{:?}", config.warnings);
    assert!(
        system.made().contains("ssid-hex = \"225d0a5c09\""),
        "{}",
        system.made()
    );
}

#[test]
fn large_files_take_no_time_to_speak_of() {
    // Where each line was compared with those before it, this took minutes.
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
