//! Probe requests put together into the scans that sent them.

use std::collections::BTreeMap;

use super::brief::Brief;
use super::leak::{Leak, Leaks};
use super::names::Names;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

/// One scan's probe requests: of one address, channel after channel.
#[derive(Debug, Clone)]
pub struct Scan {
    pub station: Mac,
    pub probes: Vec<Frame>,
}

/// The longest a scan stays silent between two channels that it may probe on:
/// it only listens on those in between.
const LONGEST_PAUSE: Micros = 4_000_000;

/// How long it probes on one channel.
const ONE_CHANNEL: Micros = 150_000;

impl Scan {
    pub fn begin(&self) -> Micros {
        self.probes.first().map_or(0, |probe| probe.at)
    }

    fn goes_on_with(&self, probe: &Frame) -> bool {
        let Some(last) = self.probes.last() else {
            return true;
        };
        let pause = probe.at - last.at;
        match probe.frequency.cmp(&last.frequency) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => pause < ONE_CHANNEL,
            std::cmp::Ordering::Greater => pause < LONGEST_PAUSE,
        }
    }
}

pub fn find(frames: &[Frame], brief: &Brief) -> Vec<Scan> {
    let mut done = Vec::new();
    let mut open: BTreeMap<Mac, Scan> = BTreeMap::new();
    for probe in frames
        .iter()
        .filter(|frame| frame.kind == Kind::ProbeRequest)
    {
        let Some(station) = brief.station(probe) else {
            continue;
        };
        let scan = open.entry(station).or_insert_with(|| Scan {
            station,
            probes: Vec::new(),
        });
        if !scan.goes_on_with(probe) {
            let probes = std::mem::take(&mut scan.probes);
            done.push(Scan { station, probes });
        }
        scan.probes.push(probe.clone());
    }
    done.extend(open.into_values());
    done.sort_by_key(Scan::begin);
    done
}

pub fn reused_masks(scans: &[Scan], brief: &Brief, names: &Names, leaks: &mut Leaks) {
    let mut used: BTreeMap<Mac, Micros> = BTreeMap::new();
    for scan in scans {
        let Some(probe) = scan.probes.first() else {
            continue;
        };
        if !names.is_mask(scan.station) || !brief.is_watched(probe.at) || brief.is_wps(probe.at) {
            continue;
        }
        if let Some(before) = used.insert(scan.station, probe.at) {
            let ago = (probe.at - before) as f64 / 1e6;
            let detail = format!("{} scanned {ago:.1} s before", names.name(scan.station));
            leaks.add(Leak::MaskReused, probe, detail);
        }
    }
}
