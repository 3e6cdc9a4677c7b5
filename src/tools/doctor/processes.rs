//! Who runs, and with which arguments.

/// A process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Process {
    /// As the kernel calls it: at most 15 bytes.
    pub(crate) name: String,
    /// The program first.
    pub(crate) arguments: Vec<String>,
}

impl Process {
    /// The options of one letter, as getopt(3) reads them; `with_values` are those that have a value.
    pub(super) fn options(&self, with_values: &str) -> Vec<(char, &str)> {
        let mut options = Vec::new();
        let mut arguments = self.arguments.iter().skip(1).map(String::as_str);
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                break;
            }
            let Some(letters) = argument.strip_prefix('-').filter(|it| !it.starts_with('-')) else {
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

    /// Whether an argument is this word.
    pub(super) fn says(&self, word: &str) -> bool {
        self.arguments.iter().skip(1).any(|it| it == word)
    }
}
