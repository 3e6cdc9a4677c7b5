//! A capture told line by line: scans as one line, beacons only when they
//! begin and end.

use std::collections::BTreeMap;

use super::brief::Brief;
use super::names::Names;
use super::probes;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

/// Frames in, lines out. Lines come once it is clear that nothing belongs to
/// them any more.
pub struct Narrator<'a> {
    brief: &'a Brief,
    names: Names,
    /// Whether names are learnt from the frames as they come.
    live: bool,
    burst: Option<Burst>,
    on_air: BTreeMap<Mac, Micros>,
}

/// Like frames in a row, told as one.
struct Burst {
    kind: Kind,
    from: Mac,
    to: Mac,
    first: Frame,
    last: Micros,
    count: usize,
    channels: Vec<u16>,
    named: Vec<String>,
    longest: usize,
    minimal: bool,
}

pub struct Line {
    pub at: Micros,
    pub text: String,
    pub about: Option<Mac>,
}

const BURST_PAUSE: Micros = 2_000_000;
const BEACONS_MISSED: Micros = 1_000_000;

impl<'a> Narrator<'a> {
    pub fn new(brief: &'a Brief, names: Names, live: bool) -> Self {
        Self {
            brief,
            names,
            live,
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
        if self.live {
            self.names.learn_as_it_comes(frame, self.brief);
        } else {
            self.names.learn(frame);
        }
        if frame.kind == Kind::Beacon {
            if self.on_air.insert(from, frame.at).is_none() {
                let channel = frame.channel().unwrap_or_default();
                lines.push(self.line(frame.at, from, format!("is on the air (channel {channel})")));
            }
            return lines;
        }
        if frame.kind == Kind::ProbeResponse || matches!(frame.kind, Kind::Control(_)) {
            return lines;
        }
        if let Some(burst) = self.burst.as_mut()
            && burst.takes(frame)
        {
            burst.add(frame);
        } else {
            lines.extend(self.end_burst());
            self.burst = Some(Burst::new(frame, from));
        }
        lines
    }

    /// Time goes on without a frame.
    pub fn pass(&mut self, now: Micros) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.burst.as_ref().is_some_and(|burst| now - burst.last > BURST_PAUSE) {
            lines.extend(self.end_burst());
        }
        let silent: Vec<_> = self
            .on_air
            .iter()
            .filter(|(_, last)| now.saturating_sub(**last) > BEACONS_MISSED)
            .map(|(ap, last)| (*ap, *last))
            .collect();
        for (ap, last) in silent {
            self.on_air.remove(&ap);
            lines.push(self.line(last, ap, "is off the air".to_owned()));
        }
        lines
    }

    pub fn end_burst(&mut self) -> Option<Line> {
        let burst = self.burst.take()?;
        let text = burst.text(&self.names);
        Some(self.line(burst.first.at, burst.from, text))
    }

    fn line(&self, at: Micros, about: Mac, text: String) -> Line {
        Line {
            at,
            text: format!("{:<18} {text}", self.names.name(about)),
            about: Some(about),
        }
    }
}

impl Burst {
    fn new(frame: &Frame, from: Mac) -> Self {
        let mut burst = Self {
            kind: frame.kind,
            from,
            to: frame.receiver,
            first: frame.clone(),
            last: frame.at,
            count: 0,
            channels: Vec::new(),
            named: Vec::new(),
            longest: 0,
            minimal: true,
        };
        burst.add(frame);
        burst
    }

    fn takes(&self, frame: &Frame) -> bool {
        frame.kind == self.kind
            && frame.transmitter == Some(self.from)
            && (frame.kind == Kind::ProbeRequest || frame.receiver == self.to)
            && frame.status() == self.first.status()
    }

    fn add(&mut self, frame: &Frame) {
        self.count += 1;
        self.last = frame.at;
        self.longest = self.longest.max(frame.length);
        if frame.kind == Kind::ProbeRequest {
            self.minimal &= probes::is_minimal(frame);
            let channel = frame.channel().unwrap_or_default();
            if !self.channels.contains(&channel) {
                self.channels.push(channel);
            }
            if let Some(ssid) = frame.ssid() {
                let ssid = ssid.escape_ascii().to_string();
                if !self.named.contains(&ssid) {
                    self.named.push(ssid);
                }
            }
        }
    }

    fn text(&self, names: &Names) -> String {
        let to = if self.to == Mac::BROADCAST {
            "everyone".to_owned()
        } else {
            names.name(self.to)
        };
        let times = match self.count {
            1 => String::new(),
            count => format!(" ({count} frames)"),
        };
        match self.kind {
            Kind::ProbeRequest => self.scan_text(),
            Kind::Authentication => match self.first.status() {
                Some(status) if status > 1 => {
                    format!("authentication with {to}: status {status}{times}")
                }
                _ => format!("authenticates with {to}{times}"),
            },
            Kind::AssociationRequest => format!("asks {to} for association{times}"),
            Kind::ReassociationRequest => format!("asks {to} for reassociation{times}"),
            Kind::AssociationResponse | Kind::ReassociationResponse => {
                match self.first.status() {
                    Some(0) => format!("associates {to}{times}"),
                    status => {
                        let status = status.unwrap_or_default();
                        format!("refuses {to} with status {status}{times}")
                    }
                }
            }
            Kind::Eapol => format!("handshake with {to}{times}"),
            Kind::Deauthentication => format!("deauthenticates from {to}{times}"),
            Kind::Disassociation => format!("disassociates from {to}{times}"),
            Kind::Data => format!("data to {to}{times}"),
            Kind::NullData => format!("null data to {to}{times}"),
            Kind::OtherManagement(13) => format!("action to {to}{times}"),
            other => format!("{other:?} to {to}{times}"),
        }
    }

    fn scan_text(&self) -> String {
        let channels = match self.channels.as_slice() {
            [only] => format!("channel {only}"),
            [first, .., last] => format!("{} channels from {first} to {last}", self.channels.len()),
            [] => String::new(),
        };
        let named = match self.named.as_slice() {
            [] => "naming no network".to_owned(),
            names => format!("NAMING {}", names.join(", ")),
        };
        let content = if self.minimal { "minimal" } else { "fingerprint" };
        format!(
            "scans {channels}: {} probe requests {named}, {} bytes, {content}, SN from {}",
            self.count,
            self.longest,
            self.first.sequence.unwrap_or_default()
        )
    }
}
