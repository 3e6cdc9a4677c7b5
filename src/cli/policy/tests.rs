//! Rules set, shown and removed below another root directory.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use super::drop_in::{DropIn, Keys, POLICY, text};
use super::{Args, run};
use crate::cli::{Failure, trust};
use crate::config::{Config, Layout};
use crate::protocol::fake::FakeDaemon;
use crate::protocol::{Affected, Answer, Effect, Fault, FaultKind, Reply, Request};
use macveil_core::address::Policy;
use macveil_core::types::Ssid;

#[derive(Parser)]
struct PolicyLine {
    #[command(flatten)]
    args: Args,
}

#[derive(Parser)]
struct TrustLine {
    #[command(flatten)]
    args: trust::Args,
}

fn keys_of(policy: Policy) -> Keys {
    let mut keys = Keys::default();
    keys.set(POLICY, format!("\"{policy}\""));
    keys
}

struct Root(TempDir);

impl Root {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn with(self, path: &str, contents: &str) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    fn policy(&self, words: &[&str]) -> (bool, String) {
        let line = ["policy", "--root", self.0.path().to_str().unwrap()];
        let line = PolicyLine::try_parse_from(line.iter().chain(words)).unwrap();
        let mut out = Vec::new();
        let code = run(&line.args, &mut out).unwrap();
        (code == ExitCode::SUCCESS, self.without_root(out))
    }

    fn trust(&self, words: &[&str]) -> (bool, String) {
        let line = ["trust", "--root", self.0.path().to_str().unwrap()];
        let line = TrustLine::try_parse_from(line.iter().chain(words)).unwrap();
        let mut out = Vec::new();
        let code = trust::run(&line.args, &mut out).unwrap();
        (code == ExitCode::SUCCESS, self.without_root(out))
    }

    fn without_root(&self, out: Vec<u8>) -> String {
        let root = self.0.path().display().to_string();
        String::from_utf8(out).unwrap().replace(&root, "")
    }

    /// Every file of the administrator's drop-ins.
    fn drop_ins(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("etc/macveil/conf.d")) else {
            return Vec::new();
        };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }
}

const HOME: &str = "/etc/macveil/conf.d/90-policy-Home.toml";

fn output(ok: bool, out: &str) -> (bool, String) {
    (ok, out.to_owned())
}

#[test]
fn policy_is_set_shown_and_removed() {
    let root = Root::new();
    let holds = format!("Home: permanent ({HOME}:5)\n");
    assert_eq!(root.policy(&["Home", "permanent"]), output(true, &holds));
    let file = root.path(HOME.trim_start_matches('/'));
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o644
    );
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "# The policy of the network Home, set by `macveil policy`. To remove it:\n\
         #   macveil policy Home --unset\n\
         [[network]]\nssid = \"Home\"\ncloned-mac-address = \"permanent\"\n"
    );
    assert_eq!(root.policy(&["Home"]), output(true, &holds));
    let listed = format!(
        "Home: permanent ({HOME}:3)\nevery other network: stable-ssid (the built-in default)\n"
    );
    assert_eq!(root.policy(&[]), output(true, &listed));
    let (ok, out) = root.policy(&["--hex", "486f6d65", "--unset"]);
    assert_eq!(
        (ok, out.as_str()),
        (true, "Home: stable-ssid (the built-in default)\n")
    );
    assert_eq!(root.drop_ins(), Vec::<String>::new());
    let (ok, out) = root.policy(&["Home", "--unset"]);
    assert!(
        !ok && out.contains("has not set a policy for Home, which gets stable-ssid"),
        "{out}"
    );
}

#[test]
fn latest_policy_of_a_network_applies() {
    let root = Root::new();
    for policy in ["random", "02:12:34:56:78:9a", "preserve"] {
        let (ok, out) = root.policy(&["Home", policy]);
        assert!(ok && out.starts_with(&format!("Home: {policy} (")), "{out}");
        assert_eq!(root.drop_ins(), ["90-policy-Home.toml"]);
    }
}

#[test]
fn drop_in_is_named_after_a_plain_ssid_and_in_digits_otherwise() {
    let root = Root::new();
    // The digits of another SSID are not mistaken for it.
    for ssid in ["Home_2-4", "c3a9", "\u{e9}", "a b", "-x", "../../x"] {
        let (ok, out) = root.policy(&["--", ssid, "random"]);
        assert!(ok, "{out}");
    }
    let mut names = root.drop_ins();
    names.sort();
    assert_eq!(
        names,
        [
            "90-policy-=2d78.toml",
            "90-policy-=2e2e2f2e2e2f78.toml",
            "90-policy-=612062.toml",
            "90-policy-=c3a9.toml",
            "90-policy-Home_2-4.toml",
            "90-policy-c3a9.toml"
        ]
    );
}

