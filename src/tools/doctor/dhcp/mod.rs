//! Identifiers that DHCP clients send, according to their configuration.

mod dhclient;
mod dhcpcd;
mod networkd;
mod udhcpc;

use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Topic};

static HOST_NAME: Check = Topic::Dhcp.check(
    "dhcp-host-name",
    "The host name is the same in every network and often contains the owner's name (RFC 7844, 3.7).",
);
static IDENTIFIER: Check = Topic::Dhcp.check(
    "dhcp-identifier",
    "A client identifier or DUID that does not change with the address links networks (RFC 7844, 3.5).",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&HOST_NAME, &IDENTIFIER];

/// What one client sends.
struct ClientReport {
    client: &'static str,
    /// Description and remedy, if the client sends a host name.
    host_name: Option<(String, String)>,
    /// Description and remedy, if the client sends an identifier that does not change with the address.
    identifier: Option<(String, String)>,
}

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let clients = [
        dhcpcd::examine(facts, card),
        dhclient::examine(facts, card),
        networkd::examine(facts, card),
        udhcpc::examine(facts, card),
    ];
    clients.into_iter().flatten().flat_map(findings).collect()
}

fn findings(report: ClientReport) -> [Finding; 2] {
    let client = report.client;
    [
        match report.host_name {
            Some((what, remedy)) => {
                HOST_NAME.warning(format_args!("{client} {what}"), format_args!("{remedy}"))
            }
            None => HOST_NAME.good(format_args!("{client} does not send the host name")),
        },
        match report.identifier {
            Some((what, remedy)) => {
                IDENTIFIER.warning(format_args!("{client} {what}"), format_args!("{remedy}"))
            }
            None => IDENTIFIER.good(format_args!(
                "{client} sends no identifier except the card's address"
            )),
        },
    ]
}
