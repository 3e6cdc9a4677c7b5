//! Changes the address of a TAP device as its owner, without privileges. The link stays up or down.

use super::change::{Change, LinkControl, compare, refused};
use crate::platform::netlink::{Adapter, set_tap_address};
use macveil_core::types::Mac;

pub(super) fn change(link: &mut impl LinkControl, adapter: &Adapter, requested: Mac) -> Change {
    if let Err(error) = set_tap_address(adapter, requested) {
        return Change::TapRefused(error);
    }
    match link.read() {
        Ok(now) => compare(now, adapter.link, requested),
        Err(refusal) => refused(link, adapter.link, refusal),
    }
}
