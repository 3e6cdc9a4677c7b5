//! Translates `NetworkManager`'s settings into macveil's, so that every address stays the same.
//!
//! Pure: content of files in, configuration and report out.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod binding;
#[cfg(test)]
mod checked;
mod conf;
mod devices;
mod enabled;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod keyfile;
mod leftovers;
mod networks;
mod patterns;
mod profile;
mod report;
mod scope;
mod sections;
#[cfg(test)]
mod tests;
mod toml_text;
mod translate;
mod value;
mod version;
mod wpa_networks;

pub use conf::{Conf, ConfFile};
pub use keyfile::KeyFileError;
pub use profile::{ProfileContents, ProfileDirectory, ProfileFile};
pub use report::{ImportOutcome, ImportReport, ReportItem};
pub use translate::{ImportOptions, translate};
pub use version::InstalledVersion;
pub use wpa_networks::{WpaNetworks, wpa_networks};
