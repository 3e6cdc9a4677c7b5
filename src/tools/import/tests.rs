//! Content of files in, configuration out.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::{
    Conf, ConfFile, ImportOptions, ImportOutcome, ImportReport, ProfileContents, ProfileDirectory,
    ProfileFile, ReportItem, translate,
};
use crate::config::Config;

fn conf_file(path: &str, text: &[u8]) -> ConfFile {
    ConfFile {
        path: path.into(),
        contents: Ok(text.to_vec()),
        drop_in: path != "main",
    }
}

fn profile_file(
    path: &str,
    directory: ProfileDirectory,
    changed: i128,
    text: &[u8],
) -> ProfileFile {
    ProfileFile {
        path: path.into(),
        directory,
        changed,
        contents: ProfileContents::Text(text.to_vec()),
    }
}

/// The configuration without comments and empty lines, and the report.
fn import(files: &[(&str, &str)], profiles: &[ProfileFile]) -> (String, Vec<ReportItem>) {
    let mut report = ImportReport::default();
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| conf_file(path, text.as_bytes()))
        .collect();
    let conf = Conf::read(&files, &ImportOptions::default(), &mut report);
    let made = translate(&conf, profiles, b"", &ImportOptions::default(), &mut report);
    Config::check_text(Path::new("made"), &made).unwrap_or_else(|errors| panic!("{errors}"));
    let lines = made
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    (
        lines.collect::<Vec<_>>().join("\n"),
        report.items().to_vec(),
    )
}

fn defaults(files: &[(&str, &str)]) -> String {
    import(files, &[]).0
}

const ALL: &str = "[[interface]]\nmatch = \"type:wifi\"\ncloned-mac-address = ";

#[test]
fn sections_apply_from_last_file_to_first_and_plain_one_last() {
    let made = defaults(&[
        (
            "a",
            "[connection]\nwifi.cloned-mac-address=random\n[connection-a]\nmatch-device=a1\nwifi.cloned-mac-address=stable\n",
        ),
        (
            "b",
            "[connection-b1]\nmatch-device=b1\nwifi.cloned-mac-address=stable\n[connection-b2]\nmatch-device=b2\nwifi.cloned-mac-address=stable\n",
        ),
        ("c", "[connection-a]\nwifi.cloned-mac-address=permanent\n"),
    ]);
    let order: Vec<_> = made
        .lines()
        .filter_map(|line| line.strip_prefix("match = "))
        .collect();
    let bound = |name| format!("[\"{name}\", \"except:type:ethernet\"]");
    assert_eq!(
        order,
        [&bound("b1"), &bound("b2"), &bound("a1"), "\"type:wifi\""]
    );
    assert!(made.contains("permanent"), "the later file holds: {made}");
}

#[test]
fn without_sections_no_interface_is_written() {
    assert_eq!(
        defaults(&[(
            "main",
            "[main]\ndns=none\n[connection]\nipv6.ip6-privacy=2\n"
        )]),
        ""
    );
}

#[test]
fn oldest_setting_applies_if_the_newer_one_is_not_set() {
    let made = defaults(&[(
        "main",
        "[connection-x]\nmatch-device=x\nwifi.cloned-mac-address=stable\n[connection]\nwifi.mac-address-randomization=2\n",
    )]);
    let newer = made.find("stable").unwrap();
    let older = made.find(&format!("{ALL}\"random\"")).unwrap();
    assert!(newer < older, "{made}");
    assert!(made.ends_with(&format!("{ALL}\"preserve\"")), "{made}");
}

