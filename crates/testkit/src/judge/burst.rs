//! Like frames in a row, told as one.

use super::names::Names;
use super::probes;
use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

pub struct Burst {
    pub from: Mac,
    pub first: Frame,
    pub last: Micros,
    count: usize,
    channels: Vec<u16>,
    named: Vec<String>,
    longest: usize,
    minimal: bool,
}

impl Burst {
    pub fn new(frame: &Frame, from: Mac) -> Self {
        let mut burst = Self {
            from,
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

    /// Whether a frame belongs to it: of the same kind between the same two.
    pub fn takes(&self, frame: &Frame) -> bool {
        let there = frame.transmitter == Some(self.from)
            && (frame.kind == Kind::ProbeRequest || frame.receiver == self.first.receiver);
        let back = frame.transmitter == Some(self.first.receiver) && frame.receiver == self.from;
        frame.kind == self.first.kind && (there || back) && frame.status() == self.first.status()
    }

    pub fn add(&mut self, frame: &Frame) {
        self.count += 1;
        self.last = frame.at;
        self.longest = self.longest.max(frame.length);
        if frame.kind == Kind::ProbeRequest {
            self.minimal &= probes::is_minimal(frame);
            let channel = frame.channel().unwrap_or_default();
            if !self.channels.contains(&channel) {
                self.channels.push(channel);
            }
            let named = frame.ssid().map(|ssid| ssid.escape_ascii().to_string());
            self.named
                .extend(named.filter(|ssid| !self.named.contains(ssid)));
        }
    }

    pub fn text(&self, names: &Names) -> String {
        let to = match self.first.receiver {
            Mac::BROADCAST => "everyone".to_owned(),
            receiver => names.name(receiver),
        };
        let status = self.first.status().unwrap_or_default();
        let what = match self.first.kind {
            Kind::ProbeRequest => return self.scan_text(),
            Kind::Authentication if status == 0 => format!("authenticates with {to}"),
            Kind::Authentication => format!("answers {to}'s authentication with status {status}"),
            Kind::AssociationRequest => format!("asks {to} for association"),
            Kind::ReassociationRequest => format!("asks {to} for reassociation"),
            Kind::AssociationResponse | Kind::ReassociationResponse if status == 0 => {
                format!("grants {to} the association")
            }
            Kind::AssociationResponse | Kind::ReassociationResponse => {
                format!("refuses {to} the association with status {status}")
            }
            Kind::Eapol => format!("four-way handshake with {to}"),
            Kind::Deauthentication | Kind::Disassociation => format!("says goodbye to {to}"),
            Kind::Data => format!("data with {to}"),
            Kind::NullData => format!("keep-alive with {to}"),
            Kind::OtherManagement(13) => format!("action frame with {to}"),
            other => format!("{other:?} to {to}"),
        };
        match self.count {
            1 => what,
            count => format!("{what}, {count} frames"),
        }
    }

    fn scan_text(&self) -> String {
        let channels = match self.channels.as_slice() {
            [first, .., last] => format!("{} channels from {first} to {last}", self.channels.len()),
            only => format!("channel {}", only.first().unwrap_or(&0)),
        };
        let named = match self.named.as_slice() {
            [] => "for any network".to_owned(),
            names => format!("for {}", names.join(", ")),
        };
        let probes = if self.count == 1 {
            "probe request"
        } else {
            "probe requests"
        };
        let content = if self.minimal {
            "minimal"
        } else {
            "with a fingerprint"
        };
        format!(
            "scans {channels}: {} {probes} {named}, {} bytes, {content}",
            self.count, self.longest
        )
    }
}
