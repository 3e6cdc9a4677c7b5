//! Identifiers that DHCP clients send, according to their configuration.

mod dhclient;
pub(super) mod dhcpcd;
mod duid;
pub(super) mod networkd;
mod udhcpc;

use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Severity, Topic};
use super::processes::Process;
use super::units;

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
    "A client that does not notice another address or network gets no lease there.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&HOST_NAME, &IDENTIFIER, &LEASE, &PERMANENT, &STALE_SOURCE];

/// How a client gets to know of another address or network, with and without systemd.
const NOTICE: &str = "`systemctl enable --now macveil-hooks` (docs/hooks.md), or use systemd-networkd with `Anonymize=yes`";
const START_HOOKS: &str = "start the service `macveil-hooks` (docs/hooks.md)";

/// Whether programs restart clients when a network is joined.
fn has_hooks(facts: &Facts) -> bool {
    let mut running = facts.running("macveil");
    units::is_enabled(facts, "macveil-hooks.service")
        || running.any(|process| process.has_argument("--exec"))
}

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
    /// Description, if the client does not notice that the address or the network changes.
    source: Option<String>,
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
    let clients = clients.into_iter().flatten();
    let notice = if units::has_systemd(facts) {
        NOTICE
    } else {
        START_HOOKS
    };
    let notice = Some(notice).filter(|_| !has_hooks(facts));
    clients
        .flat_map(|report| findings(report, notice))
        .collect()
}

fn findings(report: ClientReport, notice: Option<&str>) -> Vec<Finding> {
    let client = report.client;
    let mut findings = Vec::new();
    for (check, severity, found) in [
        (&PERMANENT, Severity::Problem, report.permanent),
        (&LEASE, Severity::Warning, report.lease),
        (
            &STALE_SOURCE,
            Severity::Warning,
            report
                .source
                .and_then(|what| Some((what, notice?.to_owned()))),
        ),
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
