//! `BusyBox`'s udhcpc, whose arguments are its configuration.

use super::Told;
use crate::tools::doctor::facts::{Card, Facts};
use crate::tools::doctor::text::shown;

/// Options that have a value (networking/udhcp/dhcpc.c).
const OPTIONS: &str = "VHhFiOpPrsTtAaxc";
/// The code of the option (RFC 2132, 9.14).
const CLIENT_IDENTIFIER: &str = "0x3d:";

pub(super) fn examine(facts: &Facts, card: &Card) -> Option<Told> {
    let is_its = |options: &[(char, &str)]| {
        let interface = options
            .iter()
            .find(|it| it.0 == 'i')
            .map_or("eth0", |it| it.1);
        interface == card.name
    };
    let runs = facts
        .processes
        .iter()
        .filter(|it| it.name == "udhcpc" || (it.name == "busybox" && it.says("udhcpc")));
    let options = runs.map(|it| it.options(OPTIONS)).find(|it| is_its(it))?;
    let name = options.iter().find(|(letter, value)| {
        matches!(letter, 'H' | 'h' | 'F') || (*letter == 'x' && value.starts_with("hostname:"))
    });
    let identifier = options.iter().find(|(letter, value)| {
        *letter == 'c' || (*letter == 'x' && value.starts_with(CLIENT_IDENTIFIER))
    });
    let without = |letter: char| format!("start udhcpc without -{letter}");
    Some(Told {
        client: "udhcpc",
        host_name: name.map(|it| ("tells the host name".to_owned(), without(it.0))),
        identifier: identifier.map(|(letter, value)| {
            let what = format!(
                "tells the client identifier {}, the same in each network",
                shown(value)
            );
            (what, without(*letter))
        }),
    })
}
