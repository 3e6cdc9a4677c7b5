//! Tests of configuration files.

mod errors;
mod examples;
mod files;
mod keys;
mod robustness;
mod specs;

use super::{Config, Errors, Layout};

/// Reads `text` as the only configuration file.
fn read(text: &str) -> Result<Config, Errors> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("macveil.toml");
    std::fs::write(&file, text).unwrap();
    Config::read(&Layout::only(&file))
}
