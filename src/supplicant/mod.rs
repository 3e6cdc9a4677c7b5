//! The supplicant's control interface: what it says, and how what is asked of it is carried out.

#[cfg(feature = "iwd")]
pub mod iwd;
pub mod wpa;
