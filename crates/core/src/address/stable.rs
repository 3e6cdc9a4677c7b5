//! The keyed hash of stable addresses, bit-compatible with `NetworkManager` 1.4 and later.

use std::fmt::Write;

use base64ct::{Base64Unpadded, Encoding};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::escape::escape;
use super::period::Reading;
use super::stable_id::{Meaning, Part, Variable};
use crate::types::{Mac, Ssid};

/// Stands for an Ethernet connection without a UUID, which `NetworkManager` does not have. Collides
/// neither with an SSID (`s:`) nor with a UUID.
const ETHERNET: &str = "w:";

/// Values of the patterns in an id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) uuid: Option<&'a str>,
    pub(super) ssid: Option<&'a Ssid>,
    pub(super) boot_id: Option<&'a str>,
    pub(super) interface: &'a str,
    pub(super) permanent: Option<Mac>,
    /// Local time.
    pub(super) reading: Option<Reading>,
    /// Subtracted from the number of the period.
    pub(super) periods_ago: i64,
}

/// The id as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveId {
    /// `NetworkManager`'s `NMUtilsStableType`: 0 the connection, 1 a literal id, 2 a generated one.
    pub kind: u8,
    /// The hashed text.
    pub text: String,
    /// For a generated id, the text of which `text` is the digest.
    pub expanded: Option<String>,
}

/// A value that an id needs is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    BootId,
    Clock,
}

impl EffectiveId {
    /// Expands an id; `None` if it is random.
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
    Base64Unpadded::encode_string(&Sha1::digest(expanded))
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

    /// The UUID, else the SSID.
    fn connection(self) -> String {
        match (self.uuid, self.ssid) {
            (Some(uuid), _) => uuid.to_owned(),
            (None, Some(ssid)) => ssid_text(ssid),
            (None, None) => ETHERNET.to_owned(),
        }
    }

    /// The SSID, else the UUID.
    fn network_ssid(self) -> String {
        match (self.ssid, self.uuid) {
            (Some(ssid), _) => ssid_text(ssid),
            (None, Some(uuid)) => format!("c:{uuid}"),
            (None, None) => ETHERNET.to_owned(),
        }
    }
}

fn ssid_text(ssid: &Ssid) -> String {
    format!("s:{}", escape(ssid.as_bytes()))
}

/// Hashes `type ‖ length of the key ‖ key ‖ binding ‖ NUL ‖ id ‖ NUL`, then `security=CLASS ‖ NUL` if
/// `stable-security` is set, and `generation=N ‖ NUL` if the address was renewed.
pub(super) fn digest(
    host_id: &[u8],
    binding: &str,
    id: &EffectiveId,
    security: Option<&str>,
    generation: u64,
) -> [u8; 32] {
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
