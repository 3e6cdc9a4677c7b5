//! The secret that makes stable addresses this machine's own.

use std::fmt;

use data_encoding::BASE64;
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How a key of the second version begins.
const V2_PREFIX: &[u8] = b"nm-v2:";
/// The secret part of a key of the second version is no shorter.
const V2_SECRET_MIN: usize = 32;
/// A key of the first version is no shorter.
const V1_MIN: usize = 16;

/// What is hashed in for the host: `NetworkManager`'s `host_id`. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct HostKey(Zeroizing<Vec<u8>>);

/// The contents of a new `secret_key` file. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct NewKey(Zeroizing<String>);

/// systemd's identity of the installation: 32 lower-case hexadecimal digits (machine-id(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineId(String);

/// The file holds no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are too few for a key: at least 16 are needed")]
pub struct TooShort {
    length: usize,
}

impl HostKey {
    /// Takes a `secret_key` file as it is, a trailing newline included (`NetworkManager` 1.16's
    /// second version, and the first).
    ///
    /// # Errors
    ///
    /// Fewer than 16 bytes are no key.
    pub fn from_file(contents: &[u8], machine: Option<&MachineId>) -> Result<Self, TooShort> {
        if is_v2(contents) {
            return Ok(Self::v2(contents, machine));
        }
        if contents.len() < V1_MIN {
            return Err(TooShort {
                length: contents.len(),
            });
        }
        Ok(Self::from_host_id(contents))
    }

    /// Takes what is hashed in as it is.
    #[must_use]
    pub fn from_host_id(host_id: &[u8]) -> Self {
        Self(Zeroizing::new(host_id.to_vec()))
    }

    fn v2(contents: &[u8], machine: Option<&MachineId>) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{} ", contents.len()));
        hash.update(contents);
        if let Some(MachineId(digits)) = machine {
            hash.update(digits);
        }
        Self::from_host_id(&hash.finalize())
    }

    /// A key for another purpose, which tells nothing of this one.
    #[must_use]
    pub fn for_purpose(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(&*self.0);
        hash.update(purpose);
        hash.finalize().into()
    }

    /// What is hashed in.
    pub(super) fn host_id(&self) -> &[u8] {
        &self.0
    }
}

fn is_v2(contents: &[u8]) -> bool {
    contents
        .strip_prefix(V2_PREFIX)
        .is_some_and(|secret| secret.len() >= V2_SECRET_MIN)
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostKey(secret)")
    }
}

impl NewKey {
    /// Makes a key of the second version from 32 random bytes.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; V2_SECRET_MIN]);
        rng.fill_bytes(&mut *secret);
        let secret = Zeroizing::new(BASE64.encode(&*secret));
        Self(Zeroizing::new(format!("nm-v2:{}", *secret)))
    }

    /// What to write to the file.
    #[must_use]
    pub fn contents(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewKey(secret)")
    }
}

impl MachineId {
    /// Reads the text of `/etc/machine-id`; `None` if it is none, as on a machine that was not set up
    /// yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim_ascii();
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let null = digits.bytes().all(|digit| digit == b'0');
        (digits.len() == 32 && hexadecimal && !null).then(|| Self(digits.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a key for tests.";

    #[test]
    fn a_key_is_never_printed() {
        let new = NewKey(Zeroizing::new("nm-v2:secret".to_owned()));
        assert_eq!(format!("{new:?}"), "NewKey(secret)");
        let key = HostKey::from_host_id(SECRET);
        assert_eq!(format!("{key:?}"), "HostKey(secret)");
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own_and_each_key_others() {
        let key = HostKey::from_host_id(SECRET);
        let other = HostKey::from_host_id(b"another key here");
        assert_eq!(key.for_purpose("log"), key.for_purpose("log"));
        assert_ne!(key.for_purpose("log"), key.for_purpose("test"));
        assert_ne!(key.for_purpose("log"), other.for_purpose("log"));
    }

    #[test]
    fn a_new_key_is_another_one_each_time() {
        use rand::SeedableRng;
        let new = |seed| NewKey::generate(&mut rand::rngs::StdRng::seed_from_u64(seed));
        assert_ne!(new(1).contents(), new(2).contents());
    }
}
