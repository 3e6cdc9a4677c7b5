//! Who else sets addresses.

use super::facts::{Card, Facts};
use super::finding::{Check, Finding, Topic};
use super::link_file::{Match, NETWORK_DIRECTORIES, first};
use super::text::{is_yes, last, numbered, shown, words};
use crate::platform::managers::ManagerKind;

const fn check(id: &'static str, why: &'static str) -> Check {
    Check {
        id,
        topic: Topic::Managers,
        why,
    }
}

static OWNER: Check = check(
    "owner",
    "Two programs that drive one card undo each other's addresses, so macveil leaves alone what is another's.",
);
static NETWORKD: Check = check(
    "networkd-mac-address",
    "Where systemd-networkd sets an address it undoes what macveil has set.",
);
static IFUPDOWN: Check = check(
    "ifupdown-hwaddress",
    "Where ifup sets an address it undoes what macveil has set.",
);
static MACCHANGER: Check = check(
    "macchanger",
    "Where macchanger sets an address it undoes what macveil has set.",
);
static DHCPCD: Check = check(
    "dhcpcd-randomise-hwaddr",
    "Where dhcpcd sets an address it undoes what macveil has set.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&OWNER, &NETWORKD, &IFUPDOWN, &MACCHANGER, &DHCPCD];

const INTERFACES: &str = "/etc/network/interfaces";
const MACCHANGER_FILE: &str = "/etc/default/macchanger";
const DHCPCD_FILE: &str = "/etc/dhcpcd.conf";

pub(super) fn examine(facts: &Facts, card: &Card) -> Vec<Finding> {
    let name = &card.name;
    let mut findings = vec![match card.owner {
        None => OWNER.good(format_args!("no other program drives the card")),
        Some(ManagerKind::Iwd) if !card.is_left() => OWNER.good(format_args!(
            "iwd drives the card, and macveil works beside it"
        )),
        Some(owner) => OWNER.problem(
            format_args!(
                "the card belongs to {}, and macveil leaves it alone",
                brief(owner)
            ),
            format_args!("to let go of it: {}", owner.words().replace("IFACE", name)),
        ),
    }];
    let network = first(
        &facts.files,
        &NETWORK_DIRECTORIES,
        ".network",
        &Match::of(facts, card),
    );
    if let Some((path, text)) = network
        && let Some(set) = last(text, "Link", "MACAddress")
    {
        findings.push(NETWORKD.warning(
            format_args!(
                "systemd-networkd gives the card the address {}",
                shown(set.value)
            ),
            format_args!("{path} line {}: leave it out", set.line),
        ));
    }
    findings.extend(ifupdown(facts, name));
    let text = facts.files.text(MACCHANGER_FILE).unwrap_or_default();
    if let Some(set) = last(text, "", "ENABLE_ON_POST_UP_DOWN").filter(|it| is_yes(it.value)) {
        findings.push(MACCHANGER.warning(
            format_args!("macchanger changes addresses whenever ifupdown takes a link down"),
            format_args!(
                "{MACCHANGER_FILE} line {}: `ENABLE_ON_POST_UP_DOWN=false`",
                set.line
            ),
        ));
    }
    let text = facts.files.text(DHCPCD_FILE).unwrap_or_default();
    if let Some((line, _)) = numbered(text).iter().find(|it| it.1 == "randomise_hwaddr") {
        findings.push(DHCPCD.warning(
            format_args!("dhcpcd changes the address whenever a connection is lost"),
            format_args!("{DHCPCD_FILE} line {line}: leave it out"),
        ));
    }
    findings
}

fn brief(owner: ManagerKind) -> &'static str {
    owner.words().split(", ").next().unwrap_or_default()
}

/// `hwaddress` under `iface` of this name (`interfaces(5)`).
fn ifupdown(facts: &Facts, name: &str) -> Option<Finding> {
    let of_directory = facts.files.in_directory("/etc/network/interfaces.d");
    let main = facts.files.text(INTERFACES).map(|text| (INTERFACES, text));
    for (path, text) in main.into_iter().chain(of_directory) {
        let mut is_its = false;
        for (line, text) in numbered(text) {
            match words(text).as_slice() {
                ["iface", about, ..] => is_its = *about == name,
                ["auto" | "mapping" | "source" | "source-directory", ..] => is_its = false,
                ["hwaddress", ..] if is_its => {
                    return Some(IFUPDOWN.warning(
                        format_args!("ifup gives the card an address: {}", shown(text)),
                        format_args!("{path} line {line}: leave it out"),
                    ));
                }
                _ => {}
            }
        }
    }
    None
}