#[test]
fn sections_of_other_devices_are_skipped() {
    for devices in [
        "",
        "type:team",
        "s390-subchannels:0.0.1",
        "type:team,except:type:wifi",
    ] {
        let made = defaults(&[(
            "main",
            &format!("[connection-x]\nmatch-device={devices}\nwifi.cloned-mac-address=stable\n"),
        )]);
        assert_eq!(made, format!("{ALL}\"preserve\""), "{devices}");
    }
    let made = defaults(&[(
        "main",
        "[connection-x]\nmatch-device=except:type:bond\nwifi.cloned-mac-address=stable\n",
    )]);
    assert!(
        made.starts_with(
            "[[interface]]\nmatch = [\"except:type:bond\", \"except:type:ethernet\"]\n"
        ),
        "{made}"
    );
}

#[test]
fn lists_are_extended_and_shortened() {
    let made = defaults(&[
        ("a", "[keyfile]\nunmanaged-devices=wlan1;wlan2\n"),
        ("b", "[keyfile]\nunmanaged-devices+=wlan3,wlan1\n"),
        (
            "c",
            "[keyfile]\nunmanaged-devices-=wlan2\n[main]\nplugins+=x\n",
        ),
    ]);
    assert_eq!(
        made,
        "manage = [\"type:wifi\", \"except:wlan1\", \"except:wlan3\"]"
    );
}

#[test]
fn unmanaged_devices_without_exceptions_are_not_imported() {
    for devices in [
        "*",
        "except:interface-name:wlan0",
        "EXCEPT:interface-name:wlan0;wlan1",
        "except:wlan0",
        "type:wifi",
    ] {
        let (made, items) = import(
            &[("main", &format!("[keyfile]\nunmanaged-devices={devices}\n"))],
            &[],
        );
        assert_eq!(made, "");
        assert_eq!(items[0].outcome, ImportOutcome::NotPossible, "{devices}");
    }
}

#[test]
fn unmanaged_devices_that_spare_all_wifi_are_not_needed() {
    let devices = "*,except:type:wifi,except:type:gsm,except:type:cdma";
    let (made, items) = import(
        &[("main", &format!("[keyfile]\nunmanaged-devices={devices}\n"))],
        &[],
    );
    assert_eq!(made, "");
    assert_eq!(items[0].outcome, ImportOutcome::NotNeeded);
}

#[test]
fn unmanaged_devices_by_driver_version_are_reported() {
    let (made, items) = import(
        &[(
            "main",
            "[keyfile]\nunmanaged-devices=Driver:x/5.*;foo:bar\n",
        )],
        &[],
    );
    assert_eq!(made, "manage = [\"type:wifi\", \"except:Driver:x\"]");
    let items: Vec<_> = items.iter().map(|item| item.setting.as_str()).collect();
    let each = "[keyfile] unmanaged-devices: ";
    assert_eq!(items[0], format!("{each}Driver:x/5.*"));
    assert_eq!(items[1], format!("{each}foo:bar"));
}

#[test]
fn exception_without_a_prefix_is_ignored_as_before() {
    for (devices, scope) in [
        ("except:wlan0", "\"type:wifi\""),
        ("except:00:11:22:33:44:55", "\"type:wifi\""),
        (
            "wlan1;except:wlan0",
            "[\"wlan1\", \"except:type:ethernet\"]",
        ),
        (
            "*;Except:mac:0:1:2:3:4:5",
            "[\"*\", \"Except:mac:0:1:2:3:4:5\", \"except:type:ethernet\"]",
        ),
    ] {
        let made = defaults(&[(
            "main",
            &format!("[connection-x]\nmatch-device={devices}\nwifi.cloned-mac-address=stable\n"),
        )]);
        assert_eq!(
            made.lines().nth(1),
            Some(format!("match = {scope}").as_str()),
            "{devices}"
        );
    }
}

#[test]
fn broken_file_is_reported_and_others_are_imported() {
    let (made, items) = import(
        &[
            ("a", "broken"),
            ("b", "[connection]\nwifi.cloned-mac-address=stable\n"),
        ],
        &[],
    );
    assert_eq!(made, format!("{ALL}\"stable\""));
    assert_eq!(
        (items[0].file.as_str(), items[0].outcome),
        ("a", ImportOutcome::NotPossible)
    );
    assert!(items[0].text.contains("line 1"), "{}", items[0].text);
}

