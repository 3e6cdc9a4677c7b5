//! Translates `[connection*]`: defaults for profiles.

use super::conf::Section;
use super::keyfile::Value;
use super::report::ImportOutcome;
use super::scope::{Medium, scope};
use super::toml_text::Quoted;
use super::translate::{MASK, NO_ID, POLICY, RANDOMIZATION, STABLE_ID, Translator};
use super::value::{Policy, mask, policy};

/// The default of a key, if it is the same for all interfaces.
pub(super) enum GlobalDefault {
    Value(String),
    Unset,
    Differs,
}

impl Translator<'_> {
    /// The `[connection*]` sections, and the defaults after them.
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
            (Medium::Wifi, self.wifi_policy_is_set),
            (Medium::Ethernet, self.wired_matters),
        ] {
            let key = format!("{}.{POLICY}", medium.name());
            let for_all = |section: &Section| is_for_all(section) && section.value(&key).is_some();
            if matters && !self.sections.iter().any(for_all) {
                self.toml.blank();
                self.toml.comment("default");
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
        let stops = section.stops && matters && self.wifi_policy_is_set;
        let Some(file) = first.map(|value| &value.file).or_else(|| {
            let devices = section.devices.as_ref();
            devices.map(|(_, value)| &value.file).filter(|_| stops)
        }) else {
            return;
        };
        let Some(scope) = scope(section, medium, self.version, self.report) else {
            let why = "the section matches no such interface";
            let setting = format!("{} for {}", section.header(), medium.name());
            self.report
                .add(file, setting, ImportOutcome::NotNeeded, why);
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
                let why = "not a valid station address";
                self.report
                    .add(file, setting, ImportOutcome::NotPossible, why);
            }
            Some(policy) => {
                let line = self.toml.key(POLICY, Quoted(&policy.to_string()));
                self.report
                    .imported(file, setting, format!("{POLICY} = \"{policy}\""), line);
            }
            None => {
                let line = self.toml.key(POLICY, Quoted("preserve"));
                let text = format!(
                    "{POLICY} = \"preserve\": this NetworkManager did not know the value and silently used `preserve`; change it if you want something else"
                );
                self.report.imported(file, setting, text, line);
            }
        }
    }

    fn default_mask(&mut self, file: &str, setting: &str, text: &str) {
        if !text.is_empty() && mask(text).is_none() {
            self.toml.key(MASK, Quoted(""));
            let why = "not a valid mask: NetworkManager ignored it silently, and macveil uses none";
            self.report
                .add(file, setting, ImportOutcome::NotNeeded, why);
            return;
        }
        self.mask(file, setting, text);
    }

    /// The setting before 1.4, used if `cloned-mac-address` is not set.
    fn randomization(&mut self, section: &Section) {
        let Some(value) = section.value(RANDOMIZATION) else {
            return;
        };
        let setting = format!("{} {RANDOMIZATION}={}", section.header(), value.raw);
        let Some(scope) = scope(section, Medium::Wifi, self.version, self.report) else {
            let why = "the section matches no Wi-Fi interface";
            self.report
                .add(&value.file, setting, ImportOutcome::NotNeeded, why);
            return;
        };
        let policy = match value.raw.trim_ascii() {
            "2" => "random".to_owned(),
            _ => self.unset.clone(),
        };
        self.toml.blank();
        self.toml.comment(format_args!("{}: {setting}", value.file));
        self.open_interface(&scope);
        let line = self.toml.key(POLICY, Quoted(&policy));
        self.report.imported(
            &value.file,
            setting,
            format!("{POLICY} = \"{policy}\""),
            line,
        );
    }

    pub(super) fn everywhere(&self, key: &str) -> GlobalDefault {
        for section in &self.sections {
            match section.value(key) {
                Some(value) if is_for_all(section) => {
                    return GlobalDefault::Value(value.text().text);
                }
                None if section.stops && is_for_all(section) => return GlobalDefault::Unset,
                None if !section.stops => {}
                _ => return GlobalDefault::Differs,
            }
        }
        GlobalDefault::Unset
    }
}

fn is_for_all(section: &Section) -> bool {
    let specs = section.devices.as_ref().map(|(specs, _)| specs.as_slice());
    specs.is_none_or(|specs| specs == ["*"])
}
