//! `wpa_supplicant`'s control socket.

use super::Supplicant;
use crate::tools::doctor::facts::{CardFacts, Control, Facts};
use crate::tools::doctor::finding::{Check, Finding, Topic};
use crate::tools::doctor::text::shown;
use crate::tools::doctor::units;
use crate::tools::doctor::wpa_file::global;

pub(super) static SOCKET: Check = Topic::Supplicant.check(
    "supplicant-control",
    "Without wpa_supplicant's control socket, macveil does not know when to change the address: the card stays masked and unconnected.",
);
pub(super) static GROUP: Check = Topic::Supplicant.check(
    "supplicant-control-group",
    "The service does not run as root: only the socket's group gives it access.",
);
pub(super) static VERSION: Check = Topic::Supplicant.check(
    "supplicant-version",
    "Versions before 2.10 discard scan results when the address changes, and scan again with the new one.",
);

const SERVICE: &str = "macveil.service";
const MIN_VERSION: (u32, u32) = (2, 10);

pub(super) fn examine(facts: &Facts, card: &CardFacts, supplicant: &Supplicant) -> Vec<Finding> {
    let entries = &supplicant.entries;
    let configured = global(entries, "ctrl_interface");
    let wanted = &facts.macveil.ctrl_interface;
    let line = format!("ctrl_interface=DIR={wanted} GROUP=netdev");
    let Some(value) = supplicant
        .socket_option
        .or(configured.map(|entry| entry.value))
    else {
        let remedy = if supplicant.has_file {
            format!("{}: add the line `{line}`", supplicant.path)
        } else {
            format!(
                "start wpa_supplicant with -c{} and the line `{line}` in this file",
                supplicant.path
            )
        };
        return vec![SOCKET.problem(
            format_args!("wpa_supplicant has no control socket"),
            format_args!("{remedy}"),
        )];
    };
    let place = configured.map_or_else(|| supplicant.path.clone(), |entry| entry.place());
    let (directory, group) = parts(value);
    let mut findings = vec![if plain(directory) != plain(wanted) {
        SOCKET.problem(format_args!("wpa_supplicant's control socket is in {}, but macveil uses {wanted}", shown(directory)), format_args!("{place}: `{line}`; or `ctrl-interface` in [supplicant] of /etc/macveil/macveil.toml"))
    } else if let Control::Unreachable(why) = &card.control {
        SOCKET.warning(
            format_args!("wpa_supplicant's control socket does not reply: {why}"),
            format_args!(
                "as root: `wpa_cli -i {} ping`; if that fails, restart wpa_supplicant",
                card.name
            ),
        )
    } else {
        SOCKET.good(format_args!(
            "wpa_supplicant's control socket is in {wanted}, as macveil expects"
        ))
    }];
    let by_key = global(entries, "ctrl_interface_group").map(|entry| entry.value);
    findings.extend(of_group(facts, group.or(by_key), &place, &line));
    findings.extend(of_version(card));
    findings
}

/// Parses `DIR=/run/wpa_supplicant GROUP=netdev`, or a directory alone.
fn parts(value: &str) -> (&str, Option<&str>) {
    let Some(rest) = value.strip_prefix("DIR=") else {
        return (value, None);
    };
    match rest.split_once(" GROUP=") {
        Some((directory, group)) => (directory.trim_ascii(), Some(group.trim_ascii())),
        None => (rest.trim_ascii(), None),
    }
}

/// `/var/run` is the same directory as `/run`.
fn plain(directory: &str) -> &str {
    directory
        .strip_prefix("/var")
        .filter(|path| path.starts_with("/run"))
        .unwrap_or(directory)
        .trim_end_matches('/')
}

fn of_group(facts: &Facts, group: Option<&str>, place: &str, line: &str) -> Option<Finding> {
    let service = |key| units::settings(facts, SERVICE, "Service", key);
    let user = service("User").last().map(|setting| setting.value);
    user.filter(|user| !matches!(*user, "" | "root" | "0"))?;
    let mut groups = service("Group");
    groups.extend(service("SupplementaryGroups"));
    let Some(group) = group else {
        return Some(GROUP.problem(
            format_args!("only root has access to wpa_supplicant's control socket"),
            format_args!("{place}: `{line}`"),
        ));
    };
    let name = name_of(facts, group);
    Some(if units::lists(&groups, name) {
        GROUP.good(format_args!(
            "the service is in the group {} of wpa_supplicant's control socket",
            shown(name)
        ))
    } else {
        GROUP.problem(format_args!("the service is not in the group {} of wpa_supplicant's control socket", shown(name)), format_args!("{place}: `{line}`; or `SupplementaryGroups={}` in a drop-in (`systemctl edit {SERVICE}`)", shown(name)))
    })
}

/// Name of a group that is given by name or number.
fn name_of<'a>(facts: &'a Facts, group: &'a str) -> &'a str {
    let groups = facts.files.text("/etc/group").unwrap_or_default();
    let known = groups.lines().find_map(|line| {
        let (name, rest) = line.split_once(':')?;
        (rest.split(':').nth(1)? == group).then_some(name)
    });
    known.unwrap_or(group)
}

/// The version of the running `wpa_supplicant`, if known.
pub(super) fn version(card: &CardFacts) -> Option<(u32, u32)> {
    let text = card.control.answer("version")?;
    let digits = text.trim_start_matches(|character: char| !character.is_ascii_digit());
    let mut numbers = digits
        .split(|character: char| !character.is_ascii_digit())
        .map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn of_version(card: &CardFacts) -> Option<Finding> {
    let version = version(card)?;
    let (major, minor) = version;
    Some(if version < MIN_VERSION {
        VERSION.warning(
            format_args!("wpa_supplicant has version {major}.{minor}"),
            format_args!("install wpa_supplicant 2.10 or later"),
        )
    } else {
        VERSION.good(format_args!("wpa_supplicant has version {major}.{minor}"))
    })
}
