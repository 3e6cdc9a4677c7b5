//! Other programs that set addresses.

use super::dhcp::dhcpcd::{ConfigLine, lines_for};
use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Topic};
use super::ifupdown::lines_for as lines_of_stanza;
use super::link_file::{Match, NETWORK_DIRECTORIES, matching_file};
use super::supplicant::first_word;
use super::text::{file_name, last, shown, unquoted};
use crate::words::{manager, manager_name};
use macveil_core::types::ManagerKind;

static OWNER: Check = Topic::Managers.check(
    "owner",
    "Two programs that control one card overwrite each other's addresses, so macveil does not manage such a card.",
);
static NETWORKD: Check = Topic::Managers.check(
    "networkd-mac-address",
    "An address set by systemd-networkd overwrites the one set by macveil.",
);
static IFUPDOWN: Check = Topic::Managers.check(
    "ifupdown-hwaddress",
    "An address set by ifup overwrites the one set by macveil.",
);
static MACCHANGER: Check = Topic::Managers.check(
    "macchanger",
    "An address set by macchanger overwrites the one set by macveil.",
);
static DHCPCD: Check = Topic::Managers.check(
    "dhcpcd-randomise-hwaddr",
    "An address set by dhcpcd overwrites the one set by macveil.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&OWNER, &NETWORKD, &IFUPDOWN, &MACCHANGER, &DHCPCD];

const MACCHANGER_FILE: &str = "/etc/default/macchanger";
const DHCPCD_FILE: &str = "/etc/dhcpcd.conf";

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let name = &card.name;
    let mut findings = vec![match card.owner {
        None => OWNER.good(format_args!("no other program controls the card")),
        Some(ManagerKind::Iwd) if !card.is_managed_elsewhere() => OWNER.good(format_args!(
            "iwd controls the card, and macveil works with it"
        )),
        Some(owner) => OWNER.problem(
            format_args!(
                "the card is controlled by {}, so macveil does not manage it",
                manager_name(owner)
            ),
            format_args!("to release it: {}", manager(owner, name)),
        ),
    }];
    let network = matching_file(
        &facts.files,
        &NETWORK_DIRECTORIES,
        ".network",
        &Match::of(facts, card),
    );
    if let Some(set) = network.and_then(|file| file.last("Link", "MACAddress")) {
        findings.push(NETWORKD.warning(
            format_args!("systemd-networkd sets the address {}", shown(set.value)),
            format_args!("{} line {}: remove it", set.path, set.line),
        ));
    }
    findings.extend(ifupdown(facts, name));
    let text = facts.files.text(MACCHANGER_FILE).unwrap_or_default();
    if let Some(set) = last(text, "", "ENABLE_ON_POST_UP_DOWN")
        .filter(|setting| first_word(setting.value).0 == "true")
    {
        findings.push(MACCHANGER.warning(
            format_args!("macchanger changes the address each time ifupdown takes the link down"),
            format_args!(
                "{MACCHANGER_FILE} line {}: `ENABLE_ON_POST_UP_DOWN=false`",
                set.line
            ),
        ));
    }
    let text = facts.files.text(DHCPCD_FILE).unwrap_or_default();
    let lines = lines_for(text, name).into_iter();
    if let Some(ConfigLine { line, .. }) = lines.rev().find(|line| line.key == "randomise_hwaddr") {
        findings.push(DHCPCD.warning(
            format_args!("dhcpcd changes the address each time a connection is lost"),
            format_args!("{DHCPCD_FILE} line {line}: remove it"),
        ));
    }
    findings
}

/// `hwaddress` or a command in the interface's stanza.
fn ifupdown(facts: &Facts, name: &str) -> Option<Finding> {
    let lines = lines_of_stanza(&facts.files, name);
    let line = lines.iter().find(|line| match line.words.as_slice() {
        ["hwaddress", ..] => true,
        [
            "pre-up" | "up" | "post-up" | "pre-down" | "down" | "post-down",
            command @ ..,
        ] => {
            let text = command.join(" ");
            let mut commands = text.split([';', '&', '|']);
            commands.any(|command| sets_address(command, name))
        }
        _ => false,
    })?;
    Some(IFUPDOWN.warning(
        format_args!("ifupdown sets an address: {}", shown(&line.words.join(" "))),
        format_args!("{} line {}: remove it", line.path, line.number),
    ))
}

/// Whether a command of the shell sets the interface's address.
fn sets_address(command: &str, interface: &str) -> bool {
    let words = command.split_ascii_whitespace().map(unquoted);
    let words: Vec<_> = words.take_while(|word| !word.starts_with('#')).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let calls = |program| words.iter().any(|word| file_name(word) == program);
    // ifup tells its commands the interface in a variable (`interfaces(5)`).
    has(&[interface, "$IFACE", "${IFACE}"])
        && (calls("macchanger") && !has(&["-s", "--show"])
            || calls("ip") && has(&["set"]) && has(&["address", "addr"])
            || calls("ifconfig") && has(&["hw"]))
}
