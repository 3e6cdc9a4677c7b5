//! The first screens of the README can be read quickly.

use macveil_testkit::repository;

/// Two screens of fifty lines.
const LINES_BEFORE_PROOF: usize = 100;
const WORDS: usize = 25;

fn before_proof() -> String {
    let text = std::fs::read_to_string(repository("README.md")).unwrap();
    let (before, _) = text.split_once("\n## The proof\n").unwrap();
    before.to_owned()
}

/// Sentences outside of tables, pictures, headings and what is to be typed; a word is between blanks.
fn sentences(text: &str) -> Vec<String> {
    let is_prose = |line: &&str| !line.starts_with(['|', '#', '!']) && !line.starts_with("    ");
    let prose: Vec<_> = text.lines().filter(is_prose).collect();
    let mut sentences = vec![String::new()];
    for line in prose {
        let is_item = line.starts_with("- ") || line.starts_with(|first: char| first.is_numeric());
        if line.is_empty() || is_item {
            sentences.push(String::new());
        }
        for word in line.split_whitespace() {
            let sentence = sentences.last_mut().unwrap();
            sentence.push_str(word);
            sentence.push(' ');
            if word.ends_with(['.', ':', '?', '*']) {
                sentences.push(String::new());
            }
        }
    }
    sentences
}

#[test]
fn readme_before_the_proof_has_two_screens() {
    let lines = before_proof().lines().count();
    assert!(lines <= LINES_BEFORE_PROOF, "{lines} lines");
}

#[test]
fn readme_before_the_proof_has_short_sentences() {
    for sentence in sentences(&before_proof()) {
        let words = sentence.split_whitespace().count();
        assert!(words <= WORDS, "{words} words: {sentence}");
    }
}

#[test]
fn readme_names_what_people_search_for() {
    let text = before_proof();
    for word in [
        "MAC address randomization",
        "wpa_supplicant",
        "iwd",
        "NetworkManager",
    ] {
        assert!(text.contains(word), "{word}");
    }
}
