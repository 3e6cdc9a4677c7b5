//! Lists of patterns in `[match]` (`nm_wildcard_match_check`).
//!
//! A list matches if all mandatory patterns match and, unless there is no optional one, an optional one does.

/// A list of patterns.
pub(super) struct Patterns(Vec<Pattern>);

struct Pattern {
    mandatory: bool,
    inverted: bool,
    glob: String,
}

/// A list of patterns as a set without another set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sets {
    /// One of these; `None` for anything.
    pub(super) any_of: Option<Vec<String>>,
    /// None of these.
    pub(super) none_of: Vec<String>,
}

/// A list that macveil's device specs cannot express.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum PatternError {
    /// Brackets or backslashes.
    #[error("macveil's patterns have only `*` and `?`")]
    Brackets,
    /// Wildcards for a driver.
    #[error("macveil has no patterns for drivers")]
    Wildcard,
    /// More than one condition at once.
    #[error("macveil cannot require two patterns at once")]
    Combination,
}

impl Patterns {
    /// Parses `[&|][!]PATTERN` (`_pattern_parse`). `!PATTERN` is mandatory.
    pub(super) fn parse(words: &[String]) -> Self {
        let patterns = words.iter().map(|word| {
            let (mandatory, rest) = match word.strip_prefix('&') {
                Some(rest) => (Some(true), rest),
                None => match word.strip_prefix('|') {
                    Some(rest) => (Some(false), rest),
                    None => (None, word.as_str()),
                },
            };
            let (inverted, rest) = match rest.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, rest),
            };
            Pattern {
                mandatory: mandatory.unwrap_or(inverted),
                inverted,
                glob: rest.strip_prefix('\\').unwrap_or(rest).to_owned(),
            }
        });
        Self(patterns.collect())
    }

    /// Whether the list matches a text.
    pub(super) fn matches(&self, text: &str) -> Result<bool, PatternError> {
        let mut any_optional = false;
        let mut optional_matches = false;
        for pattern in &self.0 {
            let matches = glob_matches(pattern.plain()?, text) != pattern.inverted;
            if pattern.mandatory && !matches {
                return Ok(false);
            }
            any_optional |= !pattern.mandatory;
            optional_matches |= !pattern.mandatory && matches;
        }
        Ok(optional_matches || !any_optional)
    }

    /// The list as sets, if possible.
    pub(super) fn sets(&self) -> Result<Sets, PatternError> {
        let mut any_of: Option<Vec<String>> = None;
        let mut none_of = Vec::new();
        let of = |mandatory, inverted| {
            self.0.iter().filter(move |pattern| {
                pattern.mandatory == mandatory && pattern.inverted == inverted
            })
        };
        for pattern in of(true, true) {
            none_of.push(pattern.plain()?.to_owned());
        }
        for pattern in of(false, false) {
            let alternatives = any_of.get_or_insert_default();
            alternatives.push(pattern.plain()?.to_owned());
        }
        for pattern in of(false, true) {
            // Alone, it is the same as a mandatory one.
            if any_of.is_some() || of(false, true).count() > 1 {
                return Err(PatternError::Combination);
            }
            none_of.push(pattern.plain()?.to_owned());
        }
        for pattern in of(true, false) {
            if any_of.is_some() {
                return Err(PatternError::Combination);
            }
            any_of = Some(vec![pattern.plain()?.to_owned()]);
        }
        Ok(Sets { any_of, none_of })
    }
}

impl Pattern {
    /// The pattern, if it has no syntax but `*` and `?`.
    fn plain(&self) -> Result<&str, PatternError> {
        if self.glob.contains(['[', '\\']) {
            return Err(PatternError::Brackets);
        }
        Ok(&self.glob)
    }
}

/// `*` matches any characters, `?` matches one. Backtracks only to the last `*`.
fn glob_matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<_>, Vec<_>) = (glob.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while let Some(character) = text.get(read) {
        match glob.get(at) {
            Some('*') => {
                last_star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == character => {
                at += 1;
                read += 1;
            }
            _ => match last_star {
                Some((star, from)) => {
                    last_star = Some((star, from + 1));
                    at = star + 1;
                    read = from + 1;
                }
                None => return false,
            },
        }
    }
    glob.get(at..)
        .unwrap_or_default()
        .iter()
        .all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Patterns {
        let words: Vec<_> = text.split(';').map(str::to_owned).collect();
        Patterns::parse(&words)
    }

    #[test]
    fn mandatory_and_optional_patterns_are_combined() {
        for (list, name, matches) in [
            ("wlan0", "wlan0", true),
            ("wlan0", "wlan1", false),
            ("wlan0;wlan1", "wlan1", true),
            ("wl*", "wlp2s0", true),
            ("wl*", "eth0", false),
            ("w?an*0", "wlan10", true),
            ("!wlan0", "wlan1", true),
            ("!wlan0", "wlan0", false),
            ("wl*;!wlan0", "wlan0", false),
            ("wl*;!wlan0", "wlan1", true),
            ("&wl*;&*0", "wlan0", true),
            ("&wl*;&*0", "wlan1", false),
            ("|!wlan0;|wlan0", "wlan0", true),
            ("\\!wlan0", "!wlan0", true),
        ] {
            let found = patterns(list).matches(name).unwrap();
            assert_eq!(found, matches, "{list} {name}");
        }
    }

    #[test]
    fn list_becomes_sets_if_they_mean_the_same() {
        let set = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        for (list, any_of, none_of) in [
            ("wlan0;|wl*", Some(set(&["wlan0", "wl*"])), set(&[])),
            (
                "wl*;!wlan0;&!wlan1",
                Some(set(&["wl*"])),
                set(&["wlan0", "wlan1"]),
            ),
            ("!wlan0", None, set(&["wlan0"])),
            ("|!wlan0", None, set(&["wlan0"])),
            ("&wl*", Some(set(&["wl*"])), set(&[])),
        ] {
            assert_eq!(
                patterns(list).sets(),
                Ok(Sets { any_of, none_of }),
                "{list}"
            );
        }
        for list in ["&wl*;&*0", "&wl*;wlan0", "|!wlan0;wlan0", "|!wlan0;|!wlan1"] {
            assert_eq!(
                patterns(list).sets(),
                Err(PatternError::Combination),
                "{list}"
            );
        }
        assert_eq!(patterns("wlan[01]").sets(), Err(PatternError::Brackets));
    }
}
