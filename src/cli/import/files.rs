//! Reads `NetworkManager`'s files.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::Failure;
use zeroize::Zeroizing;

use crate::store::read_secret;
use crate::store::regular::{self, Links};
use crate::tools::import::{
    ConfFile, InstalledVersion, ProfileContents, ProfileDirectory, ProfileFile,
};

/// Maximum size of a file. `NetworkManager` has the same limit for its key.
const MAX_FILE_SIZE: u64 = 1024 * 1024;

/// The files of a system below a root directory.
pub(super) struct SystemFiles {
    root: PathBuf,
}

impl SystemFiles {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The path of a file below the root.
    pub(super) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Configuration files in the order of reading, without overridden ones.
    pub(super) fn configuration(&self) -> Result<Vec<ConfFile>, Failure> {
        let lib = self.list("/usr/lib/NetworkManager/conf.d")?;
        let run = self.list("/run/NetworkManager/conf.d")?;
        let etc = self.list("/etc/NetworkManager/conf.d")?;
        let is_drop_in = |name: &String| name.strip_suffix(".conf").is_some();
        let in_run = |name: &String| is_drop_in(name) && !etc.contains_key(name);
        let in_lib = |name: &String| in_run(name) && !run.contains_key(name);
        let mut files = Vec::new();
        let read = |path: &Path, drop_in| ConfFile {
            path: self.shown(path),
            contents: read(path).map_err(|error| error.to_string()),
            drop_in,
        };
        let of = |(_, path): (&String, &PathBuf)| read(path, true);
        files.extend(lib.iter().filter(|it| in_lib(it.0)).map(of));
        files.extend(run.iter().filter(|it| in_run(it.0)).map(of));
        // The first one that exists; the former is from before 0.9.
        let main = ["nm-system-settings.conf", "NetworkManager.conf"]
            .map(|name| self.at(Path::new("/etc/NetworkManager").join(name)))
            .into_iter()
            .find(|path| path.exists());
        files.extend(main.map(|path| read(&path, false)));
        files.extend(etc.iter().filter(|it| is_drop_in(it.0)).map(of));
        Ok(files)
    }

    /// All files that can be profiles.
    pub(super) fn profiles(&self, etc: &str) -> Result<Vec<ProfileFile>, Failure> {
        let mut profiles = Vec::new();
        for (directory, path) in [
            (
                ProfileDirectory::Lib,
                "/usr/lib/NetworkManager/system-connections",
            ),
            (ProfileDirectory::Etc, etc),
            (
                ProfileDirectory::Run,
                "/run/NetworkManager/system-connections",
            ),
        ] {
            let files = self.list(path)?;
            profiles.extend(
                files
                    .into_iter()
                    .filter_map(|(name, path)| self.read_entry(directory, &name, &path)),
            );
        }
        Ok(profiles)
    }

    fn read_entry(
        &self,
        directory: ProfileDirectory,
        name: &str,
        path: &Path,
    ) -> Option<ProfileFile> {
        let tombstone = name.strip_suffix(".nmmeta").filter(|_| {
            directory != ProfileDirectory::Lib
                && fs::read_link(path).is_ok_and(|to| to == Path::new("/dev/null"))
        });
        let (changed, contents) = match tombstone {
            Some(uuid) => (0, ProfileContents::Tombstone(uuid.to_owned())),
            None if is_profile_name(name, directory) => read_profile(path),
            None => return None,
        };
        Some(ProfileFile {
            path: self.shown(path),
            directory,
            changed,
            contents,
        })
    }

    /// Profiles in the ifcfg format, which is not supported.
    pub(super) fn old_scripts(&self) -> Vec<Arc<str>> {
        let files = self
            .list("/etc/sysconfig/network-scripts")
            .unwrap_or_default();
        let scripts = files.iter().filter(|(name, _)| {
            name.starts_with("ifcfg-") && *name != "ifcfg-lo" && !name.ends_with('~')
        });
        scripts.map(|(_, path)| self.shown(path)).collect()
    }

