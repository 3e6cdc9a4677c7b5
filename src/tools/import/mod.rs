//! Leaving `NetworkManager`: its settings as macveil's, so that every address stays the same.
//!
//! Pure: files come in as values, a configuration and a report go out.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod conf;
mod devices;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod keyfile;
mod networks;
mod profile;
mod report;
mod scope;
mod sections;
#[cfg(test)]
mod tests;
mod toml_text;
mod translate;
mod value;

pub use conf::{Conf, ConfFile};
pub use keyfile::KeyFileError;
pub use profile::{ProfileContents, ProfileFile, Shelf};
pub use report::{Item, Outcome, Report};
pub use translate::{Options, translate};
