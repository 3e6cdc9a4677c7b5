//! Running processes and their arguments.

/// A process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Process {
    /// `comm`: at most 15 bytes.
    pub(crate) name: String,
    /// The first one is the program.
    pub(crate) arguments: Vec<String>,
}

impl Process {
    /// Short options, as parsed by getopt(3); options in `with_values` take a value.
    pub(super) fn options(&self, with_values: &str) -> Vec<(char, &str)> {
        let mut options = Vec::new();
        let mut arguments = self.arguments.iter().skip(1).map(String::as_str);
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                break;
            }
            let Some(letters) = argument
                .strip_prefix('-')
                .filter(|letters| !letters.starts_with('-'))
            else {
                continue;
            };
            for (at, letter) in letters.char_indices() {
                if !with_values.contains(letter) {
                    options.push((letter, ""));
                    continue;
                }
                let rest = letters.get(at + letter.len_utf8()..).unwrap_or_default();
                let value = if rest.is_empty() {
                    arguments.next().unwrap_or_default()
                } else {
                    rest
                };
                options.push((letter, value));
                break;
            }
        }
        options
    }

    /// Whether this is one of the arguments.
    pub(super) fn has_argument(&self, word: &str) -> bool {
        self.arguments
            .iter()
            .skip(1)
            .any(|argument| argument == word)
    }
}
