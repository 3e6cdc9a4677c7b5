//! `NetworkManager.conf` and its drop-ins, merged like `NetworkManager` does (`nm-config.c`).

use std::sync::Arc;

use super::enabled::{FILE_GROUP, is_enabled};
use super::keyfile::{Group, KeyFile, Value};
use super::report::{ImportOutcome, ImportReport};
use super::translate::ImportOptions;
use crate::config::split_specs;

/// A configuration file of `NetworkManager`.
#[derive(Debug, Clone)]
pub struct ConfFile {
    /// Path for messages.
    pub path: Arc<str>,
    /// Content, or why it cannot be read.
    pub contents: Result<Vec<u8>, String>,
    /// Whether it is a drop-in. `[.config] enable` applies to drop-ins only.
    pub drop_in: bool,
}

/// The merged configuration.
#[derive(Debug, Clone, Default)]
pub struct Conf(KeyFile);

/// A `[connection*]` or `[device*]` section.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// Name without brackets.
    pub(super) name: String,
    /// `match-device`; `None` for all devices.
    pub(super) devices: Option<(Vec<String>, Value)>,
    /// `stop-match`: if it matches, later sections are ignored, even for keys that it does not set.
    pub(super) stops: bool,
    settings: Group,
}

/// Whether `KEY+=` and `KEY-=` change a list of device or connection specs.
fn is_spec_list(group: &str, key: &str) -> bool {
    match key {
        "unmanaged-devices" => group == "keyfile",
        "match-device" => group.starts_with("connection") || group.starts_with("device"),
        "allowed-connections" => group.starts_with("device"),
        "no-auto-default" | "ignore-carrier" | "assume-ipv6ll-only" => group == "main",
        _ => false,
    }
}

impl Conf {
    /// Merges files; each overrides the files before it.
    pub fn read(files: &[ConfFile], options: &ImportOptions, report: &mut ImportReport) -> Self {
        let mut conf = Self::default();
        for file in files {
            let contents = file.contents.as_ref().map_err(Clone::clone);
            let read = contents.and_then(|contents| {
                KeyFile::parse(contents, &file.path).map_err(|error| error.to_string())
            });
            if let Ok(read) = &read {
                report.locate(read);
            }
            match read {
                Err(why) => report.add(
                    &file.path,
                    "the file",
                    ImportOutcome::NotPossible,
                    format!("not read: {why}; fix it and import again"),
                ),
                Ok(read) if file.drop_in && !is_enabled(&read, options, report) => {}
                Ok(read) => conf.merge(&read),
            }
        }
        conf
    }

    /// Directory of profiles, if not the default.
    #[must_use]
    pub fn profile_directory(&self) -> Option<String> {
        let text = self.0.text("keyfile", "path")?.text;
        Some(text).filter(|path| path.starts_with('/'))
    }

    pub(super) fn value(&self, group: &str, key: &str) -> Option<&Value> {
        self.0.value(group, key)
    }

    pub(super) fn groups(&self) -> &[(String, Group)] {
        self.0.groups()
    }

    /// Sections with this prefix in the order of their priority: those of the last file first, the one
    /// without a suffix last.
    pub(super) fn sections(&self, kind: &str) -> Vec<Section> {
        let all = self.0.groups().iter().rev();
        let (mut sections, plain): (Vec<_>, Vec<_>) = all
            .filter(|(name, _)| name.starts_with(kind))
            .map(|(name, group)| Section {
                name: name.clone(),
                devices: group
                    .get("match-device")
                    .map(|value| (split_specs(&value.raw), value.clone())),
                stops: group
                    .get("stop-match")
                    .and_then(|value| boolean(&value.raw))
                    .unwrap_or(false),
                settings: group.clone(),
            })
            .partition(|section| section.name != kind);
        sections.extend(plain);
        sections
    }

    fn merge(&mut self, file: &KeyFile) {
        let is = |kind: &'static str| move |name: &str| name.starts_with(kind);
        let (is_connection, is_device) = (is("connection"), is("device"));
        let all = || file.groups().iter();
        let others = all().filter(|(name, _)| !is_connection(name) && !is_device(name));
        let devices = all().rev().filter(|(name, _)| is_device(name));
        let connections = all().rev().filter(|(name, _)| is_connection(name));
        for (name, group) in others.chain(devices).chain(connections) {
            let ours = !name.starts_with(".intern") && name != FILE_GROUP;
            let is_internal = |key: &str| key.starts_with(".was") || key.starts_with(".set.");
            let settings = group.all().iter();
            for (key, value) in settings.filter(|(key, _)| ours && !is_internal(key)) {
                match key.split_at_checked(key.len() - 1) {
                    Some((key, sign @ ("+" | "-"))) if !key.is_empty() => {
                        self.extend(name, key, sign, value);
                    }
                    _ => self.0.set(name, key, value.clone()),
                }
            }
        }
    }

    /// `KEY+=` and `KEY-=`, for lists only.
    fn extend(&mut self, group: &str, key: &str, sign: &str, value: &Value) {
        if !is_spec_list(group, key) {
            return;
        }
        let change = split_specs(&value.raw);
        let before = self
            .0
            .value(group, key)
            .map(|value| split_specs(&value.raw));
        let mut specs = before.unwrap_or_default();
        specs.retain(|spec| sign == "+" || !change.contains(spec));
        for spec in change.into_iter().filter(|_| sign == "+") {
            if !specs.contains(&spec) {
                specs.push(spec);
            }
        }
        let escaped: Vec<_> = specs.iter().map(|spec| escape_spec(spec)).collect();
        let value = Value {
            raw: escaped.join(","),
            file: Arc::clone(&value.file),
            line: value.line,
        };
        self.0.set(group, key, value);
    }
}

impl Section {
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.settings.get(key)
    }

    /// The header: `[connection-home]`.
    pub(super) fn header(&self) -> String {
        format!("[{}]", self.name)
    }
}

/// Escapes a spec, so that splitting does not break it.
pub(super) fn escape_spec(spec: &str) -> String {
    let mut escaped = String::with_capacity(spec.len());
    for character in spec.chars() {
        match character {
            ',' | ';' | '\\' => escaped.extend(['\\', character]),
            ' ' => escaped.push_str("\\s"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Parses a boolean like `NetworkManager`.
pub(super) fn boolean(raw: &str) -> Option<bool> {
    match raw.trim_ascii().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}
