//! Values of IEEE 802.11: addresses, SSIDs, channels, BSSs, and the networks in a supplicant's configuration.

mod bss;
mod device_kind;
mod key_mgmt;
mod mac;
mod manager_kind;
mod network;
mod ssid;
mod text_serde;
mod words;

pub use bss::{Bss, BssEntry, Channel, Frequency, OweTransition, SecurityLevel};
pub use device_kind::DeviceKind;
pub use key_mgmt::KeyMgmt;
pub use mac::{Mac, ParseMacError};
pub use manager_kind::ManagerKind;
pub use network::Network;
pub use ssid::{MAX_SSID_BYTES, Ssid};
pub(crate) use text_serde::serde_as_text;
pub use words::Words;
pub(crate) use words::{meaning_of, word_for};
