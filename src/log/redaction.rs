//! How the log shows networks and addresses. Logs are kept and passed on, and show where the user was: they
//! identify networks and addresses only if the user asks for it.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use sha2::{Digest, Sha256};
use tracing::level_filters::LevelFilter;

use macveil_core::types::Ssid;

/// How the log shows identities.
#[derive(Clone, Copy, Default)]
pub struct Redaction {
    /// Show SSIDs and whole addresses.
    pub off: bool,
    /// Key of the hash that replaces an SSID. Without it a list of common SSIDs would reveal the network.
    pub key: [u8; 32],
}

static REDACTION: RwLock<Redaction> = RwLock::new(Redaction {
    off: false,
    key: [0; 32],
});

/// Sets how identities are shown from now on.
pub fn set_redaction(redaction: Redaction) {
    *REDACTION.write().unwrap_or_else(PoisonError::into_inner) = redaction;
}

fn redaction() -> Redaction {
    *REDACTION.read().unwrap_or_else(PoisonError::into_inner)
}

/// With the setting, or if any target logs at debug or more.
pub(super) fn shows_identities() -> bool {
    redaction().off || LevelFilter::current() >= LevelFilter::DEBUG
}

/// A network as the log shows it: its SSID, or six digits that stand for it.
#[derive(Clone, Copy)]
pub struct LoggedSsid<'a>(pub &'a Ssid);

impl fmt::Display for LoggedSsid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(ssid) = self;
        if shows_identities() {
            write!(f, "\"{ssid}\"")
        } else {
            write!(f, "network {}", digits(&redaction().key, ssid))
        }
    }
}

/// Enough to distinguish a few networks.
fn digits(key: &[u8; 32], ssid: &Ssid) -> String {
    let hash = Sha256::new()
        .chain_update(key)
        .chain_update(ssid.as_bytes());
    let [a, b, c, ..] = hash.finalize().0;
    format!("{a:02x}{b:02x}{c:02x}")
}

/// As in `02:00:00:00:00:01`.
const ADDRESS_LENGTH: usize = 17;
/// Digits of an address that stay: they show whether it is a local one or a vendor's.
const SHOWN_DIGITS: usize = 2;

/// Replaces all but the first byte of each address in the text.
pub(super) fn without_addresses(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut start = 0;
    while let Some(window) = bytes.get_mut(start..start + ADDRESS_LENGTH) {
        if is_address(window) {
            for byte in window
                .iter_mut()
                .skip(SHOWN_DIGITS)
                .filter(|byte| **byte != b':')
            {
                *byte = b'x';
            }
        }
        start += 1;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

pub(super) fn is_address(window: &[u8]) -> bool {
    window
        .iter()
        .enumerate()
        .all(|(index, byte)| match index % 3 {
            2 => *byte == b':',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redacted_address_keeps_its_first_byte() {
        let text = "wlan0: Größe 02:12:34:56:78:9a, 02:12:34:56:78:9A and 12:34:56; 2001:db8::1";
        assert_eq!(
            without_addresses(text),
            "wlan0: Größe 02:xx:xx:xx:xx:xx, 02:xx:xx:xx:xx:xx and 12:34:56; 2001:db8::1"
        );
        assert_eq!(
            without_addresses("0:02:12:34:56:78:9a:02"),
            "0:02:xx:xx:xx:xx:xx:02"
        );
        assert_eq!(without_addresses(""), "");
    }

    #[test]
    fn an_ssid_is_redacted_by_default() {
        let ssid = Ssid::new(b"Home").unwrap();
        assert_eq!(
            LoggedSsid(&ssid).to_string(),
            format!("network {}", digits(&[0; 32], &ssid))
        );
    }

    #[test]
    fn redacted_digits_depend_on_the_ssid_and_the_key() {
        let ssid = |name: &str| Ssid::new(name.as_bytes()).unwrap();
        let (key, other_key) = ([1; 32], [2; 32]);
        let home = digits(&key, &ssid("Home"));
        assert_eq!(home.len(), 6);
        assert_eq!(home, digits(&key, &ssid("Home")));
        assert_ne!(home, digits(&key, &ssid("Office")));
        assert_ne!(home, digits(&other_key, &ssid("Home")));
    }
}
