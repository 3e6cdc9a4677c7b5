//! What DHCP clients tell of the machine, as far as their configuration shows.

mod dhclient;
mod dhcpcd;
mod networkd;
mod udhcpc;

use super::facts::{Card, Facts};
use super::finding::{Check, Finding, Topic};

const fn check(id: &'static str, why: &'static str) -> Check {
    Check {
        id,
        topic: Topic::Dhcp,
        why,
    }
}

static HOST_NAME: Check = check(
    "dhcp-host-name",
    "A host name is the same in each network, and often its owner's (RFC 7844, 3.7).",
);
static IDENTIFIER: Check = check(
    "dhcp-identifier",
    "A client identifier or DUID that does not change with the address ties networks together (RFC 7844, 3.5).",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&HOST_NAME, &IDENTIFIER];

/// What one client says of the two.
struct Told {
    client: &'static str,
    /// What is told, and how not to; none if nothing is.
    host_name: Option<(String, String)>,
    identifier: Option<(String, String)>,
}

pub(super) fn examine(facts: &Facts, card: &Card) -> Vec<Finding> {
    let clients = [
        dhcpcd::examine(facts, card),
        dhclient::examine(facts, card),
        networkd::examine(facts, card),
        udhcpc::examine(facts, card),
    ];
    clients.into_iter().flatten().flat_map(findings).collect()
}

fn findings(told: Told) -> [Finding; 2] {
    let client = told.client;
    [
        match told.host_name {
            Some((what, remedy)) => {
                HOST_NAME.warning(format_args!("{client} {what}"), format_args!("{remedy}"))
            }
            None => HOST_NAME.good(format_args!("{client} tells no host name")),
        },
        match told.identifier {
            Some((what, remedy)) => {
                IDENTIFIER.warning(format_args!("{client} {what}"), format_args!("{remedy}"))
            }
            None => IDENTIFIER.good(format_args!(
                "{client} is known by the card's address alone"
            )),
        },
    ]
}
