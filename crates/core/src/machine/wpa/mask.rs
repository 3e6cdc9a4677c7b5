//! The mask on the interface, and how masks are changed.

use std::time::Duration;

use crate::machine::action::How;
use crate::machine::settings::{Card, MaskMethod};
use crate::machine::{Method, Time};
use crate::types::Mac;

#[derive(Debug)]
pub(super) struct MaskState {
    /// The mask on the interface, if it has one.
    pub(super) current: Option<Mask>,
    /// The last mask that was drawn.
    pub(super) previous: Option<Mac>,
    /// How masks are changed. A worse method replaces it where the driver fails.
    pub(super) method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) address: Mac,
    since: Time,
    /// A scan of macveil used it.
    scanned: bool,
    /// Another program used it.
    exposed: bool,
}

impl MaskState {
    pub(super) const fn new(method: Method) -> Self {
        Self {
            current: None,
            previous: None,
            method,
        }
    }

    pub(super) const fn set(&mut self, address: Mac, since: Time) {
        self.current = Some(Mask {
            address,
            since,
            scanned: false,
            exposed: false,
        });
    }

    pub(super) fn is(&self, address: Mac) -> bool {
        self.current.is_some_and(|mask| mask.address == address)
    }

    pub(super) fn is_spent(&self, now: Time, lifetime: Duration) -> bool {
        self.current.is_none_or(|mask| {
            let age = now.saturating_sub(mask.since);
            mask.exposed || (mask.scanned && age >= lifetime)
        })
    }

    pub(super) fn is_exposed(&self) -> bool {
        self.current.is_some_and(|mask| mask.exposed)
    }

    pub(super) const fn expose(&mut self) {
        if let Some(mask) = &mut self.current {
            mask.exposed = true;
        }
    }

    pub(super) const fn scanned(&mut self) {
        if let Some(mask) = &mut self.current {
            mask.scanned = true;
        }
    }
}

/// The best method that the configuration allows and the driver supports.
pub(super) const fn best_method(wanted: MaskMethod, card: &Card) -> Method {
    match wanted {
        MaskMethod::Auto | MaskMethod::Driver if card.random_address => Method::Driver,
        MaskMethod::Auto | MaskMethod::Powered if card.live_change => Method::Powered,
        MaskMethod::Auto | MaskMethod::Driver | MaskMethod::Powered | MaskMethod::Bounce => {
            Method::Bounce
        }
    }
}

/// The configured method, if the driver does not support it.
pub(super) const fn unavailable_method(wanted: MaskMethod, card: &Card) -> Option<Method> {
    match wanted {
        MaskMethod::Driver if !card.random_address => Some(Method::Driver),
        MaskMethod::Powered if !card.live_change => Some(Method::Powered),
        MaskMethod::Auto | MaskMethod::Driver | MaskMethod::Powered | MaskMethod::Bounce => None,
    }
}

impl Method {
    /// How this method changes a mask.
    pub(super) const fn how(self) -> How {
        match self {
            Self::Powered => How::Live,
            Self::Driver | Self::Bounce => How::Cycle,
        }
    }
}
