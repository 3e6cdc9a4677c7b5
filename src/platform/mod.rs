//! The kernel, the supplicants and the machine that macveil runs on: I/O that decides nothing.

#[cfg(feature = "dbus")]
mod dbus;
mod group;
#[cfg(feature = "dbus")]
pub mod iwd;
pub(crate) mod iwd_main_conf;
pub mod managers;
pub mod netlink;
pub mod sandbox;
mod socket_watcher;
pub mod wpa_supplicant;

pub use group::{Group, UnknownGroup};
