//! Prints the result as text and JSON.

use std::fmt;
use std::process::ExitCode;

use rustix::io::Errno;
use serde::Serialize;

use crate::cli::failure::{CANNOT, NO};
use crate::platform::netlink::Adapter;
use crate::protocol::to_json;
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

    pub(super) fn to_json(&self) -> String {
        let now = self.now();
        let named = |address| named(&self.names, address);
        to_json(&Report {
            interface: &self.adapter.name,
            driver: self.adapter.driver.as_deref(),
            outcome: self.state(),
            requested: self.requested,
            old: named(self.adapter.link.address),
            new: now.map(|link| named(link.address)),
            permanent: self.adapter.permanent.map(named),
            up: now.map(|link| link.up),
            error: self.problem(),
            errno: self.errno().map(Errno::raw_os_error),
            restored: match &self.change {
                Change::Refused { now, .. } => Some(now.is_some_and(|(_, as_before)| as_before)),
                Change::TapRefused(_) => Some(true),
                Change::Unchanged | Change::Done(_) | Change::Ineffective(_) => None,
            },
        })
    }
}

#[derive(Serialize)]
struct Report<'a> {
    interface: &'a str,
    driver: Option<&'a str>,
    outcome: &'a str,
    requested: Mac,
    old: Named<'a>,
    new: Option<Named<'a>>,
    permanent: Option<Named<'a>>,
    up: Option<bool>,
    error: Option<String>,
    errno: Option<i32>,
    restored: Option<bool>,
}

#[derive(Serialize)]
struct Named<'a> {
    address: Mac,
    vendor: Option<&'a str>,
}

fn named(names: &VendorNames, address: Mac) -> Named<'_> {
    Named {
        address,
        vendor: names.vendor(address),
    }
}

impl fmt::Display for SetOutcome {
    /// Writes one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let describe = |address| self.names.describe(address);
        let old = self.adapter.link;
        f.write_str(&self.adapter.name)?;
        match &self.change {
            Change::Unchanged => write!(f, ": already has {}", describe(old.address))?,
            Change::Done(now) => {
                write!(
                    f,
                    ": {} -> {}",
                    describe(old.address),
                    describe(now.address)
                )?;
            }
            Change::Ineffective(now) => {
                write!(
                    f,
                    ": {} -> {}",
                    describe(old.address),
                    describe(now.address)
                )?;
                write!(f, ", not {}", self.requested)?;
            }
            Change::Refused { .. } | Change::TapRefused(_) => {
                write!(f, " was not changed to {}", self.requested)?;
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
            Change::TapRefused(_) => write!(f, "; it still has {}", describe(old.address)),
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

    pub(super) fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Report<'a> {
            interface: &'a str,
            driver: Option<&'a str>,
            current: Named<'a>,
            permanent: Option<Named<'a>>,
            up: bool,
        }
        let adapter = self.adapter;
        let named = |address| named(self.names, address);
        to_json(&Report {
            interface: &adapter.name,
            driver: adapter.driver.as_deref(),
            current: named(adapter.link.address),
            permanent: adapter.permanent.map(named),
            up: adapter.link.up,
        })
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
