//! A story as the air told it, short enough to be kept and compared: who sent what to whom, in its
//! order, among the story's own lines. Left out is what chance and the clock decide: addresses, the
//! number of repeats, where in its sweep a search began and how far it got, data and keep-alives.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::air::{Frame, Kind, Mac};
use crate::judge::{Brief, Scan, Verdict};
use crate::record::{Entry, Fact, Micros};
use crate::scenarios::{AccessPointEvent as E, CardEvent as C};
use crate::scenarios::{Check, Event, Given, Lifecycle, Step, Story, UserAction};

/// Why there is no digest of a story: the simulation, which is held against it, cannot play it.
pub fn is_left_out(story: &Story) -> Option<&'static str> {
    story.lines.iter().find_map(|line| match &line.step {
        Step::Given(Given::Systemd | Given::Installed) => Some("systemd is not simulated"),
        Step::Given(Given::Debian13) => Some("another release's programs are not simulated"),
        Step::Given(Given::Profile(_) | Given::NetworkManagerSetting { .. })
        | Step::When(Event::NetworkManager(_)) => Some("NetworkManager is not simulated"),
        Step::Given(Given::Stations(_)) => Some("one card is simulated"),
        Step::Given(Given::SupplicantSetting(_)) => {
            Some("wpa_supplicant's own randomization is not simulated")
        }
        Step::Given(Given::AccessPoint(ap)) if ap.subnet.is_some() => {
            Some("nothing above the link is simulated")
        }
        Step::Given(Given::GlobalSocket)
        | Step::When(Event::CommandRun(_) | Event::CommandStarted(_)) => {
            Some("commands are not simulated")
        }
        Step::When(Event::Card(C::Removed | C::Returns | C::Renamed(_))) => {
            Some("the simulated card stays what it is")
        }
        Step::Given(Given::File { .. } | Given::Stranger { .. } | Given::Crowd(_))
        | Step::When(
            Event::DeafMonitor { .. }
            | Event::ScansWithoutEnd
            | Event::ScansEnd
            | Event::GuardRemoved,
        ) => Some("other stations and programs are not simulated"),
        Step::Given(Given::AccessPoint(ap)) if ap.is_half_of_owe() => Some("OWE is not simulated"),
        Step::Given(Given::OneSupplicant) => Some("each simulated station has its own supplicant"),
        Step::Given(Given::LinksTraced) => Some("the simulated kernel is not traced"),
        Step::When(Event::Iwd(_)) => Some("iwd is not simulated"),
        Step::When(Event::ConnMan(_)) => Some("ConnMan is not simulated"),
        Step::When(Event::MachineSleeps) => Some("how the kernel goes to sleep is not simulated"),
        Step::When(Event::AccessPoint(_, E::SwitchesModeOn(_))) => {
            Some("not every kernel leaves an access point that changes its mode")
        }
        Step::When(Event::AccessPoint(_, E::SendsWith(_))) if story.has_bgscan() => {
            Some("the threshold of bgscan is not simulated")
        }
        Step::Then(Check::MacveilSays(_, within)) if *within > Duration::from_secs(1) => {
            Some("the log is not simulated")
        }
        Step::Given(Given::Trouble(_)) => Some("what happens at random has no order to compare"),
        _ => None,
    })
}

/// A row of lines is not looked for again beyond this length.
const LONGEST_REPEAT: usize = 12;
/// A scan is on the air for so long after it was decided upon: what happens in between is later.
const DECIDED: Micros = 2_000;
/// After so long a silence an access point has just started, and deauthenticates every station that believes to be
/// its station still.
const JUST_STARTED: Micros = 1_000_000;
const INDENT: &str = "    ";
const BETWEEN_SCANS: &str = "; ";

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digest(Vec<Line>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// A line of the story.
    Told(String),
    /// A frame, or like ones in a row.
    Sent(String),
    /// Scans in a row: who, and each kind of scan at its first appearance.
    Search(String, Vec<String>),
}

impl Digest {
    pub fn of(
        story: &Story,
        entries: &[Entry],
        frames: &[Frame],
        brief: &Brief,
        verdict: &Verdict,
    ) -> Self {
        let over = |fact: &Fact| matches!(fact, Fact::Over | Fact::Failed(_));
        let end = entries.iter().find(|entry| over(&entry.fact));
        let end = end.map_or(Micros::MAX, |entry| entry.at);
        let mut narrator = Narrator::new(brief, verdict);
        let mut happenings: Vec<_> = told(story, entries).collect();
        happenings.extend(frames.iter().filter_map(|frame| narrator.tell(frame)));
        let scans = verdict.scans.iter();
        happenings.extend(scans.map(|scan| narrator.tell_scan(scan)));
        happenings.sort_by_key(|happening| happening.at);
        let mut writer = Writer::default();
        for happening in happenings.into_iter().take_while(|it| it.at < end) {
            writer.take(happening.what);
        }
        Self(writer.finish()).without_repeats()
    }

