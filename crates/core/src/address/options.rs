//! What the user says of addresses, where they said it, and which of it holds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::network::{Matched, NetworkFacts, NetworkMatch};
use super::stable_id::StableId;
use super::{Binding, Mask, Policy, Slap};

/// Something that was said, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// What was said.
    pub value: T,
    /// Where.
    pub origin: Origin,
}

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said it.
    BuiltIn,
    /// By a command's arguments.
    Arguments,
    /// In a file.
    Line {
        /// Its path.
        file: Arc<str>,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
    },
}

impl<T> Sourced<T> {
    /// What holds if nobody says anything.
    pub const fn built_in(value: T) -> Self {
        Self {
            value,
            origin: Origin::BuiltIn,
        }
    }
}

impl<T> Sourced<Option<T>> {
    fn unless_taken_back(self) -> Option<Sourced<T>> {
        let Self { value, origin } = self;
        value.map(|value| Sourced { value, origin })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("the built-in default"),
            Self::Arguments => f.write_str("the arguments"),
            Self::Line { file, line, .. } => write!(f, "{file}:{line}"),
        }
    }
}

/// What one section of the configuration says of addresses: each key may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConnectionOptions {
    /// `cloned-mac-address`.
    pub policy: Option<Sourced<Policy>>,
    /// `stable-id`.
    pub stable_id: Option<Sourced<StableId>>,
    /// `generate-mac-address-mask`; an empty one says that there is to be none.
    pub mask: Option<Sourced<Option<Mask>>>,
    /// `stable-binding`.
    pub binding: Option<Sourced<Binding>>,
    /// `stable-security`.
    pub by_security: Option<Sourced<bool>>,
    /// `slap`.
    pub slap: Option<Sourced<Slap>>,
    /// `rotate`: how long a stable address may serve; `None` in it: for good.
    pub rotate: Option<Sourced<Option<Duration>>>,
    /// `uuid`, which stands for the connection: a network's, or an interface's on a wire.
    pub uuid: Option<Sourced<String>>,
}

/// A `[[network]]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkRule {
    /// Which networks it is about.
    pub about: NetworkMatch,
    /// What it says of them.
    pub options: ConnectionOptions,
    /// Where it begins.
    pub origin: Origin,
}

/// What holds for one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedPolicy {
    /// `cloned-mac-address`.
    pub policy: Sourced<Policy>,
    /// `stable-id`.
    pub stable_id: Option<Sourced<StableId>>,
    /// `generate-mac-address-mask`.
    pub mask: Option<Sourced<Mask>>,
    /// `stable-binding`.
    pub binding: Sourced<Binding>,
    /// `stable-security`.
    pub by_security: Sourced<bool>,
    /// `slap`.
    pub slap: Sourced<Slap>,
    /// `rotate`.
    pub rotate: Option<Sourced<Duration>>,
    /// `uuid`.
    pub uuid: Option<Sourced<String>>,
}

impl ResolvedPolicy {
    /// How long the address may serve, if it is one that can be renewed.
    #[must_use]
    pub fn rotates(&self) -> Option<Duration> {
        let every = self.rotate.as_ref().map(|said| said.value);
        every.filter(|_| matches!(self.policy.value, Policy::Stable | Policy::StableSsid))
    }
}

/// Whether a rule holds hangs on something that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undetermined {
    pub(super) fact: &'static str,
    pub(super) origin: Origin,
}

impl ConnectionOptions {
    /// Takes from `other` what is not said here.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            policy: self.policy.or_else(|| other.policy.clone()),
            stable_id: self.stable_id.or_else(|| other.stable_id.clone()),
            mask: self.mask.or_else(|| other.mask.clone()),
            binding: self.binding.or_else(|| other.binding.clone()),
            by_security: self.by_security.or_else(|| other.by_security.clone()),
            slap: self.slap.or_else(|| other.slap.clone()),
            rotate: self.rotate.or_else(|| other.rotate.clone()),
            uuid: self.uuid.or_else(|| other.uuid.clone()),
        }
    }

    /// Fills the rest with what holds if nobody says anything.
    fn settle(self) -> ResolvedPolicy {
        ResolvedPolicy {
            policy: self.policy.unwrap_or(Sourced::built_in(Policy::StableSsid)),
            stable_id: self.stable_id,
            mask: self.mask.and_then(Sourced::unless_taken_back),
            binding: self
                .binding
                .unwrap_or(Sourced::built_in(Binding::default())),
            by_security: self.by_security.unwrap_or(Sourced::built_in(false)),
            slap: self.slap.unwrap_or(Sourced::built_in(Slap::default())),
            rotate: self.rotate.and_then(Sourced::unless_taken_back),
            uuid: self.uuid,
        }
    }
}

/// What holds for a network: each key as the first rule about it says, or else as `defaults` do.
pub(super) fn choose(
    rules: &[NetworkRule],
    defaults: &ConnectionOptions,
    network: &NetworkFacts,
) -> Result<ResolvedPolicy, Undetermined> {
    let mut options = ConnectionOptions::default();
    for rule in rules {
        match rule.about.matches(network) {
            Matched::Yes => options = options.or(&rule.options),
            Matched::No => {}
            Matched::Unknown(fact) => {
                return Err(Undetermined {
                    fact,
                    origin: rule.origin.clone(),
                });
            }
        }
    }
    Ok(options.or(defaults).settle())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_as_a_person_finds_it() {
        let line = Origin::Line {
            file: "macveil.toml".into(),
            line: 3,
            column: 5,
        };
        assert_eq!(line.to_string(), "macveil.toml:3");
        assert_eq!(Origin::BuiltIn.to_string(), "the built-in default");
        assert_eq!(Origin::Arguments.to_string(), "the arguments");
    }
}
