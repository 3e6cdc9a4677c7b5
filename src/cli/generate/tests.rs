//! Printed addresses and required arguments.

use clap::Parser;

use super::{Args, run};
use crate::cli::Failure;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: Args,
}

fn generate(arguments: &[&str]) -> Result<String, Failure> {
    let command = Command::try_parse_from([&["generate"], arguments].concat());
    let mut out = Vec::new();
    run(
        &command.unwrap_or_else(|error| panic!("{error}")).args,
        &mut out,
    )?;
    Ok(String::from_utf8(out).unwrap())
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn json_is_a_list() {
    let line = "stable --ifname eth0 --host-id 6b657931 --uuid stable-1 --count 2 --json";
    let address = r#""06:0d:cd:0c:9e:2c""#;
    assert_eq!(
        generate(&words(line)).unwrap(),
        format!("{{\"addresses\":[{address},{address}]}}\n")
    );
}

#[test]
fn published_vectors_are_reproduced() {
    let vector = |rest: &str| {
        generate(&words(&format!(
            "stable --ifname eth0 --host-id 6b657931 {rest}"
        )))
        .unwrap()
    };
    assert_eq!(vector("--uuid stable-1"), "06:0d:cd:0c:9e:2c\n");
    assert_eq!(vector("--stable-id stable-1"), "c6:ae:a9:9a:76:09\n");
    let with_mask = |mask: &str| {
        let arguments = [
            "stable",
            "--ifname",
            "eth0",
            "--host-id",
            "6b657931",
            "--uuid",
            "stable-1",
            "--initial",
            "01:23:45:67:89:ab",
            "--mask",
            mask,
        ];
        generate(&arguments).unwrap()
    };
    assert_eq!(with_mask("FF:FF:FF:00:00:00"), "00:23:45:0c:9e:2c\n");
    assert_eq!(
        with_mask("02:00:00:00:00:00 00:00:00:00:00:00"),
        "04:0d:cd:0c:9e:2c\n"
    );
}

#[test]
fn key_file_and_machine_id_are_hashed() {
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("secret_key");
    let contents = b"nm-v2:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    crate::store::atomic::write(&key, contents, 0o600).unwrap();
    let key = key.to_str().unwrap();
    let generate = |machine: &str| {
        generate(&[
            "stable-ssid",
            "--ssid",
            "Home",
            "--binding",
            "host",
            "--key-file",
            key,
            "--machine-id",
            machine,
        ])
    };
    let machine = "0123456789abcdef0123456789abcdef";
    assert_eq!(generate(machine).unwrap(), "66:4f:02:36:cb:4f\n");
    assert_eq!(generate("").unwrap(), "1e:e2:ca:4f:03:63\n");
    assert!(matches!(generate("0123"), Err(Failure::Usage(_))));
}

#[test]
fn default_is_random_addresses_one_per_line() {
    let out = generate(&["--count", "100"]).unwrap();
    let addresses: std::collections::BTreeSet<_> = out.lines().collect();
    assert_eq!(addresses.len(), 100);
    for address in addresses {
        assert_eq!(address.len(), 17);
        let address: macveil_core::types::Mac = address.parse().unwrap();
        assert!(address.is_local() && address.is_usable());
        assert_eq!(address.to_string(), address.to_string().to_lowercase());
    }
}

#[test]
fn ssid_and_ssid_hex_are_equivalent() {
    let with = |flag: &str, name: &str| {
        generate(&[
            "stable-ssid",
            flag,
            name,
            "--ifname",
            "w",
            "--host-id",
            "00",
        ])
        .unwrap()
    };
    assert_eq!(with("--ssid", "Café"), with("--ssid-hex", "436166c3a9"));
}

#[test]
fn time_is_local_or_unix_seconds() {
    let zone = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/zones/Berlin.tzif"
    );
    let at = |time: &str| {
        let id = "time: 2016-08-22 6:00:00 7d";
        generate(&[
            "stable",
            "--stable-id",
            id,
            "--ssid",
            "a",
            "--binding",
            "host",
            "--host-id",
            "00",
            "--zone",
            zone,
            "--at",
            time,
        ])
        .unwrap()
    };
    assert_eq!(at("2016-10-31 6:00:00"), at("@1477890000"));
    assert_eq!(at("2016-10-31 5:59:59"), at("@1477889999"));
    assert_ne!(at("@1477889999"), at("@1477890000"));
}

#[test]
fn missing_argument_is_named() {
    for (line, wanted) in [
        ("permanent", "this policy needs --permanent MAC"),
        ("preserve", "this policy needs --initial MAC"),
        (
            "random --mask ff:0:0:0:0:0",
            "this policy needs --initial MAC",
        ),
        (
            "stable --ssid a --host-id 00",
            "this policy needs --ifname IFACE, or another --binding",
        ),
        (
            "stable --ssid a --host-id 00 --binding card",
            "this policy needs --permanent MAC",
        ),
        (
            "stable-ssid --ifname w --host-id 00",
            "this policy needs --ssid SSID, --uuid UUID or --wire",
        ),
        (
            "random --stable-id a",
            "--stable-id is only valid with the policy `stable`",
        ),
    ] {
        match generate(&words(line)) {
            Err(Failure::Usage(message)) => assert_eq!(message, wanted, "{line}"),
            other => panic!("{line}: {other:?}"),
        }
    }
    let missing_key = generate(&words(
        "stable-ssid --ssid a --ifname w --key-file /nowhere",
    ));
    assert!(matches!(missing_key, Err(Failure::Cannot { .. })));
}

#[test]
fn ethernet_needs_no_ssid() {
    let made = |rest: &str| {
        generate(&words(&format!(
            "stable-ssid --host-id 00 --ifname eth0 {rest}"
        )))
    };
    let wire = made("--wire").unwrap();
    assert_ne!(wire, made("--wire --uuid u").unwrap());
    assert_ne!(wire, made("--ssid w:").unwrap());
}

#[test]
fn policies_without_hash_need_no_key() {
    for (line, address) in [
        ("permanent --permanent 0:1:2:3:4:5", "00:01:02:03:04:05\n"),
        ("preserve --initial 0:1:2:3:4:5", "00:01:02:03:04:05\n"),
        ("00-AA-BB-CC-DD-EE", "00:aa:bb:cc:dd:ee\n"),
    ] {
        assert_eq!(generate(&words(line)).unwrap(), address);
    }
}

#[test]
fn broken_pipe_is_success() {
    struct BrokenPipe;
    impl std::io::Write for BrokenPipe {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let command = Command::try_parse_from(["generate"]).unwrap_or_else(|error| panic!("{error}"));
    assert!(run(&command.args, &mut BrokenPipe).is_ok());
}
