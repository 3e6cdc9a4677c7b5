//! What is wrong, where, and what was meant.

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
fn assert_wrong(text: &str, expected: &str) {
    let expected = expected.trim_start_matches('\n').trim_end();
    assert_eq!(message(text), expected);
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    assert_wrong(
        "[device]\n  mask-methd = \"bounce\"\n",
        r#"
:2:3: unknown key `mask-methd` in [device]
  2 |   mask-methd = "bounce"
    |   ^^^^^^^^^^ did you mean `mask-method`?
"#,
    );
    assert_wrong(
        "[device]\nMask_Method = 'bounce'\n",
        "
:2:1: unknown key `Mask_Method` in [device]
  2 | Mask_Method = 'bounce'
    | ^^^^^^^^^^^ did you mean `mask-method`?
",
    );
    assert_wrong(
        "nonsense = 1",
        "
:1:1: unknown key `nonsense`
  1 | nonsense = 1
    | ^^^^^^^^
",
    );
}

#[test]
fn a_key_in_the_wrong_section_is_sent_home() {
    assert_wrong(
        "[device]\nstate-dir = '/x'\n",
        "
:2:1: unknown key `state-dir` in [device]
  2 | state-dir = '/x'
    | ^^^^^^^^^ it belongs to the top of the file, before the first [section]
",
    );
    assert_wrong(
        "stable-id = 'x'",
        "
:1:1: unknown key `stable-id`
  1 | stable-id = 'x'
    | ^^^^^^^^^ it belongs to [connection]
",
    );
}

#[test]
fn names_as_network_manager_writes_them_are_explained() {
    assert_wrong(
        "[connection]\nwifi.cloned-mac-address = 'stable'",
        "
:2:1: unknown key `wifi` in [connection]
  2 | wifi.cloned-mac-address = 'stable'
    | ^^^^ the names are NetworkManager's, but without what stands before the dot
",
    );
}

#[test]
fn a_wrong_type_says_both() {
    assert_wrong(
        "[device]\nscan-rand-mac-address = \"yes\"\n",
        r#"
:2:25: true or false is meant, this is a text
  2 | scan-rand-mac-address = "yes"
    |                         ^^^^^
"#,
    );
    assert_wrong(
        "[device]\nmask-lifetime = 300",
        "
:2:17: a text in quotes is meant, this is a number
  2 | mask-lifetime = 300
    |                 ^^^
",
    );
}

#[test]
fn a_wrong_word_is_shown_with_the_one_that_was_meant() {
    assert_wrong(
        "[connection]\ncloned-mac-address = \"stable_ssid\"",
        r#"
:2:22: unknown policy `stable_ssid`: expected permanent, preserve, random, stable, stable-ssid or a MAC address
  2 | cloned-mac-address = "stable_ssid"
    |                      ^^^^^^^^^^^^^ did you mean `stable-ssid`?
"#,
    );
    assert_wrong(
        "[supplicant]\nbackend = 'wpa-supplicant'",
        "
:2:11: `wpa-supplicant` is none of auto, wpa_supplicant, iwd, none
  2 | backend = 'wpa-supplicant'
    |           ^^^^^^^^^^^^^^^^ did you mean `wpa_supplicant`?
",
    );
    assert_wrong(
        "manage = 'type:wlan'",
        "
:1:10: `type:wlan` is no type of interface
  1 | manage = 'type:wlan'
    |          ^^^^^^^^^^^ did you mean `type:wifi`?
",
    );
}

#[test]
fn every_kind_of_value_has_words_for_what_is_wrong() {
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
            "`interfaces` is none of interface, card, host",
        ),
        ("[connection]\nslap = 'eli'", "`eli` is none of any, aai"),
        ("[device]\nmask-lifetime = '5'", "invalid duration `5`"),
        (
            "[device]\nscan-generate-mac-address-mask = 'ff:ff:ff:ff:ff:00'",
            "leaves 8 bits to chance",
        ),
        ("state-dir = 'var'", "the path must begin with `/`"),
        (
            "[[network]]\nssid = ''",
            "a network has a name of at least one byte",
        ),
        (
            "[[network]]\nssid = '123456789012345678901234567890123'",
            "33 bytes are too many",
        ),
        (
            "[[network]]\nssid-hex = '123'",
            "two hexadecimal digits for each byte",
        ),
        (
            "[[network]]\nssid-hex = 'zz'",
            "two hexadecimal digits for each byte",
        ),
        ("[[network]]\nssid = []", "the list is empty"),
        ("[[network]]\nbssid = 'x'", "invalid MAC address `x`"),
        (
            "[[network]]\nsecurity = 'wpa2'",
            "`wpa2` is none of open, owe, wep, psk, sae, eap",
        ),
        ("[[network]]\nid-str = ''", "an empty id_str is none"),
        ("[[network]]\nssid = 'x'\nuuid = 'x'", "a UUID such as"),
        ("manage = []", "the list is empty"),
        ("manage = 'a b'", "no interface can have the name `a b`"),
        ("device = 1", "`device` must be a table: `[device]`"),
        ("[network]\nssid = 'x'", "write `[[network]]`"),
        ("network = [1]", "write `[[network]]`"),
    ] {
        let message = message(line);
        assert!(message.contains(words), "{line}\n{message}");
    }
}

#[test]
fn a_section_about_nothing_is_an_error() {
    assert_wrong(
        "\n[[network]]\ncloned-mac-address = 'random'\n",
        "
:2:1: which network? Say its ssid, ssid-hex, bssid, security or id-str
  2 | [[network]]
    | ^^^^^^^^^^^
",
    );
    assert_wrong(
        "[[interface]]\n",
        "
:1:1: which interfaces? Say `match`, for example match = \"driver:brcmfmac\"
  1 | [[interface]]
    | ^^^^^^^^^^^^^
",
    );
}

#[test]
fn all_mistakes_of_a_file_are_found_in_their_order() {
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
            ":3:11: `never` is none of keep, restore",
            ":5:1: unknown key `b` in [connection]",
            ":7:8: a text in quotes is meant, this is a number",
        ]
    );
}

#[test]
fn what_is_no_toml_is_shown_where_it_ends_to_be() {
    let message = message("manage = [\"type:wifi\"\n[device]\n");
    assert!(message.starts_with(":2:1: "), "{message}");
    let twice = self::message("state-dir = '/a'\nstate-dir = '/b'\n");
    assert!(twice.starts_with(":2:1: duplicate key"), "{twice}");
}

#[test]
fn columns_count_characters_and_nothing_disturbs_the_terminal() {
    assert_wrong(
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
        message.starts_with(":2:11: `\u{fffd}[31m` is none of"),
        "{message:?}"
    );
}

#[test]
fn what_hardly_says_what_was_meant_is_a_warning() {
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
            ":3:13: this stable-id is the same for every network, and so is the address; ${NETWORK_SSID} in it tells them apart",
            ":3:13: `${SSID}` is no pattern: it stands for itself in the id",
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
fn a_version_needs_an_id_and_has_to_be_one() {
    for (rest, words) in [
        (
            "",
            "stable-id-version says how the stable-id beside it is meant, and there is none",
        ),
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
fn of_an_endless_line_only_the_wrong_part_is_shown() {
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
fn nobody_is_told_of_a_thousand_mistakes() {
    let keys = (0..1000).map(|number| format!("key-{number} = 1\n"));
    let errors = read(&keys.collect::<String>()).unwrap_err();
    assert_eq!(errors.problems().len(), 100);
}
