//! Error messages: problem, position and hint.

use super::read;

/// The whole message without the file's directory.
fn message(text: &str) -> String {
    let errors = read(text).unwrap_err().to_string();
    let lines = errors
        .lines()
        .map(|line| line.rsplit("/macveil.toml").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn assert_message(text: &str, expected: &str) {
    let expected = expected.trim_start_matches('\n').trim_end();
    assert_eq!(message(text), expected);
}

#[test]
fn unknown_key_has_a_suggestion() {
    assert_message(
        "[device]\n  mask-methd = \"bounce\"\n",
        r#"
:2:3: unknown key `mask-methd` in [device]
  2 |   mask-methd = "bounce"
    |   ^^^^^^^^^^ did you mean `mask-method`?
"#,
    );
    assert_message(
        "[device]\nMask_Method = 'bounce'\n",
        "
:2:1: unknown key `Mask_Method` in [device]
  2 | Mask_Method = 'bounce'
    | ^^^^^^^^^^^ did you mean `mask-method`?
",
    );
    assert_message(
        "nonsense = 1",
        "
:1:1: unknown key `nonsense`
  1 | nonsense = 1
    | ^^^^^^^^
",
    );
}

#[test]
fn key_in_the_wrong_section_names_the_right_one() {
    assert_message(
        "[device]\nstate-dir = '/x'\n",
        "
:2:1: unknown key `state-dir` in [device]
  2 | state-dir = '/x'
    | ^^^^^^^^^ this key belongs at the top of the file, before the first [section]
",
    );
    assert_message(
        "stable-id = 'x'",
        "
:1:1: unknown key `stable-id`
  1 | stable-id = 'x'
    | ^^^^^^^^^ this key belongs to [connection]
",
    );
}

#[test]
fn network_manager_prefix_is_explained() {
    assert_message(
        "[connection]\nwifi.cloned-mac-address = 'stable'",
        "
:2:1: unknown key `wifi` in [connection]
  2 | wifi.cloned-mac-address = 'stable'
    | ^^^^ use NetworkManager's names without the prefix before the dot
",
    );
}

#[test]
fn wrong_type_names_expected_and_found() {
    assert_message(
        "[device]\nscan-rand-mac-address = \"yes\"\n",
        r#"
:2:25: expected true or false, found a string
  2 | scan-rand-mac-address = "yes"
    |                         ^^^^^
"#,
    );
    assert_message(
        "[device]\nmask-lifetime = 300",
        "
:2:17: expected a string in quotes, found a number
  2 | mask-lifetime = 300
    |                 ^^^
",
    );
}

#[test]
fn unknown_word_has_a_suggestion() {
    assert_message(
        "[connection]\ncloned-mac-address = \"stable_ssid\"",
        r#"
:2:22: unknown policy `stable_ssid`: expected permanent, preserve, random, stable, stable-ssid or a MAC address
  2 | cloned-mac-address = "stable_ssid"
    |                      ^^^^^^^^^^^^^ did you mean `stable-ssid`?
"#,
    );
    assert_message(
        "[supplicant]\nbackend = 'wpa-supplicant'",
        "
:2:11: `wpa-supplicant` is not valid: use one of auto, wpa_supplicant, iwd, none
  2 | backend = 'wpa-supplicant'
    |           ^^^^^^^^^^^^^^^^ did you mean `wpa_supplicant`?
",
    );
    assert_message(
        "manage = 'type:wlan'",
        "
:1:10: unknown interface type `type:wlan`
  1 | manage = 'type:wlan'
    |          ^^^^^^^^^^^ did you mean `type:wifi`?
",
    );
}

#[test]
fn every_kind_of_value_has_an_error() {
    for (line, words) in [
        (
            "[connection]\ncloned-mac-address = '01:00:5e:00:00:01'",
            "a station cannot use the address 01:00:5e:00:00:01",
        ),
        (
            "[connection]\ngenerate-mac-address-mask = 'ff:ff:ff'",
            "in the mask: invalid MAC address `ff:ff:ff`",
        ),
        (
            "[connection]\ngenerate-mac-address-mask = 'ff:0:0:0:0:0 1:2:3:4:5:6 x'",
            "in word 3 of the mask: invalid MAC address `x`",
        ),
        (
            "[connection]\ngenerate-mac-address-mask = ' '",
            "empty mask: expected six hexadecimal bytes",
        ),
        ("[connection]\nstable-id = ''", "an empty stable-id"),
        (
            "[connection]\nstable-id = '${PERIOD:24}'",
            "invalid duration `24`",
        ),
        (
            "[connection]\nstable-id = '${PERIOD}'",
            "expected for example `${PERIOD:24h}`",
        ),
        (
            "[connection]\nstable-id = 'time: monday'",
            "`time: 2016-08-22 6:00:00 7d`",
        ),
        (
            "[connection]\nstable-binding = 'interfaces'",
            "`interfaces` is not valid: use one of interface, card, host",
        ),
        (
            "[connection]\nslap = 'eli'",
            "`eli` is not valid: use one of any, aai",
        ),
        ("[device]\nmask-lifetime = '5'", "invalid duration `5`"),
        (
            "[device]\nscan-generate-mac-address-mask = 'ff:ff:ff:ff:ff:00'",
            "this mask has 8 free bits",
        ),
        ("state-dir = 'var'", "the path must begin with `/`"),
        ("[[network]]\nssid = ''", "an SSID must not be empty"),
        (
            "[[network]]\nssid = '123456789012345678901234567890123'",
            "the SSID has 33 bytes",
        ),
        (
            "[[network]]\nssid-hex = '123'",
            "expected two hexadecimal digits per byte",
        ),
        (
            "[[network]]\nssid-hex = 'zz'",
            "expected two hexadecimal digits per byte",
        ),
        ("[[network]]\nssid = []", "the list is empty"),
        ("[[network]]\nbssid = 'x'", "invalid MAC address `x`"),
        (
            "[[network]]\nsecurity = 'wpa2'",
            "`wpa2` is not valid: use one of open, owe, wep, psk, sae, eap",
        ),
        ("[[network]]\nid-str = ''", "id-str must not be empty"),
        (
            "[[network]]\nssid = 'x'\nuuid = 'x'",
            "expected a UUID such as",
        ),
        ("manage = []", "the list is empty"),
        ("manage = 'a b'", "invalid interface name `a b`"),
        ("device = 1", "`device` must be a table: `[device]`"),
        ("[network]\nssid = 'x'", "expected `[[network]]`"),
        ("network = [1]", "expected `[[network]]`"),
    ] {
        let message = message(line);
        assert!(message.contains(words), "{line}\n{message}");
    }
}

#[test]
fn section_without_match_is_an_error() {
    assert_message(
        "\n[[network]]\ncloned-mac-address = 'random'\n",
        "
:2:1: [[network]] needs one of ssid, ssid-hex, bssid, security, id-str
  2 | [[network]]
    | ^^^^^^^^^^^
",
    );
    assert_message(
        "[[interface]]\n",
        "
:1:1: [[interface]] needs `match`, for example match = \"driver:brcmfmac\"
  1 | [[interface]]
    | ^^^^^^^^^^^^^
",
    );
}

#[test]
fn all_errors_of_a_file_are_reported_in_order() {
    let message =
        message("[device]\nz = 1\non-exit = 'never'\n[connection]\nb = 2\n[[network]]\nssid = 3\n");
    let heads: Vec<_> = message
        .lines()
        .filter(|line| line.starts_with(':'))
        .collect();
    assert_eq!(
        heads,
        [
            ":2:1: unknown key `z` in [device]",
            ":3:11: `never` is not valid: use one of keep, restore",
            ":5:1: unknown key `b` in [connection]",
            ":7:8: expected a string in quotes, found a number",
        ]
    );
}

#[test]
fn syntax_error_has_a_position() {
    let message = message("manage = [\"type:wifi\"\n[device]\n");
    assert!(message.starts_with(":2:1: "), "{message}");
    let twice = self::message("state-dir = '/a'\nstate-dir = '/b'\n");
    assert!(twice.starts_with(":2:1: duplicate key"), "{twice}");
}

#[test]
fn columns_count_characters_and_control_codes_are_replaced() {
    assert_message(
        "[[network]]\nssid = 'é☕'\nbssid = [ 'é', 'x' ]",
        "
:3:11: invalid MAC address `é`: expected six hexadecimal bytes separated by `:` or `-`
  3 | bssid = [ 'é', 'x' ]
    |           ^^^
",
    );
    let message = message("state-dir = '\u{1b}[31m'");
    assert!(!message.contains('\u{1b}'), "{message:?}");
    let message = self::message("[device]\non-exit = \"\\u001b[31m\"");
    assert!(
        message.starts_with(":2:11: `\u{fffd}[31m` is not valid"),
        "{message:?}"
    );
}

#[test]
fn likely_mistake_is_a_warning() {
    let warnings = |text: &str| {
        let warnings = read(text).unwrap().warnings;
        let lines = warnings.iter().map(|warning| {
            let text = warning.to_string();
            text.rsplit("/macveil.toml").next().unwrap().to_owned()
        });
        lines.collect::<Vec<_>>()
    };
    assert_eq!(
        warnings("[connection]\nstable-id = '${NETWORK_SSID}'"),
        [":2:13: stable-id has no effect: it needs cloned-mac-address = \"stable\""]
    );
    assert_eq!(
        warnings("[connection]\ncloned-mac-address = 'stable'\nstable-id = '${SSID}'"),
        [
            ":3:13: this stable-id gives every network the same address; add ${NETWORK_SSID} to distinguish them",
            ":3:13: unknown pattern `${SSID}`: it is used literally",
        ]
    );
    for fine in [
        "[connection]\ncloned-mac-address = 'stable'\nstable-id = '${CONNECTION}'",
        "[connection]\nstable-id = '${CONNECTION}'\n[[network]]\nssid = 'a'\ncloned-mac-address = 'stable'",
        "[[network]]\nssid = 'a'\ncloned-mac-address = 'stable'\nstable-id = 'literal'",
        "[[interface]]\nmatch = '*'\ncloned-mac-address = 'stable'\n[[network]]\nssid = 'a'\nstable-id = 'literal'",
    ] {
        assert!(warnings(fine).is_empty(), "{fine}");
    }
    assert_eq!(
        warnings("[[network]]\nssid = 'a'\nstable-id = 'x'").len(),
        1
    );
}

#[test]
fn stable_id_version_must_be_valid_and_needs_a_stable_id() {
    for (rest, words) in [
        ("", "stable-id-version has no effect without stable-id"),
        (
            "stable-id = 'x'",
            "invalid NetworkManager version `new`: expected for example 1.42",
        ),
    ] {
        let message = message(&format!("[connection]\nstable-id-version = 'new'\n{rest}"));
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn excerpt_of_a_long_line_is_limited() {
    let good = "'wlan0', ".repeat(5000);
    let message = message(&format!("manage = [{good}1234567, {good}]"));
    let lines: Vec<_> = message.lines().collect();
    let [_, line, marks] = lines.as_slice() else {
        panic!("{message}");
    };
    assert!(line.len() < 200, "{line}");
    assert_eq!(line.find("1234567"), marks.find("^^^^^^^"), "{message}");
}

#[test]
fn number_of_errors_is_limited() {
    let keys = (0..1000).map(|number| format!("key-{number} = 1\n"));
    let errors = read(&keys.collect::<String>()).unwrap_err();
    assert_eq!(errors.problems().len(), 100);
}

#[test]
fn rules_without_effect_are_warnings() {
    let warnings = |text: &str| {
        let warnings = read(text).unwrap().warnings;
        let warnings = warnings.iter().map(ToString::to_string);
        warnings.collect::<Vec<_>>().join("\n")
    };
    let both = |first: &str, second: &str| {
        warnings(&format!(
            "[[network]]\n{first}\ncloned-mac-address = 'random'\n[[network]]\n{second}\ncloned-mac-address = 'permanent'\n"
        ))
    };
    for (first, second) in [
        ("ssid = 'A'", "ssid = 'A'"),
        ("ssid = ['A', 'B']", "ssid = 'B'"),
        ("ssid = 'A'", "ssid = 'A'\nsecurity = 'open'"),
    ] {
        let text = both(first, second);
        assert!(
            text.contains("has no effect here") && text.contains(":3 sets random"),
            "{text}"
        );
    }
    for (first, second) in [
        ("ssid = 'A'", "ssid = 'B'"),
        ("ssid = 'A'", "ssid = ['A', 'B']"),
        ("ssid = 'A'\nsecurity = 'open'", "ssid = 'A'"),
        ("ssid = 'A'\nmatch = 'wlan0'", "ssid = 'A'"),
    ] {
        assert_eq!(both(first, second), "", "{first} {second}");
    }
    assert!(warnings("[[network]]\nssid = 'A'\n").contains("this rule sets nothing"));
    let mask = "[[network]]\nssid = 'A'\ncloned-mac-address = 'permanent'\ngenerate-mac-address-mask = 'FE:FF:FF:0:0:0'\n";
    assert!(warnings(mask).contains("generate-mac-address-mask has no effect"));
}

#[test]
fn errors_for_a_log_are_on_one_line() {
    let errors = read("manage = 1\nmange = 2\n").unwrap_err();
    assert!(errors.to_string().contains('\n'));
    let line = errors.on_one_line();
    assert!(!line.contains('\n') && line.contains("; "), "{line}");
    assert!(
        line.contains("unknown key `mange` (did you mean `manage`?)"),
        "{line}"
    );
}
