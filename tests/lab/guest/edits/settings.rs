//! What is in a known network's file, by the rules of `iwd.network(5)`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A group and a key.
pub type Place = (String, String);

pub const AUTOCONNECT: (&str, &str) = ("Settings", "AutoConnect");
pub const ADDRESS: (&str, &str) = ("Settings", "AddressOverride");

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings(BTreeMap<Place, String>);

impl Settings {
    /// An error if users other than the owner may read the file, or if iwd would not read it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let told = |e: std::io::Error| format!("{}: {e}", path.display());
        let mut file = File::open(path).map_err(told)?;
        let mode = file.metadata().map_err(told)?.permissions().mode() & 0o7777;
        if mode != 0o600 {
            return Err(format!("{}: mode {mode:o}", path.display()));
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(told)?;
        Self::parse(&text).map_err(|line| format!("{}: the line {line:?}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut settings = BTreeMap::new();
        let mut group = String::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let name = line.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
            if let Some(name) = name {
                name.clone_into(&mut group);
                continue;
            }
            let setting = line.split_once('=').filter(|_| !group.is_empty());
            let (key, value) = setting.ok_or(line)?;
            // Twice the same would be one too many.
            let place = (group.clone(), key.trim().to_owned());
            if settings.insert(place, value.trim().to_owned()).is_some() {
                return Err(line.to_owned());
            }
        }
        Ok(Self(settings))
    }

    pub fn get(&self, (group, key): (&str, &str)) -> Option<&str> {
        let place = (group.to_owned(), key.to_owned());
        self.0.get(&place).map(String::as_str)
    }

    /// All that neither of the two editors is to change.
    pub fn foreign(mut self) -> Self {
        self.0.retain(|(group, key), _| {
            ![AUTOCONNECT, ADDRESS].contains(&(group.as_str(), key.as_str()))
        });
        self
    }
}
