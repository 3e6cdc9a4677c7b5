//! A target of the fuzzer: captures in either format.

use super::{Audit, Capture, Known, draw};
use crate::fuzzing::text;

/// A capture, as a file: whatever is in it is judged, and of no address more is said than was heard.
pub(crate) fn capture(data: &[u8]) {
    let Ok(mut capture) = Capture::new(data) else {
        return;
    };
    let mut audit = Audit::following(Known::default(), 8).with_timeline();
    let _ = audit.read(&mut capture, |_| {});
    assert!(capture.position() <= data.len() as u64);
    let timeline = audit.take_timeline().unwrap_or_default();
    let verdict = audit.judge();
    assert_well_formed(&draw(&verdict, &timeline, &text(data)));
    let heard: u64 = verdict.stations.iter().map(|it| it.station.any.count).sum();
    assert!(heard + verdict.counts.unfollowed <= verdict.counts.packets);
    assert!(verdict.stations.len() + verdict.access_points <= 8);
    let leaks = verdict.stations.iter().any(super::Judged::leaks) || !verdict.links.is_empty();
    assert_eq!(leaks, verdict.leaks());
    crate::cli::audit::fuzzing::answers(&verdict);
}

/// A document of XML 1.0 with one root, as far as pictures use it: elements with attributes, and text.
///
/// # Panics
///
/// It is none.
pub(crate) fn assert_well_formed(document: &str) {
    let is_allowed =
        |it: char| it == '\n' || !it.is_control() && it < '\u{fffe}' || it > '\u{ffff}';
    assert!(document.chars().all(is_allowed), "{document}");
    let mut open: Vec<&str> = Vec::new();
    let mut roots = 0;
    for piece in document.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_default();
        assert!(!tag.is_empty() && !text.contains('>'), "{piece}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else {
            roots += usize::from(open.is_empty());
            let name = tag.split(' ').next().unwrap_or_default();
            let is_name = |it: char| it.is_ascii_lowercase();
            assert!(!name.is_empty() && name.chars().all(is_name), "{piece}");
            assert!(tag.matches('"').count().is_multiple_of(2), "{piece}");
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        let entities = piece.split('&').skip(1);
        for entity in entities {
            let (name, _) = entity.split_once(';').unwrap_or_default();
            assert!(["lt", "gt", "amp", "quot"].contains(&name), "{piece}");
        }
    }
    assert_eq!((open.len(), roots), (0, 1));
    assert!(document.starts_with("<svg "));
}
