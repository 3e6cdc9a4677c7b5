//! Writes profiles as network blocks of `wpa_supplicant` (`wpa_supplicant.conf(5)`).
//!
//! A block that would not do the same, or that `wpa_supplicant` would refuse with its whole file, is a comment.

mod block;
mod eap;
mod security;
#[cfg(test)]
mod tests;

use super::keyfile::{KeyFile, Value};
use super::profile::{self, Profile, ProfileFile, ProfileTarget};
use super::report::{ImportOutcome, ImportReport};
use super::translate::{ImportOptions, NEWEST};
use block::Block;
use macveil_core::types::{Mac, Ssid};

/// Network blocks, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WpaNetworks {
    /// The content of a file. It has passwords.
    pub text: String,
    /// Blocks that `wpa_supplicant` can use.
    pub usable: usize,
    /// Blocks that are comments, because something must be added.
    pub commented: usize,
}

/// Returns the Wi-Fi profiles as network blocks, the one with the highest rank first.
#[must_use]
pub fn wpa_networks(
    profiles: &[ProfileFile],
    timestamps: &[u8],
    options: &ImportOptions,
    report: &mut ImportReport,
) -> WpaNetworks {
    let version = options
        .version
        .map_or(NEWEST, |installed| installed.version);
    let mut networks = WpaNetworks {
        text: HEAD.to_owned(),
        ..WpaNetworks::default()
    };
    for profile in profile::read(profiles, timestamps, version, report) {
        if let ProfileTarget::Wifi { ssid, bssid } = &profile.link {
            let block = block(&profile, ssid, *bssid, report);
            networks.usable += usize::from(block.is_usable());
            networks.commented += usize::from(!block.is_usable());
            for why in block.problems() {
                let title = format!("network block of \"{}\"", profile.id);
                let text = format!("written as a comment: {why}");
                report.add(&profile.path, title, ImportOutcome::NotPossible, text);
            }
            networks.text.push_str(&block.written());
        }
    }
    networks
}

const HEAD: &str = "# NetworkManager's networks with their passwords, written by `macveil import networkmanager`.\n# For wpa_supplicant, for example as /etc/wpa_supplicant/wpa_supplicant-wlan0.conf.\n";

fn block(profile: &Profile, ssid: &Ssid, bssid: Option<Mac>, report: &mut ImportReport) -> Block {
    let settings = Settings::of(&profile.settings);
    let mut block = Block::new(&format!("{}: {}", profile.path, profile.id));
    block.set("ssid", &block::text_or_hex(ssid.as_bytes()));
    if settings.flag("wifi", "hidden") == Some(true) {
        block.set("scan_ssid", "1");
    }
    if let Some(bssid) = bssid {
        block.set("bssid", &bssid.to_string());
    }
    frequency(&settings, &mut block);
    security::add(profile, &settings, &mut block, report);
    let rank = &profile.rank;
    if rank.priority != 0 {
        block.set("priority", &rank.priority.to_string());
    }
    if !rank.automatic {
        block.set("disabled", "1");
    }
    if profile.binding.is_bound() {
        block.remark(&format!(
            "NetworkManager used it on these interfaces only: {}",
            profile.binding.specs.join(", ")
        ));
        let title = format!("network block of \"{}\"", profile.id);
        let why = "wpa_supplicant uses a block on every interface of its file: keep it only in the file of the right interface";
        report.add(&profile.path, title, ImportOutcome::NotPossible, why);
    }
    block
}

fn frequency(settings: &Settings, block: &mut Block) {
    let Some(channel) = settings.number("wifi", "channel") else {
        return;
    };
    let frequency = match (settings.text("wifi", "band").as_deref(), channel) {
        (Some("bg"), 1..=13) => 2407 + 5 * channel,
        (Some("bg"), 14) => 2484,
        (Some("a"), 7..=177) => 5000 + 5 * channel,
        (Some("6GHz"), 1..=233) => 5950 + 5 * channel,
        _ => return,
    };
    block.set("freq_list", &frequency.to_string());
}

/// A profile's settings by the newer names of groups.
pub(super) struct Settings<'a>(&'a KeyFile);

impl<'a> Settings<'a> {
    fn of(file: &'a KeyFile) -> Self {
        Self(file)
    }

    /// The group under the name that the profile uses. The older name takes precedence (`DEFINE_KF_WRAPPER_GET`,
    /// nm-keyfile-utils.c).
    fn group(&self, name: &'static str) -> Option<&'static str> {
        let older = match name {
            "wifi" => "802-11-wireless",
            "wifi-security" => "802-11-wireless-security",
            other => other,
        };
        [older, name]
            .into_iter()
            .find(|name| self.0.has_group(name))
    }

    fn value(&self, group: &'static str, key: &str) -> Option<&'a Value> {
        self.0.value(self.group(group)?, key)
    }

    fn text(&self, group: &'static str, key: &str) -> Option<String> {
        let text = self.value(group, key)?.text().text;
        Some(text).filter(|text| !text.is_empty())
    }

    fn list(&self, group: &'static str, key: &str) -> Vec<String> {
        self.value(group, key).map(Value::list).unwrap_or_default()
    }

    fn number(&self, group: &'static str, key: &str) -> Option<i32> {
        self.value(group, key)?.number()
    }

    fn flag(&self, group: &'static str, key: &str) -> Option<bool> {
        self.value(group, key)?.boolean()
    }

    fn keys(&self, group: &'static str) -> Vec<&'a str> {
        let name = self.group(group);
        let groups = self.0.groups().iter();
        let keys = groups.filter(|(found, _)| Some(found.as_str()) == name);
        keys.flat_map(|(_, settings)| settings.all().iter().map(|(key, _)| key.as_str()))
            .collect()
    }

    /// A secret, if it is in the profile.
    fn secret(&self, group: &'static str, key: &str) -> Option<String> {
        self.text(group, key)
            .filter(|_| !self.is_elsewhere(group, key))
    }

    /// Whether a secret is asked for or in a keyring (`psk-flags`).
    fn is_elsewhere(&self, group: &'static str, key: &str) -> bool {
        const NOT_HERE: i32 = 1 | 2;
        let flags = self.number(group, &format!("{key}-flags"));
        flags.is_some_and(|flags| flags & NOT_HERE != 0)
    }
}
