//! Stories about a station, its networks and its access points, told in
//! given / when / then. Nothing here knows how a story is carried out: the lab
//! plays them on real radios, a simulator can play the same ones.

pub mod commands;
mod parse;
mod story;
mod trouble;
mod variants;
mod words;

pub use parse::parse;
pub use story::*;
pub use trouble::*;
pub use variants::variants;
