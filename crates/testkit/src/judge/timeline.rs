//! A capture told line by line: scans and exchanges as one line, beacons only
//! when they begin and end.

use std::collections::BTreeMap;

use super::brief::Brief;
use super::burst::Burst;
use super::names::Names;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

/// Frames in, lines out. A line comes once it is clear that nothing more
/// belongs to it.
pub struct Narrator<'a> {
    brief: &'a Brief,
    names: Names,
    burst: Option<Burst>,
    /// Last beacons and their channels.
    on_air: BTreeMap<Mac, (Micros, u16)>,
}

pub struct Line {
    pub at: Micros,
    pub who: Mac,
    pub text: String,
}

/// Frames that are further apart are not told as one.
pub const BURST_PAUSE: Micros = 2_000_000;
const BEACONS_MISSED: Micros = 1_000_000;

impl<'a> Narrator<'a> {
    /// Names that are not given are learnt from the frames as they come.
    pub fn new(brief: &'a Brief, names: Names) -> Self {
        Self {
            brief,
            names,
            burst: None,
            on_air: BTreeMap::new(),
        }
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    pub fn see(&mut self, frame: &Frame) -> Vec<Line> {
        let mut lines = self.pass(frame.at);
        let Some(from) = frame.transmitter else {
            return lines;
        };
        self.names.learn_as_it_comes(frame, self.brief);
        match frame.kind {
            Kind::Beacon | Kind::ProbeResponse if self.brief.is_stranger(from) => {}
            Kind::Beacon => {
                let channel = frame.channel().unwrap_or_default();
                let before = self.on_air.insert(from, (frame.at, channel));
                if before.is_none_or(|(_, before)| before != channel) {
                    let text = format!("is on the air, channel {channel}");
                    let (at, who) = (frame.at, from);
                    lines.push(Line { at, who, text });
                }
            }
            Kind::ProbeResponse | Kind::Control(_) if self.brief.is_access_point(from) => {}
            // An access point repeats what a station sent to a group.
            Kind::Data if self.brief.is_access_point(from) && frame.receiver.is_group() => {}
            _ => match self.burst.as_mut() {
                Some(burst) if burst.takes(frame) => burst.add(frame),
                _ => {
                    lines.extend(self.end_burst());
                    self.burst = Some(Burst::new(frame, from));
                }
            },
        }
        lines
    }

    /// Time goes on without a frame.
    pub fn pass(&mut self, now: Micros) -> Vec<Line> {
        let mut lines = Vec::new();
        if let Some(burst) = &self.burst
            && now.saturating_sub(burst.last) > BURST_PAUSE
        {
            lines.extend(self.end_burst());
        }
        let gone = |last: Micros| now.saturating_sub(last) > BEACONS_MISSED;
        for (who, (at, _)) in self.on_air.iter().filter(|(_, (last, _))| gone(*last)) {
            let (at, who) = (*at, *who);
            let text = "is off the air".to_owned();
            lines.push(Line { at, who, text });
        }
        self.on_air.retain(|_, (last, _)| !gone(*last));
        lines
    }

    pub fn end_burst(&mut self) -> Option<Line> {
        let burst = self.burst.take()?;
        Some(Line {
            at: burst.first.at,
            who: burst.from,
            text: burst.text(&self.names),
        })
    }
}
