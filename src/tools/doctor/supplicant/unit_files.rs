//! Configuration files that units and scripts name, for when `wpa_supplicant` does not run.

use super::command::{Variables, environment_files, first_word, of_instance, split, variables};
use super::{OPTIONS, of_interface};
use crate::tools::doctor::files::Files;
use crate::tools::doctor::ifupdown::supplicant_file;
use crate::tools::doctor::processes::Process;
use crate::tools::doctor::text::{file_name, last, numbered, words};
use crate::tools::doctor::units::settings_in;

/// The unit for all interfaces.
pub(super) const COMMON: &str = "wpa_supplicant.service";

/// The settings of Void Linux' service.
pub(crate) const VOID_FILE: &str = "/etc/sv/wpa_supplicant/conf";

/// Scripts, variables and configuration files that units and ifupdown name for an interface.
pub(crate) fn files_named(files: &Files, interface: &str) -> Vec<String> {
    let mut wanted = configured(files, interface, |_| true);
    wanted.extend(supplicant_file(files, interface));
    for unit in units(interface) {
        wanted.append(&mut environment_files(files, &unit));
        let starts = settings_in(files, &unit, "Service", "ExecStart");
        let programs = starts.iter().filter_map(|start| program(start.value));
        wanted.extend(
            programs
                .filter(|path| !is_supplicant(path))
                .map(str::to_owned),
        );
    }
    wanted
}

/// Configuration files of the first unit that names some, or of Void Linux' service.
pub(super) fn configured(
    files: &Files,
    interface: &str,
    is_used: impl Fn(&str) -> bool,
) -> Vec<String> {
    let named = of_units(files, interface, is_used);
    if !named.is_empty() {
        return named;
    }
    let void = files
        .text(VOID_FILE)
        .and_then(|text| last(text, "", "CONF_FILE"));
    let void = void.map(|set| first_word(set.value).0);
    void.filter(|path| path.starts_with('/'))
        .into_iter()
        .collect()
}

/// Configuration files of the first unit that names some.
pub(super) fn of_units(
    files: &Files,
    interface: &str,
    is_used: impl Fn(&str) -> bool,
) -> Vec<String> {
    let all = units(interface);
    let used = all.iter().filter(|unit| is_used(unit));
    let mut named = used.map(|unit| of_unit(files, unit, interface));
    named.find(|named| !named.is_empty()).unwrap_or_default()
}

fn of_unit(files: &Files, unit: &str, interface: &str) -> Vec<String> {
    let directory = |key| {
        let set = settings_in(files, unit, "Service", key);
        let path = set.last().map_or("", |setting| setting.value);
        path.trim_end_matches('/')
    };
    let (root, working) = (directory("RootDirectory"), directory("WorkingDirectory"));
    let variables = variables(files, unit);
    for start in settings_in(files, unit, "Service", "ExecStart") {
        let mut named = of_command(start.value, interface, &variables);
        let script = program(start.value).filter(|path| !is_supplicant(path));
        let script = script.and_then(|path| files.text(path)).unwrap_or_default();
        for (_, line) in numbered(script) {
            named.append(&mut of_command(line, interface, &variables));
        }
        if !named.is_empty() {
            let absolute = |path: String| {
                if path.starts_with('/') {
                    format!("{root}{path}")
                } else {
                    format!("{root}{working}/{path}")
                }
            };
            return named.into_iter().map(absolute).collect();
        }
    }
    Vec::new()
}

fn units(interface: &str) -> [String; 5] {
    [
        format!("wpa_supplicant-{interface}.service"),
        format!("netplan-wpa-{interface}.service"),
        format!("wpa_supplicant@{interface}.service"),
        format!("wpa_supplicant-nl80211@{interface}.service"),
        COMMON.to_owned(),
    ]
}

/// The program of `ExecStart=`, without prefixes such as `-`.
fn program(command: &str) -> Option<&str> {
    let first = words(command).first().copied()?;
    Some(first.trim_start_matches(['-', '@', ':', '+', '!'])).filter(|path| path.starts_with('/'))
}

fn is_supplicant(word: &str) -> bool {
    file_name(word) == "wpa_supplicant"
}

/// `-c` and `-I` of a command, unless it is for another interface or the shell must expand them.
fn of_command(command: &str, interface: &str, variables: &Variables) -> Vec<String> {
    let words = split(command, variables);
    let process = Process {
        arguments: words
            .iter()
            .skip_while(|word| !is_supplicant(word))
            .map(|word| of_instance(word, interface))
            .collect(),
        ..Process::default()
    };
    let options = process.options(OPTIONS);
    let may_be = |name: Option<&str>| name.is_none_or(|name| name.contains('$'));
    let Some(options) = of_interface(&options, interface, may_be) else {
        return Vec::new();
    };
    let of = |wanted: char| options.iter().filter(move |(letter, _)| *letter == wanted);
    let paths = of('c').chain(of('I')).map(|(_, path)| (*path).to_owned());
    paths
        .filter(|path| !path.is_empty() && !path.contains('$'))
        .collect()
}
