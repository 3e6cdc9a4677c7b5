//! Programs that are run: which, whether they are safe, and for how long.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process_group};

use super::change::Environment;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What a program of a user needs to reach the user's session.
const INHERITED: [&str; 6] = ["HOME", "USER", "LOGNAME", "LANG", "TZ", "XDG_RUNTIME_DIR"];
/// A program that runs for long is looked at with this interval.
const MAX_INTERVAL: Duration = Duration::from_millis(200);

/// The programs of files and directories, in the order of their names. What cannot be read has none.
pub(super) fn list(places: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = BTreeMap::new();
    for place in places {
        let paths = match fs::read_dir(place) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
            Err(_) => vec![place.clone()],
        };
        for path in paths {
            if let Some(name) = path.file_name()
                && (path == *place || is_name(name))
            {
                found.entry(name.to_owned()).or_insert(path);
            }
        }
    }
    // A file that cannot run also hides those of later directories.
    let found = found.into_values();
    found.filter(|path| is_program(path)).collect()
}

/// As run-parts(8) has it: no leftovers of editors and package managers.
fn is_name(name: &OsStr) -> bool {
    let mut bytes = name.as_encoded_bytes().iter();
    bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.mode() & 0o111 != 0)
}

/// Runs a program and waits for its end, or kills it and what it has started.
///
/// # Errors
///
/// Why it did not run, or did not succeed.
pub(super) fn run(
    program: &Path,
    arguments: [&str; 2],
    environment: &Environment,
    limit: Duration,
) -> Result<(), String> {
    if let Some(reason) = refusal(program) {
        return Err(reason);
    }
    let inherited = INHERITED.into_iter();
    let inherited = inherited.filter_map(|name| Some((name, std::env::var_os(name)?)));
    let started = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", PATH)
        .envs(inherited)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .process_group(0)
        .spawn();
    wait(
        &mut started.map_err(|error| format!("does not start: {error}"))?,
        limit,
    )
}

fn wait(child: &mut Child, limit: Duration) -> Result<(), String> {
    let begin = Instant::now();
    let mut interval = Duration::from_millis(1);
    while begin.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("failed: {status}")),
            Ok(None) => sleep(interval),
            Err(error) => return Err(error.to_string()),
        }
        interval = (interval * 2).min(MAX_INTERVAL);
    }
    // The group of a child that was not waited for cannot belong to others.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.wait();
    Err(format!(
        "did not end within {} s, and was killed",
        limit.as_secs()
    ))
}

/// Why a program must not run: another user could have written it, or could replace it.
fn refusal(program: &Path) -> Option<String> {
    let own = geteuid().as_raw();
    let places = [Some(program), program.parent()];
    places.into_iter().flatten().find_map(|place| {
        let real = match fs::canonicalize(place) {
            Ok(real) => real,
            Err(error) => return Some(error.to_string()),
        };
        real.ancestors().find_map(|part| {
            let file = match fs::metadata(part) {
                Ok(file) => file,
                Err(error) => return Some(error.to_string()),
            };
            // In a sticky directory only the owner can replace a file.
            let is_sticky = file.is_dir() && file.mode() & 0o1000 != 0;
            let remedy = if ![0, own].contains(&file.uid()) {
                "belongs to another user: `chown root`"
            } else if file.mode() & 0o022 != 0 && !is_sticky {
                "can be written by other users: `chmod go-w`"
            } else {
                return None;
            };
            Some(format!("is not run, because {} {remedy}", part.display()))
        })
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn run_script(root: &Path, text: &str, limit: Duration) -> Result<(), String> {
        let path = root.join("script");
        write(&path, text, 0o755);
        let environment = vec![("MACVEIL_ADDRESS", "02:00:00:00:00:01".into())];
        run(&path, ["wlan0", "joined"], &environment, limit)
    }

    #[test]
    fn names_decide_the_order_and_first_directory_hides_later_ones() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for (path, mode) in [
            ("a/20-own", 0o755),
            ("a/30-disabled", 0o644),
            ("a/40-copy~", 0o755),
            ("b/10-first", 0o755),
            ("b/20-own", 0o755),
            ("b/30-disabled", 0o755),
            ("b/50-masked", 0o755),
        ] {
            write(&at(path), "", mode);
        }
        symlink("/dev/null", at("a/50-masked")).unwrap();
        fs::create_dir(at("a/60-directory")).unwrap();
        let places = [at("a"), at("b"), at("missing")];
        assert_eq!(list(&places), [at("b/10-first"), at("a/20-own")]);
        assert_eq!(list(&[at("a/40-copy~")]), [at("a/40-copy~")]);
    }

    #[test]
    fn program_gets_its_words_and_a_small_environment() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("out");
        let text = format!("echo \"$*\"; env | sort >{}; echo $PWD", out.display());
        run_script(root.path(), &text, Duration::from_secs(10)).unwrap();
        let said = fs::read_to_string(out).unwrap();
        let names: Vec<_> = said
            .lines()
            .filter_map(|line| line.split('=').next())
            .filter(|name| !INHERITED.contains(name))
            .collect();
        assert_eq!(names, ["MACVEIL_ADDRESS", "PATH", "PWD"]);
        assert!(said.contains("PWD=/\n"), "{said}");
    }

    #[test]
    fn failure_is_reported_with_its_exit_status() {
        let root = tempfile::tempdir().unwrap();
        let said = run_script(root.path(), "exit 3", Duration::from_secs(10));
        assert_eq!(said, Err("failed: exit status: 3".to_owned()));
        let said = run_script(root.path(), "kill -9 $$", Duration::from_secs(10));
        assert!(said.unwrap_err().contains("signal: 9"));
    }

    #[test]
    fn program_that_hangs_is_killed_with_its_children() {
        let root = tempfile::tempdir().unwrap();
        let child = root.path().join("child");
        let text = format!("sleep 100 & echo $! >{}; wait", child.display());
        let begin = Instant::now();
        let said = run_script(root.path(), &text, Duration::from_secs(1));
        let expected = "did not end within 1 s, and was killed";
        assert_eq!(said, Err(expected.to_owned()));
        assert!(begin.elapsed() < Duration::from_secs(20));
        let pid = fs::read_to_string(child).unwrap();
        let stat = PathBuf::from(format!("/proc/{}/stat", pid.trim()));
        let is_over = || fs::read_to_string(&stat).map_or(true, |text| text.contains(") Z "));
        while !is_over() {
            assert!(begin.elapsed() < Duration::from_secs(20), "still there");
            sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn files_that_others_can_change_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("open/script");
        write(&path, "", 0o775);
        let reason = refusal(&path).unwrap();
        let expected = format!("{} can be written", path.display());
        assert!(reason.contains(&expected), "{reason}");
        write(&path, "", 0o755);
        assert_eq!(refusal(&path), None);
        let directory = path.parent().unwrap();
        fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(refusal(&path).unwrap().contains("open can be written"));
        // A link in such a directory, too.
        let safe = root.path().join("safe");
        write(&safe, "", 0o755);
        symlink(&safe, directory.join("link")).unwrap();
        assert!(refusal(&directory.join("link")).is_some());
        if geteuid().is_root() {
            rustix::fs::chown(&safe, Some(rustix::fs::Uid::from_raw(1000)), None).unwrap();
            assert!(refusal(&safe).unwrap().contains("another user"));
        }
    }
}
