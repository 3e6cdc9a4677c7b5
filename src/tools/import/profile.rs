//! `NetworkManager`'s connection profiles: which files are in effect, and their settings about addresses.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::binding::{Binding, BindingSettings};
use super::keyfile::{KeyFile, Text, Value};
use super::leftovers;
use super::report::{ImportOutcome, ImportReport};
use super::scope::Medium;
use super::value::{Policy, mask, policy};
use super::version::InstalledVersion;
use macveil_core::address::NmVersion;
use macveil_core::types::{Mac, Ssid};

/// Directories of profiles, in ascending priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProfileDirectory {
    /// `/usr/lib/NetworkManager/system-connections`.
    Lib,
    /// `/etc/NetworkManager/system-connections`.
    Etc,
    /// `/run/NetworkManager/system-connections`.
    Run,
}

/// A file in a profile directory.
#[derive(Debug, Clone)]
pub struct ProfileFile {
    /// Path for messages.
    pub path: Arc<str>,
    /// Its directory.
    pub directory: ProfileDirectory,
    /// Modification time in nanoseconds since 1970. Of two files with the same UUID, the newer is in effect.
    pub changed: i128,
    /// Content.
    pub contents: ProfileContents,
}

/// Content of a file in a profile directory.
#[derive(Debug, Clone)]
pub enum ProfileContents {
    /// A key file.
    Text(Vec<u8>),
    /// Removes the profile with this UUID (`UUID.nmmeta`, a link to /dev/null).
    Tombstone(String),
    /// `NetworkManager` ignores it, or it cannot be read; the reason.
    Refused(String),
}

/// The settings of a profile that matter here.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) path: Arc<str>,
    pub(super) id: String,
    pub(super) uuid: Option<String>,
    pub(super) link: ProfileTarget,
    pub(super) binding: Binding,
    pub(super) policy: Option<Policy>,
    /// An empty value overrides the default.
    pub(super) mask: Option<String>,
    pub(super) stable_id: Option<String>,
    pub(super) rank: Rank,
    /// Everything, with passwords.
    pub(super) settings: KeyFile,
}

/// The network of a profile.
#[derive(Debug, Clone)]
pub(super) enum ProfileTarget {
    Wifi { ssid: Ssid, bssid: Option<Mac> },
    Wired,
}

/// Of several matching profiles, `NetworkManager` uses the one with the highest rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) automatic: bool,
    pub(super) priority: i32,
    last_used: u64,
}

impl Profile {
    /// Whether it is limited to an interface, card or access point.
    pub(super) fn is_bound(&self) -> bool {
        let to_bss = matches!(&self.link, ProfileTarget::Wifi { bssid: Some(_), .. });
        to_bss || self.binding.is_bound()
    }
}

/// The profiles in effect, highest rank first.
pub(super) fn read(
    files: &[ProfileFile],
    timestamps: &[u8],
    version: NmVersion,
    report: &mut ImportReport,
) -> Vec<Profile> {
    let timestamps = KeyFile::parse(timestamps, &"timestamps".into()).unwrap_or_default();
    let mut profiles = Vec::new();
    for (file, contents) in visible(files, report) {
        report.locate(&contents);
        let mut reader = Reader {
            file: &contents,
            path: &file.path,
            version,
            report,
        };
        match reader.read() {
            Ok(Some(mut profile)) => {
                leftovers::of_profile(&contents, report);
                let used = profile.uuid.as_ref();
                let used = used.and_then(|uuid| timestamps.text("timestamps", uuid));
                profile.rank.last_used = used.and_then(|text| text.text.parse().ok()).unwrap_or(0);
                profiles.push(profile);
            }
            Ok(None) => {}
            Err(why) => {
                let text = format!("skipped, because NetworkManager refused it: {why}");
                report.add(&file.path, "the profile", ImportOutcome::NotNeeded, text);
            }
        }
    }
    let key = |profile: &Profile| {
        (
            Reverse(profile.rank),
            !profile.is_bound(),
            Arc::clone(&profile.path),
        )
    };
    profiles.sort_unstable_by_key(key);
    profiles
}

