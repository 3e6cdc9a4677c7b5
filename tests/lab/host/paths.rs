//! Where things are.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::plan::Run;
use macveil_testkit::lab_options::Options;

pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn lab() -> PathBuf {
    project().join("target/lab")
}

pub fn stories() -> PathBuf {
    project().join("tests/scenarios")
}

/// What a demonstration leaves.
pub fn demo() -> PathBuf {
    project().join("target/demo")
}

/// What the air showed, story by story.
pub fn recorded() -> PathBuf {
    project().join("tests/sim/recorded")
}

/// What the guests hand out.
pub fn results(guest: &str) -> PathBuf {
    lab().join("results").join(guest)
}

/// What a failed story leaves.
pub fn failed(run: &Run) -> PathBuf {
    lab().join("failed").join(run.rig()).join(&run.story)
}

/// What a story that passed leaves if asked to.
pub fn kept(run: &Run) -> PathBuf {
    lab().join("kept").join(run.rig()).join(&run.story)
}

pub fn kernel(name: &str, file: &str) -> PathBuf {
    lab().join(format!("kernel-{name}")).join(file)
}

pub fn macveil(options: &Options) -> PathBuf {
    match &options.binary {
        Some(path) => path.into(),
        None => project().join("target/macveil"),
    }
}

/// What the benchmark's stories have left.
pub fn benched() -> PathBuf {
    lab().join("benched")
}

/// What times changes of address, built by `make bench`.
pub fn changes() -> PathBuf {
    project().join("target/changes")
}

pub fn expect_set_up(options: &Options) -> Result<(), String> {
    if !lab().join("version").exists() {
        return Err("the lab is not set up: run `make setup`".to_owned());
    }
    let binary = macveil(options);
    if !binary.exists() {
        return Err(format!(
            "{} does not exist: run `make release`",
            binary.display()
        ));
    }
    Ok(())
}

/// Two labs at once would take each other's results away.
pub fn lock() -> Result<File, String> {
    let path = lab().join("lock");
    let file = File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    if file.try_lock().is_err() {
        println!("another lab is running; waiting for its end ...");
        file.lock().map_err(|e| e.to_string())?;
    }
    Ok(file)
}

/// Results of earlier runs must not be taken for today's.
pub fn clear_results() -> Result<(), String> {
    for name in ["results", "failed", "kept"] {
        let path = lab().join(name);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(())
}