    /// The installed version, from the name of the plug-in directory. The program itself cannot be run: the
    /// files can belong to another system.
    pub(super) fn version(&self) -> Option<InstalledVersion> {
        let libraries = self.list("/usr/lib").unwrap_or_default();
        let multiarch = libraries.into_keys().map(|name| format!("/usr/lib/{name}"));
        let mut places = vec!["/usr/lib".to_owned(), "/usr/lib64".to_owned()];
        places.extend(multiarch);
        let plug_ins = places.iter().flat_map(|place| {
            let names = self.list(&format!("{place}/NetworkManager"));
            names.unwrap_or_default().into_keys()
        });
        plug_ins.filter_map(|name| name.parse().ok()).max()
    }

    /// Content of a file that only root can access; `None` if it does not exist.
    pub(super) fn read_secret_if_there(
        &self,
        path: &str,
    ) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        match read_secret(&self.at(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            contents => contents.map(Some),
        }
    }

    /// Content of a file; `None` if it does not exist.
    pub(super) fn read_if_there(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match read(&self.at(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            contents => contents.map(Some),
        }
    }

    /// Names and paths in a directory; empty if it does not exist.
    fn list(&self, directory: &str) -> Result<BTreeMap<String, PathBuf>, Failure> {
        let path = self.at(directory);
        let tried = || format!("cannot list {} (only root can)", path.display());
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries.map_err(|error| Failure::cannot(tried(), error))?,
        };
        let mut files = BTreeMap::new();
        for entry in entries {
            let entry = entry.map_err(|error| Failure::cannot(tried(), error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, entry.path());
        }
        Ok(files)
    }

    /// The path as seen from the system itself.
    fn shown(&self, path: &Path) -> Arc<str> {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        Path::new("/").join(below).display().to_string().into()
    }
}

/// Whether `NetworkManager` reads a file of this name as a profile.
fn is_profile_name(name: &str, directory: ProfileDirectory) -> bool {
    const OTHERS: [&str; 5] = ["~", ".pem", ".der", ".nmmeta", ".nmload"];
    if name.starts_with('.') {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    match directory {
        ProfileDirectory::Etc => {
            !OTHERS.iter().any(|end| lower.ends_with(end)) && !is_temporary(name)
        }
        ProfileDirectory::Lib | ProfileDirectory::Run => name
            .strip_suffix(".nmconnection")
            .is_some_and(|stem| !stem.is_empty()),
    }
}

/// `NAME.` and six letters or digits, as created by `mkstemp`.
fn is_temporary(name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Reads a profile. Like `NetworkManager`, only files that root owns and only root can read; follows links.
fn read_profile(path: &Path) -> (i128, ProfileContents) {
    let refused = |why: String| (0, ProfileContents::Refused(why));
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return refused(error.to_string()),
    };
    if let Some(why) = unsafe_permissions(&metadata) {
        return refused(why);
    }
    let changed = i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
    match read(path) {
        Ok(text) => (changed, ProfileContents::Text(text)),
        Err(error) => refused(error.to_string()),
    }
}

fn unsafe_permissions(metadata: &Metadata) -> Option<String> {
    let mode = metadata.mode() & 0o7777;
    let so = "so NetworkManager refused it, too";
    if !metadata.is_file() {
        Some(format!("not a regular file, {so}"))
    } else if metadata.uid() != 0 {
        Some(format!(
            "owned by user {} instead of root, {so}",
            metadata.uid()
        ))
    } else if mode & 0o077 != 0 {
        Some(format!(
            "accessible by other users (mode {mode:o}), {so}; to import it, `chmod 600` and import again"
        ))
    } else {
        None
    }
}

/// Content of a regular file up to [`MAX_FILE_SIZE`].
fn read(path: &Path) -> io::Result<Vec<u8>> {
    regular::read(path, Links::Follow, MAX_FILE_SIZE)
}