/// For each UUID, the file in effect.
fn visible<'f>(
    files: &'f [ProfileFile],
    report: &mut ImportReport,
) -> Vec<(&'f ProfileFile, KeyFile)> {
    let mut by_uuid = BTreeMap::<String, Vec<(&ProfileFile, Option<KeyFile>)>>::new();
    for file in files {
        let read = match &file.contents {
            ProfileContents::Tombstone(uuid) => Ok((uuid.clone(), None)),
            ProfileContents::Refused(why) => Err(why.clone()),
            ProfileContents::Text(text) => KeyFile::parse(text, &file.path)
                .map(|read| {
                    let uuid = read.text("connection", "uuid").map(|text| text.text);
                    // Without a UUID, NetworkManager derives one from the path.
                    (uuid.unwrap_or_else(|| file.path.to_string()), Some(read))
                })
                .map_err(|error| error.to_string()),
        };
        match read {
            Ok((uuid, read)) => by_uuid
                .entry(uuid.to_ascii_lowercase())
                .or_default()
                .push((file, read)),
            Err(why) => report.add(
                &file.path,
                "the profile",
                ImportOutcome::NotPossible,
                format!("not read: {why}"),
            ),
        }
    }
    let mut visible = Vec::new();
    for mut same in by_uuid.into_values() {
        let ranks = same.iter().map(|(file, read)| {
            let is_tombstone = read.is_none();
            (file.directory, is_tombstone, file.changed, &file.path)
        });
        let Some((best, _)) = ranks.enumerate().max_by(|(_, a), (_, b)| a.cmp(b)) else {
            continue;
        };
        let (holds, read) = same.remove(best);
        for (file, _) in same.iter().filter(|(_, read)| read.is_some()) {
            let text = format!("{} has the same UUID and is in effect", holds.path);
            report.add(&file.path, "the profile", ImportOutcome::NotNeeded, text);
        }
        visible.extend(read.map(|read| (holds, read)));
    }
    visible
}

/// Reads one profile.
struct Reader<'a> {
    file: &'a KeyFile,
    path: &'a Arc<str>,
    version: NmVersion,
    report: &'a mut ImportReport,
}

impl<'a> Reader<'a> {
    /// `None` if it does not affect macveil's addresses. The error is the reason why `NetworkManager` refused it.
    fn read(&mut self) -> Result<Option<Profile>, String> {
        let wifi = self.group("802-11-wireless", "wifi");
        let wired = self.group("802-3-ethernet", "ethernet");
        let kind = self.text("connection", "type").unwrap_or_default();
        let (group, link) = match (kind.as_str(), wifi, wired) {
            ("wifi" | "802-11-wireless" | "", Some(wifi), _) => match self.wifi(wifi)? {
                Some(link) => (wifi, link),
                None => return Ok(None),
            },
            ("ethernet" | "802-3-ethernet", wired, _) => {
                (wired.unwrap_or("ethernet"), ProfileTarget::Wired)
            }
            ("", None, Some(wired)) => (wired, ProfileTarget::Wired),
            ("wifi" | "802-11-wireless", None, _) => return Err("[wifi] is missing".to_owned()),
            _ => {
                return Ok(self.skip("neither Wi-Fi nor Ethernet; macveil does not manage it"));
            }
        };
        let is_wifi = matches!(link, ProfileTarget::Wifi { .. });
        let Some(binding) = self.binding(group, is_wifi)? else {
            return Ok(None);
        };
        Ok(Some(Profile {
            path: Arc::clone(self.path),
            id: self.text("connection", "id").unwrap_or_else(|| {
                // As in `nms_keyfile_reader_from_keyfile`.
                let name = self.path.rsplit('/').next().unwrap_or_default();
                let stem = name.strip_suffix(".nmconnection");
                stem.unwrap_or(name).to_owned()
            }),
            uuid: self.uuid(),
            link,
            binding,
            policy: self.policy(group, is_wifi)?,
            mask: self.mask(group)?,
            stable_id: self.clean("connection", "stable-id"),
            rank: Rank {
                automatic: self
                    .file
                    .value("connection", "autoconnect")
                    .and_then(Value::boolean)
                    .unwrap_or(true),
                priority: self
                    .file
                    .value("connection", "autoconnect-priority")
                    .and_then(Value::number)
                    .filter(|priority| (-999..=999).contains(priority))
                    .unwrap_or(0),
                last_used: 0,
            },
            settings: self.file.clone(),
        }))
    }

