//! Reads files and processes below a root directory.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::gzip::gunzip;
use crate::store::regular::{self, Links};
use crate::tools::doctor::{
    Content, FileList, Files, Process, directories_of_ifupdown, files_named, files_to_read,
};

/// Longer files are cut off.
const MAX_FILE_SIZE: u64 = 256 * 1024;
/// For the kernel's configuration and list of modules.
const MAX_LARGE_SIZE: u64 = 8 * 1024 * 1024;
/// Maximum number of entries read per directory.
const MAX_ENTRIES: usize = 1024;

/// Reads the files of these interfaces, and those that they name.
pub(super) fn read_all(
    root: &Path,
    processes: &[Process],
    interfaces: &[(&str, u32)],
    release: &str,
) -> Files {
    /// A unit names a script, and the script a file. Files of ifupdown can name others.
    const STEPS: usize = 2;
    let mut files = read(root, &files_to_read(processes, interfaces, release));
    for _ in 0..STEPS {
        for directory in directories_of_ifupdown(&files) {
            add_directory(root, &directory, &mut files);
        }
        let named = interfaces.iter();
        let named: Vec<_> = named
            .flat_map(|(name, _)| files_named(&files, name))
            .collect();
        for path in named {
            add(root, path, MAX_FILE_SIZE, &mut files);
        }
    }
    files
}

/// Reads the files that exist.
fn read(root: &Path, wanted: &FileList) -> Files {
    let mut files = Files::default();
    for path in &wanted.files {
        add(root, path.clone(), MAX_FILE_SIZE, &mut files);
    }
    for path in &wanted.large {
        add(root, path.clone(), MAX_LARGE_SIZE, &mut files);
    }
    let max = usize::try_from(MAX_LARGE_SIZE).unwrap_or(0);
    for (path, name) in &wanted.compressed {
        let file = regular::read(&below(root, path), Links::Follow, MAX_LARGE_SIZE).ok();
        if let Some(text) = file.and_then(|file| gunzip(&file, max)) {
            let text = String::from_utf8_lossy(&text).into_owned();
            files.add(name.clone(), Content::Text(text));
        }
    }
    for directory in &wanted.directories {
        add_directory(root, directory, &mut files);
    }
    for (directory, ending) in &wanted.nested {
        let drop_ins = entries(root, directory).into_iter();
        for directory in drop_ins.filter(|path| path.ends_with(ending)) {
            add_directory(root, &directory, &mut files);
        }
    }
    let listed = wanted.listed.iter();
    let listed = listed.flat_map(|directory| entries(root, directory));
    let paths = wanted.paths.iter().cloned();
    for path in listed.chain(paths.filter(|path| below(root, path).exists())) {
        files.add(path, Content::Exists);
    }
    files
}

fn add_directory(root: &Path, directory: &str, files: &mut Files) {
    if let Err(error) = fs::read_dir(below(root, directory))
        && error.kind() == io::ErrorKind::PermissionDenied
    {
        files.add(directory.to_owned(), Content::Denied);
    }
    for path in entries(root, directory) {
        add(root, path, MAX_FILE_SIZE, files);
    }
}

fn add(root: &Path, path: String, max: u64, files: &mut Files) {
    if let Some(content) = content(&below(root, &path), max) {
        files.add(path, content);
    }
}

fn below(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

fn content(path: &Path, max: u64) -> Option<Content> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Some(Content::Denied);
        }
        other => other.ok()?,
    };
    if metadata.is_dir() {
        return None;
    }
    // A masked unit is a link to /dev/null; other devices might never end.
    if !metadata.is_file() {
        return Some(Content::Text(String::new()));
    }
    let mut bytes = Vec::new();
    let read =
        regular::open(path, Links::Follow).and_then(|file| file.take(max).read_to_end(&mut bytes));
    Some(match read {
        Ok(_) => Content::Text(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => Content::Denied,
    })
}

/// Paths of the entries of a directory, relative to the root.
fn entries(root: &Path, directory: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(below(root, directory)) else {
        return Vec::new();
    };
    let names = entries
        .flatten()
        .take(MAX_ENTRIES)
        .map(|entry| entry.file_name());
    names
        .map(|name| format!("{directory}/{}", name.to_string_lossy()))
        .collect()
}

/// The running kernel, as `uname -r` prints it.
pub(super) fn release(root: &Path) -> String {
    let text = fs::read_to_string(root.join("proc/sys/kernel/osrelease"));
    text.unwrap_or_default().trim_ascii().to_owned()
}

/// Interfaces with a configuration file of their own.
pub(super) fn configured_interfaces(root: &Path) -> Vec<String> {
    let files = entries(root, "/etc/wpa_supplicant").into_iter();
    let names = files.filter_map(|path| {
        let name = path.strip_prefix("/etc/wpa_supplicant/wpa_supplicant-")?;
        let name = name.strip_suffix(".conf")?;
        Some(name.strip_prefix("nl80211-").unwrap_or(name).to_owned())
    });
    names.collect()
}

/// Processes in our network namespace, or in one that cannot be read.
pub(super) fn processes(root: &Path) -> Vec<Process> {
    let proc = root.join("proc");
    let ours = fs::read_link(proc.join("self/ns/net")).ok();
    let our_files = fs::read_link(proc.join("self/ns/mnt")).ok();
    let Ok(entries) = fs::read_dir(&proc) else {
        return Vec::new();
    };
    let is_process = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    let directories = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_process));
    directories
        .map(|directory| directory.path())
        .filter(
            |directory| match (fs::read_link(directory.join("ns/net")), &ours) {
                (Ok(its), Some(ours)) => its == *ours,
                _ => true,
            },
        )
        .filter_map(|directory| process(&directory, our_files.as_deref()))
        .collect()
}

fn process(directory: &Path, our_files: Option<&Path>) -> Option<Process> {
    let text =
        |entry| Some(String::from_utf8_lossy(&fs::read(directory.join(entry)).ok()?).into_owned());
    let link = |entry| fs::read_link(directory.join(entry)).ok();
    let arguments = text("cmdline")?;
    let number = directory.file_name().and_then(|name| name.to_str());
    let separate = link("ns/mnt").is_some_and(|its| our_files.is_some_and(|ours| its != ours));
    Some(Process {
        name: text("comm")?.trim_ascii_end().to_owned(),
        arguments: arguments
            .split_terminator('\0')
            .map(str::to_owned)
            .collect(),
        directory: link("cwd").map(|path| path.display().to_string()),
        root: number
            .filter(|_| separate)
            .map(|number| format!("/proc/{number}/root")),
    })
}
