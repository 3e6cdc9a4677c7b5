//! Every setting that is in force, with the file that sets it.

use std::fmt::Write;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::files::Layout;
use super::problem::Errors;
use super::source::Source;
use macveil_core::address::Origin;

/// The file with every key and its default, as packages install it.
const DEFAULTS: &str = include_str!("../../contrib/macveil.toml");

/// A section of the configuration that results from all files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveSection {
    /// Such as `device`; empty for the top level.
    pub name: String,
    /// There can be several sections of this name; earlier ones take precedence.
    pub repeated: bool,
    /// Its settings.
    pub settings: Vec<EffectiveSetting>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// The key.
    pub key: String,
    /// The value in TOML.
    pub value: String,
    /// Where it was set.
    pub origin: Origin,
}

/// Reads the configuration: each key once, with its default where no file sets it.
///
/// # Errors
///
/// A file cannot be read or is invalid.
pub fn effective(layout: &Layout) -> Result<Vec<EffectiveSection>, Errors> {
    super::Config::read(layout)?;
    let mut problems = Vec::new();
    let files = layout.read(&mut problems);
    Errors::unless_empty(problems)?;
    let defaults = Source::new(Arc::from("contrib/macveil.toml"), DEFAULTS.to_owned());
    let mut all = Vec::new();
    add(&mut all, &defaults, |_| Origin::BuiltIn);
    for file in &files {
        add(&mut all, file, |span| file.origin(&span));
    }
    Ok(all)
}

fn add(
    all: &mut Vec<EffectiveSection>,
    source: &Source,
    origin: impl Fn(std::ops::Range<usize>) -> Origin,
) {
    let (table, _) = DeTable::parse_recoverable(&source.text);
    let settings = |table: &DeTable<'_>| -> Vec<EffectiveSetting> {
        let values = table
            .iter()
            .filter(|(_, value)| !is_section(value.get_ref()));
        values
            .map(|(key, value)| EffectiveSetting {
                key: key.get_ref().to_string(),
                value: to_toml(value.get_ref()),
                origin: origin(value.span()),
            })
            .collect()
    };
    let table = table.into_inner();
    merge(all, "", settings(&table));
    let mut repeated = Vec::new();
    for (name, value) in &table {
        match value.get_ref() {
            DeValue::Table(section) => merge(all, name.get_ref(), settings(section)),
            DeValue::Array(items) => {
                let tables = items.iter().filter_map(|item| match item.get_ref() {
                    DeValue::Table(section) => Some(settings(section)),
                    _ => None,
                });
                repeated.extend(tables.map(|settings| EffectiveSection {
                    name: name.get_ref().to_string(),
                    repeated: true,
                    settings,
                }));
            }
            _ => {}
        }
    }
    // Rules of a later file take precedence.
    let first_rule = all.iter().position(|section| section.repeated);
    let index = first_rule.unwrap_or(all.len());
    all.splice(index..index, repeated);
}

fn merge(all: &mut Vec<EffectiveSection>, name: &str, settings: Vec<EffectiveSetting>) {
    let known = all
        .iter_mut()
        .find(|section| section.name == name && !section.repeated);
    let Some(section) = known else {
        let first_rule = all.iter().position(|section| section.repeated);
        let section = EffectiveSection {
            name: name.to_owned(),
            repeated: false,
            settings,
        };
        all.insert(first_rule.unwrap_or(all.len()), section);
        return;
    };
    for setting in settings {
        let known = section.settings.iter_mut().find(|it| it.key == setting.key);
        match known {
            Some(known) => *known = setting,
            None => section.settings.push(setting),
        }
    }
}

/// Whether it is `[name]` or `[[name]]`.
fn is_section(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Table(_) => true,
        DeValue::Array(items) => items
            .iter()
            .any(|item| matches!(item.get_ref(), DeValue::Table(_))),
        _ => false,
    }
}

fn to_toml(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| to_toml(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::String(text) => quoted(text),
        // No key has such a value.
        DeValue::Datetime(_) | DeValue::Table(_) => String::new(),
    }
}

/// A basic string of TOML 1.0.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Vec<EffectiveSection> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        effective(&Layout::below(root.path())).unwrap()
    }

    fn value<'a>(all: &'a [EffectiveSection], name: &str, key: &str) -> &'a EffectiveSetting {
        let section = all.iter().find(|section| section.name == name).unwrap();
        section.settings.iter().find(|it| it.key == key).unwrap()
    }

    #[test]
    fn keys_that_no_file_sets_have_their_defaults() {
        let all = of(&[]);
        let exit = value(&all, "device", "on-exit");
        assert_eq!(exit.value, "\"keep\"");
        assert_eq!(exit.origin, Origin::BuiltIn);
        assert!(all.iter().all(|section| !section.repeated));
    }

    #[test]
    fn later_file_replaces_a_key_and_puts_its_rules_first() {
        let all = of(&[
            (
                "etc/macveil/macveil.toml",
                "manage = ['type:wifi', 'eth0']\n[device]\non-exit = 'restore'\n[[network]]\nssid = 'A'\n",
            ),
            (
                "etc/macveil/conf.d/10.toml",
                "[device]\non-exit = 'keep'\n[[network]]\nssid = 'B\"'\n",
            ),
        ]);
        assert_eq!(value(&all, "", "manage").value, r#"["type:wifi", "eth0"]"#);
        let Origin::Line { file, line, .. } = &value(&all, "device", "on-exit").origin else {
            panic!("it is set in a file");
        };
        assert!(file.ends_with("conf.d/10.toml"));
        assert_eq!(*line, 2);
        let rules: Vec<_> = all.iter().filter(|section| section.repeated).collect();
        let ssids: Vec<_> = rules.iter().map(|rule| &*rule.settings[0].value).collect();
        assert_eq!(ssids, [r#""B\"""#, r#""A""#]);
    }
}
