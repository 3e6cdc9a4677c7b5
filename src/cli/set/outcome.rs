//! Prints the result as text and JSON.

use std::fmt;
use std::process::ExitCode;

use rustix::io::Errno;

use crate::cli::failure::{CANNOT, Failure, NO, with_causes};
use crate::json::Json;
use crate::platform::netlink::Adapter;
use crate::tools::set::{Change, VendorNames};
use macveil_core::machine::{Link, RemedyContext, remedy};
use macveil_core::types::Mac;

/// A change with its context.
pub(super) struct SetOutcome {
    /// The state before.
    pub(super) adapter: Adapter,
    pub(super) requested: Mac,
    pub(super) change: Change,
    pub(super) names: VendorNames,
}

impl SetOutcome {
    pub(super) fn exit_code(&self) -> ExitCode {
        match &self.change {
            Change::Unchanged | Change::Done(_) => ExitCode::SUCCESS,
            Change::Ineffective(_) => ExitCode::from(NO),
            Change::Refused { .. } | Change::TapRefused(_) => ExitCode::from(CANNOT),
        }
    }

    pub(super) const fn is_failure(&self) -> bool {
        matches!(self.change, Change::Refused { .. } | Change::TapRefused(_))
    }

    /// The state of the link now, if it can be read.
    fn now(&self) -> Option<Link> {
        match &self.change {
            Change::Unchanged | Change::TapRefused(_) => Some(self.adapter.link),
            Change::Done(link) | Change::Ineffective(link) => Some(*link),
            Change::Refused { now, .. } => now.map(|(link, _)| link),
        }
    }

    fn driver(&self) -> String {
        match &self.adapter.driver {
            Some(driver) => format!("the driver {driver}"),
            None => "the driver".to_owned(),
        }
    }

    /// The problem with its remedy, if any.
    fn problem(&self) -> Option<String> {
        let requested = self.requested;
        match &self.change {
            Change::Unchanged | Change::Done(_) => None,
            Change::Ineffective(now) if now.address == requested => Some(format!(
                "the address is set, but the link is {}: `ip link set {} {}`",
                direction(now.up),
                self.adapter.name,
                direction(!now.up),
            )),
            Change::Ineffective(_) => Some(format!(
                "{} accepted {requested}, but the interface shows another address: the driver ignores or reverts the change",
                self.driver()
            )),
            Change::Refused { refusal, .. } => {
                let remedy = remedy(refusal.errno, RemedyContext::SetCommand);
                let driver = self.driver();
                Some(format!("{driver}: cannot {refusal}. To do: {remedy}"))
            }
            Change::TapRefused(error) => Some(error.to_string()),
        }
    }

    fn state(&self) -> &'static str {
        match &self.change {
            Change::Unchanged => "unchanged",
            Change::Done(_) => "set",
            Change::Ineffective(_) => "ineffective",
            Change::Refused { .. } | Change::TapRefused(_) => "failed",
        }
    }

    fn errno(&self) -> Option<Errno> {
        match &self.change {
            Change::Unchanged | Change::Done(_) | Change::Ineffective(_) => None,
            Change::Refused { refusal, .. } => refusal.errno,
            Change::TapRefused(error) => error.errno(),
        }
    }

    pub(super) fn to_json(&self) -> Json {
        let now = self.now();
        let errno = self
            .errno()
            .map(|errno| u64::from(errno.raw_os_error().unsigned_abs()));
        let restored = match &self.change {
            Change::Refused { now, .. } => Json::Bool(now.is_some_and(|(_, as_before)| as_before)),
            Change::TapRefused(_) => Json::Bool(true),
            Change::Unchanged | Change::Done(_) | Change::Ineffective(_) => Json::Null,
        };
        let mut entries = vec![
            ("interface", Json::text(&self.adapter.name)),
            ("driver", Json::optional(self.adapter.driver.as_ref())),
            ("outcome", Json::text(self.state())),
            ("requested", Json::text(self.requested)),
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
        to_json(&self.names, address)
    }
}

fn to_json(names: &VendorNames, address: Option<Mac>) -> Json {
    address.map_or(Json::Null, |address| {
        Json::Object(vec![
            ("address", Json::text(address)),
            ("vendor", Json::optional(names.vendor(address))),
        ])
    })
}

impl fmt::Display for SetOutcome {
    /// Writes one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let describe = |address| self.names.describe(address);
        let old = self.adapter.link;
        write!(f, "{}: ", self.adapter.name)?;
        match &self.change {
            Change::Unchanged => write!(f, "already has {}", describe(old.address))?,
            Change::Done(now) => {
                write!(f, "{} -> {}", describe(old.address), describe(now.address))?;
            }
            Change::Ineffective(now) => {
                write!(f, "{} -> {}", describe(old.address), describe(now.address))?;
                write!(f, ", not {}", self.requested)?;
            }
            Change::Refused { .. } | Change::TapRefused(_) => {
                write!(f, "not changed to {}", self.requested)?;
            }
        }
        if let Some(permanent) = self.adapter.permanent {
            write!(f, "; permanent {}", describe(permanent))?;
        }
        if let Some(problem) = self.problem() {
            write!(f, ": {problem}")?;
        }
        match &self.change {
            Change::Refused { now, .. } => self.write_state(f, *now),
            Change::TapRefused(_) => write!(f, "; the address is still {}", describe(old.address)),
            Change::Unchanged | Change::Done(_) | Change::Ineffective(_) => Ok(()),
        }
    }
}

impl SetOutcome {
    fn write_state(&self, f: &mut fmt::Formatter<'_>, now: Option<(Link, bool)>) -> fmt::Result {
        match now {
            Some((link, true)) => write!(
                f,
                "; the link is {} with {}, as before",
                direction(link.up),
                link.address
            ),
            Some((link, false)) => write!(
                f,
                "; the link is now {} with {} and could not be restored to {} with {}",
                direction(link.up),
                link.address,
                direction(self.adapter.link.up),
                self.adapter.link.address
            ),
            None => f.write_str("; the link can no longer be read"),
        }
    }
}

const fn direction(up: bool) -> &'static str {
    if up { "up" } else { "down" }
}

/// The addresses of an interface.
pub(super) struct Shown<'a> {
    adapter: &'a Adapter,
    names: &'a VendorNames,
}

impl<'a> Shown<'a> {
    pub(super) const fn of(adapter: &'a Adapter, names: &'a VendorNames) -> Self {
        Self { adapter, names }
    }

    pub(super) fn to_json(&self) -> Json {
        let adapter = self.adapter;
        let current = adapter.link.address;
        Json::Object(vec![
            ("interface", Json::text(&adapter.name)),
            ("driver", Json::optional(adapter.driver.as_ref())),
            ("current", to_json(self.names, Some(current))),
            ("permanent", to_json(self.names, adapter.permanent)),
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
            None => f.write_str("permanent  not reported by the driver"),
        }
    }
}

/// The JSON for a failure before any change.
pub(super) fn failed(interface: Option<&str>, failure: &Failure) -> Json {
    Json::Object(vec![
        ("interface", Json::optional(interface)),
        ("outcome", Json::text("failed")),
        ("error", Json::Text(with_causes(failure))),
    ])
}