    /// Where this digest and another one part, if they do.
    pub fn differs_from(&self, other: &Self) -> Option<String> {
        let length = self.0.len().max(other.0.len());
        (0..length).find_map(|at| match (self.0.get(at), other.0.get(at)) {
            (Some(one), Some(other)) if one.is_like(other) => None,
            (one, other) => {
                let text = |line: Option<&Line>| line.map_or("nothing".to_owned(), Line::to_string);
                Some(format!(
                    "line {}: {:?} where {:?} is expected",
                    at + 1,
                    text(one).trim(),
                    text(other).trim()
                ))
            }
        })
    }

    /// What comes several times in a row is told once.
    fn without_repeats(mut self) -> Self {
        while self.fold_one() {}
        self
    }

    fn fold_one(&mut self) -> bool {
        let lines = &mut self.0;
        for length in 1..=LONGEST_REPEAT.min(lines.len() / 2) {
            for first in 0..=lines.len() - 2 * length {
                let (one, two) = lines[first..first + 2 * length].split_at(length);
                let sent = one.iter().all(|line| !matches!(line, Line::Told(_)));
                let same = sent && one.iter().zip(two).all(|(one, two)| one.is_like(two));
                if same {
                    for at in first..first + length {
                        lines[at] = lines[at].longer(&lines[at + length]).clone();
                    }
                    lines.drain(first + length..first + 2 * length);
                    return true;
                }
            }
        }
        false
    }
}

impl Line {
    /// The same, but for how far a search got: one's kinds of scans are all among the other's.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Search(one, here), Self::Search(two, there)) => {
                let within =
                    |here: &[String], there: &[String]| here.iter().all(|it| there.contains(it));
                one == two && (within(here, there) || within(there, here))
            }
            (one, other) => one == other,
        }
    }

    fn longer<'a>(&'a self, other: &'a Self) -> &'a Self {
        match (self, other) {
            (Self::Search(_, here), Self::Search(_, there)) if there.len() > here.len() => other,
            _ => self,
        }
    }
}

struct Happening {
    at: Micros,
    what: What,
}

enum What {
    Line(Line),
    /// A line of the story that a search goes on over.
    Aside(String),
    /// One that may as well come a moment after the search has begun.
    Afterwards(String),
}

/// The lines of the story at which something happens.
fn told<'a>(story: &'a Story, entries: &'a [Entry]) -> impl Iterator<Item = Happening> + 'a {
    entries.iter().filter_map(|entry| {
        let Fact::Step(number) = entry.fact else {
            return None;
        };
        let line = story.lines.iter().find(|line| line.number == number)?;
        let what = match &line.step {
            Step::When(Event::AccessPoint(
                _,
                E::Leaves
                | E::Vanishes
                | E::RestartsOn(_)
                | E::SwitchesTo(_)
                | E::Kicks
                | E::IsAway { .. },
            )) => What::Aside(line.text.clone()),
            Step::When(
                Event::AccessPoint(..)
                | Event::Card(_)
                | Event::Program(_, Lifecycle::Stops | Lifecycle::Killed)
                | Event::User(
                    UserAction::Scans | UserAction::ScansWithIw | UserAction::ScansFor(_),
                ),
            ) => What::Afterwards(line.text.clone()),
            Step::When(Event::Program(..) | Event::User(_)) => {
                What::Line(Line::Told(line.text.clone()))
            }
            _ => return None,
        };
        Some(Happening { at: entry.at, what })
    })
}

/// Puts what happened into lines.
#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    asides: Vec<String>,
    /// The last ones of these come after the search that follows.
    afterwards: usize,
}

impl Writer {
    fn take(&mut self, what: What) {
        match what {
            What::Aside(text) => {
                self.asides.push(text);
                self.afterwards = 0;
            }
            What::Afterwards(text) => {
                self.asides.push(text);
                self.afterwards += 1;
            }
            What::Line(Line::Search(who, scans)) => self.search(who, scans),
            What::Line(line) => {
                self.tell_asides();
                if self.lines.last() != Some(&line) {
                    self.lines.push(line);
                }
            }
        }
    }

    fn search(&mut self, who: String, scans: Vec<String>) {
        if let Some(Line::Search(before, seen)) = self.lines.last_mut()
            && *before == who
        {
            let new = scans.into_iter().filter(|scan| !seen.contains(scan));
            let new: Vec<_> = new.collect();
            seen.extend(new);
            return;
        }
        let before = self.asides.len() - self.afterwards;
        let before = self.asides.drain(..before).map(Line::Told);
        self.lines.extend(before);
        self.lines.push(Line::Search(who, scans));
    }

    fn tell_asides(&mut self) {
        self.lines.extend(self.asides.drain(..).map(Line::Told));
        self.afterwards = 0;
    }

    fn finish(mut self) -> Vec<Line> {
        self.tell_asides();
        self.lines
    }
}

