//! `[connection*]`: what holds where a profile says nothing.

use super::conf::Section;
use super::keyfile::Value;
use super::report::Outcome;
use super::scope::{Medium, scope};
use super::toml_text::Quoted;
use super::translate::{MASK, NO_ID, POLICY, RANDOMIZATION, STABLE_ID, Translator};
use super::value::{Policy, mask, policy};

/// What all of a key's sections come to where it is the same for all interfaces.
pub(super) enum Everywhere {
    Said(String),
    Unsaid,
    Differs,
}

impl Translator<'_> {
    /// The `[connection*]` sections, and what holds after them.
    pub(super) fn defaults(&mut self) {
        let sections = std::mem::take(&mut self.sections);
        for section in &sections {
            self.section(section, Medium::Wifi);
            self.section(section, Medium::Ethernet);
        }
        for section in &sections {
            self.randomization(section);
        }
        self.sections = sections;
        for (medium, matters) in [
            (Medium::Wifi, self.wifi_is_said),
            (Medium::Ethernet, self.wired_matters),
        ] {
            let key = format!("{}.{POLICY}", medium.name());
            let for_all = |section: &Section| is_for_all(section) && section.value(&key).is_some();
            if matters && !self.sections.iter().any(for_all) {
                self.toml.blank();
                self.toml.comment("where nothing is said");
                self.open_interface(&[medium.all()]);
                let unset = self.unset.clone();
                self.toml.key(POLICY, Quoted(&unset));
            }
        }
    }

    fn section(&mut self, section: &Section, medium: Medium) {
        let key = |key: &str| format!("{}.{key}", medium.name());
        let (policy_key, mask_key) = (key(POLICY), key(MASK));
        let policy = section.value(&policy_key);
        let mask = section.value(&mask_key);
        let id = section.value("connection.stable-id");
        let matters = medium == Medium::Wifi || self.wired_matters;
        let first = policy.or(mask).or(id.filter(|_| matters));
        let stops = section.stops && matters && self.wifi_is_said;
        let Some(file) = first.map(|value| &value.file).or_else(|| {
            let devices = section.devices.as_ref();
            devices.map(|(_, value)| &value.file).filter(|_| stops)
        }) else {
            return;
        };
        let Some(scope) = scope(section, medium, self.report) else {
            let why = "the section is about no interface of this kind";
            let setting = format!("{} for {}", section.header(), medium.name());
            self.report.add(file, setting, Outcome::Unneeded, why);
            return;
        };
        self.toml.blank();
        self.toml
            .comment(format_args!("{file}: {}", section.header()));
        self.open_interface(&scope);
        let setting =
            |key: &str, value: &Value| format!("{} {key}={}", section.header(), value.raw);
        match policy {
            Some(value) => self.default_policy(
                &value.file,
                &setting(&policy_key, value),
                &value.text().text,
            ),
            None if stops => {
                let unset = self.unset.clone();
                self.toml.key(POLICY, Quoted(&unset));
            }
            None => {}
        }
        match id {
            Some(value) => {
                let setting = setting("connection.stable-id", value);
                self.stable_id(&value.file, &setting, &value.text().text);
            }
            None if stops => drop(self.toml.key(STABLE_ID, Quoted(NO_ID))),
            None => {}
        }
        match mask {
            Some(value) => {
                self.default_mask(&value.file, &setting(&mask_key, value), &value.text().text);
            }
            None if stops => drop(self.toml.key(MASK, Quoted(""))),
            None => {}
        }
    }

    fn default_policy(&mut self, file: &str, setting: &str, text: &str) {
        match policy(text, self.version) {
            Some(Policy::Address(address)) if !address.is_usable() => {
                let why = "no station may have this address";
                self.report.add(file, setting, Outcome::Impossible, why);
            }
            Some(policy) => {
                let line = self.toml.key(POLICY, Quoted(&policy.to_string()));
                self.report
                    .taken(file, setting, format!("{POLICY} = \"{policy}\""), line);
            }
            None => {
                let line = self.toml.key(POLICY, Quoted("preserve"));
                let text = format!(
                    "{POLICY} = \"preserve\": this NetworkManager did not know the word and silently took `preserve`; say here what you meant"
                );
                self.report.taken(file, setting, text, line);
            }
        }
    }

    fn default_mask(&mut self, file: &str, setting: &str, text: &str) {
        if !text.is_empty() && mask(text).is_none() {
            self.toml.key(MASK, Quoted(""));
            let why =
                "it is no mask, and NetworkManager silently went without one; so does macveil";
            self.report.add(file, setting, Outcome::Unneeded, why);
            return;
        }
        self.mask(file, setting, text);
    }

    /// The setting before 1.4, which is asked where `cloned-mac-address` is not said.
    fn randomization(&mut self, section: &Section) {
        let Some(value) = section.value(RANDOMIZATION) else {
            return;
        };
        let setting = format!("{} {RANDOMIZATION}={}", section.header(), value.raw);
        let Some(scope) = scope(section, Medium::Wifi, self.report) else {
            let why = "the section is about no Wi-Fi interface";
            self.report
                .add(&value.file, setting, Outcome::Unneeded, why);
            return;
        };
        let policy = if value.raw.trim_ascii() == "2" {
            "random"
        } else {
            "preserve"
        };
        self.toml.blank();
        self.toml.comment(format_args!("{}: {setting}", value.file));
        self.open_interface(&scope);
        let line = self.toml.key(POLICY, Quoted(policy));
        self.report.taken(
            &value.file,
            setting,
            format!("{POLICY} = \"{policy}\""),
            line,
        );
    }

    pub(super) fn everywhere(&self, key: &str) -> Everywhere {
        for section in &self.sections {
            match section.value(key) {
                Some(value) if is_for_all(section) => return Everywhere::Said(value.text().text),
                None if section.stops && is_for_all(section) => return Everywhere::Unsaid,
                None if !section.stops => {}
                _ => return Everywhere::Differs,
            }
        }
        Everywhere::Unsaid
    }
}

fn is_for_all(section: &Section) -> bool {
    let specs = section.devices.as_ref().map(|(specs, _)| specs.as_slice());
    specs.is_none_or(|specs| specs == ["*"])
}
