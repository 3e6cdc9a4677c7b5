//! Whether one address's probe requests go on counting where another's ended.

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use super::scans::Scan;
use crate::air::Mac;

/// A counter that goes on is found at most so many numbers later.
const NEAR: u16 = 32;
const NUMBERS: u16 = 4096;

/// How unlikely chance must be before it is ruled out. There are hundreds of
/// stories in a run, and none may fail by chance.
const RULED_OUT: f64 = 1e-6;

pub fn links(scans: &[Scan], brief: &Brief, leaks: &mut Leaks) {
    let watched: Vec<_> = scans
        .iter()
        .filter(|scan| brief.is_watched(scan.begin()))
        .collect();
    let mut changes = 0;
    let mut found = Vec::new();
    let stations = brief.stations.max(1);
    for (index, scan) in watched.iter().enumerate() {
        // With several stations the scan before may be another's.
        let before: Vec<_> = watched[..index].iter().rev().take(stations).collect();
        if before.is_empty() || before.iter().any(|it| it.station == scan.station) {
            continue;
        }
        changes += 1;
        if let Some(linked) = before.iter().find(|it| counts_on(it, scan)) {
            found.push((linked.station, *scan));
        }
    }
    let chance = (stations as f64 * f64::from(NEAR) / f64::from(NUMBERS)).min(1.0);
    if at_least(found.len(), changes, chance) < RULED_OUT {
        for (before, scan) in found {
            leaks.add(
                Leak::MaskLinkable,
                &scan.probes[0],
                detail(before, scan.station),
            );
        }
    }
}

fn counts_on(before: &Scan, after: &Scan) -> bool {
    let (Some(last), Some(first)) = (before.probes.last(), after.probes.first()) else {
        return false;
    };
    let (Some(last), Some(first)) = (last.sequence, first.sequence) else {
        return false;
    };
    (1..=NEAR).contains(&((first + NUMBERS - last) % NUMBERS))
}

fn detail(before: Mac, after: Mac) -> String {
    format!("{after} counts on where {before} ended")
}

/// The probability of so many hits or more in so many tries.
fn at_least(hits: usize, tries: usize, chance: f64) -> f64 {
    let mut exactly = (1.0 - chance).powi(tries as i32);
    let mut less = 0.0;
    for number in 0..hits {
        less += exactly;
        exactly *= (tries - number) as f64 / (number + 1) as f64 * chance / (1.0 - chance);
    }
    1.0 - less
}
