//! How findings are written.

use super::*;

#[test]
fn text_and_json_have_the_same_findings() {
    let mut machine = Machine::good();
    machine.macveil.runs = false;
    machine.add(
        WPA,
        "mac_addr=1\nnetwork={\nssid=\"\u{1b}[2J\"\nscan_ssid=1\n}\n",
    );
    let answer = Report::new(machine.findings());
    let text = answer.to_text(Paint::Plain);
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 80 || !line.contains(' ')),
        "{text}"
    );
    assert!(!text.replace('\n', "").contains(char::is_control), "{text}");
    assert!(text.contains("problem  macveil is not running"), "{text}");
    assert!(text.contains("\nwarnings and problems: "), "{text}");
    assert!(
        answer
            .to_text(Paint::Coloured)
            .contains("\u{1b}[1;31mproblem")
    );
    let json = answer.to_json();
    for part in [
        r#"{"content":false,"findings":["#,
        r#"{"id":"running","severity":"problem","topic":"boot","interface":null,"#,
        r#"{"id":"supplicant-mac-addr","severity":"warning","topic":"supplicant","interface":"wlan0","#,
    ] {
        assert!(json.contains(part), "{json}");
    }
}

#[test]
fn documentation_has_every_check() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md")).unwrap();
    for check in crate::tools::doctor::checks() {
        assert!(
            text.contains(&format!("`{}`", check.id)),
            "{} is missing",
            check.id
        );
    }
}

#[test]
fn problems_come_first_in_the_text() {
    let mut machine = Machine::good();
    machine.macveil.runs = false;
    machine.add(WPA, "mac_addr=1\nupdate_config=1\n");
    machine.card.owner = Some(ManagerKind::NetworkManager);
    let text = Report::new(machine.findings()).to_text(Paint::Plain);
    let words: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| !word.is_empty())
        .collect();
    let rank = |word: &&str| {
        ["problem", "warning", "note", "good"]
            .iter()
            .position(|it| it == word)
    };
    assert!(words.is_sorted_by_key(rank), "{text}");
    assert_eq!(
        words.iter().filter(|word| **word == "problem").count(),
        2,
        "{text}"
    );
}
