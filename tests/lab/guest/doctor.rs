//! Whether `macveil doctor` finds what is wrong on a real machine, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::daemon::PROGRAM;
use super::process::{Process, wait_until};
use macveil_testkit::misconfigurations::{Misconfiguration, Plant, table};

/// What was at a path.
enum Before {
    Nothing,
    Link(PathBuf),
    Text(Vec<u8>),
}

/// Undone when it is over.
#[derive(Default)]
struct Planted {
    before: Vec<(String, Before)>,
    processes: Vec<Process>,
}

/// How many misconfigurations were planted and found, each alone on a machine that is good without it.
pub fn finds_what_is_planted(folder: &Path) -> Result<usize, String> {
    let (good, all) = table();
    let _good = plant(&good, folder)?;
    let (content, said) = doctor()?;
    if !content || !problems_of(&said).is_empty() {
        return Err(format!("the good machine is not good: {said}"));
    }
    for wrong in &all {
        let _planted = plant(&wrong.plants, folder)?;
        // A process is called what it is a moment after it has been started.
        let mut problem = Ok(());
        wait_until(Duration::from_secs(1), || {
            problem = found(wrong);
            problem.is_ok().then_some(())
        });
        problem?;
    }
    let (content, _) = doctor()?;
    if content {
        Ok(all.len())
    } else {
        Err("what was planted is not gone".to_owned())
    }
}

fn found(wrong: &Misconfiguration) -> Result<(), String> {
    let (content, said) = doctor()?;
    let found = wrong.found.iter();
    let expected: Vec<_> = found
        .map(|it| (it.id.as_str(), it.severity.as_str()))
        .collect();
    let is_note = |severity: &str| severity == "note";
    let problems = expected.iter().copied().filter(|it| !is_note(it.1));
    let expected_problems: Vec<_> = problems.collect();
    let all = findings(&said);
    let is_found = expected.iter().all(|it| all.contains(it));
    if is_found
        && problems_of(&said) == expected_problems
        && content == expected_problems.is_empty()
    {
        Ok(())
    } else {
        Err(format!("{wrong:?} was planted, and the doctor says {said}"))
    }
}

/// Whether it is content by its exit code, and its answer.
fn doctor() -> Result<(bool, String), String> {
    let output = Command::new(PROGRAM)
        .args(["doctor", "wlan0", "--json"])
        .output();
    let output = output.map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(code @ (0 | 1)) => Ok((code == 0, said)),
        other => Err(format!(
            "it ended with {other:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// The id and severity of each finding.
fn findings(json: &str) -> Vec<(&str, &str)> {
    let all = json.split(r#"{"id":""#).skip(1);
    all.filter_map(|it| {
        let (id, rest) = it.split_once('"')?;
        let severity = rest.strip_prefix(r#","severity":""#)?.split('"').next()?;
        Some((id, severity))
    })
    .collect()
}

fn problems_of(json: &str) -> Vec<(&str, &str)> {
    let all = findings(json).into_iter();
    all.filter(|it| matches!(it.1, "warning" | "problem"))
        .collect()
}

fn plant(plants: &[Plant], folder: &Path) -> Result<Planted, String> {
    let mut planted = Planted::default();
    for plant in plants {
        match plant {
            Plant::Write { file, text } => {
                planted.remember(file);
                write(file, text.as_bytes())?;
            }
            Plant::Add { file, text } => {
                planted.remember(file);
                let before = fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
                write(file, (before + text).as_bytes())?;
            }
            Plant::Remove { file } => {
                planted.remember(file);
                fs::remove_file(file).map_err(|e| format!("{file}: {e}"))?;
            }
            Plant::Run { command } => {
                let mut words = command.split(' ');
                let name = words.next().unwrap_or_default();
                let mut command = Command::new(name);
                let log = folder.join("planted.log");
                planted
                    .processes
                    .push(Process::start(name, command.args(words), &log)?);
            }
        }
    }
    Ok(planted)
}

fn write(file: &str, text: &[u8]) -> Result<(), String> {
    let directory = Path::new(file).parent().ok_or("a file has a directory")?;
    if !directory.exists() {
        fs::create_dir_all(directory).map_err(|e| format!("{file}: {e}"))?;
    }
    fs::write(file, text).map_err(|e| format!("{file}: {e}"))
}

impl Planted {
    fn remember(&mut self, file: &str) {
        let before = match (fs::read_link(file), fs::read(file)) {
            (Ok(target), _) => Before::Link(target),
            (_, Ok(text)) => Before::Text(text),
            _ => Before::Nothing,
        };
        self.before.push((file.to_owned(), before));
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        for (file, before) in self.before.drain(..).rev() {
            let undone = match before {
                Before::Nothing => fs::remove_file(&file),
                Before::Link(target) => std::os::unix::fs::symlink(target, &file),
                Before::Text(text) => fs::write(&file, text),
            };
            // Seen by the last look at the machine, which has to be good again.
            drop(undone);
        }
    }
}
