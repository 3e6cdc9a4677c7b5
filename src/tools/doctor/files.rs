//! The machine's files, as they were when they were read.

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A file's text; what is no UTF-8 is replaced.
    Text(String),
    /// It may not be read.
    Denied,
    /// Something that was not read: a link to elsewhere, a directory, a program.
    There,
}

/// Files in the order of their absolute paths. No map, whose code would be longer than all of this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files(Vec<(String, Content)>);

impl Files {
    pub(crate) fn add(&mut self, path: String, content: Content) {
        // Two programs may name the same file.
        if let Err(at) = self.place(&path) {
            self.0.insert(at, (path, content));
        }
    }

    /// Where a path is, or would be.
    fn place(&self, path: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|it| it.0.as_str().cmp(path))
    }

    pub(super) fn get(&self, path: &str) -> Option<&Content> {
        self.0.get(self.place(path).ok()?).map(|it| &it.1)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.place(path).is_ok()
    }

    /// A file's text, if there is one to be read.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.get(path) {
            Some(Content::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number in a file of one line, as those of /proc are.
    pub(super) fn number(&self, path: &str) -> Option<i64> {
        self.text(path)?.trim_ascii().parse().ok()
    }

    /// What is directly in a directory, by name: paths and texts.
    pub(super) fn in_directory(&self, directory: &str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.filter_map(move |(path, content)| {
            let name = path.strip_prefix(directory)?.strip_prefix('/')?;
            let text = match content {
                Content::Text(text) => text,
                Content::Denied | Content::There => "",
            };
            (!name.contains('/')).then_some((path.as_str(), text))
        })
    }

    /// The files of this kind that count, by their names: one of a directory hides those of the same
    /// name in the directories after it (`systemd.unit(5)`).
    pub(super) fn layered<'a>(
        &'a self,
        directories: &[&str],
        ending: &str,
    ) -> Vec<(&'a str, &'a str)> {
        let name = |path: &'a str| path.rsplit('/').next().unwrap_or(path);
        let mut layered: Vec<(&str, &str)> = Vec::new();
        for directory in directories {
            let all = self.in_directory(directory);
            for (path, text) in all.filter(|it| it.0.ends_with(ending)) {
                let place = layered.binary_search_by(|it| name(it.0).cmp(name(path)));
                if let Err(at) = place {
                    layered.insert(at, (path, text));
                }
            }
        }
        layered
    }
}
