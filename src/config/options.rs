//! Options for addresses and devices: the keys of `[connection]`, also valid in `[[interface]]` and
//! `[[network]]`, and those of `[device]`, also valid in `[[interface]]`.

use std::time::Duration;

use toml::de::DeValue;

use super::problem::Wrong;
use super::section::Section;
use super::value::{boolean, choice, did_you_mean, parsed, text};
use macveil_core::address::{
    Binding, ConnectionOptions, Mask, NmVersion, ParsePolicyError, Policy, Slap, Sourced, StableId,
    parse_length,
};
use macveil_core::machine::{MaskMethod, OnExit, OnFailure, Settings};
use macveil_core::types::Words;

/// The keys of `[connection]`.
pub(super) const CONNECTION_KEYS: &[&str] = &[
    "cloned-mac-address",
    "stable-id",
    "stable-id-version",
    "generate-mac-address-mask",
    "stable-binding",
    "stable-security",
    "slap",
    "rotate",
];

/// Takes the keys of `[connection]` from a section.
pub(super) fn take_connection(section: &mut Section) -> ConnectionOptions {
    if section.has_any(&["stable-id-version"]) && !section.has_any(&["stable-id"]) {
        section.report_header(Wrong::new(
            "stable-id-version has no effect without stable-id",
        ));
    }
    let version = section.take("stable-id-version", parsed::<NmVersion>);
    ConnectionOptions {
        policy: section.take("cloned-mac-address", policy),
        stable_id: section.take("stable-id", |value| match &version {
            None => parsed(value),
            Some(version) => {
                StableId::of_network_manager(text(value)?, version.value).map_err(Wrong::new)
            }
        }),
        mask: section.take("generate-mac-address-mask", mask),
        binding: section.take("stable-binding", choice(Binding::WORDS)),
        by_security: section.take("stable-security", boolean),
        slap: section.take("slap", choice(Slap::WORDS)),
        rotate: section.take("rotate", rotate),
        uuid: None,
    }
}

fn policy(value: &DeValue) -> Result<Policy, Wrong> {
    let text = text(value)?;
    text.parse().map_err(|error| match error {
        ParsePolicyError::Unknown(_) => {
            let words = Policy::WORDS.iter().map(|&(word, _)| word);
            Wrong::new(error).hint(did_you_mean(text, words))
        }
        ParsePolicyError::Unusable(_) => Wrong::new(error),
    })
}

/// Maximum age of an address such as `24h`, or `never`.
fn rotate(value: &DeValue) -> Result<Option<Duration>, Wrong> {
    match text(value)? {
        "never" => Ok(None),
        text => match parse_length(text).map_err(Wrong::new)? {
            0 => Err(Wrong::new(
                "expected `never` or a duration of at least one second",
            )),
            seconds => Ok(Some(Duration::from_secs(seconds))),
        },
    }
}

/// A mask; `None` for an empty string.
fn mask(value: &DeValue) -> Result<Option<Mask>, Wrong> {
    match text(value)? {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(Wrong::new),
    }
}

/// The keys of `[device]`.
pub(super) const DEVICE_KEYS: &[&str] = &[
    "scan-rand-mac-address",
    "scan-generate-mac-address-mask",
    "mask-method",
    "mask-lifetime",
    "on-failure",
    "on-exit",
    "hotspot",
];

/// Minimum number of free bits in a scan mask: with fewer, addresses soon repeat.
pub(crate) const MIN_SCAN_MASK_FREE_BITS: u32 = 16;

const METHODS: Words<MaskMethod> = &[
    ("auto", MaskMethod::Auto),
    ("driver", MaskMethod::Driver),
    ("powered", MaskMethod::Powered),
    ("bounce", MaskMethod::Bounce),
];
const ON_FAILURE: Words<OnFailure> = &[("closed", OnFailure::Closed), ("open", OnFailure::Open)];
const ON_EXIT: Words<OnExit> = &[("keep", OnExit::Keep), ("restore", OnExit::Restore)];

/// The device options of one section; every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DeviceOptions {
    scan_random: Option<Sourced<bool>>,
    scan_mask: Option<Sourced<Option<Mask>>>,
    mask_method: Option<Sourced<MaskMethod>>,
    mask_lifetime: Option<Sourced<Duration>>,
    on_failure: Option<Sourced<OnFailure>>,
    on_exit: Option<Sourced<OnExit>>,
    hotspot: Option<Sourced<Policy>>,
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
            hotspot: section.take("hotspot", policy),
        }
    }

    /// Fills options that are not set here from `other`.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            scan_random: self.scan_random.or_else(|| other.scan_random.clone()),
            scan_mask: self.scan_mask.or_else(|| other.scan_mask.clone()),
            mask_method: self.mask_method.or_else(|| other.mask_method.clone()),
            mask_lifetime: self.mask_lifetime.or_else(|| other.mask_lifetime.clone()),
            on_failure: self.on_failure.or_else(|| other.on_failure.clone()),
            on_exit: self.on_exit.or_else(|| other.on_exit.clone()),
            hotspot: self.hotspot.or_else(|| other.hotspot.clone()),
        }
    }

    pub(super) fn settings(&self, others_connect: bool) -> Settings {
        let unset = Settings::default();
        Settings {
            others_connect,
            scan_random: value(self.scan_random.as_ref()).unwrap_or(unset.scan_random),
            mask_method: value(self.mask_method.as_ref()).unwrap_or(unset.mask_method),
            mask_lifetime: value(self.mask_lifetime.as_ref()).unwrap_or(unset.mask_lifetime),
            on_failure: value(self.on_failure.as_ref()).unwrap_or(unset.on_failure),
            on_exit: value(self.on_exit.as_ref()).unwrap_or(unset.on_exit),
        }
    }

    pub(super) fn hotspot(&self) -> Policy {
        value(self.hotspot.as_ref()).unwrap_or(Policy::Random)
    }

    pub(super) fn scan_mask(&self) -> Option<Mask> {
        self.scan_mask.as_ref().and_then(|mask| mask.value.clone())
    }
}

fn value<T: Copy>(option: Option<&Sourced<T>>) -> Option<T> {
    option.map(|option| option.value)
}

fn lifetime(value: &DeValue) -> Result<Duration, Wrong> {
    parse_length(text(value)?)
        .map(Duration::from_secs)
        .map_err(Wrong::new)
}

fn scan_mask(value: &DeValue) -> Result<Option<Mask>, Wrong> {
    let mask = mask(value)?;
    match mask.as_ref().map(Mask::free_bits) {
        Some(free) if free < MIN_SCAN_MASK_FREE_BITS => Err(Wrong::new(format!(
            "this mask has {free} free bits: at least {MIN_SCAN_MASK_FREE_BITS} are required, because addresses would soon repeat",
        ))),
        _ => Ok(mask),
    }
}