#[test]
fn same_uuid_is_decided_by_directory_and_then_time() {
    let text = |ssid: &str| {
        format!("[connection]\nuuid=9f8c1a2e-0000-4000-8000-0000000000ff\n[wifi]\nssid={ssid}\n")
    };
    let profile = |ssid: &str, directory, changed| {
        profile_file(ssid, directory, changed, text(ssid).as_bytes())
    };
    for (profiles, holds) in [
        (
            [
                profile("lib", ProfileDirectory::Lib, 9),
                profile("etc", ProfileDirectory::Etc, 1),
            ],
            "etc",
        ),
        (
            [
                profile("run", ProfileDirectory::Run, 1),
                profile("etc", ProfileDirectory::Etc, 9),
            ],
            "run",
        ),
        (
            [
                profile("new", ProfileDirectory::Etc, 2),
                profile("old", ProfileDirectory::Etc, 1),
            ],
            "new",
        ),
        (
            [
                profile("a", ProfileDirectory::Etc, 1),
                profile("b", ProfileDirectory::Etc, 1),
            ],
            "b",
        ),
    ] {
        let (made, _) = import(&[], &profiles);
        assert!(
            made.starts_with(&format!("[[network]]\nssid = \"{holds}\"\n")),
            "{made}"
        );
        assert_eq!(made.matches("[[network]]").count(), 1);
    }
}

#[test]
fn ssid_can_be_numbers_or_text_like_numbers() {
    for (written, read) in [
        ("72;105;", "ssid = \"Hi\""),
        (" 72 ; 105 ; ", "ssid = \"Hi\""),
        ("72;105", "ssid = \"72;105\""),
        ("72;256;", "ssid = \"72;256;\""),
        ("1234;", "ssid = \"1234;\""),
        ("a\\\\b", "ssid = \"a\\\\b\""),
        ("0;", "ssid-hex = \"00\""),
    ] {
        let text = format!("[connection]\nid=x\n[wifi]\nssid={written}\n");
        let (made, _) = import(
            &[],
            &[profile_file("p", ProfileDirectory::Etc, 0, text.as_bytes())],
        );
        assert_eq!(made.lines().nth(1), Some(read), "{written}");
    }
}

#[test]
fn bound_profile_does_not_inherit_from_another_profile() {
    let bound = "[connection]\nid=bound\nuuid=9f8c1a2e-0000-4000-8000-000000000001\ninterface-name=wlan1\nautoconnect-priority=1\n[wifi]\nssid=X\ncloned-mac-address=stable\n";
    let open = "[connection]\nid=open\nuuid=9f8c1a2e-0000-4000-8000-000000000002\nstable-id=x\n[wifi]\nssid=X\ngenerate-mac-address-mask=0:0:0:0:0:0\n";
    let profiles = [
        profile_file("open", ProfileDirectory::Etc, 0, open.as_bytes()),
        profile_file("bound", ProfileDirectory::Etc, 0, bound.as_bytes()),
    ];
    let (made, _) = import(&[], &profiles);
    let (first, _) = made.split_once("\n[[network]]\n").unwrap();
    assert!(
        first.ends_with("stable-id = \"default${CONNECTION}\"\ngenerate-mac-address-mask = \"\""),
        "{made}"
    );
}

#[test]
fn profile_without_id_is_called_like_its_file() {
    let path = "/etc/NetworkManager/system-connections/My home.nmconnection";
    let text = b"[wifi]\nssid=X\n";
    let profile = profile_file(path, ProfileDirectory::Etc, 0, text);
    let (_, items) = import(&[], &[profile]);
    let remedy = "nmcli -g connection.uuid connection show id 'My home'";
    assert!(items.iter().any(|item| item.text.contains(remedy)));
}

