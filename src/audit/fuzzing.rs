//! A target of the fuzzer: captures in either format.

use super::{Audit, Capture, Known};

/// A capture, as a file: whatever is in it is judged, and of no address more is said than was heard.
pub(crate) fn capture(data: &[u8]) {
    let Ok(mut capture) = Capture::new(data) else {
        return;
    };
    let mut audit = Audit::following(Known::default(), 8);
    let _ = audit.read(&mut capture, |_| {});
    assert!(capture.position() <= data.len() as u64);
    let verdict = audit.judge();
    let heard: u64 = verdict.stations.iter().map(|it| it.station.any.count).sum();
    assert!(heard + verdict.counts.unfollowed <= verdict.counts.packets);
    assert!(verdict.stations.len() + verdict.access_points <= 8);
    let leaks = verdict.stations.iter().any(super::Judged::leaks) || !verdict.links.is_empty();
    assert_eq!(leaks, verdict.leaks());
    crate::cli::audit::fuzzing::answers(&verdict);
}
