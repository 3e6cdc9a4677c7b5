//! Configuration files that units and scripts name, for when `wpa_supplicant` does not run.

use super::OPTIONS;
use crate::tools::doctor::files::Files;
use crate::tools::doctor::processes::Process;
use crate::tools::doctor::text::{last, numbered, words};
use crate::tools::doctor::units::settings_in;

/// The settings of Void Linux' service.
pub(crate) const VOID_FILE: &str = "/etc/sv/wpa_supplicant/conf";

/// Scripts and configuration files that units name for an interface.
pub(crate) fn files_of_units(files: &Files, interface: &str) -> Vec<String> {
    let mut wanted = configured(files, interface, |_| true);
    for unit in units(interface) {
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
    for unit in units(interface).iter().filter(|unit| is_used(unit)) {
        let root = settings_in(files, unit, "Service", "RootDirectory");
        let root = root
            .last()
            .map_or("", |root| root.value)
            .trim_end_matches('/');
        for start in settings_in(files, unit, "Service", "ExecStart") {
            let mut named = of_command(start.value, interface);
            let script = program(start.value).filter(|path| !is_supplicant(path));
            let script = script.and_then(|path| files.text(path)).unwrap_or_default();
            for (_, line) in numbered(script) {
                named.append(&mut of_command(line, interface));
            }
            if !named.is_empty() {
                return named.iter().map(|path| format!("{root}{path}")).collect();
            }
        }
    }
    let void = files
        .text(VOID_FILE)
        .and_then(|text| last(text, "", "CONF_FILE"));
    let void = void.map(|set| set.value.trim_matches(['"', '\'']).to_owned());
    void.filter(|path| path.starts_with('/'))
        .into_iter()
        .collect()
}

fn units(interface: &str) -> [String; 3] {
    [
        format!("wpa_supplicant-{interface}.service"),
        format!("wpa_supplicant@{interface}.service"),
        "wpa_supplicant.service".to_owned(),
    ]
}

/// The program of `ExecStart=`, without prefixes such as `-`.
fn program(command: &str) -> Option<&str> {
    let first = words(command).first().copied()?;
    Some(first.trim_start_matches(['-', '@', ':', '+', '!'])).filter(|path| path.starts_with('/'))
}

fn is_supplicant(word: &str) -> bool {
    word.rsplit('/').next() == Some("wpa_supplicant")
}

/// `-c` and `-I` of a command, unless it is for another interface or the shell must expand them.
fn of_command(command: &str, interface: &str) -> Vec<String> {
    let words = words(command);
    let Some(at) = words.iter().position(|word| is_supplicant(word)) else {
        return Vec::new();
    };
    let plain = |word: &&str| {
        let word = word.trim_matches(['"', '\'']);
        word.replace("%i", interface).replace("%I", interface)
    };
    let process = Process {
        arguments: words.iter().skip(at).map(plain).collect(),
        ..Process::default()
    };
    let options = process.options(OPTIONS);
    let is_other = |(letter, value): &(char, &str)| {
        *letter == 'i' && *value != interface && !value.contains('$')
    };
    if options.iter().any(is_other) {
        return Vec::new();
    }
    let of = |wanted: char| options.iter().filter(move |(letter, _)| *letter == wanted);
    let paths = of('c').chain(of('I')).map(|(_, path)| (*path).to_owned());
    paths.filter(|path| path.starts_with('/')).collect()
}
