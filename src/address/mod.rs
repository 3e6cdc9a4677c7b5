//! Which address a network gets: pure, and bit-compatible with `NetworkManager` where its answer is fixed.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod mac;

pub use mac::{Mac, ParseMacError};