#[test]
fn drop_in_with_an_old_name_keeps_it() {
    let root = Root::new();
    let old = root.path("etc/macveil/conf.d/90-policy-486f6d65.toml");
    fs::create_dir_all(old.parent().unwrap()).unwrap();
    fs::write(
        &old,
        "[[network]]\nssid = \"Home\"\ncloned-mac-address = \"random\"\n",
    )
    .unwrap();
    assert!(root.policy(&["Home", "permanent"]).0);
    assert_eq!(root.drop_ins(), ["90-policy-486f6d65.toml"]);
    assert!(root.policy(&["Home", "--unset"]).0);
    assert_eq!(root.drop_ins(), Vec::<String>::new());
}

#[test]
fn further_keys_are_written_and_amended() {
    let root = Root::new();
    let (ok, out) = root.policy(&["Home", "stable", "--rotate", "24h", "--stable-id", "desk"]);
    assert!(ok, "{out}");
    let file = root.path(HOME.trim_start_matches('/'));
    let rule = |text: &str| text.split_once("[[network]]\n").unwrap().1.to_owned();
    assert_eq!(
        rule(&fs::read_to_string(&file).unwrap()),
        "ssid = \"Home\"\ncloned-mac-address = \"stable\"\nrotate = \"24h\"\nstable-id = \"desk\"\n"
    );
    assert!(root.policy(&["Home", "--rotate", "7d", "--slap", "aai"]).0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\"stable\"") && text.contains("rotate = \"7d\""),
        "{text}"
    );
    assert!(
        text.contains("stable-id = \"desk\"") && text.contains("slap = \"aai\""),
        "{text}"
    );
    assert!(root.policy(&["Home", "random"]).0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        !text.contains("rotate"),
        "a policy replaces the rule: {text}"
    );
    let (ok, out) = root.policy(&["Home", "--rotate", "yesterday"]);
    assert!(!ok && out.contains("no changes made"), "{out}");
}

#[test]
fn dry_run_shows_the_rule_and_writes_nothing() {
    let root = Root::new();
    let (ok, out) = root.policy(&["Home", "random", "--dry-run"]);
    assert!(
        ok && out.contains("cloned-mac-address = \"random\""),
        "{out}"
    );
    assert!(out.contains("not written, because of --dry-run"), "{out}");
    assert_eq!(root.drop_ins(), Vec::<String>::new());
    let (ok, out) = root.trust(&["Home", "--dry-run", "--json"]);
    assert!(
        ok && out.contains("\"changed\":false,\"dry_run\":true"),
        "{out}"
    );
    assert!(root.policy(&["Home", "random"]).0);
    let (_, out) = root.policy(&["Home", "--unset", "--dry-run"]);
    assert!(out.contains("not removed, because of --dry-run"), "{out}");
    assert_eq!(root.drop_ins().len(), 1);
}

#[test]
fn trust_sets_permanent_or_preserve() {
    let root = Root::new();
    let (ok, out) = root.trust(&["Home"]);
    assert!(ok && out.starts_with("Home: permanent ("), "{out}");
    let (ok, out) = root.trust(&["Home", "--preserve"]);
    assert!(ok && out.starts_with("Home: preserve ("), "{out}");
}

#[test]
fn invalid_configuration_is_not_changed() {
    let root = Root::new().with("etc/macveil/macveil.toml", "[device]\non-exit = 'kep'\n");
    let (ok, out) = root.trust(&["Home"]);
    assert!(!ok);
    assert!(
        out.starts_with("/etc/macveil/macveil.toml:2:11: `kep` is not valid: use one of"),
        "{out}"
    );
    assert!(out.ends_with("no changes made: fix the configuration first\n"));
    assert_eq!(root.drop_ins(), Vec::<String>::new());
}

