//! How `wpa_supplicant` is reached.

use super::{Supplicant, check};
use crate::tools::doctor::facts::{Card, Control, Facts};
use crate::tools::doctor::finding::{Check, Finding};
use crate::tools::doctor::text::shown;
use crate::tools::doctor::units;
use crate::tools::doctor::wpa_file::global;

pub(super) static SOCKET: Check = check(
    "supplicant-control",
    "Without wpa_supplicant's control socket macveil cannot tell when to change the address: the card stays masked and unconnected.",
);
pub(super) static GROUP: Check = check(
    "supplicant-control-group",
    "The service is no root: it reaches the control socket as a member of its group only.",
);
pub(super) static VERSION: Check = check(
    "supplicant-version",
    "Before 2.10 it forgets what it has heard when its address changes, and searches again under the new one.",
);

const SERVICE: &str = "macveil.service";
const WORKS_WELL_SINCE: (u32, u32) = (2, 10);

pub(super) fn examine(facts: &Facts, card: &Card, supplicant: &Supplicant) -> Vec<Finding> {
    let entries = &supplicant.entries;
    let said = global(entries, "ctrl_interface");
    let wanted = &facts.macveil.ctrl_interface;
    let line = format!("ctrl_interface=DIR={wanted} GROUP=netdev");
    let Some(value) = supplicant.socket_option.or(said.map(|it| it.value)) else {
        return vec![SOCKET.problem(
            format_args!("wpa_supplicant has no control socket"),
            format_args!("{}: add the line `{line}`", supplicant.path),
        )];
    };
    let place = said.map_or_else(|| supplicant.path.clone(), |it| supplicant.at(&it));
    let (directory, group) = parts(value);
    let mut findings = vec![if plain(directory) != plain(wanted) {
        SOCKET.problem(format_args!("wpa_supplicant's control socket is in {}, and macveil looks in {wanted}", shown(directory)), format_args!("{place}: `{line}`; or `ctrl-interface` in [supplicant] of /etc/macveil/macveil.toml"))
    } else if let Control::Unreachable(why) = &card.control {
        SOCKET.warning(format_args!("wpa_supplicant's control socket does not answer: {why}"), format_args!("as root: `wpa_cli -i {} ping`; if that does not answer either, start wpa_supplicant anew", card.name))
    } else {
        SOCKET.good(format_args!(
            "wpa_supplicant's control socket is where macveil looks, in {wanted}"
        ))
    }];
    let by_key = global(entries, "ctrl_interface_group").map(|it| it.value);
    findings.extend(of_group(facts, group.or(by_key), &place, &line));
    findings.extend(of_version(card));
    findings
}

/// `DIR=/run/wpa_supplicant GROUP=netdev`, or the directory alone.
fn parts(value: &str) -> (&str, Option<&str>) {
    let Some(rest) = value.strip_prefix("DIR=") else {
        return (value, None);
    };
    match rest.split_once(" GROUP=") {
        Some((directory, group)) => (directory.trim_ascii(), Some(group.trim_ascii())),
        None => (rest.trim_ascii(), None),
    }
}

/// `/var/run` is `/run`.
fn plain(directory: &str) -> &str {
    directory
        .strip_prefix("/var")
        .filter(|it| it.starts_with("/run"))
        .unwrap_or(directory)
        .trim_end_matches('/')
}

fn of_group(facts: &Facts, group: Option<&str>, place: &str, line: &str) -> Option<Finding> {
    let said = |key| units::said(facts, SERVICE, "Service", key);
    let user = said("User").last().map(|it| it.value);
    user.filter(|user| !matches!(*user, "" | "root" | "0"))?;
    let mut groups = said("Group");
    groups.extend(said("SupplementaryGroups"));
    let Some(group) = group else {
        return Some(GROUP.problem(
            format_args!("wpa_supplicant's control socket is root's alone"),
            format_args!("{place}: `{line}`"),
        ));
    };
    let name = name_of(facts, group);
    Some(if units::lists(&groups, name) {
        GROUP.good(format_args!(
            "the group {} has wpa_supplicant's control socket, and the service is in it",
            shown(name)
        ))
    } else {
        GROUP.problem(format_args!("the group {} has wpa_supplicant's control socket, and the service is not in it", shown(name)), format_args!("{place}: `{line}`; or `SupplementaryGroups={}` in a drop-in (`systemctl edit {SERVICE}`)", shown(name)))
    })
}

/// Groups may be told by their number.
fn name_of<'a>(facts: &'a Facts, group: &'a str) -> &'a str {
    let groups = facts.files.text("/etc/group").unwrap_or_default();
    let known = groups.lines().find_map(|line| {
        let (name, rest) = line.split_once(':')?;
        (rest.split(':').nth(1)? == group).then_some(name)
    });
    known.unwrap_or(group)
}

fn of_version(card: &Card) -> Option<Finding> {
    let text = card.control.answer("version")?;
    let digits = text.trim_start_matches(|it: char| !it.is_ascii_digit());
    let mut numbers = digits
        .split(|it: char| !it.is_ascii_digit())
        .map(str::parse);
    let version: (u32, u32) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let (major, minor) = version;
    Some(if version < WORKS_WELL_SINCE {
        VERSION.warning(
            format_args!("wpa_supplicant is {major}.{minor}"),
            format_args!("install wpa_supplicant 2.10 or later"),
        )
    } else {
        VERSION.good(format_args!("wpa_supplicant is {major}.{minor}"))
    })
}
