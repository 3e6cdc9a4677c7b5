//! Address options of the configuration, their origin, and how they resolve for one network.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::network::{Matched, NetworkFacts, NetworkMatch};
use super::stable_id::StableId;
use super::{Binding, Mask, Policy, Slap};

/// A value and where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was set.
    pub origin: Origin,
}

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Not set: the built-in default.
    BuiltIn,
    /// In the arguments of a command.
    Arguments,
    /// In a configuration file.
    Line {
        /// Path.
        file: Arc<str>,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
    },
}

impl<T> Sourced<T> {
    /// A default value.
    pub const fn built_in(value: T) -> Self {
        Self {
            value,
            origin: Origin::BuiltIn,
        }
    }
}

impl<T> Sourced<Option<T>> {
    fn unless_unset(self) -> Option<Sourced<T>> {
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

/// The address options of one section of the configuration; every key is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConnectionOptions {
    /// `cloned-mac-address`.
    pub policy: Option<Sourced<Policy>>,
    /// `stable-id`.
    pub stable_id: Option<Sourced<StableId>>,
    /// `generate-mac-address-mask`; `None` inside: explicitly no mask.
    pub mask: Option<Sourced<Option<Mask>>>,
    /// `stable-binding`.
    pub binding: Option<Sourced<Binding>>,
    /// `stable-security`.
    pub by_security: Option<Sourced<bool>>,
    /// `slap`.
    pub slap: Option<Sourced<Slap>>,
    /// `rotate`: maximum age of a stable address; `None` inside: never renewed.
    pub rotate: Option<Sourced<Option<Duration>>>,
    /// `uuid` of the connection: of a network, or of an Ethernet interface.
    pub uuid: Option<Sourced<String>>,
}

/// A `[[network]]` section of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkRule {
    /// The networks to which it applies.
    pub about: NetworkMatch,
    /// The options for these networks.
    pub options: ConnectionOptions,
    /// Where the section begins.
    pub origin: Origin,
}

/// The options that apply to one network.
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
    /// Maximum age of the address, if the policy makes one that can be renewed.
    #[must_use]
    pub fn rotates(&self) -> Option<Duration> {
        let max_age = self.rotate.as_ref().map(|rotate| rotate.value);
        max_age.filter(|_| matches!(self.policy.value, Policy::Stable | Policy::StableSsid))
    }
}

/// A rule depends on an unknown fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undetermined {
    pub(super) fact: &'static str,
    pub(super) origin: Origin,
}

impl ConnectionOptions {
    /// Fills options that are not set here from `other`.
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

    /// Fills options that are not set with the built-in defaults.
    pub(super) fn or_built_in(self) -> ResolvedPolicy {
        ResolvedPolicy {
            policy: self.policy.unwrap_or(Sourced::built_in(Policy::StableSsid)),
            stable_id: self.stable_id,
            mask: self.mask.and_then(Sourced::unless_unset),
            binding: self
                .binding
                .unwrap_or(Sourced::built_in(Binding::default())),
            by_security: self.by_security.unwrap_or(Sourced::built_in(false)),
            slap: self.slap.unwrap_or(Sourced::built_in(Slap::default())),
            rotate: self.rotate.and_then(Sourced::unless_unset),
            uuid: self.uuid,
        }
    }
}

/// Resolves each option from the first matching rule that sets it, else from `defaults`.
pub(super) fn resolve(
    rules: &[NetworkRule],
    defaults: &ConnectionOptions,
    network: &NetworkFacts,
) -> Result<ResolvedPolicy, Undetermined> {
    let mut options = ConnectionOptions::default();
    for rule in rules {
        match rule.about.matches(network) {
            Matched::Yes => options = options.or(&rule.options),
            Matched::No => {}
            // An earlier rule has decided every key that this one sets.
            Matched::Unknown(_) if options.clone().or(&rule.options) == options => {}
            Matched::Unknown(fact) => {
                return Err(Undetermined {
                    fact,
                    origin: rule.origin.clone(),
                });
            }
        }
    }
    Ok(options.or(defaults).or_built_in())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_prints_as_file_and_line() {
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