#[test]
fn overruled_policy_is_not_written() {
    let rule = "\n[[network]]\nssid = ['Office', 'Home']\ncloned-mac-address = 'random'\n";
    let root = Root::new().with("etc/macveil/conf.d/99-x.toml", rule);
    assert_eq!(
        root.trust(&["Home"]),
        output(
            false,
            "no changes made: /etc/macveil/conf.d/99-x.toml:4 takes precedence and sets random for Home\n"
        )
    );
    assert_eq!(root.drop_ins(), ["99-x.toml"]);
    let (_, json) = root.trust(&["Home", "--json"]);
    assert!(
        json.contains(r#""changed":false,"error":"overruled","holds":{"policy":"random""#),
        "{json}"
    );
}

#[test]
fn rule_that_applies_in_some_cases_is_listed() {
    let rule = "[[network]]\nsecurity = 'open'\ncloned-mac-address = 'random'\n";
    let root = Root::new()
        .with("etc/macveil/conf.d/99-open.toml", rule)
        .with(
            "etc/macveil/conf.d/10-mask.toml",
            "[[network]]\nssid = 'Home'\nslap = 'aai'\n",
        );
    let (ok, out) = root.trust(&["Home"]);
    assert!(ok);
    assert_eq!(
        out,
        format!(
            "Home: permanent ({HOME}:5)\n  but random (/etc/macveil/conf.d/99-open.toml:3) if the security is open\n"
        )
    );
    assert_eq!(
        root.policy(&[]).1,
        format!(
            "every network, if the security is open: random (/etc/macveil/conf.d/99-open.toml:1)\n\
             Home: permanent ({HOME}:3)\n\
             Home: (no policy) (/etc/macveil/conf.d/10-mask.toml:1)\n\
             every other network: stable-ssid (the built-in default)\n"
        )
    );
}

#[test]
fn json_lists_the_rules() {
    let root = Root::new().with(
        "etc/macveil/macveil.toml",
        "[[network]]\nssid-hex = 'ff'\nbssid = '02:00:00:00:00:01'\ncloned-mac-address = 'random'\n",
    );
    assert_eq!(
        root.policy(&["--json"]).1,
        "{\"rules\":[{\"ssids\":[\"\\\\xff\"],\"ssids_hex\":[\"ff\"],\"bssids\":[\"02:00:00:00:00:01\"],\
         \"securities\":[],\"id_strs\":[],\"policy\":\"random\",\"origin\":{\"file\":\"/etc/macveil/macveil.toml\",\
         \"line\":1,\"column\":1}}],\"default\":{\"policy\":\"stable-ssid\",\"origin\":null}}\n"
    );
    let (_, json) = root.policy(&["Home", "--json"]);
    assert!(json.starts_with(r#"{"ssid":"Home","ssid_hex":"486f6d65","holds":{"policy":"stable-ssid","origin":null},"own_file":null,"rules":[]"#), "{json}");
}

#[test]
fn named_file_has_no_drop_ins() {
    let line = ["policy", "--config", "/x.toml", "Home", "permanent"];
    let line = PolicyLine::try_parse_from(line).unwrap();
    match run(&line.args, &mut Vec::new()) {
        Err(Failure::Usage(text)) => assert!(
            text.contains("add this to /x.toml:\n\n[[network]]\nssid = \"Home\"\n"),
            "{text}"
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn unwritable_directory_is_a_failure() {
    let root = Root::new().with("etc/macveil", "no directory");
    let line = [
        "policy",
        "--root",
        root.0.path().to_str().unwrap(),
        "Home",
        "random",
    ];
    let line = PolicyLine::try_parse_from(line).unwrap();
    assert!(matches!(
        run(&line.args, &mut Vec::new()),
        Err(Failure::Cannot { .. })
    ));
}

#[test]
fn invalid_arguments_are_rejected() {
    for line in [
        &["policy", "--unset"][..],
        &["policy", "Home", "random", "--unset"],
        &["policy", "Home", "sometimes"],
    ] {
        assert!(PolicyLine::try_parse_from(line).is_err(), "{line:?}");
    }
    for line in [
        &["policy", "--now"][..],
        &["policy", "Home", "--now"],
        &["policy", "Home", "random", "--root", "/x", "--now"],
        &["policy", "", "random"],
    ] {
        let line = PolicyLine::try_parse_from(line).unwrap();
        assert!(matches!(
            run(&line.args, &mut Vec::new()),
            Err(Failure::Usage(_))
        ));
    }
}

fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

impl Root {
    /// Sets Home's policy and notifies a daemon with this script.
    fn notified(&self, words: &[&str], script: Vec<(Request, Answer)>) -> (bool, String) {
        let daemon = FakeDaemon::answering(script);
        let socket = daemon.socket();
        let words = [words, &["--socket", socket.to_str().unwrap()]].concat();
        let answer = self.policy(&words);
        daemon.finish();
        answer
    }

    fn reloaded(&self, files: &[&str]) -> (Request, Answer) {
        let files = files
            .iter()
            .map(|file| self.path(file.trim_start_matches('/')));
        let files = files.map(|path| path.display().to_string()).collect();
        let warnings = Vec::new();
        (Request::Reload, Ok(Reply::Reloaded { files, warnings }))
    }
}

#[test]
fn running_daemon_is_notified() {
    let root = Root::new();
    let reloaded = || root.reloaded(&["/etc/macveil/macveil.toml", HOME]);
    let (ok, out) = root.notified(&["Home", "permanent"], vec![reloaded()]);
    assert!(ok);
    assert_eq!(
        out,
        format!(
            "Home: permanent ({HOME}:5)\n\
             the change applies from the next association on (with --now: immediately)\n"
        )
    );
    let (ok, json) = root.notified(&["Home", "permanent", "--json"], vec![reloaded()]);
    assert!(ok);
    assert_eq!(
        json,
        format!(
            "{{\"ssid\":\"Home\",\"ssid_hex\":\"486f6d65\",\"changed\":true,\"file\":\"{HOME}\",\
             \"holds\":{{\"policy\":\"permanent\",\"origin\":{{\"file\":\"{HOME}\",\"line\":5,\"column\":22}}}},\
             \"daemon\":\"reloaded\"}}\n"
        )
    );
    let (ok, out) = root.notified(&["Home", "--unset"], vec![root.reloaded(&[])]);
    assert!(ok && out.contains("the change applies from"), "{out}");
}

#[test]
fn now_reconnects_the_network() {
    let root = Root::new();
    let affected = |interface: &str, connected| Affected {
        interface: interface.to_owned(),
        policy: Some(Policy::Permanent),
        undetermined: None,
        connected,
        effect: if connected {
            Effect::Now
        } else {
            Effect::NextAssociation
        },
    };
    let rejoined = Reply::Rejoined {
        ssid: ssid("Home"),
        interfaces: vec![affected("wlan0", true), affected("wlan1", false)],
    };
    let script = vec![
        root.reloaded(&[HOME]),
        (Request::Rejoin { ssid: ssid("Home") }, Ok(rejoined)),
    ];
    let (ok, out) = root.notified(&["Home", "permanent", "--now"], script);
    assert!(ok);
    assert!(out.ends_with(
        "wlan0: reconnecting to Home now\nwlan1: not connected to Home; the change applies when it connects\n"
    ));
}

#[test]
fn daemon_that_reads_other_files_is_a_failure() {
    let root = Root::new();
    let (ok, out) = root.notified(&["Home", "permanent"], vec![root.reloaded(&["named.toml"])]);
    assert!(!ok);
    assert!(
        out.contains(
            "but the running macveil does not read this file: it was started with --config /named.toml,"
        ),
        "{out}"
    );
}

#[test]
fn daemon_that_rejects_its_configuration_is_a_failure() {
    let root = Root::new();
    let fault = Err(Fault::new(FaultKind::Configuration, "/x.toml:1:1: oh no"));
    let (ok, out) = root.notified(&["Home", "permanent"], vec![(Request::Reload, fault)]);
    assert!(!ok);
    assert!(
        out.ends_with("/x.toml:1:1: oh no\nbut the running macveil rejects its configuration and keeps the old one\n"),
        "{out}"
    );
}

#[test]
fn change_without_a_daemon_applies_later() {
    let root = Root::new();
    let (ok, out) = root.policy(&["Home", "permanent", "--socket", "/nowhere/control"]);
    assert!(ok && out.ends_with("macveil is not running: the change applies when it starts\n"));
}

/// Whether the file has one rule, for this network and with this policy.
fn reads_back(ssid: &Ssid, policy: Policy) -> bool {
    let layout = Layout::below(Path::new("/nowhere"));
    let path = DropIn::of(ssid, layout.own_drop_ins().unwrap()).path();
    let layout = layout.with_drop_in(&path, Some(text(ssid, &keys_of(policy))));
    let config = Config::read(&layout).unwrap();
    match &config.network_rules().collect::<Vec<_>>()[..] {
        [rule] => {
            rule.about.ssids == [ssid.clone()]
                && rule.options.policy.as_ref().map(|option| option.value) == Some(policy)
        }
        _ => false,
    }
}

#[test]
fn visible_ssid_is_written_as_text() {
    let text_of = |bytes: &[u8]| text(&Ssid::new(bytes).unwrap(), &keys_of(Policy::Random));
    assert!(
        text_of("Caf\u{e9} \u{1f600} \"x\\".as_bytes())
            .contains("\nssid = \"Café 😀 \\\"x\\\\\"\n")
    );
    // Control character, right-to-left override, invisible character, not UTF-8.
    for odd in [
        "a\nb".as_bytes(),
        "a\u{202e}b".as_bytes(),
        "\u{200b}".as_bytes(),
        b"\xff",
        &[0; 32],
    ] {
        let text = text_of(odd);
        assert!(text.contains("\nssid-hex = \""), "{text}");
        assert!(text.is_ascii(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_ssid_is_read_back(bytes in vec(any::<u8>(), 1..=32)) {
        prop_assert!(reads_back(&Ssid::new(&bytes).unwrap(), Policy::Permanent));
    }

    #[test]
    fn any_text_is_read_back(name in "(\\PC|[\"'\\\\#\n\u{0}\u{7f}]){1,10}") {
        let bytes = &name.as_bytes()[..name.len().min(32)];
        prop_assert!(reads_back(&Ssid::new(bytes).unwrap(), Policy::Preserve));
    }
}
