//! Names of enum values in the configuration and the protocol.

/// Names and the values that they stand for.
pub type Words<T> = &'static [(&'static str, T)];

pub(crate) fn meaning_of<T: Copy>(word: &str, words: Words<T>) -> Option<T> {
    let entry = words.iter().find(|(known, _)| *known == word);
    entry.map(|&(_, meaning)| meaning)
}

pub(crate) fn word_for<T: PartialEq>(meaning: &T, words: Words<T>) -> Option<&'static str> {
    let entry = words.iter().find(|(_, known)| known == meaning);
    entry.map(|&(word, _)| word)
}
