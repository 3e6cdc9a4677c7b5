//! The steps of a change, and the way back when one fails. Knows no particular kernel.

use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

/// What the kernel shows after a step.
pub(super) type Step = Result<Link, KernelError>;

/// What can be done to the link.
pub(super) trait Hands {
    fn read(&mut self) -> Step;
    fn set_address(&mut self, address: Mac, how: How) -> Step;
    fn bring_up(&mut self) -> Step;
}

/// How a change went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// There was nothing to do.
    Already,
    /// The address is on.
    Done(Link),
    /// Nothing was refused, and yet the link shows this.
    Otherwise(Link),
    /// The kernel or the driver said no.
    Refused {
        /// To what.
        refusal: KernelError,
        /// The link now, and whether it is as it was; `None` if it cannot even be read.
        now: Option<(Link, bool)>,
    },
    /// The owner's way into a TAP device is closed.
    NoWayIn(crate::platform::netlink::TapError),
}

impl Change {
    /// What the link shows now, if it was read.
    pub(super) fn address(&self) -> Option<Mac> {
        match self {
            Self::Done(now)
            | Self::Otherwise(now)
            | Self::Refused {
                now: Some((now, _)),
                ..
            } => Some(now.address),
            Self::Already | Self::Refused { now: None, .. } | Self::NoWayIn(_) => None,
        }
    }
}

/// Puts an address on a link. If it was up, it goes down before and comes up again.
pub(super) fn change(hands: &mut impl Hands, before: Link, wished: Mac) -> Change {
    let how = if before.up {
        How::Cycle
    } else {
        How::WhileDown
    };
    match hands.set_address(wished, how) {
        Ok(now) => judge(raised(hands, before, now), before, wished),
        Err(refusal) => {
            // Some drivers say no and mean yes.
            if let Some(now) = completed(hands, before, wished) {
                return Change::Done(now);
            }
            restore(hands, before);
            refused(hands, before, refusal)
        }
    }
}

pub(super) fn judge(now: Link, before: Link, wished: Mac) -> Change {
    if now.address == wished && now.up == before.up {
        Change::Done(now)
    } else {
        Change::Otherwise(now)
    }
}

/// Up, if that is how it was.
fn raised(hands: &mut impl Hands, before: Link, now: Link) -> Link {
    if before.up && !now.up {
        hands.bring_up().unwrap_or(now)
    } else {
        now
    }
}

fn completed(hands: &mut impl Hands, before: Link, wished: Mac) -> Option<Link> {
    let now = hands.read().ok().filter(|now| now.address == wished)?;
    let now = raised(hands, before, now);
    (judge(now, before, wished) == Change::Done(now)).then_some(now)
}

/// As far as possible: what fails here is seen in what the link shows.
fn restore(hands: &mut impl Hands, before: Link) {
    let Ok(now) = hands.read() else {
        return;
    };
    if now.address != before.address && !now.up {
        drop(hands.set_address(before.address, How::WhileDown));
    }
    if before.up && !now.up {
        drop(hands.bring_up());
    }
}

pub(super) fn refused(hands: &mut impl Hands, before: Link, refusal: KernelError) -> Change {
    let now = hands.read().ok();
    Change::Refused {
        refusal,
        now: now.map(|now| {
            let as_before = now.address == before.address && now.up == before.up;
            (now, as_before)
        }),
    }
}
