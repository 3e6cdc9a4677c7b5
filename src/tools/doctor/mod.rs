//! Checks a machine for anything that weakens macveil's promise: facts in, findings out.
//!
//! Pure: the content of files is part of the facts. The parsers here accept any content.
//!
//! | module | content |
//! |---|---|
//! | `facts` | the machine and its cards |
//! | `finding` | checks and their results |
//! | `files`, `text` | the machine's files and their syntax |
//! | `processes` | running processes and their arguments |
//! | `radio` | capabilities of driver and kernel |
//! | `supplicant`, `wpa_file` | `wpa_supplicant` and its configuration |
//! | `iwd` | iwd and its configuration |
//! | `ifupdown` | ifupdown's files |
//! | `managers` | other programs that set addresses |
//! | `ipv6` | IPv6 addresses derived from MAC addresses |
//! | `dhcp` | identifiers that DHCP clients send |
//! | `boot`, `units`, `link_file` | macveil's service, and the time before it starts |
//! | `kernel` | the kernel's options |
//! | `file_list` | the files to read |

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod boot;
mod dhcp;
mod facts;
mod file_list;
mod files;
mod finding;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod ifupdown;
mod ipv6;
mod iwd;
mod kernel;
mod link_file;
mod managers;
mod processes;
mod radio;
mod supplicant;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod wpa_file;

pub(crate) use facts::{CardFacts, Control, Facts, MacveilFacts, Trial};
pub(crate) use file_list::{FileList, files_to_read};
pub(crate) use files::{Content, Files};
pub(crate) use finding::{Finding, Severity, Topic};
pub(crate) use ifupdown::directories as directories_of_ifupdown;
pub(crate) use processes::Process;
pub(crate) use supplicant::{files_named, interfaces};

#[cfg(test)]
use finding::Check;

/// Runs all checks.
pub(crate) fn examine(facts: &Facts) -> Vec<Finding> {
    let mut findings = boot::of_machine(facts);
    for card in &facts.cards {
        let with_card = |examine: fn(&Facts, &CardFacts) -> Vec<Finding>| {
            if card.is_absent {
                Vec::new()
            } else {
                examine(facts, card)
            }
        };
        let of_card = [
            with_card(radio::examine),
            with_card(boot::of_card),
            supplicant::examine(facts, card),
            iwd::examine(facts, card),
            managers::examine(facts, card),
            with_card(ipv6::examine),
            dhcp::examine(facts, card),
        ];
        findings.extend(of_card.into_iter().flatten().map(|finding| Finding {
            interface: Some(card.name.clone()),
            ..finding
        }));
    }
    findings
}

/// All checks, in the order of the output.
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
