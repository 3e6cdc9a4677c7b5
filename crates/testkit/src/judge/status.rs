//! What macveil told of a card at each moment, held against what the kernel said of the link, with the
//! time, and against the frames on the air. Knows nothing of why an address is where it is.

use std::ops::RangeInclusive;

use crate::air::{Frame, Kind, Mac};
use crate::record::Micros;

/// So long after a change the old truth may still be told.
const TOLERANCE: Micros = 100_000;
/// So much sooner than the witness an answer may know of a change: two programs hear of it.
const LEAD: Micros = 20_000;
/// A link that has had a carrier for so long is a connection.
const HANDSHAKE: Micros = 2_000_000;
/// Fewer say nothing.
const FEWEST: usize = 100;

/// What was told: an answer to a question, or without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub asked: Micros,
    pub answered: Micros,
    pub by_event: bool,
    pub address: Mac,
    pub kind: String,
    pub state: String,
    pub up: bool,
    pub permanent: bool,
}

/// The link from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub at: Micros,
    pub address: Mac,
    pub up: bool,
    pub carrier: bool,
}

/// All that is known of one card, in the order of time.
#[derive(Debug, Default)]
pub struct Testimony {
    pub told: Vec<Told>,
    pub links: Vec<Link>,
    pub permanent: Vec<Mac>,
    pub access_points: Vec<Mac>,
    /// Scans use separate addresses, which are not reported.
    pub random_scans: bool,
}

/// Where what was told is not so, a sentence each.
pub fn contradictions(it: &Testimony, frames: &[Frame]) -> Vec<String> {
    let own: Vec<_> = frames.iter().filter(|frame| it.is_own(frame)).collect();
    let (told, changes) = (it.told.len(), it.links.len());
    if told < FEWEST || changes < 2 || own.is_empty() {
        let frames = own.len();
        return vec![format!(
            "{told} answers, {changes} changes and {frames} frames prove nothing"
        )];
    }
    let mut all = Vec::new();
    all.extend(it.told.iter().filter_map(|told| it.against_kernel(told)));
    all.extend(it.told.iter().filter_map(|told| it.against_itself(told)));
    all.extend(it.untold());
    all.extend(own.iter().filter_map(|frame| it.against_frame(frame)));
    all.extend(it.after_the_end(frames));
    all
}

impl Testimony {
    /// Those that were in force at some moment of that span.
    fn links_in(&self, span: RangeInclusive<Micros>) -> impl Iterator<Item = &Link> {
        let after = self.links.iter().skip(1).map(|link| link.at);
        let ends = after.chain([Micros::MAX]);
        let both = self.links.iter().zip(ends);
        both.filter(move |(link, end)| link.at <= *span.end() && *end >= *span.start())
            .map(|(link, _)| link)
    }

    fn against_kernel(&self, told: &Told) -> Option<String> {
        let span = told.asked.saturating_sub(TOLERANCE)..=told.answered + LEAD;
        let mut links = self.links_in(span.clone());
        let associated = told.state == "associated";
        let is_so = links.any(|link| {
            (link.address, link.up) == (told.address, told.up) && (link.carrier || !associated)
        });
        if !is_so {
            let links: Vec<_> = self.links_in(span).collect();
            return Some(format!("{told:?}, but the kernel: {links:?}"));
        }
        let mut lately = self.links_in(told.asked.saturating_sub(HANDSHAKE)..=told.answered);
        let connected = lately.all(|link| link.carrier) && self.begins() + HANDSHAKE < told.asked;
        (connected && !associated).then(|| format!("{told:?}, but there is a carrier for long"))
    }

    fn begins(&self) -> Micros {
        self.links.first().map_or(Micros::MAX, |link| link.at)
    }

    fn against_itself(&self, told: &Told) -> Option<String> {
        let permanent = self.permanent.contains(&told.address);
        let joined = ["associated", "associating"].contains(&told.state.as_str());
        let fits = match told.kind.as_str() {
            "mask" => !permanent && told.state != "associated",
            "assigned" => joined,
            "permanent" => permanent,
            _ => true,
        };
        let right = told.permanent == permanent && fits;
        (!right).then(|| format!("{told:?} contradicts itself"))
    }

    /// A link that stays as it is has been told of, to those who do not ask.
    fn untold(&self) -> Vec<String> {
        let ends = self.links.iter().skip(1).map(|link| link.at);
        let over = self.told.last().map_or(0, |told| told.answered);
        let lasting = self.links.iter().zip(ends.chain([over]));
        let lasting = lasting.filter(|(link, end)| *end > link.at + 2 * TOLERANCE);
        let mut all = Vec::new();
        for (link, _) in lasting {
            let mut events = self.told.iter().filter(|told| told.by_event);
            let before = events.rfind(|told| told.answered <= link.at + TOLERANCE);
            let Some(told) = before else {
                continue;
            };
            if (told.address, told.up) != (link.address, link.up) {
                all.push(format!(
                    "the last event was {told:?}, but the kernel: {link:?}"
                ));
            }
        }
        all
    }

    fn is_own(&self, frame: &Frame) -> bool {
        let hears = self.told.first().zip(self.told.last());
        let seen =
            hears.is_some_and(|(first, last)| (first.answered..=last.asked).contains(&frame.at));
        let skipped = frame.kind == Kind::ProbeRequest && self.random_scans;
        let transmitter = frame.transmitter;
        seen && !skipped && transmitter.is_some_and(|mac| !self.access_points.contains(&mac))
    }

    /// Who sends is who was told to be there.
    fn against_frame(&self, frame: &Frame) -> Option<String> {
        let mut near = self.told.iter().filter(|told| {
            told.answered + TOLERANCE >= frame.at && told.asked <= frame.at + TOLERANCE
        });
        // There is no answer while macveil does not run.
        near.clone().next()?;
        let known = near.any(|told| Some(told.address) == frame.transmitter);
        (!known).then(|| {
            let (number, kind) = (frame.number, frame.kind);
            let told: Vec<_> = near.map(|told| told.address).collect();
            let from = frame.transmitter;
            format!(
                "frame {number}, {kind:?} from {from:?}, but the status around it says {told:?}"
            )
        })
    }

    /// After a deauthentication frame there is no association until the next one.
    fn after_the_end(&self, frames: &[Frame]) -> Vec<String> {
        let mut ended: Option<Micros> = None;
        let mut told = self.told.iter().peekable();
        let mut all = Vec::new();
        let last = frames.last().map_or(0, |frame| frame.at);
        for frame in frames {
            let ends = matches!(frame.kind, Kind::Deauthentication | Kind::Disassociation);
            let begins = matches!(
                frame.kind,
                Kind::AssociationResponse | Kind::ReassociationResponse
            );
            if !ends && !begins {
                continue;
            }
            while let Some(it) = told.next_if(|it| it.answered < frame.at) {
                all.extend(wrongly_associated(it, ended));
            }
            ended = ends.then_some(frame.at);
        }
        all.extend(
            told.filter(|it| it.answered < last)
                .filter_map(|it| wrongly_associated(it, ended)),
        );
        all
    }
}

fn wrongly_associated(told: &Told, ended: Option<Micros>) -> Option<String> {
    let late = ended.is_some_and(|at| told.asked > at + TOLERANCE);
    (late && told.state == "associated")
        .then(|| format!("{told:?}, but there was a goodbye on the air"))
}