/// Gives everybody a name that is the same each time the story is played.
struct Narrator<'a> {
    brief: &'a Brief,
    verdict: &'a Verdict,
    /// The addresses behind each name, in the order in which they appeared.
    behind: BTreeMap<String, Vec<Mac>>,
    /// When each access point was last heard.
    heard: BTreeMap<Mac, Micros>,
}

impl<'a> Narrator<'a> {
    fn new(brief: &'a Brief, verdict: &'a Verdict) -> Self {
        Self {
            brief,
            verdict,
            behind: BTreeMap::new(),
            heard: BTreeMap::new(),
        }
    }

    fn tell(&mut self, frame: &Frame) -> Option<Happening> {
        let transmitter = frame.transmitter?;
        let text = if self.brief.is_access_point(transmitter) {
            let before = self.heard.insert(transmitter, frame.at);
            let there = before.is_some_and(|before| frame.at - before < JUST_STARTED);
            self.answer(frame, transmitter, there)?
        } else {
            let verb = match frame.kind {
                Kind::Authentication => "authenticates with",
                Kind::AssociationRequest => "associates with",
                Kind::ReassociationRequest => "reassociates with",
                Kind::Eapol => "shakes hands with",
                Kind::Deauthentication | Kind::Disassociation => "says goodbye to",
                _ => return None,
            };
            let to = self.verdict.names.name(frame.receiver);
            format!("{} {verb} {to}", self.name(transmitter))
        };
        Some(Happening {
            at: frame.at,
            what: What::Line(Line::Sent(text)),
        })
    }

    /// What an access point refuses or ends; all else follows from what it is asked.
    fn answer(&mut self, frame: &Frame, transmitter: Mac, there: bool) -> Option<String> {
        let ap = self.verdict.names.name(transmitter);
        let refused = frame.status().is_some_and(|status| status != 0);
        Some(match frame.kind {
            Kind::Authentication | Kind::AssociationResponse | Kind::ReassociationResponse
                if refused =>
            {
                format!("{ap} refuses {}", self.name(frame.receiver))
            }
            Kind::Deauthentication | Kind::Disassociation if there => {
                let ended = self.verdict.associations.iter();
                let mut ended = ended.filter(|it| it.bssid == transmitter && it.end == frame.at);
                let station = ended.next()?.station;
                format!("{ap} says goodbye to {}", self.name(station))
            }
            _ => return None,
        })
    }

    fn tell_scan(&mut self, scan: &Scan) -> Happening {
        let probes = || scan.probes.iter();
        let in_full = !probes().all(crate::judge::is_minimal);
        // A new mask aborts another program's scan.
        let is_foreign = in_full && self.verdict.names.is_mask(scan.station);
        let mut kind = if is_foreign {
            "somewhere".to_owned()
        } else {
            channels(scan)
        };
        let named = probes().filter_map(|probe| Some(probe.ssid()?.escape_ascii().to_string()));
        let mut named: Vec<_> = named.collect();
        named.sort();
        named.dedup();
        for name in named {
            kind += &[" for \"", &name, "\""].concat();
        }
        if in_full {
            kind += " in full";
        }
        Happening {
            at: scan.begin().saturating_sub(DECIDED),
            what: What::Line(Line::Search(self.name(scan.station), vec![kind])),
        }
    }

    fn name(&mut self, station: Mac) -> String {
        let names = &self.verdict.names;
        if names.is_mask(station) {
            return "a mask".to_owned();
        }
        if names.is_permanent(station) {
            return "the permanent address".to_owned();
        }
        let name = names.name(station);
        let behind = self.behind.entry(name.clone()).or_default();
        let number = behind.iter().position(|it| *it == station);
        let number = number.unwrap_or_else(|| {
            behind.push(station);
            behind.len() - 1
        });
        match number {
            0 => name,
            more => format!("{name} {}", more + 1),
        }
    }
}

/// As in "1-3,6".
fn channels(scan: &Scan) -> String {
    let mut all: Vec<_> = scan.probes.iter().filter_map(Frame::channel).collect();
    all.sort_unstable();
    all.dedup();
    let rows = all.chunk_by(|one, next| next - one == 1);
    let rows = rows.map(|row| match row {
        [first, .., last] => format!("{first}-{last}"),
        only => only.first().map_or_else(String::new, u16::to_string),
    });
    rows.collect::<Vec<_>>().join(",")
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(text) => f.write_str(text),
            Self::Sent(text) => write!(f, "{INDENT}{text}"),
            Self::Search(who, scans) => {
                write!(f, "{INDENT}{who} scans {}", scans.join(BETWEEN_SCANS))
            }
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl From<&str> for Digest {
    fn from(text: &str) -> Self {
        let lines = text.lines().map(|line| match line.strip_prefix(INDENT) {
            None => Line::Told(line.to_owned()),
            Some(sent) => match sent.split_once(" scans ") {
                Some((who, scans)) => {
                    let scans = scans.split(BETWEEN_SCANS).map(str::to_owned);
                    Line::Search(who.to_owned(), scans.collect())
                }
                None => Line::Sent(sent.to_owned()),
            },
        });
        Self(lines.collect())
    }
}
