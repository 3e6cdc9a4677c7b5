//! The keys of `[device]`, which `[[interface]]` may say again.

use std::time::Duration;

use toml::de::DeValue;

use super::connection::mask;
use super::problem::Wrong;
use super::section::Section;
use super::value::{boolean, choice, text};
use macveil_core::address::{Mask, Sourced, parse_length};
use macveil_core::machine::{MaskMethod, OnExit, OnFailure, Settings};
use macveil_core::types::Words;

/// Every key.
pub(super) const KEYS: &[&str] = &[
    "scan-rand-mac-address",
    "scan-generate-mac-address-mask",
    "mask-method",
    "mask-lifetime",
    "on-failure",
    "on-exit",
];

/// A mask that leaves fewer bits to chance would soon repeat.
pub(crate) const SCAN_MASK_FREE_BITS: u32 = 16;

const METHODS: Words<MaskMethod> = &[
    ("auto", MaskMethod::Auto),
    ("driver", MaskMethod::Driver),
    ("powered", MaskMethod::Powered),
    ("bounce", MaskMethod::Bounce),
];
const ON_FAILURE: Words<OnFailure> = &[("closed", OnFailure::Closed), ("open", OnFailure::Open)];
const ON_EXIT: Words<OnExit> = &[("keep", OnExit::Keep), ("restore", OnExit::Restore)];

/// What a section says of a card: each key may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DeviceOptions {
    scan_random: Option<Sourced<bool>>,
    scan_mask: Option<Sourced<Option<Mask>>>,
    mask_method: Option<Sourced<MaskMethod>>,
    mask_lifetime: Option<Sourced<Duration>>,
    on_failure: Option<Sourced<OnFailure>>,
    on_exit: Option<Sourced<OnExit>>,
}

impl DeviceOptions {
    /// Takes the keys from a section.
    pub(super) fn take(section: &mut Section) -> Self {
        Self {
            scan_random: section.take("scan-rand-mac-address", boolean),
            scan_mask: section.take("scan-generate-mac-address-mask", scan_mask),
            mask_method: section.take("mask-method", choice(METHODS)),
            mask_lifetime: section.take("mask-lifetime", lifetime),
            on_failure: section.take("on-failure", choice(ON_FAILURE)),
            on_exit: section.take("on-exit", choice(ON_EXIT)),
        }
    }

    /// Takes from `other` what is not said here.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            scan_random: self.scan_random.or_else(|| other.scan_random.clone()),
            scan_mask: self.scan_mask.or_else(|| other.scan_mask.clone()),
            mask_method: self.mask_method.or_else(|| other.mask_method.clone()),
            mask_lifetime: self.mask_lifetime.or_else(|| other.mask_lifetime.clone()),
            on_failure: self.on_failure.or_else(|| other.on_failure.clone()),
            on_exit: self.on_exit.or_else(|| other.on_exit.clone()),
        }
    }

    pub(super) fn settings(&self) -> Settings {
        Settings {
            scan_random: said(self.scan_random.as_ref()).unwrap_or(true),
            mask_method: said(self.mask_method.as_ref()).unwrap_or(MaskMethod::Auto),
            mask_lifetime: said(self.mask_lifetime.as_ref()).unwrap_or(Duration::ZERO),
            on_failure: said(self.on_failure.as_ref()).unwrap_or(OnFailure::Closed),
            on_exit: said(self.on_exit.as_ref()).unwrap_or(OnExit::Keep),
        }
    }

    pub(super) fn scan_mask(&self) -> Option<Mask> {
        self.scan_mask.as_ref().and_then(|said| said.value.clone())
    }
}

fn said<T: Copy>(said: Option<&Sourced<T>>) -> Option<T> {
    said.map(|said| said.value)
}

fn lifetime(value: &DeValue) -> Result<Duration, Wrong> {
    parse_length(text(value)?)
        .map(Duration::from_secs)
        .map_err(Wrong::new)
}

fn scan_mask(value: &DeValue) -> Result<Option<Mask>, Wrong> {
    let mask = mask(value)?;
    match mask.as_ref().map(Mask::free_bits) {
        Some(free) if free < SCAN_MASK_FREE_BITS => Err(Wrong::new(format!(
            "this mask leaves {free} bits to chance; with fewer than {SCAN_MASK_FREE_BITS} the same addresses would soon come back",
        ))),
        _ => Ok(mask),
    }
}
