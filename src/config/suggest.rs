//! What was probably meant.

/// Keys of other sections than the one in which they were found.
const HOMES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "manage",
            "state-dir",
            "runtime-dir",
            "control-group",
            "metrics-file",
            "log-identities",
        ],
    ),
    ("supplicant", &["backend", "ctrl-interface"]),
    ("device", super::device::KEYS),
    ("connection", super::connection::KEYS),
];

/// How `NetworkManager`'s names of properties begin.
const PREFIXES: [&str; 2] = ["wifi", "ethernet"];

/// Whatever is longer differs too much from every word.
const LONGEST_TYPO: usize = 80;

/// A better key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suggestion {
    /// This one.
    Word(&'static str),
    /// The same one in another section.
    Elsewhere(&'static str),
}

/// What `key` of a section was probably meant to be.
pub(super) fn closest(key: &str, known: &[&'static str], section: &str) -> Option<Suggestion> {
    let home = HOMES
        .iter()
        .find(|(name, keys)| *name != section && keys.contains(&key));
    match home {
        None if PREFIXES.contains(&key) => Some(Suggestion::Elsewhere(
            "the names are NetworkManager's, but without what stands before the dot",
        )),
        Some(("", _)) => Some(Suggestion::Elsewhere(
            "it belongs to the top of the file, before the first [section]",
        )),
        Some(("supplicant", _)) => Some(Suggestion::Elsewhere("it belongs to [supplicant]")),
        Some(("device", _)) => Some(Suggestion::Elsewhere("it belongs to [device]")),
        Some(_) => Some(Suggestion::Elsewhere("it belongs to [connection]")),
        None => word(key, known.iter().copied()).map(Suggestion::Word),
    }
}

/// The word that differs least from `text`, unless all differ too much.
pub(super) fn word(
    text: &str,
    words: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    if text.len() > LONGEST_TYPO {
        return None;
    }
    let text = text.to_ascii_lowercase().replace('_', "-");
    words
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&text, word), word))
        .min()
        .filter(|(distance, word)| *distance <= word.len() / 3)
        .map(|(_, word)| word)
}