    fn wifi(&mut self, group: &str) -> Result<Option<ProfileTarget>, String> {
        let bytes = self.text(group, "ssid").map(|text| octets(&text));
        let ssid = bytes
            .and_then(|bytes| Ssid::new(&bytes))
            .filter(|ssid| !ssid.as_bytes().is_empty())
            .ok_or("ssid is missing, empty or too long")?;
        if let Some(mode) = self
            .text(group, "mode")
            .filter(|mode| mode != "infrastructure")
        {
            return Ok(self.skip(&format!("mode={mode}: macveil manages stations only")));
        }
        let bssid = self.address(group, "bssid");
        Ok(Some(ProfileTarget::Wifi { ssid, bssid }))
    }

    fn skip<T>(&mut self, why: &str) -> Option<T> {
        self.report
            .add(self.path, "the profile", ImportOutcome::NotNeeded, why);
        None
    }

    /// The group with its old or its new name.
    fn group<'n>(&self, old: &'n str, new: &'n str) -> Option<&'n str> {
        [old, new]
            .into_iter()
            .find(|name| self.file.has_group(name))
    }

    fn text(&self, group: &str, key: &str) -> Option<String> {
        self.file.text(group, key).map(|text| text.text)
    }

    fn setting(&self, group: &str, key: &str) -> String {
        let raw = self.file.value(group, key).map(|value| value.raw.as_str());
        format!("[{group}] {key}={}", raw.unwrap_or_default())
    }

    fn uuid(&self) -> Option<String> {
        self.text("connection", "uuid")
            .map(|uuid| uuid.to_ascii_lowercase())
    }

    /// The interfaces of the profile; `None` if macveil cannot select them.
    fn binding(&mut self, group: &str, is_wifi: bool) -> Result<Option<Binding>, String> {
        let mut settings = BindingSettings::default();
        let name = self.interface()?;
        let card = self.address(group, "mac-address");
        let file = self.file;
        settings.name = name.zip(file.value("connection", "interface-name"));
        settings.card = card.zip(file.value(group, "mac-address"));
        for (key, since) in [
            ("mac-address-blacklist", InstalledVersion::FIRST),
            ("mac-address-denylist", InstalledVersion::DENYLIST),
        ] {
            if let Some(value) = self.known_since(group, key, since) {
                let cards = denied(value).ok_or_else(|| format!("{key}: not valid addresses"))?;
                // The newer key alone counts.
                settings.denied = Some((key, value, cards));
            }
        }
        for key in ["interface-name", "driver", "path", "kernel-command-line"] {
            let since = match key {
                "interface-name" => InstalledVersion::MATCH,
                _ => InstalledVersion::MATCH_MORE,
            };
            let value = self.known_since("match", key, since);
            match (key, value.filter(|value| !value.list().is_empty())) {
                ("interface-name", value) => settings.names = value,
                ("driver", value) => settings.drivers = value,
                (key, Some(value)) => settings.others.push((key, value)),
                (_, None) => {}
            }
        }
        let medium = if is_wifi {
            Medium::Wifi
        } else {
            Medium::Ethernet
        };
        match Binding::new(&settings, group, medium, self.report) {
            Ok(binding) => Ok(Some(binding)),
            Err(error) => {
                self.report
                    .about(&error.value, error.setting, error.outcome, error.why);
                Ok(None)
            }
        }
    }

