//! Explanations of networks and Ethernet interfaces.

use std::sync::Arc;

use super::explanation::Explanation;
use crate::config::{Config, DeviceFacts, Layout};
use macveil_core::address::{AddressFacts, Host, HostKey, NetworkFacts, Zone};
use macveil_core::types::{DeviceKind, Mac, Ssid};

const CARD: AddressFacts = AddressFacts {
    permanent: Some(Mac([0, 1, 2, 3, 4, 5])),
    initial: Mac([0, 1, 2, 3, 4, 5]),
    current: Mac([2, 0, 0, 0, 0, 1]),
    previous: None,
};

fn explain(configuration: &str, ssid: &[u8]) -> Explanation {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    std::fs::write(&file, configuration).unwrap();
    let config = Config::read(&Layout::only(&file)).unwrap();
    let device = DeviceFacts {
        name: "eth0",
        permanent: CARD.permanent,
        driver: "",
        kind: DeviceKind::Wifi,
    };
    let host = Host {
        key: HostKey::from_host_id(b"key1"),
        boot_id: None,
        zone: Zone::utc(),
    };
    let policies = config.address_policies(&device, Arc::new(host));
    let ssid = Ssid::new(ssid).unwrap();
    Explanation::of(
        &policies,
        &NetworkFacts::new(&ssid),
        ("eth0", config.manages(&device)),
        &CARD,
        true,
    )
}

