//! systemd-networkd (`systemd.network(5)`).

use super::Told;
use crate::tools::doctor::facts::{Card, Facts};
use crate::tools::doctor::link_file::{Match, NETWORK_DIRECTORIES, first};
use crate::tools::doctor::text::{is_no, is_yes, last, shown};
use crate::tools::doctor::units;

const UNIT: &str = "systemd-networkd.service";

pub(super) fn examine(facts: &Facts, card: &Card) -> Option<Told> {
    if !units::is_enabled(facts, UNIT) && !facts.runs("systemd-network") {
        return None;
    }
    let interface = Match::of(facts, card);
    let (path, text) = first(&facts.files, &NETWORK_DIRECTORIES, ".network", &interface)?;
    let asks = last(text, "Network", "DHCP").is_some_and(|it| {
        is_yes(it.value) || ["ipv4", "ipv6", "both", "v4", "v6"].contains(&it.value)
    });
    if !asks {
        return None;
    }
    // The older name is still read.
    let said = |key| last(text, "DHCPv4", key).or_else(|| last(text, "DHCP", key));
    let anonymous = said("Anonymize").is_some_and(|it| is_yes(it.value));
    let place = |line: Option<usize>| match line {
        Some(line) => format!("{path} line {line}"),
        None => path.to_owned(),
    };
    let name = said("SendHostname");
    let tells_name = !anonymous && name.is_none_or(|it| !is_no(it.value));
    let identifier = said("ClientIdentifier");
    let tells_identifier = !anonymous && identifier.is_none_or(|it| it.value != "mac");
    let by = identifier.map_or_else(|| "a DUID".to_owned(), |it| shown(it.value));
    Some(Told {
        client: "systemd-networkd",
        host_name: tells_name.then(|| {
            (
                "tells the host name".to_owned(),
                format!(
                    "{}: `SendHostname=no`, or `Anonymize=yes`, in [DHCPv4]",
                    place(name.map(|it| it.line))
                ),
            )
        }),
        identifier: tells_identifier.then(|| {
            (
                format!("is known by {by}, the same in each network"),
                format!(
                    "{}: `ClientIdentifier=mac`, or `Anonymize=yes`, in [DHCPv4]",
                    place(identifier.map(|it| it.line))
                ),
            )
        }),
    })
}
