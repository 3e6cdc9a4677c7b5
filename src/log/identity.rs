//! What the log says of networks and addresses. Logs are kept and passed on, and where somebody was is
//! nobody's business: what is identifying is shown only to whoever asks for it.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use sha2::{Digest, Sha256};
use tracing::level_filters::LevelFilter;

use macveil_core::types::Ssid;

/// How networks are named.
#[derive(Clone, Copy, Default)]
pub struct Naming {
    /// By their SSIDs, and addresses are shown as they are.
    pub full: bool,
    /// Makes the digits that stand for an SSID otherwise; without it they tell nothing.
    pub key: [u8; 32],
}

static NAMING: RwLock<Naming> = RwLock::new(Naming {
    full: false,
    key: [0; 32],
});

/// Names networks like this from now on.
pub fn set_naming(naming: Naming) {
    *NAMING.write().unwrap_or_else(PoisonError::into_inner) = naming;
}

fn naming() -> Naming {
    *NAMING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Whoever asks for details gets them.
pub(super) fn are_shown() -> bool {
    naming().full || LevelFilter::current() >= LevelFilter::DEBUG
}

/// A network as the log names it.
#[derive(Clone, Copy)]
pub struct Name<'a>(pub &'a Ssid);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&named(self.0, are_shown(), &naming().key))
    }
}

fn named(ssid: &Ssid, shown: bool, key: &[u8; 32]) -> String {
    if shown {
        format!("\"{ssid}\"")
    } else {
        format!("network {}", tag(key, ssid))
    }
}

/// Enough to tell a few networks apart.
fn tag(key: &[u8; 32], ssid: &Ssid) -> String {
    let hash = Sha256::new()
        .chain_update(key)
        .chain_update(ssid.as_bytes());
    let [a, b, c, ..] = hash.finalize().0;
    format!("{a:02x}{b:02x}{c:02x}")
}

/// As in `02:00:00:00:00:01`.
const ADDRESS_LENGTH: usize = 17;
/// What is left of an address: enough to tell a local one from a vendor's.
const KEPT: usize = 2;

/// The text with only the first byte of each address in it.
pub(super) fn without_addresses(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut start = 0;
    while let Some(window) = bytes.get_mut(start..start + ADDRESS_LENGTH) {
        if is_address(window) {
            for byte in window.iter_mut().skip(KEPT).filter(|byte| **byte != b':') {
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
    fn an_address_keeps_its_first_byte() {
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
    fn digits_stand_for_a_network_and_hang_on_the_key() {
        let ssid = |name: &str| Ssid::new(name.as_bytes()).unwrap();
        let (here, elsewhere) = ([1; 32], [2; 32]);
        assert_eq!(named(&ssid("Home"), true, &here), "\"Home\"");
        let hidden = named(&ssid("Home"), false, &here);
        assert_eq!(hidden, format!("network {}", tag(&here, &ssid("Home"))));
        assert_eq!(tag(&here, &ssid("Home")), tag(&here, &ssid("Home")));
        assert_ne!(tag(&here, &ssid("Home")), tag(&here, &ssid("Office")));
        assert_ne!(tag(&here, &ssid("Home")), tag(&elsewhere, &ssid("Home")));
        assert_eq!(tag(&here, &ssid("Home")).len(), 6);
    }
}