#[test]
fn ethernet_with_permanent_is_explained_without_ssid() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    crate::store::atomic::write(&file("secret_key"), b"0123456789abcdef", 0o600).unwrap();
    let state_dir = directory.path().display();
    let text = format!(
        "manage = 'type:ethernet'\nstate-dir = '{state_dir}'\n[[network]]\nsecurity = 'open'\ncloned-mac-address = 'random'"
    );
    std::fs::write(file("c.toml"), text).unwrap();
    let explained = |interface: &str| {
        let line = format!("explain --verbose --wire --iface {interface} --permanent 0:1:2:3:4:5");
        let mut words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        words.extend(["--config".to_owned(), file("c.toml").display().to_string()]);
        let mut out = Vec::new();
        let command = <Command as clap::Parser>::try_parse_from(words).unwrap();
        super::run(&command.args, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let text = explained("eth0");
    assert!(text.starts_with("Ethernet on eth0: "), "{text}");
    for part in [
        "${NETWORK_SSID}=2{w:}",
        "stable-ssid  (the built-in default)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("does not manage"), "{text}");
    assert_ne!(text.replace("eth0", "eth1"), explained("eth1"));
}

/// U+009B starts a control sequence, like ESC and `[`.
#[test]
fn control_characters_in_an_ssid_are_escaped() {
    let explanation = explain("", "a\u{9b}31m\u{1b}[0mé".as_bytes());
    let text = explanation.to_verbose_text();
    assert!(
        !text.replace('\n', "").contains(char::is_control),
        "{text:?}"
    );
    assert!(text.contains("\\u{9b}31m"), "{text:?}");
    let json = explanation.to_json();
    assert!(!json.contains(char::is_control), "{json:?}");
}

#[test]
fn ethernet_needs_an_interface() {
    let parse = |line: &str| <Command as clap::Parser>::try_parse_from(line.split(' ')).is_ok();
    assert!(parse("explain"), "it lists the known networks");
    assert!(!parse("explain --wire"));
    assert!(!parse("explain --wire --iface eth0 Home"));
    assert!(parse("explain --wire --iface eth0"));
    assert!(parse("explain Home"));
}

#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    args: super::Args,
}

#[test]
fn card_with_permanent_is_explained_with_the_key() {
    use clap::Parser;
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let key = directory.path().join("secret_key");
    crate::store::atomic::write(&key, b"0123456789abcdef", 0o600).unwrap();
    std::fs::write(
        path("c.toml"),
        format!("state-dir = '{}'", directory.path().display()),
    )
    .unwrap();
    let explain = |rest: &[&str]| {
        let config = path("c.toml");
        let fixed = [
            "explain",
            "--config",
            &config,
            "--iface",
            "eth0",
            "--permanent",
            "0:1:2:3:4:5",
        ];
        let command = Command::try_parse_from([&fixed, rest].concat());
        let mut out = Vec::new();
        let code = super::run(
            &command.unwrap_or_else(|error| panic!("{error}")).args,
            &mut out,
        );
        (code, String::from_utf8(out).unwrap())
    };
    let (code, text) = explain(&["Home"]);
    assert_eq!(code.unwrap(), std::process::ExitCode::SUCCESS);
    assert_eq!(
        text,
        "Home on eth0: 16:88:be:aa:53:f9
  No rule is about Home, so the built-in default applies: stable-ssid, an
  address made from the key, the same each time.
"
    );
    let (_, json) = explain(&["--hex", "486f6d65", "--json"]);
    assert!(
        json.contains(r#""ssid":"Home","ssid_hex":"486f6d65""#) && json.ends_with("}\n"),
        "{json}"
    );
    assert!(json.contains(r#""address":"16:88:be:aa:53:f9""#), "{json}");
    std::fs::remove_file(path("secret_key")).unwrap();
    let (code, text) = explain(&["Home"]);
    assert_eq!(code.unwrap(), std::process::ExitCode::SUCCESS);
    assert!(
        text.starts_with("Home on eth0: an address that only root can see (use sudo)\n"),
        "{text}"
    );
    let (_, json) = explain(&["Home", "--json"]);
    assert!(
        json.contains(r#""address":null,"needs_key":true"#) && json.contains("stable-ssid"),
        "{json}"
    );
    assert!(matches!(
        explain(&["--hex", "4"]).0,
        Err(crate::cli::Failure::Usage(_))
    ));
}

/// The text without the directory of the configuration.
fn text(configuration: &str, ssid: &[u8]) -> String {
    let text = explain(configuration, ssid).to_verbose_text();
    let pieces = text
        .split("(/")
        .map(|piece| match piece.split_once("/c.toml") {
            Some((_, rest)) => format!("(c.toml{rest}"),
            None => piece.to_owned(),
        });
    pieces.collect()
}

const STABLE: &str = "
[connection]
cloned-mac-address = 'stable'
[[network]]
ssid = 'Home'
stable-id = 'stable-1'
generate-mac-address-mask = 'ff:ff:ff:0:0:0 68:f7:28:0:0:0'
";

#[test]
fn every_step_of_a_stable_address_has_an_origin() {
    let text = text(STABLE, b"Home");
    // SHA-256 of 01 00000004 key1 eth0 00 stable-1 00 begins c7aea9 9a7609.
    assert_eq!(
        text,
        "\
Home on eth0: 68:f7:28:9a:76:09
  rule              [[network]]  (c.toml:4)
  policy            stable  (c.toml:3)
  stable-id         stable-1  (c.toml:6)
  bound to          interface  (the built-in default)
  mask              ff:ff:ff:00:00:00 68:f7:28:00:00:00  (c.toml:7)
  quadrant          any  (the built-in default)
  hashed: type      1
  hashed: id        stable-1
  hashed: bound to  eth0
  bits from         a hash of these and the key
  kept bits         ff:ff:ff:00:00:00
  kept from         68:f7:28:00:00:00
"
    );
}

#[test]
fn json_has_the_same_steps() {
    let json = explain(STABLE, b"Home").to_json();
    for part in [
        r#"{"ssid":"Home","ssid_hex":"486f6d65","interface":"eth0","managed":true,"address":"68:f7:28:9a:76:09","needs_key":false,"changes":false,"error":null,"rules":[{"file":""#,
        r#"/c.toml","line":4,"column":1}]"#,
        r#""binding":{"value":"interface","origin":null},"#,
        r#""id_type":"1","id":"stable-1","bound_to":"eth0","#,
        r#""kept_bits":"ff:ff:ff:00:00:00","kept_from":"68:f7:28:00:00:00"}"#,
    ] {
        assert!(json.contains(part), "{part}\n{json}");
    }
}

#[test]
fn random_address_is_not_shown() {
    let explanation = explain("connection.cloned-mac-address = 'random'", b"A\n");
    let text = explanation.to_text();
    assert!(
        text.starts_with("A\\x0a on eth0: a new address for each association\n"),
        "{text}"
    );
    let json = explanation.to_json();
    assert!(
        json.contains(r#""address":null,"needs_key":false,"changes":true,"error":null"#),
        "{json}"
    );
}

#[test]
fn network_without_address_has_a_reason() {
    let explanation = explain(
        "[[network]]\nsecurity = 'open'\ncloned-mac-address = 'random'",
        b"A",
    );
    let text = explanation.to_text();
    let words = "A on eth0: no address: cannot choose a policy: it depends on the security, which is unknown (/";
    assert!(text.starts_with(words), "{text}");
    assert!(explanation.outcome.is_err());
}

#[test]
fn expanded_id_is_shown() {
    let text = text("", b"foo\n");
    assert!(
        text.contains("  expanded          ${NETWORK_SSID}=9{s:foo\\012}\n"),
        "{text}"
    );
    assert!(
        text.contains("  hashed: id        wqLBg0FtOnCi7yYQKGDUj6CDixc\n"),
        "{text}"
    );
    assert!(text.contains("  hashed: type      2\n"), "{text}");
}

#[test]
fn unmanaged_interface_is_reported() {
    let explanation = explain("manage = 'wlan7'", b"A");
    assert!(
        explanation
            .to_text()
            .contains("\n  but macveil does not manage eth0 ")
    );
    assert!(explanation.to_json().contains(r#""managed":false"#));
}

#[test]
fn stable_security_is_shown() {
    let explanation = explain("connection.stable-security = true", b"A");
    let text = explanation.to_verbose_text();
    assert!(
        text.contains("  depends on        the network's security  (/"),
        "{text}"
    );
    assert!(explanation.outcome.is_err(), "the security is unknown");
}

#[test]
fn sentence_names_the_rule_and_what_its_policy_means() {
    for (policy, meaning) in [
        ("permanent", "sets permanent: the card's own address."),
        ("random", "sets random: a new address for each association."),
        ("02:00:00:00:00:07", "sets 02:00:00:00:00:07: this address."),
    ] {
        let rule = format!("[[network]]\nssid = 'A'\ncloned-mac-address = '{policy}'");
        let text = explain(&rule, b"A").to_text().replace("\n  ", " ");
        assert!(text.contains("c.toml:3"), "{text}");
        assert!(text.contains(meaning), "{meaning}: {text}");
    }
    let periodic = explain("connection.rotate = '24h'", b"A").to_text();
    assert!(periodic.contains("changes with"), "{periodic}");
    for (id, meaning) in [
        ("x", "the same each time"),
        ("x${BOOT}", "which changes at each boot"),
        (
            "x${RANDOM}",
            "sets stable: a new address for each association",
        ),
    ] {
        let rule = format!("[connection]\ncloned-mac-address = 'stable'\nstable-id = '{id}'");
        let text = explain(&rule, b"A").to_text().replace("\n  ", " ");
        assert!(text.contains(meaning), "{meaning}: {text}");
    }
}

/// The example of the page about policies does what its table says.
#[test]
fn documented_example_gives_what_its_table_says() {
    let page = include_str!("../../../docs/policies.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let train = explain(example, b"Train").to_text().replace("\n  ", " ");
    assert!(
        train.contains("sets stable-ssid: an address made from the key, which changes"),
        "{train}"
    );
    let other = explain(&example.replace("open", "psk"), b"Cafe").to_text();
    assert!(other.contains("depends on the security"), "{other}");
}
