//! Running processes and their arguments.

/// A process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Process {
    /// `comm`: at most 15 bytes.
    pub(crate) name: String,
    /// The first one is the program.
    pub(crate) arguments: Vec<String>,
    /// The directory to which its relative paths refer, if known.
    pub(crate) directory: Option<String>,
    /// Where its files are if it has its own view of them: `/proc/PID/root`.
    pub(crate) root: Option<String>,
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

    /// Paths under which a file of the process can be read; none if it is relative to an unknown directory.
    pub(super) fn paths_of(&self, file: &str) -> Vec<String> {
        let absolute = if file.starts_with('/') {
            file.to_owned()
        } else {
            let Some(directory) = &self.directory else {
                return Vec::new();
            };
            format!("{}/{file}", directory.trim_end_matches('/'))
        };
        let inside = self.root.iter().map(|root| format!("{root}{absolute}"));
        inside.chain([absolute.clone()]).collect()
    }

    /// The value after a long option with one dash, as `dhclient -lf FILE`.
    pub(super) fn value_after(&self, option: &str) -> Option<&str> {
        let mut arguments = self.arguments.iter().skip(1);
        arguments.find(|argument| *argument == option)?;
        arguments.next().map(String::as_str)
    }

    /// Whether this is one of the arguments.
    pub(super) fn has_argument(&self, word: &str) -> bool {
        self.arguments
            .iter()
            .skip(1)
            .any(|argument| argument == word)
    }
}
