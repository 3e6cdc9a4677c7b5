//! The keys of `[connection]`, which `[[interface]]` and `[[network]]` may say again.

use std::time::Duration;

use toml::de::DeValue;

use super::problem::Wrong;
use super::section::Section;
use super::value::{boolean, choice, did_you_mean, parsed, text};
use macveil_core::address::{
    Binding, ConnectionOptions, Mask, NmVersion, ParsePolicyError, Policy, Slap, StableId,
    parse_length,
};

/// Every key.
pub(super) const KEYS: &[&str] = &[
    "cloned-mac-address",
    "stable-id",
    "stable-id-version",
    "generate-mac-address-mask",
    "stable-binding",
    "stable-security",
    "slap",
    "rotate",
];

/// Takes the keys from a section.
pub(super) fn take(section: &mut Section) -> ConnectionOptions {
    if section.has_any(&["stable-id-version"]) && !section.has_any(&["stable-id"]) {
        section.complain_of_header(Wrong::new(
            "stable-id-version says how the stable-id beside it is meant, and there is none",
        ));
    }
    let version = section.take("stable-id-version", parsed::<NmVersion>);
    ConnectionOptions {
        policy: section.take("cloned-mac-address", policy),
        stable_id: section.take("stable-id", |value| match &version {
            None => parsed(value),
            Some(said) => {
                StableId::of_network_manager(text(value)?, said.value).map_err(Wrong::new)
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
            Wrong::new(error).meant(did_you_mean(text, words))
        }
        ParsePolicyError::Unusable(_) => Wrong::new(error),
    })
}

/// How long an address may serve: `24h`, or `never` for one that is not changed.
fn rotate(value: &DeValue) -> Result<Option<Duration>, Wrong> {
    match text(value)? {
        "never" => Ok(None),
        text => match parse_length(text).map_err(Wrong::new)? {
            0 => Err(Wrong::new(
                "`never` is meant, or a time of at least a second",
            )),
            seconds => Ok(Some(Duration::from_secs(seconds))),
        },
    }
}

/// A mask; an empty text is none.
pub(super) fn mask(value: &DeValue) -> Result<Option<Mask>, Wrong> {
    match text(value)? {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(Wrong::new),
    }
}
