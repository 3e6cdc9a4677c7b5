//! A TAP device's owner changes its address without privilege; the link is left up or down as it is.

use super::change::{Change, Hands, judge, refused};
use crate::platform::netlink::{Adapter, set_tap_address};
use macveil_core::types::Mac;

pub(super) fn change(hands: &mut impl Hands, adapter: &Adapter, wished: Mac) -> Change {
    if let Err(error) = set_tap_address(adapter, wished) {
        return Change::NoWayIn(error);
    }
    match hands.read() {
        Ok(now) => judge(now, adapter.link, wished),
        Err(refusal) => refused(hands, adapter.link, refusal),
    }
}
