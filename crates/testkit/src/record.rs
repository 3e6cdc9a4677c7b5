//! What the guest writes down while it plays a story, and the host reads.
//! One line an entry: the time in microseconds, what it is, its text.

use std::fmt;
use std::str::FromStr;

/// Microseconds since 1970 on the guest's clock, as in its captures.
pub type Micros = u64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Micros,
    pub fact: Fact,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A station's interface, and the address its radio was born with.
    Station(String, String),
    /// An access point, by its name and address.
    AccessPoint(String, String),
    /// A step of the story begins, by its line in the file.
    Step(usize),
    /// Something happens in the course of a step, in the words of a story's event.
    Happens(String),
    /// A program was started.
    Starts(String),
    /// macveil has said that it is ready.
    Ready,
    /// A station's interface carries this address, seen at the end of a check.
    Address(String, String),
    JudgeLooksAway,
    JudgeLooksAgain,
    /// A value worth telling, as in "memory 2400 kB".
    Measured(String),
    /// The last step is done.
    Over,
    /// Why the story failed.
    Failed(String),
    /// The story was played to its end and nothing is left of it.
    Played,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.at)?;
        match &self.fact {
            Fact::Station(name, address) => write!(f, "station {name} {address}"),
            Fact::AccessPoint(name, address) => write!(f, "access-point {name} {address}"),
            Fact::Step(line) => write!(f, "step {line}"),
            Fact::Happens(words) => write!(f, "happens {words}"),
            Fact::Starts(program) => write!(f, "starts {program}"),
            Fact::Ready => write!(f, "ready"),
            Fact::Address(name, address) => write!(f, "address {name} {address}"),
            Fact::JudgeLooksAway => write!(f, "judge-looks-away"),
            Fact::JudgeLooksAgain => write!(f, "judge-looks-again"),
            Fact::Measured(text) => write!(f, "measured {text}"),
            Fact::Over => write!(f, "over"),
            Fact::Failed(text) => write!(f, "failed {}", text.replace('\n', " ")),
            Fact::Played => write!(f, "played"),
        }
    }
}

impl FromStr for Entry {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let mut parts = line.splitn(3, ' ');
        let at = parts.next().and_then(|at| at.parse().ok());
        let (kind, text) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let pair = || {
            let (one, other) = text.split_once(' ').unwrap_or((text, ""));
            (one.to_owned(), other.to_owned())
        };
        let fact = match kind {
            "station" => Fact::Station(pair().0, pair().1),
            "access-point" => Fact::AccessPoint(pair().0, pair().1),
            "step" => Fact::Step(text.parse().map_err(|_| line.to_owned())?),
            "happens" => Fact::Happens(text.to_owned()),
            "starts" => Fact::Starts(text.to_owned()),
            "ready" => Fact::Ready,
            "address" => Fact::Address(pair().0, pair().1),
            "judge-looks-away" => Fact::JudgeLooksAway,
            "judge-looks-again" => Fact::JudgeLooksAgain,
            "measured" => Fact::Measured(text.to_owned()),
            "over" => Fact::Over,
            "failed" => Fact::Failed(text.to_owned()),
            "played" => Fact::Played,
            _ => return Err(line.to_owned()),
        };
        Ok(Self {
            at: at.ok_or(line)?,
            fact,
        })
    }
}
