//! Stable addresses: a keyed hash, bit-compatible with `NetworkManager` (1.4 and later).

use std::fmt::Write;

use data_encoding::BASE64_NOPAD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::HostKey;
use super::escape::escape;
use super::period::Reading;
use super::stable_id::{Meaning, Part, Variable};
use crate::types::{Mac, Ssid};

/// What stands for the connection on a wire that was given no UUID. `NetworkManager` has no such
/// connection; no name begins like this, and no UUID looks like it.
const WIRE: &str = "w:";

/// What the patterns of an id stand for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) uuid: Option<&'a str>,
    pub(super) ssid: Option<&'a Ssid>,
    pub(super) boot_id: Option<&'a str>,
    pub(super) interface: &'a str,
    pub(super) permanent: Option<Mac>,
    /// What the local clock shows.
    pub(super) reading: Option<Reading>,
    /// Look this many periods back.
    pub(super) periods_ago: i64,
}

/// What is hashed for the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveId {
    /// `NetworkManager`'s `NMUtilsStableType`: 0 the connection, 1 a literal id, 2 a generated one.
    pub kind: u8,
    /// The text that is hashed.
    pub text: String,
    /// For a generated id, the text that `text` was made of.
    pub expanded: Option<String>,
}

/// Something that an id needs is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    BootId,
    Clock,
}

impl EffectiveId {
    /// What an id comes to; `None` for one that is something else at each association.
    pub(super) fn of(meaning: &Meaning, values: Values) -> Result<Option<Self>, Missing> {
        let (kind, text, expanded) = match meaning {
            Meaning::Connection => (0, values.connection(), None),
            Meaning::Literal(text) => (1, text.clone(), None),
            Meaning::Generated(parts) => {
                let expanded = values.fill(parts)?;
                (2, shorten(&expanded), Some(expanded))
            }
            Meaning::Random => return Ok(None),
        };
        Ok(Some(Self {
            kind,
            text,
            expanded,
        }))
    }
}

/// The digest as 27 characters (`nm_utils_stable_id_generated_complete`).
fn shorten(expanded: &str) -> String {
    BASE64_NOPAD.encode(&Sha1::digest(expanded))
}

impl Values<'_> {
    fn fill(self, parts: &[Part]) -> Result<String, Missing> {
        let mut filled = String::new();
        for part in parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Value(variable) => {
                    let value = self.value(*variable)?;
                    // Writing to a string cannot fail.
                    let _ = write!(filled, "={}{{{value}}}", value.len());
                }
            }
        }
        Ok(filled)
    }

    fn value(self, variable: Variable) -> Result<String, Missing> {
        match variable {
            Variable::Connection => Ok(self.connection()),
            Variable::Boot => self.boot_id.map(str::to_owned).ok_or(Missing::BootId),
            Variable::Device => Ok(self.interface.to_owned()),
            Variable::PermanentAddress => Ok(self
                .permanent
                .map(|address| address.to_string().to_ascii_uppercase())
                .unwrap_or_default()),
            Variable::NetworkSsid => Ok(self.network_ssid()),
            Variable::Period(period) => {
                let reading = self.reading.ok_or(Missing::Clock)?;
                Ok(period
                    .number(reading)
                    .saturating_sub(self.periods_ago)
                    .to_string())
            }
        }
    }

    /// The UUID, or else the name.
    fn connection(self) -> String {
        match (self.uuid, self.ssid) {
            (Some(uuid), _) => uuid.to_owned(),
            (None, Some(ssid)) => named(ssid),
            (None, None) => WIRE.to_owned(),
        }
    }

    /// The name, or else the UUID.
    fn network_ssid(self) -> String {
        match (self.ssid, self.uuid) {
            (Some(ssid), _) => named(ssid),
            (None, Some(uuid)) => format!("c:{uuid}"),
            (None, None) => WIRE.to_owned(),
        }
    }
}

fn named(ssid: &Ssid) -> String {
    format!("s:{}", escape(ssid.as_bytes()))
}

/// The keyed hash: of `type ‖ length of the key ‖ key ‖ binding ‖ NUL ‖ id ‖ NUL`, then, only if asked
/// for, `security=CLASS ‖ NUL` and, only once the address was renewed, `generation=N ‖ NUL`.
pub(super) fn digest(
    key: &HostKey,
    binding: &str,
    id: &EffectiveId,
    security: Option<&str>,
    generation: u64,
) -> [u8; 32] {
    let host_id = key.host_id();
    let length = u32::try_from(host_id.len()).unwrap_or(u32::MAX);
    let mut hash = Sha256::new();
    hash.update([id.kind]);
    hash.update(length.to_be_bytes());
    hash.update(host_id);
    for text in [binding, &id.text] {
        hash.update(text);
        hash.update([0]);
    }
    if let Some(class) = security {
        hash.update(format!("security={class}\0"));
    }
    if generation > 0 {
        hash.update(format!("generation={generation}\0"));
    }
    hash.finalize().into()
}
