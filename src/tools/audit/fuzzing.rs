//! Fuzz target: captures in either format, also compressed.

use std::io::Read as _;

use super::{Audit, Capture, KnownAddresses, draw, unpack};
use crate::fuzzing::text;

/// A capture file. The verdict must not count more frames than the capture has.
pub(crate) fn capture(data: &[u8]) {
    /// What a few bytes can unpack to is not searched for longer.
    const MAX_UNPACKED: u64 = 1 << 20;
    let Ok(unpacked) = unpack(data) else {
        return;
    };
    let was_compressed = unpacked.was_compressed;
    let Ok(mut capture) = Capture::new(unpacked.source.take(MAX_UNPACKED)) else {
        return;
    };
    let mut audit = Audit::following(KnownAddresses::default(), 8).with_timeline();
    let _ = audit.read(&mut capture, |_| {});
    assert!(was_compressed || capture.position() <= data.len() as u64);
    assert!(capture.position() <= MAX_UNPACKED);
    let timeline = audit.take_timeline().unwrap_or_default();
    let verdict = audit.judge();
    assert_well_formed(&draw(&verdict, &timeline, &text(data)));
    let heard: u64 = verdict
        .stations
        .iter()
        .map(|report| report.station.any.count)
        .sum();
    // A frame can count for its transmitter and for addresses that it contains.
    assert!(verdict.counts.ignored <= verdict.counts.packets);
    assert!(heard == 0 || verdict.counts.packets > 0);
    assert!(verdict.stations.len() <= 8 && verdict.access_points <= 8);
    let leaks = verdict.stations.iter().any(super::StationReport::leaks)
        || verdict.links_that_are(super::Confidence::Certain) > 0;
    assert_eq!(leaks, verdict.leaks());
    crate::cli::audit::fuzzing::answers(&verdict);
}

/// Checks that the document is well-formed XML 1.0 with one root. Covers the subset that pictures use:
/// elements with attributes, and text.
///
/// # Panics
///
/// If it is not.
pub(crate) fn assert_well_formed(document: &str) {
    let is_allowed = |character: char| {
        character == '\n'
            || !character.is_control() && character < '\u{fffe}'
            || character > '\u{ffff}'
    };
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
            let is_name = |character: char| character.is_ascii_lowercase();
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
