//! Translates profiles: `[[network]]` for Wi-Fi, `[[interface]]` for Ethernet.

use super::profile::{Profile, ProfileTarget};
use super::report::ImportOutcome;
use super::scope::{Medium, is_exception};
use super::sections::GlobalDefault;
use super::toml_text::{List, Quoted};
use super::translate::{MASK, NO_ID, POLICY, STABLE_ID, Translator};
use super::value::{Policy, mask, policy};
use crate::config::is_uuid;
use macveil_core::types::Ssid;

impl Translator<'_> {
    /// Ethernet profiles. An interface has one network at a time, so they become settings of the interface.
    pub(super) fn wired_profiles(&mut self, profiles: &[Profile]) {
        let mut taken: Vec<String> = Vec::new();
        let mut for_all: Option<&Profile> = None;
        for profile in profiles
            .iter()
            .filter(|profile| matches!(profile.link, ProfileTarget::Wired))
        {
            let title = format!("profile \"{}\"", profile.id);
            if !self.wired_matters {
                let why = "it sets no address, and macveil does not manage Ethernet by default";
                self.report
                    .add(&profile.path, title, ImportOutcome::NotNeeded, why);
                continue;
            }
            if let Some(winner) = for_all {
                self.superseded_by(profile, winner);
                continue;
            }
            let specs = match profile.binding.specs.as_slice() {
                [] => vec![Medium::Ethernet.all()],
                specs => specs.to_vec(),
            };
            if specs.iter().all(|spec| taken.contains(spec)) {
                let why =
                    "another profile for the same interface has a higher rank in NetworkManager";
                self.report
                    .add(&profile.path, title, ImportOutcome::NotPossible, why);
                continue;
            }
            let mut scope = specs.clone();
            scope.extend(taken.iter().map(|spec| format!("except:{spec}")));
            if profile.is_bound() {
                scope.push(Medium::Ethernet.none_of_the_other());
                let wanted = specs.into_iter().filter(|spec| !is_exception(spec));
                taken.extend(wanted);
            } else {
                for_all = Some(profile);
            }
            self.toml.blank();
            self.toml
                .comment(format_args!("{}: {}", profile.path, profile.id));
            let line = self.open_interface(&scope);
            let text = "[[interface]]; macveil manages Ethernet only if `manage` includes it";
            self.report.imported(&profile.path, title, text, line);
            self.identity(profile, line);
            self.settings(profile);
        }
    }

    pub(super) fn networks(&mut self, profiles: &[Profile]) {
        for (at, profile) in profiles.iter().enumerate() {
            let ProfileTarget::Wifi { ssid, .. } = &profile.link else {
                continue;
            };
            let is_same = |other: &&Profile| matches!(&other.link, ProfileTarget::Wifi { ssid: its, .. } if its == ssid);
            let mut before = profiles.iter().take(at).filter(is_same);
            if let Some(winner) = before.find(|other| !other.is_bound()) {
                self.superseded_by(profile, winner);
                continue;
            }
            let mut others = Vec::new();
            if profile.is_bound() {
                others.extend(profiles.iter().filter(is_same));
                others.retain(|other| other.path != profile.path);
            }
            self.network(profile, &others);
        }
    }

    fn superseded_by(&mut self, profile: &Profile, winner: &Profile) {
        let why = if profile.rank == winner.rank {
            "both have the same rank in NetworkManager"
        } else {
            "it has a higher rank in NetworkManager (autoconnect, priority, last use)"
        };
        let why = format!(
            "\"{}\" for the same network was imported instead: {why}. If you use this one, delete the other and import again",
            winner.id
        );
        let title = format!("profile \"{}\"", profile.id);
        self.report
            .add(&profile.path, title, ImportOutcome::NotPossible, why);
    }

    /// Writes a network. `others` are less specific profiles for it, whose rules apply where this one sets nothing.
    fn network(&mut self, profile: &Profile, others: &[&Profile]) {
        let ProfileTarget::Wifi { ssid, bssid } = &profile.link else {
            return;
        };
        self.toml.blank();
        self.toml
            .comment(format_args!("{}: {}", profile.path, profile.id));
        self.toml.table("network");
        let line = match plain_text(ssid) {
            Some(text) => self.toml.key("ssid", Quoted(text)),
            None => self.toml.key("ssid-hex", Quoted(&ssid.to_hex())),
        };
        let title = format!("profile \"{}\"", profile.id);
        self.report
            .imported(&profile.path, title, format!("[[network]] {ssid}"), line);
        if let Some(bssid) = bssid {
            let line = self.toml.key("bssid", Quoted(&bssid.to_string()));
            self.report.imported(
                &profile.path,
                format!("[wifi] bssid={bssid}"),
                "bssid",
                line,
            );
        }
        self.binding(profile);
        self.identity(profile, line);
        self.settings(profile);
        if profile.policy.is_none() && !self.wifi_policy_is_set {
            let unset = self.unset.clone();
            let line = self.toml.key(POLICY, Quoted(&unset));
            let text = format!(
                "{POLICY} = \"{unset}\", NetworkManager's default; unknown networks get macveil's default"
            );
            self.report.imported(
                &profile.path,
                format!("[wifi] {POLICY} is not set"),
                text,
                line,
            );
        }
        self.repeat_defaults(profile, others);
    }

    /// The interface or card of a profile.
    fn binding(&mut self, profile: &Profile) {
        if !profile.binding.is_bound() {
            return;
        }
        let line = self.toml.key("match", List(&profile.binding.specs));
        for setting in profile.binding.settings() {
            self.report
                .imported(&profile.path, setting.as_str(), "match", line);
        }
    }

    fn identity(&mut self, profile: &Profile, line: usize) {
        match profile.uuid.as_deref() {
            Some(uuid) if is_uuid(uuid) => {
                let line = self.toml.key("uuid", Quoted(uuid));
                let setting = format!("[connection] uuid={uuid}");
                self.report.imported(&profile.path, setting, "uuid", line);
            }
            other => {
                let setting = format!("[connection] uuid={}", other.unwrap_or_default());
                let text = format!(
                    "NetworkManager generates a UUID for such a profile. If the address depends on it (`stable` without another stable-id): while NetworkManager runs, get it with `nmcli -g connection.uuid connection show id '{}'`. Then add it to the profile and import again, or add uuid = \"...\" below line {line}",
                    profile.id.replace('\'', r"'\''")
                );
                self.report
                    .add(&profile.path, setting, ImportOutcome::NotPossible, text);
            }
        }
    }

    fn settings(&mut self, profile: &Profile) {
        let group = match profile.link {
            ProfileTarget::Wifi { .. } => "wifi",
            ProfileTarget::Wired => "ethernet",
        };
        match profile.policy {
            None => {}
            Some(Policy::Address(address)) if !address.is_usable() => {
                let setting = format!("[{group}] {POLICY}={address}");
                let why = "not a valid station address";
                self.report
                    .add(&profile.path, setting, ImportOutcome::NotPossible, why);
            }
            Some(policy) => {
                let line = self.toml.key(POLICY, Quoted(&policy.to_string()));
                let setting = format!("[{group}] {POLICY}={policy}");
                let text = format!("{POLICY} = \"{policy}\"");
                self.report.imported(&profile.path, setting, text, line);
            }
        }
        if let Some(id) = &profile.stable_id {
            self.stable_id(&profile.path, &format!("[connection] {STABLE_ID}={id}"), id);
        }
        if let Some(mask) = &profile.mask {
            self.mask(&profile.path, &format!("[{group}] {MASK}={mask}"), mask);
        }
    }

    /// Repeats defaults that another rule for the same network would otherwise override.
    fn repeat_defaults(&mut self, profile: &Profile, others: &[&Profile]) {
        let only_others =
            |sets: fn(&Profile) -> bool| !sets(profile) && others.iter().any(|other| sets(other));
        if self.wifi_policy_is_set && only_others(|profile| profile.policy.is_some()) {
            let unset = self.unset.clone();
            self.write_default(profile, "wifi.cloned-mac-address", &unset);
        }
        if only_others(|profile| profile.stable_id.is_some()) {
            self.write_default(profile, "connection.stable-id", NO_ID);
        }
        if only_others(|profile| profile.mask.is_some()) {
            self.write_default(profile, "wifi.generate-mac-address-mask", "");
        }
    }

    fn write_default(&mut self, profile: &Profile, key: &str, unset: &str) {
        let text = match self.everywhere(key) {
            GlobalDefault::Value(text) => text,
            GlobalDefault::Unset => {
                let (_, key) = key.split_once('.').unwrap_or_default();
                self.toml.key(key, Quoted(unset));
                return;
            }
            GlobalDefault::Differs => {
                let title = format!("profile \"{}\": {key}", profile.id);
                let why = "other profiles exist for the same network, and the default depends on the interface: set it in this profile and import again";
                self.report
                    .add(&profile.path, title, ImportOutcome::NotPossible, why);
                return;
            }
        };
        match key.rsplit_once('.').map(|(_, key)| key) {
            Some(STABLE_ID) => drop(self.stable_id_key(&text)),
            Some(POLICY) => {
                let known = policy(&text, self.version)
                    .map_or("preserve".to_owned(), |profile| profile.to_string());
                self.toml.key(POLICY, Quoted(&known));
            }
            _ => {
                let good = mask(&text).map_or("", |_| text.as_str());
                self.toml.key(MASK, Quoted(good));
            }
        }
    }
}

/// The SSID as text, if it can be written as text.
fn plain_text(ssid: &Ssid) -> Option<&str> {
    let text = std::str::from_utf8(ssid.as_bytes()).ok()?;
    (!text.contains(char::is_control)).then_some(text)
}
