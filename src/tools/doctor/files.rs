//! Files of the machine, as read once.

use super::text::file_name;

/// Content of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text of a file; invalid UTF-8 is replaced.
    Text(String),
    /// Not readable by this user.
    Denied,
    /// Exists but was not read: a link, a directory, a program.
    Exists,
}

/// Files, sorted by absolute path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files(Vec<(String, Content)>);

impl Files {
    pub(crate) fn add(&mut self, path: String, content: Content) {
        // Several programs can use the same file.
        if let Err(at) = self.place(&path) {
            self.0.insert(at, (path, content));
        }
    }

    /// Index of a path, or where to insert it.
    fn place(&self, path: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|entry| entry.0.as_str().cmp(path))
    }

    pub(super) fn get(&self, path: &str) -> Option<&Content> {
        self.0.get(self.place(path).ok()?).map(|entry| &entry.1)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.place(path).is_ok()
    }

    /// Text of a file, if it was read.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.get(path) {
            Some(Content::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number in a file with one line, as in /proc.
    pub(super) fn number(&self, path: &str) -> Option<i64> {
        self.text(path)?.trim_ascii().parse().ok()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| entry.0.as_str())
    }

    /// Paths of what this user cannot read, except of processes.
    pub(super) fn denied(&self) -> impl Iterator<Item = &str> {
        let denied = self
            .0
            .iter()
            .filter(|(_, content)| *content == Content::Denied);
        let paths = denied.map(|(path, _)| path.as_str());
        paths.filter(|path| !path.starts_with("/proc/"))
    }

    /// Paths and texts of the files in a directory, without subdirectories.
    pub(super) fn in_directory(&self, directory: &str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.filter_map(move |(path, content)| {
            let name = path.strip_prefix(directory)?.strip_prefix('/')?;
            let text = match content {
                Content::Text(text) => text,
                Content::Denied | Content::Exists => "",
            };
            (!name.contains('/')).then_some((path.as_str(), text))
        })
    }

    /// Effective files with this suffix, by name. A file overrides files of the same name in later
    /// directories (`systemd.unit(5)`).
    pub(super) fn layered<'a>(
        &'a self,
        directories: &[&str],
        ending: &str,
    ) -> Vec<(&'a str, &'a str)> {
        let mut layered: Vec<(&str, &str)> = Vec::new();
        for directory in directories {
            let all = self.in_directory(directory);
            for (path, text) in all.filter(|entry| entry.0.ends_with(ending)) {
                let place =
                    layered.binary_search_by(|entry| file_name(entry.0).cmp(file_name(path)));
                if let Err(at) = place {
                    layered.insert(at, (path, text));
                }
            }
        }
        layered
    }
}
