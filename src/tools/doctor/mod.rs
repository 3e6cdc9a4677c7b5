//! What a machine can and cannot keep: facts in, findings out.
//!
//! Pure: the files that findings rest on are facts, too, as they are. What reads them here survives whatever
//! is in them.
//!
//! | module | what it knows |
//! |---|---|
//! | `facts` | what is known of a machine and its cards |
//! | `finding` | what there is to say |
//! | `files`, `text` | the machine's files, and the ways in which they are written |
//! | `processes` | who runs, and with which arguments |
//! | `radio` | what driver and kernel can do |
//! | `supplicant`, `wpa_file` | `wpa_supplicant`, and its configuration |
//! | `iwd` | iwd |
//! | `managers` | who else sets addresses |
//! | `ipv6` | addresses made of addresses |
//! | `dhcp` and below | what DHCP clients tell of the machine |
//! | `boot`, `units`, `link_file` | the time before macveil |
//! | `wanted` | which files are worth reading |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod boot;
mod dhcp;
mod facts;
mod files;
mod finding;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod ipv6;
mod iwd;
mod link_file;
mod managers;
mod processes;
mod radio;
mod supplicant;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod wanted;
mod wpa_file;

pub(crate) use facts::{Card, Control, Facts, Macveil, Trial};
pub(crate) use files::{Content, Files};
pub(crate) use finding::{Finding, Severity, Topic};
pub(crate) use processes::Process;
pub(crate) use wanted::{Wanted, wanted};

#[cfg(test)]
use finding::Check;

/// Looks at everything.
pub(crate) fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = boot::of_machine(facts);
    for card in &facts.cards {
        let of_card = [
            radio::examine(facts, card),
            boot::of_card(facts, card),
            supplicant::examine(facts, card),
            iwd::examine(facts, card),
            managers::examine(facts, card),
            ipv6::examine(facts, card),
            dhcp::examine(facts, card),
        ];
        findings.extend(of_card.into_iter().flatten().map(|finding| Finding {
            interface: Some(card.name.clone()),
            ..finding
        }));
    }
    findings
}

/// Every check, in the order in which they are told.
#[cfg(test)]
pub(crate) fn checks() -> impl Iterator<Item = &'static Check> {
    let all = [
        boot::CHECKS,
        radio::CHECKS,
        supplicant::CHECKS,
        iwd::CHECKS,
        managers::CHECKS,
        ipv6::CHECKS,
        dhcp::CHECKS,
    ];
    all.into_iter().flatten().copied()
}
