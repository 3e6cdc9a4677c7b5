//! Holds a story's digest against the one that is kept in the tree, with which the simulation is
//! compared: what the air shows today must still be what it showed then.

use std::fs;

use super::super::paths;
use super::super::plan::Run;
use macveil_testkit::digest::{self, Digest};
use macveil_testkit::lab_options::Options;
use macveil_testkit::scenarios::Story;
use macveil_testkit::verdict::Evidence;

/// With `--digest` it is written instead.
pub fn compare(run: &Run, story: &Story, evidence: &Evidence, options: &Options) -> Option<String> {
    if digest::is_left_out(story).is_some() {
        return None;
    }
    let Evidence {
        entries,
        frames,
        brief,
        verdict,
        ..
    } = evidence;
    let digest = Digest::of(story, entries, frames, brief, verdict);
    let name = format!("{}.txt", run.story);
    if let Some(folder) = &options.digest {
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::write(folder.join(&name), digest.to_string()));
        return written.err().map(|e| format!("{}: {e}", folder.display()));
    }
    let path = paths::recorded().join(&name);
    match fs::read_to_string(&path).map(|text| Digest::from(text.as_str())) {
        Ok(recorded) => digest
            .differs_from(&recorded)
            .map(|difference| format!("the air is not as in {}: {difference}", path.display())),
        Err(e) => Some(format!("{}: {e}", path.display())),
    }
}
