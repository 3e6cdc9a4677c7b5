//! In use under an address that is not the assigned one: a running connection is not broken.

use super::{Chance, Connected, Context, Setting, State};
use crate::machine::event::Link;
use crate::machine::notice::{Problem, Remark};
use crate::types::Mac;

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Unmanaged {
    address: Mac,
}

impl Unmanaged {
    /// It was so when macveil started, or got another configuration.
    pub(super) fn found(cx: &mut Context) -> State {
        cx.assigned = None;
        let no_address = cx.assign(Chance::New).err();
        let no_address = no_address.map(|error| error.to_string());
        Self::begin(cx, Problem::InUse { no_address })
    }

    /// Another program changed the address.
    pub(super) fn changed(cx: &mut Context) -> State {
        Self::begin(cx, Problem::ChangedInUse)
    }

    fn begin(cx: &mut Context, problem: Problem) -> State {
        cx.core.timer = None;
        cx.problem = Some(problem.clone());
        cx.remark(Remark::Unmanaged(problem));
        let address = cx.core.link.address;
        State::Unmanaged(Self { address })
    }

    pub(super) fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if !link.carrier {
            return Setting::begin(cx, Chance::New);
        }
        if link.address != self.address && cx.accepts(link.address) {
            return Connected::adopt(cx);
        }
        State::Unmanaged(self)
    }
}
