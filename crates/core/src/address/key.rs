//! The secret key that makes stable addresses specific to this host.

use std::fmt;

use base64ct::{Base64, Encoding};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Start of a version 2 key.
const V2_PREFIX: &[u8] = b"nm-v2:";
/// Minimum length of the secret part of a version 2 key, in bytes.
const MIN_V2_SECRET: usize = 32;
/// Minimum length of a version 1 key, in bytes.
const MIN_V1_KEY: usize = 16;
/// A random key of 16 hexadecimal digits has fewer different ones about once in two million times.
const MIN_DIFFERENT_BYTES: usize = 5;

/// The key to hash: `NetworkManager`'s `host_id`, or why there is none. Zeroized on drop, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct HostKey(Result<Zeroizing<Vec<u8>>, String>);

/// The contents of a new `secret_key` file. Zeroized on drop, never printed.
#[derive(Clone)]
pub struct NewKey(Zeroizing<String>);

/// The machine ID: 32 lower-case hexadecimal digits (machine-id(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineId(String);

/// The file is too short to be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of {length} bytes is too short: expected at least 16")]
pub struct TooShort {
    length: usize,
}

impl HostKey {
    /// From the contents of a `secret_key` file, including a trailing newline (version 2, from
    /// `NetworkManager` 1.16, and version 1).
    ///
    /// # Errors
    ///
    /// There are fewer than 16 bytes.
    pub fn from_file(contents: &[u8], machine: Option<&MachineId>) -> Result<Self, TooShort> {
        if is_v2(contents) {
            return Ok(Self::v2(contents, machine));
        }
        if contents.len() < MIN_V1_KEY {
            return Err(TooShort {
                length: contents.len(),
            });
        }
        Ok(Self::from_host_id(contents))
    }

    /// From the bytes to hash.
    #[must_use]
    pub fn from_host_id(host_id: &[u8]) -> Self {
        Self(Ok(Zeroizing::new(host_id.to_vec())))
    }

    /// No key: there are no stable addresses, for this reason.
    #[must_use]
    pub const fn missing(reason: String) -> Self {
        Self(Err(reason))
    }

    /// Whether there is a key.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        self.0.is_ok()
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

    /// A key for another purpose, from which this key cannot be computed. It is no secret if there is no key.
    #[must_use]
    pub fn for_purpose(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.host_id().unwrap_or_default());
        hash.update(purpose);
        hash.finalize().into()
    }

    /// The bytes to hash, or why there are none.
    pub(super) fn host_id(&self) -> Result<&[u8], &str> {
        self.0
            .as_ref()
            .map(|key| key.as_slice())
            .map_err(String::as_str)
    }
}

/// Whether the contents of a `secret_key` file repeat so few bytes that they can be guessed.
#[must_use]
pub fn is_weak_key(contents: &[u8]) -> bool {
    let secret = contents.strip_prefix(V2_PREFIX).unwrap_or(contents);
    let secret = secret.trim_ascii_end();
    let different = (0..=u8::MAX).filter(|byte| secret.contains(byte));
    different.count() < MIN_DIFFERENT_BYTES
}

fn is_v2(contents: &[u8]) -> bool {
    contents
        .strip_prefix(V2_PREFIX)
        .is_some_and(|secret| secret.len() >= MIN_V2_SECRET)
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostKey(secret)")
    }
}

impl NewKey {
    /// A version 2 key from 32 random bytes.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; MIN_V2_SECRET]);
        rng.fill_bytes(&mut *secret);
        let secret = Zeroizing::new(Base64::encode_string(&*secret));
        Self(Zeroizing::new(format!("nm-v2:{}", *secret)))
    }

    /// The contents of the file.
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
    /// From the text of `/etc/machine-id`; `None` if it is not a machine ID, as before the first boot.
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
    fn key_is_never_printed() {
        let new = NewKey(Zeroizing::new("nm-v2:secret".to_owned()));
        assert_eq!(format!("{new:?}"), "NewKey(secret)");
        let key = HostKey::from_host_id(SECRET);
        assert_eq!(format!("{key:?}"), "HostKey(secret)");
    }

    #[test]
    fn derived_key_depends_on_purpose_and_key() {
        let key = HostKey::from_host_id(SECRET);
        let other = HostKey::from_host_id(b"another key here");
        assert_eq!(key.for_purpose("log"), key.for_purpose("log"));
        assert_ne!(key.for_purpose("log"), key.for_purpose("test"));
        assert_ne!(key.for_purpose("log"), other.for_purpose("log"));
    }

    #[test]
    fn key_of_few_bytes_is_weak() {
        for weak in [
            &b"aaaaaaaaaaaaaaaaaaaa"[..],
            b"nm-v2:abababab\n",
            &[0; 64],
            b"",
        ] {
            assert!(is_weak_key(weak), "{weak:?}");
        }
        for good in [SECRET, b"0123456789abcdef\n", b"nm-v2:abcabcde"] {
            assert!(!is_weak_key(good), "{good:?}");
        }
    }

    #[test]
    fn new_keys_differ() {
        use rand::SeedableRng;
        let new = |seed| NewKey::generate(&mut rand::rngs::StdRng::seed_from_u64(seed));
        assert_ne!(new(1).contents(), new(2).contents());
    }
}
