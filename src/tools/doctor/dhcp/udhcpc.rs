//! `BusyBox`'s udhcpc, which is configured by arguments.

use super::ClientReport;
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::text::shown;

/// Options that take a value (networking/udhcp/dhcpc.c).
const OPTIONS: &str = "VHhFiOpPrsTtAaxc";
/// The code of the option (RFC 2132, 9.14).
const CLIENT_IDENTIFIER: &str = "0x3d:";

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Option<ClientReport> {
    let is_its = |options: &[(char, &str)]| {
        let interface = options
            .iter()
            .find(|option| option.0 == 'i')
            .map_or("eth0", |option| option.1);
        interface == card.name
    };
    let runs = facts.processes.iter().filter(|process| {
        process.name == "udhcpc" || (process.name == "busybox" && process.has_argument("udhcpc"))
    });
    let options = runs
        .map(|process| process.options(OPTIONS))
        .find(|options| is_its(options))?;
    let name = options.iter().find(|(letter, value)| {
        matches!(letter, 'H' | 'h' | 'F') || (*letter == 'x' && value.starts_with("hostname:"))
    });
    let identifier = options.iter().find(|(letter, value)| {
        *letter == 'c' || (*letter == 'x' && value.starts_with(CLIENT_IDENTIFIER))
    });
    // OpenWrt's netifd starts it again.
    let is_of_netifd = |option: &&(char, &str)| option.0 == 's' && option.1.contains("netifd");
    let is_alone = !options.iter().any(|option| is_of_netifd(&option));
    let without = |letter: char| format!("start udhcpc without -{letter}");
    Some(ClientReport {
        host_name: name.map(|option| ("sends the host name".to_owned(), without(option.0))),
        identifier: identifier.map(|(letter, value)| {
            let what = format!(
                "sends the client identifier {}, the same in every network",
                shown(value)
            );
            (what, without(*letter))
        }),
        source: is_alone
            .then(|| "does not notice that the network or the card's address changes".to_owned()),
        ..ClientReport::good("udhcpc")
    })
}
