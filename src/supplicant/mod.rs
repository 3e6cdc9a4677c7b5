//! The supplicant's control interface: what it says, and how what is asked of it is carried out.

pub mod wpa;
