//! IPv6 addresses derived from MAC addresses.

use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Topic};
use super::text::words;
use macveil_core::types::Mac;

static GENERATION: Check = Topic::Ipv6.check(
    "ipv6-addr-gen-mode",
    "A link-local address that stays the same while the card's address changes links networks.",
);
static TEMPORARY: Check = Topic::Ipv6.check(
    "ipv6-use-tempaddr",
    "Without temporary addresses, every server sees the card's address in this network.",
);
static PERMANENT_IN_IPV6: Check = Topic::Ipv6.check(
    "ipv6-permanent-address",
    "An IPv6 address derived from the permanent address shows it to the network and to servers.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[&GENERATION, &TEMPORARY, &PERMANENT_IN_IPV6];

/// `IN6_ADDR_GEN_MODE_EUI64`, `_NONE`, `_STABLE_PRIVACY` and `_RANDOM`.
mod mode {
    pub(super) const EUI64: i64 = 0;
    pub(super) const NONE: i64 = 1;
    pub(super) const STABLE_PRIVACY: i64 = 2;
    pub(super) const RANDOM: i64 = 3;
}

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let name = &card.name;
    let setting = |key: &str| {
        facts
            .files
            .number(&format!("/proc/sys/net/ipv6/conf/{name}/{key}"))
    };
    if setting("disable_ipv6") == Some(1) {
        return vec![GENERATION.good(format_args!("IPv6 is disabled on the card"))];
    }
    let mut findings = Vec::new();
    findings.extend(setting("addr_gen_mode").and_then(|mode| generation(name, mode)));
    findings.extend(setting("use_tempaddr").map(|how| match how {
        2.. => TEMPORARY.good(format_args!(
            "outgoing connections use temporary IPv6 addresses"
        )),
        _ => TEMPORARY.note(
            format_args!(
                "outgoing connections use IPv6 addresses that stay the same within a network"
            ),
            format_args!("{}", sysctl(name, "use_tempaddr", 2)),
        ),
    }));
    findings.extend(permanent_in_ipv6(facts, card));
    findings
}

/// The kernel derives stable-privacy addresses from the prefix, a secret and the permanent address
/// (`ipv6_generate_stable_address`, net/ipv6/addrconf.c). The link-local prefix is the same everywhere, so the
/// link-local address is, too. EUI-64 addresses change with the assigned address.
fn generation(name: &str, mode: i64) -> Option<Finding> {
    let remedy = || sysctl(name, "addr_gen_mode", 0);
    match mode {
        mode::EUI64 => Some(GENERATION.good(format_args!("IPv6 addresses are derived from the card's current address and change with it"))),
        mode::NONE => Some(GENERATION.good(format_args!("the kernel generates no link-local address"))),
        mode::STABLE_PRIVACY => Some(GENERATION.warning(format_args!("the link-local address is derived from a secret and the permanent address: the same in every network"), format_args!("{}", remedy()))),
        mode::RANDOM => Some(GENERATION.warning(format_args!("the link-local address is the same in every network until the next boot"), format_args!("{}", remedy()))),
        _ => None,
    }
}

fn sysctl(name: &str, key: &str, value: u8) -> String {
    format!(
        "/etc/sysctl.d/macveil.conf: `net.ipv6.conf.default.{key} = {value}`; now: `sysctl net.ipv6.conf.{name}.{key}={value}`"
    )
}

/// `if_inet6` has a line for each address: 32 hexadecimal digits, four numbers, the interface.
fn permanent_in_ipv6(facts: &Facts, card: &CardFacts) -> Option<Finding> {
    let permanent = card.kernel.permanent?;
    if permanent == card.kernel.initial {
        return None;
    }
    let ending = interface_identifier(permanent);
    let all = facts.files.text("/proc/net/if_inet6")?;
    let mut of_card = all
        .lines()
        .filter(|line| words(line).last() == Some(&card.name.as_str()));
    let found = of_card.find(|line| line.get(16..32) == Some(&ending))?;
    Some(PERMANENT_IN_IPV6.problem(
        format_args!(
            "an IPv6 address is derived from the permanent address: {}",
            written(found.get(..32)?)
        ),
        format_args!(
            "`ip -6 addr flush dev {}`, and find the program that set it",
            card.name
        ),
    ))
}

/// Modified EUI-64 (RFC 4291, appendix A).
fn interface_identifier(Mac(bytes): Mac) -> String {
    let number = bytes
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let (vendor, card) = (number >> 24, number & 0xff_ffff);
    format!("{:016x}", (vendor << 40 | 0xff_fe << 24 | card) ^ 2 << 56)
}

fn written(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(':');
        }
        text.push(digit);
    }
    text
}
