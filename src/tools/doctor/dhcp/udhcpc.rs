//! `BusyBox`'s udhcpc, which is configured by arguments.

use super::ClientReport;
use crate::tools::doctor::facts::{CardFacts, Facts};
use crate::tools::doctor::text::shown;

/// Options that take a value (networking/udhcp/dhcpc.c). That of -a can only be attached.
const OPTIONS: &str = "VHhFiOpPrsTtAxc";
/// Codes of options (RFC 2132, 3.14 and 9.14; RFC 4702).
const HOST_NAME: u8 = 12;
const FQDN: u8 = 81;
const CLIENT_IDENTIFIER: u8 = 61;

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
    let sends = |letters: &[char], codes: &[u8]| {
        options.iter().find(|(letter, value)| {
            let code = || code(value).is_some_and(|code| codes.contains(&code));
            letters.contains(letter) || (*letter == 'x' && code())
        })
    };
    let name = sends(&['H', 'h', 'F'], &[HOST_NAME, FQDN]);
    let identifier = sends(&['c'], &[CLIENT_IDENTIFIER]);
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

/// The option of `-x`: a name, or a number as in C (`udhcp_str2optset`, common.c).
fn code(value: &str) -> Option<u8> {
    let option = value.split([' ', '\t', '=', ':']).next()?;
    match option
        .strip_prefix("0x")
        .or_else(|| option.strip_prefix("0X"))
    {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None if option == "hostname" => Some(HOST_NAME),
        None => option.parse().ok(),
    }
}
