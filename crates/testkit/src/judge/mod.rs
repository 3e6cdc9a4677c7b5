//! Judges a capture by the promise: whether any frame tells who the station is
//! while it should not. Knows the air and what the story allows, nothing of
//! macveil.

mod associations;
mod brief;
mod burst;
mod contents;
pub mod derived;
pub mod identity;
mod keys;
mod leak;
mod names;
mod outages;
mod probes;
mod rules;
mod said;
mod scans;
mod sequence;
mod status;
mod timeline;

pub use associations::Association;
pub use brief::{AccessPoint, Brief};
pub use leak::{Leak, Leaks};
pub use names::Names;
pub use outages::Outage;
pub use probes::is_minimal;
pub use scans::Scan;
pub use status::{Link, Testimony, Told, contradictions as status_contradictions};
pub use timeline::{BURST_PAUSE, Line, Narrator};

use crate::air::Frame;

/// All that the judge found out.
pub struct Verdict {
    pub leaks: Leaks,
    pub associations: Vec<Association>,
    pub scans: Vec<Scan>,
    pub outages: Vec<Outage>,
    pub names: Names,
}

pub fn judge(frames: &[Frame], brief: &Brief) -> Verdict {
    let associations = associations::find(frames, brief);
    let names = Names::of(frames, brief, &associations);
    let scans = scans::find(frames, brief);
    let mut leaks = Leaks::default();
    for frame in frames.iter().filter(|frame| brief.is_watched(frame.at)) {
        rules::apply(frame, brief, &names, &associations, &mut leaks);
        probes::apply(frame, brief, &names, &mut leaks);
    }
    rules::absent_access_points(frames, brief, &mut leaks);
    rules::other_networks(frames, brief, &names, &mut leaks);
    keys::shared(frames, brief, &mut leaks);
    contents::apply(frames, brief, &associations, &mut leaks);
    said::apply(frames, brief, &mut leaks);
    derived::apply(frames, brief, &mut leaks);
    scans::reused_masks(&scans, brief, &names, &mut leaks);
    sequence::links(&scans, brief, &mut leaks);
    Verdict {
        outages: outages::find(frames, brief, &associations),
        leaks,
        associations,
        scans,
        names,
    }
}