#[test]
fn address_can_be_numbers_with_blanks() {
    let text = "[connection]\nid=x\n[wifi]\nssid=X\ncloned-mac-address=2; 17; 34; 51; 68; 85;\n";
    let profile = profile_file("p", ProfileDirectory::Etc, 0, text.as_bytes());
    let (made, _) = import(&[], &[profile]);
    assert!(made.contains("\"02:11:22:33:44:55\""), "{made}");
}

#[test]
fn invalid_boolean_of_a_profile_is_reported_as_ignored() {
    let text = "[connection]\nid=x\nautoconnect=no\n[wifi]\nssid=X\nhidden=Yes\nsecurity=802-11-wireless-security\n";
    let profile = profile_file("p", ProfileDirectory::Etc, 0, text.as_bytes());
    let (_, items) = import(&[], &[profile]);
    let ignored = items
        .iter()
        .filter(|item| item.text.contains("true or false"));
    let settings: Vec<_> = ignored.map(|item| item.setting.as_str()).collect();
    assert_eq!(
        settings,
        ["[connection] autoconnect=no", "[wifi] hidden=Yes"]
    );
    let obsolete = |item: &ReportItem| item.setting.ends_with("security=802-11-wireless-security");
    assert!(!items.iter().any(obsolete));
}

const PIECES: &[&str] = &[
    "[connection]\n",
    "[connection-a]\n",
    "[device]\n",
    "[wifi]\n",
    "[802-11-wireless]\n",
    "[ethernet]\n",
    "[keyfile]\n",
    "[main]\n",
    "[config]\n",
    "[",
    "]",
    "\n",
    "=",
    ";",
    ",",
    "\\",
    "\"",
    "'''",
    "\0",
    "\u{7f}",
    "id=",
    "uuid=9f8c1a2e-0000-4000-8000-000000000001\n",
    "type=wifi\n",
    "ssid=",
    "mac-address=",
    "bssid=",
    "interface-name=",
    "stable-id=",
    "${NETWORK_SSID}",
    "${PERIOD:1h}",
    "${",
    "time: ",
    "$$",
    "match-device=",
    "except:",
    "EXCEPT:",
    "interface-name:=",
    "driver:a/1",
    "type:wifi",
    "*",
    "stop-match=yes\n",
    "unmanaged-devices+=",
    "cloned-mac-address=",
    "generate-mac-address-mask=",
    "wifi.cloned-mac-address=",
    "ethernet.cloned-mac-address=",
    "wifi.generate-mac-address-mask=",
    "wifi.scan-generate-mac-address-mask=",
    "connection.stable-id=",
    "wifi.mac-address-randomization=",
    "wifi.scan-rand-mac-address=",
    "stable\n",
    "stable-ssid\n",
    "random\n",
    "ff:ff:ff:0:0:0\n",
    "02:00:5e:0:0:1\n",
    "1;2;3;4;5;6;\n",
    "autoconnect-priority=9\n",
    "☕",
    " ",
    "x",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..40);
    let known = pieces.prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![9 => known, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #[test]
    fn any_files_become_a_valid_configuration(
        files in prop::collection::vec(text(), 0..4),
        profiles in prop::collection::vec(text(), 0..5),
        timestamps in text(),
    ) {
        let mut report = ImportReport::default();
        let files: Vec<_> = files.iter().map(|text| conf_file("f", text)).collect();
        let conf = Conf::read(&files, &ImportOptions::default(), &mut report);
        let profiles: Vec<_> = profiles
            .iter()
            .enumerate()
            .map(|(number, text)| profile_file(&number.to_string(), ProfileDirectory::Etc, 0, text))
            .collect();
        let made = translate(&conf, &profiles, &timestamps, &ImportOptions::default(), &mut report);
        let path: Arc<str> = "made".into();
        let outcome = Config::check_text(Path::new(&*path), &made);
        prop_assert!(outcome.is_ok(), "{}\n{made}", outcome.unwrap_err());
    }
}
