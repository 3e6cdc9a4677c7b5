//! Words of a line, and phrases among them.

/// Words that a text should not contain one after the other.
#[derive(Debug)]
pub(crate) struct Phrase {
    text: String,
    /// Alternatives for each word.
    words: Vec<Vec<String>>,
    /// Right after one of these words the phrase is allowed.
    except_after: Vec<String>,
    /// Right before one of these words the phrase is allowed.
    except_before: Vec<String>,
}

impl Phrase {
    /// `hang|hangs on` or `is no, except after there, except before longer|more`.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split(", ");
        let text = parts.next().filter(|text| !text.is_empty())?;
        let alternatives = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        let mut phrase = Self {
            text: text.to_owned(),
            words: text.split(' ').map(alternatives).collect(),
            except_after: Vec::new(),
            except_before: Vec::new(),
        };
        for part in parts {
            if let Some(words) = part.strip_prefix("except after ") {
                phrase.except_after = alternatives(words);
            } else if let Some(words) = part.strip_prefix("except before ") {
                phrase.except_before = alternatives(words);
            }
        }
        Some(phrase)
    }

    fn is_at(&self, words: &[String], start: usize) -> bool {
        let end = start + self.words.len();
        let Some(here) = words.get(start..end) else {
            return false;
        };
        let before = start.checked_sub(1).and_then(|index| words.get(index));
        let is_one =
            |word: Option<&String>, of: &[String]| word.is_some_and(|word| of.contains(word));
        self.words
            .iter()
            .zip(here)
            .all(|(any, word)| any.contains(word))
            && !is_one(before, &self.except_after)
            && !is_one(words.get(end), &self.except_before)
    }
}

/// The phrases that a line contains.
pub(crate) fn find<'a>(phrases: &'a [Phrase], words: &[String]) -> Vec<&'a str> {
    let contains = |phrase: &&Phrase| (0..words.len()).any(|start| phrase.is_at(words, start));
    let found = phrases.iter().filter(contains);
    found.map(|phrase| phrase.text.as_str()).collect()
}

/// The words of a line in lower case; identifiers are split (`snake_case`, `CamelCase`).
pub(crate) fn words_of(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for character in line.chars() {
        let starts_word = character.is_uppercase() && was_lower;
        if (starts_word || !character.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphabetic() {
            word.extend(character.to_lowercase());
        }
        was_lower = character.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[test]
fn identifiers_are_split_into_words() {
    let words = words_of("fn beside_iwd(it: BesideNetworkManager) // told so.");
    let expected = "fn beside iwd it beside network manager told so";
    assert_eq!(words.join(" "), expected);
}

#[test]
fn phrases_are_found_unless_excepted() {
    let phrase = |line| Phrase::parse(line).into_iter().collect::<Vec<_>>();
    let contains = |phrases: &[Phrase], line| !find(phrases, &words_of(line)).is_empty();
    let hangs = phrase("hang|hangs on");
    assert!(contains(&hangs, "it hangs on the key"));
    assert!(!contains(&hangs, "it hangs"));
    let is_no = phrase("is no, except after there, except before longer");
    assert!(contains(&is_no, "`opened` is no policy"));
    assert!(!contains(&is_no, "there is no policy"));
    assert!(!contains(&is_no, "it is no longer used"));
}
