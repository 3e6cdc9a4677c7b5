//! Which files make up the configuration.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::problem::{Problem, Wrong};
use super::source::Source;

/// The file that is read unless another one is named.
pub const DEFAULT_FILE: &str = "/etc/macveil/macveil.toml";

/// Directories of drop-ins; a file of a later one hides those of the same name before it.
const DROP_IN_DIRECTORIES: [&str; 3] = [
    "/usr/lib/macveil/conf.d",
    "/run/macveil/conf.d",
    "/etc/macveil/conf.d",
];

/// Where the configuration is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    main: PathBuf,
    /// The main file must be there.
    required: bool,
    drop_ins: Vec<PathBuf>,
    supposed: Option<Supposed>,
}

/// A drop-in as it might be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Supposed {
    path: PathBuf,
    /// `None`: it is not there.
    text: Option<String>,
}

impl Layout {
    /// The file that was named and nothing else, or the system's own.
    #[must_use]
    pub fn of(named: Option<&Path>) -> Self {
        named.map_or_else(Self::system, Self::only)
    }

    /// The system's own: the default file, if it is there, and the drop-ins.
    #[must_use]
    pub fn system() -> Self {
        Self::below(Path::new("/"))
    }

    /// As the system's own, but below a directory.
    #[must_use]
    pub fn below(root: &Path) -> Self {
        let moved = |path: &str| root.join(path.trim_start_matches('/'));
        Self {
            main: moved(DEFAULT_FILE),
            required: false,
            drop_ins: DROP_IN_DIRECTORIES.into_iter().map(moved).collect(),
            supposed: None,
        }
    }

    /// This file alone, which must be there.
    #[must_use]
    pub fn only(file: &Path) -> Self {
        Self {
            main: file.to_owned(),
            required: true,
            drop_ins: Vec::new(),
            supposed: None,
        }
    }

    /// The directory of the administrator's own drop-ins, which hide all others of the same name;
    /// `None`: there are no drop-ins.
    #[must_use]
    pub fn own_drop_ins(&self) -> Option<&Path> {
        self.drop_ins.last().map(PathBuf::as_path)
    }

    /// Every directory that this is read from; one that is not there may come into being.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        let drop_ins = self.drop_ins.iter().map(PathBuf::as_path);
        let own = self.main.parent().map(|directory| match directory {
            here if here.as_os_str().is_empty() => Path::new("."),
            directory => directory,
        });
        own.into_iter().chain(drop_ins)
    }

    /// As it would be if one of the administrator's own drop-ins said this, or (`None`) were not there.
    #[must_use]
    pub fn supposing(self, path: &Path, text: Option<String>) -> Self {
        let path = path.to_owned();
        Self {
            supposed: Some(Supposed { path, text }),
            ..self
        }
    }

    /// Reads every file, in the order in which they hold: later ones over earlier ones.
    pub(super) fn read(&self, problems: &mut Vec<Problem>) -> Vec<Source> {
        let mut sources = Vec::new();
        match std::fs::read(&self.main) {
            Err(error) if error.kind() == ErrorKind::NotFound && !self.required => {}
            contents => sources.extend(source(&self.main, contents, problems)),
        }
        for path in self.visible_drop_ins(problems) {
            let contents = match &self.supposed {
                Some(Supposed {
                    path: supposed,
                    text: Some(text),
                }) if *supposed == path => Ok(text.clone().into_bytes()),
                _ => std::fs::read(&path),
            };
            sources.extend(source(&path, contents, problems));
        }
        sources
    }

    /// By name, each from the last directory that has it.
    fn visible_drop_ins(&self, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
        let mut visible = BTreeMap::<OsString, PathBuf>::new();
        for directory in &self.drop_ins {
            match list(directory) {
                Ok(files) => visible.extend(files.into_iter().filter(|(_, path)| {
                    let supposed = self.supposed.as_ref();
                    supposed.is_none_or(|supposed| supposed.path != *path)
                })),
                Err(error) => problems.push(unreadable(directory, &error)),
            }
        }
        if let Some(Supposed {
            path,
            text: Some(_),
        }) = &self.supposed
        {
            let name = path.file_name().unwrap_or_default().to_owned();
            visible.insert(name, path.clone());
        }
        visible.into_values().collect()
    }
}

fn list(directory: &Path) -> io::Result<Vec<(OsString, PathBuf)>> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if is_drop_in(&entry.path()) {
            files.push((entry.file_name(), entry.path()));
        }
    }
    Ok(files)
}

fn is_drop_in(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden
        && path
            .extension()
            .is_some_and(|extension| extension == "toml")
}

fn source(
    path: &Path,
    contents: io::Result<Vec<u8>>,
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    let file = path.display().to_string().into();
    let contents = contents
        .map_err(|error| problems.push(unreadable(path, &error)))
        .ok()?;
    match String::from_utf8(contents) {
        Ok(text) => Some(Source::new(file, text)),
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let wrong =
                Wrong::new("this byte is no UTF-8; an SSID of other bytes goes into ssid-hex");
            problems.push(Problem::at(
                &Source::new(file, text),
                &(start..start + 1),
                wrong,
            ));
            None
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::with_file(path, format!("cannot be read: {error}"))
}
