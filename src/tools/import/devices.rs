//! Translates settings of devices: which ones are unmanaged, and how the others scan.

use super::conf::{Conf, Section, boolean, escape_spec};
use super::keyfile::Value;
use super::report::ImportOutcome;
use super::scope::{Medium, is_exception, known_specs, scope};
use super::toml_text::{List, Quoted};
use super::translate::Translator;
use super::value::mask;
use crate::config::{MIN_SCAN_MASK_FREE_BITS, split_specs};

impl Translator<'_> {
    /// `unmanaged-devices`.
    pub(super) fn managed(&mut self, conf: &Conf) {
        let Some(value) = conf.value("keyfile", "unmanaged-devices") else {
            return;
        };
        let setting = format!("[keyfile] unmanaged-devices={}", value.raw);
        let mut specs = split_specs(&value.raw);
        if specs.iter().any(|spec| spec == "except:type:wifi") {
            specs.clear();
        }
        let covers_all = |spec: &String| is_exception(spec) || spec == "*" || spec == "type:wifi";
        if specs.iter().any(covers_all) {
            let why = "set `manage` in /etc/macveil/macveil.toml to the interfaces for macveil";
            self.report
                .add(&value.file, setting, ImportOutcome::NotPossible, why);
            return;
        }
        let title = "[keyfile] unmanaged-devices";
        let specs = known_specs(&specs, title, value, self.report);
        let excepted = specs
            .iter()
            .map(|spec| format!("except:{}", escape_spec(spec)));
        let manage: Vec<_> = std::iter::once("type:wifi".to_owned())
            .chain(excepted)
            .collect();
        if manage.len() == 1 {
            let why = "it matches no interface that macveil manages";
            self.report
                .add(&value.file, setting, ImportOutcome::NotNeeded, why);
            return;
        }
        self.toml.blank();
        self.toml.comment(format_args!("{}: {setting}", value.file));
        let line = self.toml.key("manage", List(&manage));
        self.report
            .imported(&value.file, setting, "manage: all Wi-Fi except these", line);
    }

    /// The `[device*]` sections.
    pub(super) fn scanning(&mut self, sections: &[Section]) {
        const RANDOM: &str = "wifi.scan-rand-mac-address";
        const SCAN_MASK: &str = "wifi.scan-generate-mac-address-mask";
        for section in sections {
            let setting =
                |key: &str, value: &Value| format!("{} {key}={}", section.header(), value.raw);
            for (key, why) in [
                (
                    "managed",
                    "if this made an interface unmanaged, exclude it with `manage` in /etc/macveil/macveil.toml",
                ),
                (
                    "wifi.backend",
                    "with the iwd backend, iwd's own settings control addresses, not NetworkManager's",
                ),
            ] {
                if let Some(value) = section.value(key) {
                    self.report.add(
                        &value.file,
                        setting(key, value),
                        ImportOutcome::NotPossible,
                        why,
                    );
                }
            }
            let (random, scan_mask) = (section.value(RANDOM), section.value(SCAN_MASK));
            let Some(file) = random.or(scan_mask).map(|value| &value.file) else {
                continue;
            };
            let Some(scope) = scope(section, Medium::Wifi, self.version, self.report) else {
                let why = "the section matches no Wi-Fi interface";
                self.report
                    .add(file, section.header(), ImportOutcome::NotNeeded, why);
                continue;
            };
            self.toml.blank();
            self.toml
                .comment(format_args!("{file}: {}", section.header()));
            self.open_interface(&scope);
            if let Some(value) = random {
                let random = boolean(&value.raw).unwrap_or(true);
                let line = self.toml.key("scan-rand-mac-address", random);
                let text = format!("scan-rand-mac-address = {random}");
                self.report
                    .imported(&value.file, setting(RANDOM, value), text, line);
            }
            if let Some(value) = scan_mask {
                self.scan_mask(value, &setting(SCAN_MASK, value));
            }
        }
    }

    fn scan_mask(&mut self, value: &Value, setting: &str) {
        let text = value.text().text;
        let (outcome, why) = match mask(&text).map(|mask| mask.free_bits()) {
            _ if text.is_empty() => (
                ImportOutcome::NotNeeded,
                "macveil has no mask by default".to_owned(),
            ),
            None => (
                ImportOutcome::NotNeeded,
                "not a valid mask: NetworkManager ignored it silently, and macveil uses none"
                    .to_owned(),
            ),
            Some(free) if free < MIN_SCAN_MASK_FREE_BITS => (
                ImportOutcome::NotPossible,
                format!(
                    "it leaves {free} random bits, but macveil requires {MIN_SCAN_MASK_FREE_BITS}, because fewer allow linking scans; it does not affect addresses in networks"
                ),
            ),
            Some(_) => {
                let line = self
                    .toml
                    .key("scan-generate-mac-address-mask", Quoted(&text));
                self.report
                    .imported(&value.file, setting, "scan-generate-mac-address-mask", line);
                return;
            }
        };
        self.report.add(&value.file, setting, outcome, why);
    }
}
