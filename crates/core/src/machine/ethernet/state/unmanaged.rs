//! In use under an address that is not the assigned one: a running connection is not broken.

use super::{Chance, Connected, Context, Setting, State};
use crate::machine::event::Link;
use crate::types::Mac;

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Unmanaged {
    address: Mac,
}

impl Unmanaged {
    /// It was so when macveil came, or got other settings.
    pub(super) fn found(cx: &mut Context) -> State {
        cx.assigned = None;
        let why = match cx.assign(Chance::Anew) {
            Ok(_) => "its address is not the assigned one".to_owned(),
            Err(unassignable) => unassignable.to_string(),
        };
        Self::begin(cx, &format!("in use already, and {why}"))
    }

    /// Somebody else changed the address.
    pub(super) fn changed(cx: &mut Context) -> State {
        Self::begin(cx, "another program changed the address of a link in use")
    }

    fn begin(cx: &mut Context, what: &str) -> State {
        cx.alarm = None;
        let why =
            format!("{what}: left alone until the cable is unplugged or the link is taken down");
        cx.trouble = Some(why.clone());
        cx.remark(why);
        let address = cx.link.address;
        State::Unmanaged(Self { address })
    }

    pub(super) fn heard(self, cx: &mut Context, link: Link) -> State {
        if !link.carrier {
            return Setting::begin(cx, Chance::Anew);
        }
        if link.address != self.address && cx.accepts(link.address) {
            return Connected::adopt(cx);
        }
        State::Unmanaged(self)
    }
}
