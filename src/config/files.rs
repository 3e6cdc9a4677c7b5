//! The files of the configuration.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::problem::{Problem, Wrong};
use super::source::Source;
use crate::store::regular::{self, Links};

/// The default configuration file.
pub const DEFAULT_FILE: &str = "/etc/macveil/macveil.toml";

/// Of one file, in bytes.
const MAX_SIZE: u64 = 1024 * 1024;
/// In one directory.
const MAX_DROP_INS: usize = 1024;
/// A link to it hides the drop-ins with the same name.
const NOTHING: &str = "/dev/null";

/// Directories of drop-ins; a file in a later directory hides files with the same name in earlier ones.
const DROP_IN_DIRECTORIES: [&str; 3] = [
    "/usr/lib/macveil/conf.d",
    "/run/macveil/conf.d",
    "/etc/macveil/conf.d",
];

/// The location of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    main: PathBuf,
    /// Whether the main file must exist.
    required: bool,
    drop_ins: Vec<PathBuf>,
    replacement: Option<Replacement>,
}

/// Planned contents of a drop-in, to check a change before writing it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Replacement {
    path: PathBuf,
    /// `None`: removed.
    text: Option<String>,
}

impl Layout {
    /// Only the named file, else the system's configuration.
    #[must_use]
    pub fn of(named: Option<&Path>) -> Self {
        named.map_or_else(Self::system, Self::only)
    }

    /// The system's configuration: the default file, if it exists, and the drop-ins.
    #[must_use]
    pub fn system() -> Self {
        Self::below(Path::new("/"))
    }

    /// The system's configuration below another root directory.
    #[must_use]
    pub fn below(root: &Path) -> Self {
        let moved = |path: &str| root.join(path.trim_start_matches('/'));
        Self {
            main: moved(DEFAULT_FILE),
            required: false,
            drop_ins: DROP_IN_DIRECTORIES.into_iter().map(moved).collect(),
            replacement: None,
        }
    }

    /// Only this file, which must exist.
    #[must_use]
    pub fn only(file: &Path) -> Self {
        Self {
            main: file.to_owned(),
            required: true,
            drop_ins: Vec::new(),
            replacement: None,
        }
    }

    /// Only this text, from standard input.
    #[must_use]
    pub fn of_input(text: String) -> Self {
        let path = PathBuf::from("standard input");
        Self {
            replacement: Some(Replacement {
                path: path.clone(),
                text: Some(text),
            }),
            ..Self::only(&path)
        }
    }

    /// The directory of the administrator's drop-ins, which hide all others with the same name;
    /// `None` without drop-ins.
    #[must_use]
    pub fn own_drop_ins(&self) -> Option<&Path> {
        self.drop_ins.last().map(PathBuf::as_path)
    }

    /// The main file.
    pub(super) fn main(&self) -> &Path {
        &self.main
    }

    /// Every directory of the configuration, including directories that do not exist yet.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        let drop_ins = self.drop_ins.iter().map(PathBuf::as_path);
        let own = self.main.parent().map(|directory| match directory {
            here if here.as_os_str().is_empty() => Path::new("."),
            directory => directory,
        });
        own.into_iter().chain(drop_ins)
    }

    /// The configuration with a drop-in of the administrator replaced or (`None`) removed.
    #[must_use]
    pub fn with_drop_in(self, path: &Path, text: Option<String>) -> Self {
        let path = path.to_owned();
        Self {
            replacement: Some(Replacement { path, text }),
            ..self
        }
    }

    /// Reads every file; later files take precedence.
    pub(super) fn read(&self, problems: &mut Vec<Problem>) -> Vec<Source> {
        let mut sources = Vec::new();
        match self.contents(&self.main) {
            Err(error) if error.kind() == ErrorKind::NotFound && !self.required => {}
            contents => sources.extend(source(&self.main, contents, problems)),
        }
        for path in self.visible_drop_ins(problems) {
            sources.extend(source(&path, self.contents(&path), problems));
        }
        sources
    }

    fn contents(&self, path: &Path) -> io::Result<Vec<u8>> {
        match &self.replacement {
            Some(Replacement {
                path: replaced,
                text: Some(text),
            }) if replaced == path => Ok(text.clone().into_bytes()),
            _ => read(path),
        }
    }

    /// Sorted by name, each from the last directory that has it.
    fn visible_drop_ins(&self, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
        let mut visible = BTreeMap::<OsString, PathBuf>::new();
        for directory in &self.drop_ins {
            match list(directory) {
                Ok(files) => visible.extend(files.into_iter().filter(|(_, path)| {
                    let replacement = self.replacement.as_ref();
                    replacement.is_none_or(|replacement| replacement.path != *path)
                })),
                Err(error) => problems.push(unreadable(directory, &error)),
            }
        }
        if let Some(Replacement {
            path,
            text: Some(_),
        }) = &self.replacement
            && *path != self.main
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
            if files.len() == MAX_DROP_INS {
                let message = format!("there are more than {MAX_DROP_INS} files");
                return Err(io::Error::other(message));
            }
            files.push((entry.file_name(), entry.path()));
        }
    }
    Ok(files)
}

/// Reads what only the administrator can have written.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if std::fs::read_link(path).is_ok_and(|target| target == Path::new(NOTHING)) {
        return Ok(Vec::new());
    }
    let file = regular::open(path, Links::Follow)?;
    let facts = file.metadata()?;
    regular::require_owner(&facts)?;
    regular::require_without(&facts, 0o002, "run `chmod o-w` on it if it is correct")?;
    regular::read_open(file, MAX_SIZE)
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
                Wrong::new("this byte is not UTF-8; use ssid-hex for an SSID that is not UTF-8");
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
    Problem::with_file(path, format!("cannot read: {error}"))
}
