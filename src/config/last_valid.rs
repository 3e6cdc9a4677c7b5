//! The last valid configuration, kept in the state directory: macveil starts with it if the present one has mistakes.
//!
//! The first line names the main file, so that the copy of one configuration is not taken for another. Then each
//! file follows: a line with its length and its path, and its text.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::document::Document;
use super::source::Source;
use super::{Config, Layout};
use crate::store::atomic;
use crate::store::regular::{self, Links};

/// The name of the file in the state directory.
pub const LAST_VALID_FILE: &str = "last-valid-configuration";

const VERSION: &str = "macveil configuration 1";
/// In bytes.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// The text of a valid configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy(String);

impl Copy {
    pub(super) fn of(layout: &Layout, sources: &[Source]) -> Self {
        let mut text = heading(layout);
        for source in sources {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {}", source.text.len(), source.file);
            text.push_str(&source.text);
            text.push('\n');
        }
        Self(text)
    }

    /// Writes it into a state directory, unless it is there already.
    ///
    /// # Errors
    ///
    /// It cannot be written, or is too large to be read again.
    pub fn write(&self, state_dir: &Path) -> io::Result<()> {
        let path = state_dir.join(LAST_VALID_FILE);
        if u64::try_from(self.0.len()).is_ok_and(|length| length > MAX_SIZE) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if read(&path).is_ok_and(|known| known == self.0) {
            return Ok(());
        }
        atomic::write(&path, self.0.as_bytes(), 0o600)
    }
}

impl Config {
    /// The last valid configuration of these files, if a state directory has one.
    #[must_use]
    pub fn last_valid(layout: &Layout, state_dir: &Path) -> Option<Self> {
        let text = read(&state_dir.join(LAST_VALID_FILE)).ok()?;
        let files = text.strip_prefix(&heading(layout))?;
        Self::of(sources(files)?, Vec::new()).ok()
    }

    /// Only the directories of a configuration with mistakes; everything else is as without any configuration.
    #[must_use]
    pub fn of_directories(layout: &Layout) -> Self {
        let mut ignored = Vec::new();
        let mut document = Document::default();
        for source in layout.read(&mut ignored) {
            let lines = Source::new(source.file.clone(), directory_lines(&source.text));
            document = Document::read(&lines, &mut ignored).or(document);
        }
        Self::from(document)
    }
}

/// The lines before the first section that set a directory.
fn directory_lines(text: &str) -> String {
    let lines = text.lines().map(str::trim_start);
    let top = lines.take_while(|line| !line.starts_with('['));
    let set = top.filter(|line| line.starts_with("state-dir") || line.starts_with("runtime-dir"));
    set.collect::<Vec<_>>().join("\n")
}

fn heading(layout: &Layout) -> String {
    format!("{VERSION} {}\n", layout.main().display())
}

fn read(path: &Path) -> io::Result<String> {
    let file = regular::open(path, Links::Refuse)?;
    let facts = file.metadata()?;
    regular::require_owner(&facts)?;
    regular::require_without(&facts, 0o022, "")?;
    let text = String::from_utf8(regular::read_open(file, MAX_SIZE)?);
    text.map_err(|_| io::ErrorKind::InvalidData.into())
}

fn sources(mut text: &str) -> Option<Vec<Source>> {
    let mut sources = Vec::new();
    while !text.is_empty() {
        let (line, rest) = text.split_once('\n')?;
        let (length, file) = line.split_once(' ')?;
        let (contents, rest) = rest.split_at_checked(length.parse().ok()?)?;
        sources.push(Source::new(file.into(), contents.to_owned()));
        text = rest.strip_prefix('\n')?;
    }
    Some(sources)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn layout(&self) -> Layout {
            Layout::below(self.0.path())
        }

        fn put(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn keep(&self) {
            let (_, copy) = Config::read_and_copy(&self.layout()).unwrap();
            copy.write(self.0.path()).unwrap();
        }

        fn last_valid(&self) -> Option<Config> {
            Config::last_valid(&self.layout(), self.0.path())
        }
    }

    const MAIN: &str = "etc/macveil/macveil.toml";

    #[test]
    fn copy_is_the_same_configuration() {
        let place = Place::new();
        place.put(MAIN, "log-identities = true\n[device]\non-exit = 'restore'");
        place.put("etc/macveil/conf.d/a.toml", "runtime-dir = '/a'\n# €\n");
        place.put("etc/macveil/conf.d/b.toml", "");
        place.keep();
        let (config, copy) = Config::read_and_copy(&place.layout()).unwrap();
        place.put(MAIN, "nonsense");
        assert!(Config::read(&place.layout()).is_err());
        let last = place.last_valid().unwrap();
        assert_eq!(last.files, config.files);
        assert_eq!(last.runtime_dir, config.runtime_dir);
        assert!(last.log_identities);
        assert_eq!(format!("{last:?}"), format!("{config:?}"));
        assert!(copy.0.contains("on-exit"));
    }

    #[test]
    fn copy_of_another_configuration_is_not_used() {
        let place = Place::new();
        place.keep();
        let other = Layout::only(&place.0.path().join("other.toml"));
        assert!(Config::last_valid(&other, place.0.path()).is_none());
        assert!(place.last_valid().is_some());
        fs::remove_file(place.0.path().join(LAST_VALID_FILE)).unwrap();
        assert!(place.last_valid().is_none());
    }

    #[test]
    fn damaged_copy_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = Place::new();
        place.put(MAIN, "runtime-dir = '/a'");
        place.keep();
        let path = place.0.path().join(LAST_VALID_FILE);
        let text = fs::read_to_string(&path).unwrap();
        let put = |text: &str| fs::write(&path, text).unwrap();
        for end in 1..text.len() {
            put(&text[..end]);
            let used = place.last_valid().is_some();
            assert_eq!(used, end == text.find('\n').unwrap() + 1, "{end}");
        }
        put(&text.replace("runtime-dir", "runtime-dog"));
        assert!(place.last_valid().is_none());
        put(&text);
        assert!(place.last_valid().is_some());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(place.last_valid().is_none());
    }

    #[test]
    fn directories_are_read_from_a_file_with_mistakes() {
        let place = Place::new();
        place.put(
            MAIN,
            "manage = [\n state-dir = '/state'\nruntime-dir = \"/run/x\"\n[device]\nstate-dir = '/no'\n",
        );
        let config = Config::of_directories(&place.layout());
        assert_eq!(config.state_dir, Path::new("/state"));
        assert_eq!(config.runtime_dir, Path::new("/run/x"));
        place.put(MAIN, "state-dir = 5\n[[[");
        let config = Config::of_directories(&place.layout());
        assert_eq!(config.state_dir, Path::new("/var/lib/macveil"));
    }
}
