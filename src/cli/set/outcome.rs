//! What happened, for people and for programs.

use std::fmt;
use std::process::ExitCode;

use rustix::io::Errno;

use super::change::Change;
use super::vendors::Names;
use super::with_causes;
use crate::cli::failure::{CANNOT, Failure, NO};
use crate::json::Json;
use crate::platform::netlink::Adapter;
use macveil_core::machine::{Link, RemedyContext, remedy};
use macveil_core::types::Mac;

/// A change and all that is to be said of it.
pub(super) struct Outcome {
    /// As it was before.
    pub(super) adapter: Adapter,
    pub(super) wished: Mac,
    pub(super) change: Change,
    pub(super) names: Names,
}

impl Outcome {
    pub(super) fn exit_code(&self) -> ExitCode {
        match &self.change {
            Change::Already | Change::Done(_) => ExitCode::SUCCESS,
            Change::Otherwise(_) => ExitCode::from(NO),
            Change::Refused { .. } | Change::NoWayIn(_) => ExitCode::from(CANNOT),
        }
    }

    pub(super) const fn is_failure(&self) -> bool {
        matches!(self.change, Change::Refused { .. } | Change::NoWayIn(_))
    }

    /// The link as it is now, if it can be read.
    fn now(&self) -> Option<Link> {
        match &self.change {
            Change::Already | Change::NoWayIn(_) => Some(self.adapter.link),
            Change::Done(link) | Change::Otherwise(link) => Some(*link),
            Change::Refused { now, .. } => now.map(|(link, _)| link),
        }
    }

    fn driver(&self) -> String {
        match &self.adapter.driver {
            Some(driver) => format!("the driver {driver}"),
            None => "the driver".to_owned(),
        }
    }

    /// What went wrong, and what to do; `None` if nothing.
    fn problem(&self) -> Option<String> {
        let wished = self.wished;
        match &self.change {
            Change::Already | Change::Done(_) => None,
            Change::Otherwise(now) if now.address == wished => Some(format!(
                "the address is on, but the link is {}: `ip link set {} {}`",
                direction(now.up),
                self.adapter.name,
                direction(!now.up),
            )),
            Change::Otherwise(_) => Some(format!(
                "{} agreed to {wished} and shows another address: it does not change addresses, or undoes it when the link comes up",
                self.driver()
            )),
            Change::Refused { refusal, .. } => {
                let remedy = remedy(refusal.errno, RemedyContext::SetCommand);
                let driver = self.driver();
                Some(format!("{driver}: cannot {refusal}. To do: {remedy}"))
            }
            Change::NoWayIn(error) => Some(error.to_string()),
        }
    }

    fn state(&self) -> &'static str {
        match &self.change {
            Change::Already => "already",
            Change::Done(_) => "set",
            Change::Otherwise(_) => "otherwise",
            Change::Refused { .. } | Change::NoWayIn(_) => "failed",
        }
    }

    fn errno(&self) -> Option<Errno> {
        match &self.change {
            Change::Already | Change::Done(_) | Change::Otherwise(_) => None,
            Change::Refused { refusal, .. } => refusal.errno,
            Change::NoWayIn(error) => error.errno(),
        }
    }

    pub(super) fn to_json(&self) -> Json {
        let now = self.now();
        let errno = self
            .errno()
            .map(|errno| u64::from(errno.raw_os_error().unsigned_abs()));
        let restored = match &self.change {
            Change::Refused { now, .. } => Json::Bool(now.is_some_and(|(_, as_before)| as_before)),
            Change::NoWayIn(_) => Json::Bool(true),
            Change::Already | Change::Done(_) | Change::Otherwise(_) => Json::Null,
        };
        let mut entries = vec![
            ("interface", Json::text(&self.adapter.name)),
            ("driver", Json::optional(self.adapter.driver.as_ref())),
            ("outcome", Json::text(self.state())),
            ("wished", Json::text(self.wished)),
            ("old", self.json_address(Some(self.adapter.link.address))),
            ("new", self.json_address(now.map(|link| link.address))),
            ("permanent", self.json_address(self.adapter.permanent)),
            ("up", now.map_or(Json::Null, |link| Json::Bool(link.up))),
        ];
        entries.extend([
            ("error", Json::optional(self.problem())),
            ("errno", errno.map_or(Json::Null, Json::Number)),
            ("restored", restored),
        ]);
        Json::Object(entries)
    }

    fn json_address(&self, address: Option<Mac>) -> Json {
        self.names.to_json(address)
    }
}

