//! `NetworkManager`'s device specs, which select interfaces (`nm_match_spec_device`).

mod parse;

#[cfg(any(test, fuzzing, feature = "import"))]
pub(crate) use parse::split;

use macveil_core::types::{DeviceKind, Mac};

/// Facts about an interface that specs can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceFacts<'a> {
    /// Its name.
    pub name: &'a str,
    /// Permanent address, if the driver has one.
    pub permanent: Option<Mac>,
    /// Driver name, empty if unknown.
    pub driver: &'a str,
    /// What it is.
    pub kind: DeviceKind,
}

/// A set of interfaces: those matched by a spec, without those matched by an `except:` spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeviceSpecs(Vec<Spec>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Spec {
    except: bool,
    wanted: Wanted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Any,
    Kind(Option<DeviceKind>),
    Address(Mac),
    Name(String),
    NameGlob(String),
    Driver(String),
}

impl DeviceSpecs {
    /// Every Wi-Fi station.
    pub(super) fn wifi() -> Self {
        Self(vec![Spec {
            except: false,
            wanted: Wanted::Kind(Some(DeviceKind::Wifi)),
        }])
    }

    /// Whether the interface is in the set. If all specs are `except:`, every other interface is.
    pub(super) fn matches(&self, device: &DeviceFacts) -> bool {
        let matching = |except| {
            self.0
                .iter()
                .any(|spec| spec.except == except && spec.wanted.matches(device))
        };
        let only_exceptions = self.0.iter().all(|spec| spec.except);
        !matching(true) && (only_exceptions || matching(false))
    }

    /// The names without a pattern.
    pub(super) fn literal_names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|spec| match &spec.wanted {
            Wanted::Name(name) => Some(name.as_str()),
            Wanted::NameGlob(name) if !name.contains(['*', '?']) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether a spec is the literal name of the interface.
    pub(super) fn names(&self, device: &DeviceFacts) -> bool {
        self.0
            .iter()
            .any(|spec| !spec.except && spec.wanted.names(device))
    }
}

/// Whether the text is a device spec that macveil supports.
#[cfg(any(test, fuzzing, feature = "import"))]
pub(crate) fn is_spec(text: &str) -> bool {
    text.parse::<Spec>().is_ok()
}

impl Wanted {
    fn matches(&self, device: &DeviceFacts) -> bool {
        match self {
            Self::Any => true,
            Self::Kind(kind) => *kind == Some(device.kind),
            Self::Address(address) => device.permanent == Some(*address),
            Self::Name(name) => device.name == name,
            Self::NameGlob(glob) => device.name == glob || glob_matches(glob, device.name),
            Self::Driver(driver) => device.driver == driver,
        }
    }
}

impl Wanted {
    fn names(&self, device: &DeviceFacts) -> bool {
        match self {
            Self::Name(name) | Self::NameGlob(name) => device.name == name,
            Self::Any | Self::Kind(_) | Self::Address(_) | Self::Driver(_) => false,
        }
    }
}

/// `*` matches any characters, `?` matches one (`g_pattern_match_simple`).
///
/// Backtracks only to the last `*`, so that many of them do not take exponential time.
fn glob_matches(mut glob: &str, mut text: &str) -> bool {
    let mut last_star = None;
    loop {
        match (glob.chars().next(), text.chars().next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                glob = tail(glob);
                last_star = Some((glob, text));
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (glob, text) = (tail(glob), tail(text));
            }
            _ => match last_star {
                Some((behind, taken)) if !taken.is_empty() => {
                    (glob, text) = (behind, tail(taken));
                    last_star = Some((glob, text));
                }
                _ => return false,
            },
        }
    }
}

fn tail(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}
