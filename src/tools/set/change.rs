//! Changes an address and, if a step fails, restores the link. Independent of the kernel interface.

use crate::platform::netlink::TapError;
use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

/// Operations on one link. Each returns the state of the link afterwards.
pub(super) trait LinkControl {
    fn read(&mut self) -> Result<Link, KernelError>;
    fn set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError>;
    fn bring_up(&mut self) -> Result<Link, KernelError>;
}

/// The result of a change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The interface already had the address.
    Unchanged,
    /// The address is set.
    Done(Link),
    /// No error, but the link is in this state instead.
    Ineffective(Link),
    /// The kernel or the driver returned an error.
    Refused {
        refusal: KernelError,
        /// The link now, and whether it is as before; `None` if it cannot be read.
        now: Option<(Link, bool)>,
    },
    /// The owner of a TAP device cannot change it.
    TapRefused(TapError),
}

impl Change {
    /// The address of the link now, if it was read.
    pub(crate) fn address(&self) -> Option<Mac> {
        match self {
            Self::Done(now)
            | Self::Ineffective(now)
            | Self::Refused {
                now: Some((now, _)),
                ..
            } => Some(now.address),
            Self::Unchanged | Self::Refused { now: None, .. } | Self::TapRefused(_) => None,
        }
    }
}

/// Sets an address. A link that is up is taken down for it and brought up again.
pub(super) fn change(link: &mut impl LinkControl, before: Link, requested: Mac) -> Change {
    let how = if before.up {
        How::Cycle
    } else {
        How::WhileDown
    };
    match link.set_address(requested, how) {
        Ok(now) => compare(raised(link, before, now), before, requested),
        Err(refusal) => {
            // Some drivers return an error although the change succeeded.
            if let Some(now) = completed(link, before, requested) {
                return Change::Done(now);
            }
            restore(link, before);
            refused(link, before, refusal)
        }
    }
}

pub(super) fn compare(now: Link, before: Link, requested: Mac) -> Change {
    if now.address == requested && now.up == before.up {
        Change::Done(now)
    } else {
        Change::Ineffective(now)
    }
}

/// Brings the link up if it was up before.
fn raised(link: &mut impl LinkControl, before: Link, now: Link) -> Link {
    if before.up && !now.up {
        link.bring_up().unwrap_or(now)
    } else {
        now
    }
}

fn completed(link: &mut impl LinkControl, before: Link, requested: Mac) -> Option<Link> {
    let now = link.read().ok().filter(|now| now.address == requested)?;
    let now = raised(link, before, now);
    (compare(now, before, requested) == Change::Done(now)).then_some(now)
}

/// Restores the link as far as possible. Errors are ignored: the result is read afterwards.
fn restore(link: &mut impl LinkControl, before: Link) {
    let Ok(now) = link.read() else {
        return;
    };
    if now.address != before.address && !now.up {
        drop(link.set_address(before.address, How::WhileDown));
    }
    if before.up && !now.up {
        drop(link.bring_up());
    }
}

pub(super) fn refused(link: &mut impl LinkControl, before: Link, refusal: KernelError) -> Change {
    let now = link.read().ok();
    Change::Refused {
        refusal,
        now: now.map(|now| {
            let as_before = now.address == before.address && now.up == before.up;
            (now, as_before)
        }),
    }
}