impl Names {
    fn to_json(&self, address: Option<Mac>) -> Json {
        address.map_or(Json::Null, |address| {
            Json::Object(vec![
                ("address", Json::text(address)),
                ("vendor", Json::optional(self.vendor(address))),
            ])
        })
    }
}

impl fmt::Display for Outcome {
    /// One line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let describe = |address| self.names.describe(address);
        let old = self.adapter.link;
        write!(f, "{}: ", self.adapter.name)?;
        match &self.change {
            Change::Already => write!(f, "has {} already", describe(old.address))?,
            Change::Done(now) => {
                write!(f, "{} -> {}", describe(old.address), describe(now.address))?;
            }
            Change::Otherwise(now) => {
                write!(f, "{} -> {}", describe(old.address), describe(now.address))?;
                write!(f, ", not {}", self.wished)?;
            }
            Change::Refused { .. } | Change::NoWayIn(_) => {
                write!(f, "not changed to {}", self.wished)?;
            }
        }
        if let Some(permanent) = self.adapter.permanent {
            write!(f, "; permanent {}", describe(permanent))?;
        }
        if let Some(problem) = self.problem() {
            write!(f, ": {problem}")?;
        }
        match &self.change {
            Change::Refused { now, .. } => self.say_what_is_left(f, *now),
            Change::NoWayIn(_) => write!(f, "; it still has {}", describe(old.address)),
            Change::Already | Change::Done(_) | Change::Otherwise(_) => Ok(()),
        }
    }
}

impl Outcome {
    fn say_what_is_left(
        &self,
        f: &mut fmt::Formatter<'_>,
        now: Option<(Link, bool)>,
    ) -> fmt::Result {
        match now {
            Some((link, true)) => write!(
                f,
                "; the link is {} with {}, as before",
                direction(link.up),
                link.address
            ),
            Some((link, false)) => write!(
                f,
                "; the link is now {} with {}, and could not be put back to {} with {}",
                direction(link.up),
                link.address,
                direction(self.adapter.link.up),
                self.adapter.link.address
            ),
            None => f.write_str("; the link cannot be read any more"),
        }
    }
}

const fn direction(up: bool) -> &'static str {
    if up { "up" } else { "down" }
}

/// What an interface has.
pub(super) struct Shown<'a> {
    adapter: &'a Adapter,
    names: &'a Names,
}

impl<'a> Shown<'a> {
    pub(super) const fn of(adapter: &'a Adapter, names: &'a Names) -> Self {
        Self { adapter, names }
    }

    pub(super) fn to_json(&self) -> Json {
        let adapter = self.adapter;
        let current = adapter.link.address;
        Json::Object(vec![
            ("interface", Json::text(&adapter.name)),
            ("driver", Json::optional(adapter.driver.as_ref())),
            ("current", self.names.to_json(Some(current))),
            ("permanent", self.names.to_json(adapter.permanent)),
            ("up", Json::Bool(adapter.link.up)),
        ])
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.names.describe(self.adapter.link.address);
        writeln!(f, "current    {current}")?;
        match self.adapter.permanent {
            Some(permanent) => write!(f, "permanent  {}", self.names.describe(permanent)),
            None => f.write_str("permanent  unknown to the driver"),
        }
    }
}

/// What there is to say where nothing was tried.
pub(super) fn failed(interface: Option<&str>, failure: &Failure) -> Json {
    Json::Object(vec![
        ("interface", Json::optional(interface)),
        ("outcome", Json::text("failed")),
        ("error", Json::Text(with_causes(failure))),
    ])
}