    /// A setting, unless this version did not know it yet.
    fn known_since(&mut self, group: &str, key: &str, since: NmVersion) -> Option<&'a Value> {
        let value = self.file.value(group, key)?;
        if self.version >= since {
            return Some(value);
        }
        let setting = self.setting(group, key);
        let why = format!("NetworkManager ignored it: this version did not know {key}");
        self.report
            .about(value, setting, ImportOutcome::NotNeeded, why);
        None
    }

    fn interface(&mut self) -> Result<Option<String>, String> {
        let name = self.clean("connection", "interface-name");
        let name = name.filter(|name| !name.is_empty());
        match name {
            Some(name) if !crate::config::is_spec(&format!("interface-name:={name}")) => {
                Err(format!("invalid interface name `{name}`"))
            }
            name => Ok(name),
        }
    }

    /// An address, also as six numbers. An invalid one is ignored.
    fn address(&mut self, group: &str, key: &str) -> Option<Mac> {
        let text = self.clean(group, key)?;
        let address = hardware_address(&text);
        if address.is_none() {
            let setting = self.setting(group, key);
            let why = "NetworkManager ignored it: not a valid address";
            self.report
                .add(self.path, setting, ImportOutcome::NotNeeded, why);
        }
        address
    }

    fn policy(&mut self, group: &str, is_wifi: bool) -> Result<Option<Policy>, String> {
        let text = self.clean(group, "cloned-mac-address");
        if let Some(text) = text {
            let read = policy(&text, self.version)
                .or_else(|| hardware_address(&text).map(Policy::Address));
            if read.is_some() {
                return Ok(read);
            }
            let setting = self.setting(group, "cloned-mac-address");
            let why = "NetworkManager ignored it: neither a policy nor an address";
            self.report
                .add(self.path, setting, ImportOutcome::NotNeeded, why);
        }
        let randomization = self
            .file
            .value(group, "mac-address-randomization")
            .filter(|_| is_wifi)
            .and_then(Value::number);
        match randomization {
            Some(1) => Ok(Some(Policy::Word("permanent"))),
            Some(2) => Ok(Some(Policy::Word("random"))),
            Some(other @ 3..) => Err(format!(
                "mac-address-randomization={other}: expected 0, 1 or 2"
            )),
            _ => Ok(None),
        }
    }

    fn mask(&mut self, group: &str) -> Result<Option<String>, String> {
        let key = "generate-mac-address-mask";
        match self.clean(group, key) {
            Some(text) if !text.is_empty() && mask(&text).is_none() => {
                Err(format!("{key}={text} is not a valid mask"))
            }
            text => Ok(text),
        }
    }

    /// A text; one with an invalid escape sequence is ignored.
    fn clean(&mut self, group: &str, key: &str) -> Option<String> {
        let Text { text, clean } = self.file.text(group, key)?;
        if !clean {
            let setting = self.setting(group, key);
            let why = "NetworkManager ignored it: invalid escape sequence";
            self.report
                .add(self.path, setting, ImportOutcome::NotNeeded, why);
        }
        clean.then_some(text)
    }
}

/// Bytes such as an SSID, as text with `\;`, or as numbers followed by `;`.
pub(super) fn octets(text: &str) -> Vec<u8> {
    let as_numbers = || {
        let (numbers, rest) = text.rsplit_once(';')?;
        let numbers = numbers.split(';').map(small_number);
        rest.trim_ascii()
            .is_empty()
            .then(|| numbers.collect::<Option<Vec<_>>>())?
    };
    as_numbers().unwrap_or_else(|| text.replace("\\;", ";").into_bytes())
}

/// One to three digits, with optional white space.
fn small_number(word: &str) -> Option<u8> {
    let word = word.trim_ascii();
    let digits = (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| digits)
}

/// A denylist; `NetworkManager` refuses a profile with an invalid one.
fn denied(value: &Value) -> Option<Vec<Mac>> {
    let words = value.list().into_iter();
    words.map(|word| word.parse().ok()).collect()
}

fn hardware_address(text: &str) -> Option<Mac> {
    text.parse().ok().or_else(|| {
        let numbers = text.strip_suffix(';').unwrap_or(text).split(';');
        let bytes = numbers
            .map(|word| word.trim_ascii().parse().ok())
            .collect::<Option<Vec<u8>>>()?;
        bytes.try_into().ok().map(Mac)
    })
}
