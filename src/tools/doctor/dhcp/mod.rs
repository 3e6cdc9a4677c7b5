//! Identifiers that DHCP clients send, according to their configuration.

mod dhclient;
mod dhcpcd;
mod duid;
mod networkd;
mod udhcpc;

use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Severity, Topic};
use super::processes::Process;

static HOST_NAME: Check = Topic::Dhcp.check(
    "dhcp-host-name",
    "The host name is the same in every network and often contains the owner's name (RFC 7844, 3.7).",
);
static IDENTIFIER: Check = Topic::Dhcp.check(
    "dhcp-identifier",
    "A client identifier or DUID that does not change with the address links networks (RFC 7844, 3.5).",
);

static LEASE: Check = Topic::Dhcp.check(
    "dhcp-lease",
    "A client that asks for the lease of an earlier network shows where it was before (RFC 7844, 3.3).",
);
static PERMANENT: Check = Topic::Dhcp.check(
    "dhcp-permanent-address",
    "A stored DUID with the permanent address shows it to every network.",
);
static STALE_SOURCE: Check = Topic::Dhcp.check(
    "dhcp-source",
    "A client that reads the card's address only once sends frames with an earlier address, and gets no lease.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&HOST_NAME, &IDENTIFIER, &LEASE, &PERMANENT, &STALE_SOURCE];

/// What one client sends.
struct ClientReport {
    client: &'static str,
    /// Description and remedy, if the client sends a host name.
    host_name: Option<(String, String)>,
    /// Description and remedy, if the client sends an identifier that does not change with the address.
    identifier: Option<(String, String)>,
    /// Description and remedy, if the client asks for the lease of an earlier network.
    lease: Option<(String, String)>,
    /// Description and remedy, if a stored identifier contains the permanent address.
    permanent: Option<(String, String)>,
    /// Description and remedy, if the client does not notice that the address changes.
    source: Option<(String, String)>,
}

impl ClientReport {
    /// A client that sends nothing that identifies the card.
    const fn good(client: &'static str) -> Self {
        Self {
            client,
            host_name: None,
            identifier: None,
            lease: None,
            permanent: None,
            source: None,
        }
    }
}

/// Files that the arguments of running clients name.
pub(super) fn files_of_processes(processes: &[Process]) -> Vec<String> {
    dhclient::files_of_processes(processes)
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

fn findings(report: ClientReport) -> Vec<Finding> {
    let client = report.client;
    let mut findings = Vec::new();
    for (check, severity, found) in [
        (&PERMANENT, Severity::Problem, report.permanent),
        (&LEASE, Severity::Warning, report.lease),
        (&STALE_SOURCE, Severity::Warning, report.source),
    ] {
        if let Some((what, remedy)) = found {
            let what = format_args!("{client} {what}");
            findings.push(check.found(severity, what, Some(format_args!("{remedy}"))));
        }
    }
    findings.extend([
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
    ]);
    findings
}
