//! Profiles: `[[network]]` for Wi-Fi, `[[interface]]` for cables.

use std::collections::BTreeMap;

use super::conf::escape_spec;
use super::profile::{Link, Profile};
use super::report::Outcome;
use super::scope::Medium;
use super::sections::Everywhere;
use super::toml_text::Quoted;
use super::translate::{MASK, NO_ID, POLICY, STABLE_ID, Translator};
use super::value::{Policy, mask, policy};
use crate::config::is_uuid;
use macveil_core::types::Ssid;

impl Translator<'_> {
    /// Profiles for cables: an interface has one network at a time, so they are said of the interface.
    pub(super) fn wired_profiles(&mut self, profiles: &[Profile]) {
        let mut taken: Vec<String> = Vec::new();
        let mut for_all: Option<&Profile> = None;
        for profile in profiles.iter().filter(|it| matches!(it.link, Link::Wired)) {
            let title = format!("profile \"{}\"", profile.id);
            if !self.wired_matters {
                let why = "nothing is said of its address, and macveil leaves Ethernet alone unless told otherwise";
                self.report
                    .add(&profile.path, title, Outcome::Unneeded, why);
                continue;
            }
            if let Some(winner) = for_all {
                self.lost_to(profile, winner);
                continue;
            }
            let spec = match (&profile.interface, profile.card) {
                (Some(name), _) => format!("interface-name:={}", escape_spec(name)),
                (None, Some(card)) => format!("mac:{card}"),
                (None, None) => Medium::Ethernet.all(),
            };
            if taken.contains(&spec) {
                let why = "another profile is for the same interface, and NetworkManager would rather have used that one";
                self.report
                    .add(&profile.path, title, Outcome::Impossible, why);
                continue;
            }
            let mut scope = vec![spec.clone()];
            scope.extend(taken.iter().map(|spec| format!("except:{spec}")));
            if profile.is_bound() {
                scope.push(Medium::Wifi.all().replace("type", "except:type"));
                taken.push(spec);
            } else {
                for_all = Some(profile);
            }
            self.toml.blank();
            self.toml
                .comment(format_args!("{}: {}", profile.path, profile.id));
            let line = self.open_interface(&scope);
            let text = "[[interface]]; macveil cares for Ethernet only if `manage` says so";
            self.report.taken(&profile.path, title, text, line);
            self.identity(profile, line);
            self.own_settings(profile);
        }
    }

    pub(super) fn networks(&mut self, profiles: &[Profile]) {
        let mut of: BTreeMap<&Ssid, Vec<&Profile>> = BTreeMap::new();
        for profile in profiles {
            if let Link::Wifi { ssid, .. } = &profile.link {
                of.entry(ssid).or_default().push(profile);
            }
        }
        let mut winners: BTreeMap<&Ssid, &Profile> = BTreeMap::new();
        for profile in profiles {
            let Link::Wifi { ssid, .. } = &profile.link else {
                continue;
            };
            if let Some(winner) = winners.get(ssid) {
                self.lost_to(profile, winner);
                continue;
            }
            if profile.is_bound() {
                let mut rivals = of.get(ssid).cloned().unwrap_or_default();
                rivals.retain(|it| it.path != profile.path);
                self.network(profile, &rivals);
            } else {
                winners.insert(ssid, profile);
                self.network(profile, &[]);
            }
        }
    }

    fn lost_to(&mut self, profile: &Profile, winner: &Profile) {
        let why = if profile.rank == winner.rank {
            "NetworkManager liked both equally"
        } else {
            "NetworkManager would rather use that one: by autoconnect, priority and last use"
        };
        let why = format!(
            "\"{}\" is for the same network and was taken, as {why}; if this is the one that you use, take the other away and import again",
            winner.id
        );
        let title = format!("profile \"{}\"", profile.id);
        self.report
            .add(&profile.path, title, Outcome::Impossible, why);
    }

    /// What this rule does not say, those of `rivals` would.
    fn network(&mut self, profile: &Profile, rivals: &[&Profile]) {
        let Link::Wifi { ssid, bssid } = &profile.link else {
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
            .taken(&profile.path, title, format!("[[network]] {ssid}"), line);
        if let Some(bssid) = bssid {
            let line = self.toml.key("bssid", Quoted(&bssid.to_string()));
            self.report.taken(
                &profile.path,
                format!("[wifi] bssid={bssid}"),
                "bssid",
                line,
            );
        }
        self.binding(profile);
        self.identity(profile, line);
        self.own_settings(profile);
        if profile.policy.is_none() && !self.wifi_is_said {
            let unset = self.unset.clone();
            let line = self.toml.key(POLICY, Quoted(&unset));
            let text = format!(
                "{POLICY} = \"{unset}\", which NetworkManager's default was; networks that it did not know get macveil's"
            );
            self.report.taken(
                &profile.path,
                format!("[wifi] {POLICY} is not said"),
                text,
                line,
            );
        }
        self.say_what_others_say(profile, rivals);
    }

    /// The interface or the card that a profile is for.
    fn binding(&mut self, profile: &Profile) {
        let name = profile.interface.as_ref();
        let card = profile
            .card
            .map(|card| (format!("mac:{card}"), format!("[wifi] mac-address={card}")));
        let bound = name
            .map(|name| {
                let spec = format!("interface-name:={}", escape_spec(name));
                (spec, format!("[connection] interface-name={name}"))
            })
            .or(card);
        if let Some((spec, setting)) = bound {
            let line = self.toml.key("match", Quoted(&spec));
            self.report.taken(&profile.path, setting, "match", line);
        }
    }

    fn identity(&mut self, profile: &Profile, line: usize) {
        match profile.uuid.as_deref() {
            Some(uuid) if is_uuid(uuid) => {
                let line = self.toml.key("uuid", Quoted(uuid));
                let setting = format!("[connection] uuid={uuid}");
                self.report.taken(&profile.path, setting, "uuid", line);
            }
            other => {
                let setting = format!("[connection] uuid={}", other.unwrap_or_default());
                let text = format!(
                    "NetworkManager makes a UUID of its own for such a profile; if the address is derived from it (`stable` without another stable-id), ask for it while NetworkManager runs, `nmcli -g connection.uuid connection show '{}'`, write it into the profile and import again, or say it as uuid = \"...\" below line {line}",
                    profile.id
                );
                self.report
                    .add(&profile.path, setting, Outcome::Impossible, text);
            }
        }
    }

    fn own_settings(&mut self, profile: &Profile) {
        let group = match profile.link {
            Link::Wifi { .. } => "wifi",
            Link::Wired => "ethernet",
        };
        match profile.policy {
            None => {}
            Some(Policy::Address(address)) if !address.is_usable() => {
                let setting = format!("[{group}] {POLICY}={address}");
                let why = "no station may have this address";
                self.report
                    .add(&profile.path, setting, Outcome::Impossible, why);
            }
            Some(policy) => {
                let line = self.toml.key(POLICY, Quoted(&policy.to_string()));
                let setting = format!("[{group}] {POLICY}={policy}");
                let text = format!("{POLICY} = \"{policy}\"");
                self.report.taken(&profile.path, setting, text, line);
            }
        }
        if let Some(id) = &profile.stable_id {
            self.stable_id(&profile.path, &format!("[connection] {STABLE_ID}={id}"), id);
        }
        if let Some(mask) = &profile.mask {
            self.mask(&profile.path, &format!("[{group}] {MASK}={mask}"), mask);
        }
    }

    /// What a rule leaves to the defaults, said all the same where another one says it.
    fn say_what_others_say(&mut self, profile: &Profile, rivals: &[&Profile]) {
        let said = |says: fn(&Profile) -> bool| !says(profile) && rivals.iter().any(|it| says(it));
        if self.wifi_is_said && said(|it| it.policy.is_some()) {
            let unset = self.unset.clone();
            self.say_default(profile, "wifi.cloned-mac-address", &unset);
        }
        if said(|it| it.stable_id.is_some()) {
            self.say_default(profile, "connection.stable-id", NO_ID);
        }
        if said(|it| it.mask.is_some()) {
            self.say_default(profile, "wifi.generate-mac-address-mask", "");
        }
    }

    fn say_default(&mut self, profile: &Profile, key: &str, unset: &str) {
        let text = match self.everywhere(key) {
            Everywhere::Said(text) => text,
            Everywhere::Unsaid => {
                let (_, key) = key.split_once('.').unwrap_or_default();
                self.toml.key(key, Quoted(unset));
                return;
            }
            Everywhere::Differs => {
                let title = format!("profile \"{}\": {key}", profile.id);
                let why = "other profiles are for the same network and the default hangs on the interface: say it in this profile and import again";
                self.report
                    .add(&profile.path, title, Outcome::Impossible, why);
                return;
            }
        };
        match key.rsplit_once('.').map(|(_, key)| key) {
            Some(STABLE_ID) => drop(self.stable_id_key(&text)),
            Some(POLICY) => {
                let known =
                    policy(&text, self.version).map_or("preserve".to_owned(), |it| it.to_string());
                self.toml.key(POLICY, Quoted(&known));
            }
            _ => {
                let good = mask(&text).map_or("", |_| text.as_str());
                self.toml.key(MASK, Quoted(good));
            }
        }
    }
}

/// An SSID that can be written as text.
fn plain_text(ssid: &Ssid) -> Option<&str> {
    let text = std::str::from_utf8(ssid.as_bytes()).ok()?;
    (!text.contains(char::is_control)).then_some(text)
}
