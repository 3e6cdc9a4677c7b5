use super::processes::Process;
use super::text::{last, matches_glob, shown};

#[test]
fn options_are_parsed_like_getopt() {
    let process = Process {
        name: "x".to_owned(),
        arguments: [
            "x", "-Bs", "-iwlan0", "-c", "/a b", "--long", "word", "-xy", "-D",
        ]
        .map(str::to_owned)
        .into(),
        ..Process::default()
    };
    let expected = [
        ('B', ""),
        ('s', ""),
        ('i', "wlan0"),
        ('c', "/a b"),
        ('x', "y"),
        ('D', ""),
    ];
    assert_eq!(process.options("icxD"), expected);
}

#[test]
fn patterns_match_like_in_a_shell() {
    for (pattern, name, expected) in [
        ("wl*", "wlan0", true),
        ("*", "", true),
        ("?lan?", "wlan0", true),
        ("*a*0", "wlan0", true),
        ("*a*1", "wlan0", false),
        ("wlan", "wlan0", false),
        ("wlan0?", "wlan0", false),
        ("", "", true),
        ("wl[a-z]*[0-3]", "wlan2", true),
        ("wlan[!01]", "wlan1", false),
        ("wlan[!01]", "wlan2", true),
        ("wlan[01-", "wlan0", false),
    ] {
        assert_eq!(matches_glob(pattern, name), expected, "{pattern} {name}");
    }
    // Not in exponential time.
    assert!(!matches_glob(&"*a".repeat(64), &"b".repeat(4096)));
}

#[test]
fn shown_text_is_shortened() {
    assert_eq!(shown("äb"), "äb");
    assert_eq!(shown(&"x".repeat(100)).chars().count(), 65);
}

#[test]
fn byte_order_mark_is_not_part_of_a_section() {
    let setting = last(
        "\u{feff}[Link]\nMACAddressPolicy=none\n",
        "Link",
        "MACAddressPolicy",
    );
    assert_eq!(setting.unwrap().value, "none");
}
