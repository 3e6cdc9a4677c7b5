//! Capabilities of kernel and driver.

use super::facts::{CardFacts, Facts, Trial};
use super::finding::{Check, Finding, Topic};

static CURRENT_ADDRESS: Check = Topic::Radio.check(
    "current-address",
    "Every frame shows the card's current address.",
);
static RANDOM_ADDRESS: Check = Topic::Radio.check(
    "scan-random-address",
    "With driver support, each scan has a separate address and never the card's.",
);
static RANDOM_SEQUENCE: Check = Topic::Radio.check(
    "scan-random-sequence",
    "Sequence numbers that continue link the addresses of one card.",
);
static MINIMAL_CONTENT: Check = Topic::Radio.check(
    "scan-minimal-content",
    "Optional elements in probe requests are the same with every address.",
);
static LIVE_CHANGE: Check = Topic::Radio.check(
    "live-change",
    "If the address can change while the link is up, masking needs no interruption.",
);
static PERMANENT_ADDRESS: Check = Topic::Radio.check(
    "permanent-address",
    "An unknown address cannot be avoided reliably, nor used for a network that needs it.",
);
static FIRMWARE: Check = Topic::Radio.check(
    "firmware",
    "No program can prevent frames that the firmware sends on its own.",
);
static HONOURS_ADDRESS: Check = Topic::Radio.check(
    "honours-address",
    "If the driver ignores address changes, every frame shows the permanent address.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[
    &CURRENT_ADDRESS,
    &RANDOM_ADDRESS,
    &RANDOM_SEQUENCE,
    &MINIMAL_CONTENT,
    &LIVE_CHANGE,
    &PERMANENT_ADDRESS,
    &FIRMWARE,
    &HONOURS_ADDRESS,
];

/// Older kernels can hang if the address changes while the link is up.
const LIVE_CHANGE_SINCE: (u32, u32) = (6, 7);
/// Firmware of these drivers associates, and can scan for that, on its own.
const FIRMWARE_DRIVERS: [&str; 5] = [
    "brcmfmac",
    "mwifiex_sdio",
    "mwifiex_pcie",
    "mwifiex_usb",
    "wilc1000",
];
const NO_OTHER_DRIVER: &str =
    "no action needed; only another card can improve this (mac80211 drivers support it)";

pub(super) fn examine(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let kernel = &card.kernel;
    let mut findings = vec![
        current(facts, card),
        if kernel.random_address {
            RANDOM_ADDRESS.good(format_args!(
                "the driver supports random addresses in scans"
            ))
        } else {
            RANDOM_ADDRESS.note(
                format_args!(
                    "{} does not support random addresses in scans",
                    driver(card)
                ),
                format_args!("no action needed: macveil sets a new mask address for each scan"),
            )
        },
        if kernel.random_sequence {
            RANDOM_SEQUENCE.good(format_args!("each scan has random sequence numbers"))
        } else {
            RANDOM_SEQUENCE.note(
                format_args!(
                    "{} continues sequence numbers from scan to scan",
                    driver(card)
                ),
                format_args!("{NO_OTHER_DRIVER}"),
            )
        },
        if kernel.minimal_content {
            MINIMAL_CONTENT.good(format_args!("the driver supports minimal probe requests"))
        } else {
            MINIMAL_CONTENT.note(
                format_args!("{} adds optional elements to probe requests", driver(card)),
                format_args!("{NO_OTHER_DRIVER}"),
            )
        },
        live_change(facts, card),
    ];
    if kernel.permanent.is_none() {
        findings.push(PERMANENT_ADDRESS.note(
            format_args!("{} does not report a permanent address", driver(card)),
            format_args!(
                "for a network that needs it, set the address: `macveil policy SSID ADDRESS`"
            ),
        ));
    }
    if FIRMWARE_DRIVERS.contains(&kernel.driver.as_str()) {
        findings.push(FIRMWARE.note(
            format_args!(
                "the firmware of {} connects on its own and can send probe requests then",
                kernel.driver
            ),
            format_args!("capture its frames with another card: `macveil audit CAPTURE`"),
        ));
    }
    findings.extend(card.trial.as_ref().map(|trial| honours(card, trial)));
    findings
}

fn current(facts: &Facts, card: &CardFacts) -> Finding {
    let CardFacts { name, kernel, .. } = card;
    let address = kernel.initial;
    if Some(address) != kernel.permanent {
        return CURRENT_ADDRESS.good(format_args!(
            "the card has the address {address}, not its permanent one"
        ));
    }
    let what = format!("the card has its permanent address, {address}");
    if facts.macveil.runs && card.is_managed && !card.is_managed_elsewhere() {
        CURRENT_ADDRESS.note(format_args!("{what}"), format_args!("`macveil status {name}` shows the reason: a network's policy, or macveil cannot change it"))
    } else if card.up {
        CURRENT_ADDRESS.problem(
            format_args!("{what}"),
            format_args!("start macveil, or change the address: `macveil set {name} --random`"),
        )
    } else {
        CURRENT_ADDRESS.warning(
            format_args!("{what}, and is down"),
            format_args!(
                "before `ip link set {name} up`: start macveil, or run `macveil set {name} --random`"
            ),
        )
    }
}

fn live_change(facts: &Facts, card: &CardFacts) -> Finding {
    let (major, minor) = facts.release;
    if card.kernel.live_change {
        LIVE_CHANGE.good(format_args!(
            "the address can change while the link is up (Linux {major}.{minor})"
        ))
    } else if facts.release < LIVE_CHANGE_SINCE {
        LIVE_CHANGE.note(format_args!("Linux {major}.{minor} cannot change the address reliably while the link is up"), format_args!("no action needed: macveil takes the card down to change it; Linux 6.7 or later can, with a mac80211 driver"))
    } else {
        LIVE_CHANGE.note(
            format_args!(
                "{} does not use mac80211 and cannot change the address while the link is up",
                driver(card)
            ),
            format_args!("no action needed: macveil takes the card down to change it"),
        )
    }
}

fn honours(card: &CardFacts, trial: &Trial) -> Finding {
    let driver = driver(card);
    let name = &card.name;
    match trial {
        Trial::Honoured { up: true } => HONOURS_ADDRESS.good(format_args!(
            "{driver} accepted another address, kept it with the link up, and restored the previous one"
        )),
        Trial::Honoured { up: false } => HONOURS_ADDRESS.note(format_args!("{driver} accepted another address, but the link did not come up"), format_args!("unblock the radio (`rfkill unblock wifi`) and try again")),
        Trial::Ignored => HONOURS_ADDRESS.problem(format_args!("{driver} accepted another address, but did not use it"), format_args!("macveil blocks such a card: use another card or a newer kernel")),
        Trial::Refused(why) => HONOURS_ADDRESS.problem(format_args!("{driver} refused another address: {why}"), format_args!("macveil blocks such a card: use another card or a newer kernel")),
        Trial::NotRestored(why) => HONOURS_ADDRESS.problem(format_args!("{driver} did not restore the previous address: {why}"), format_args!("`macveil set {name} {}`", card.kernel.initial)),
    }
}

fn driver(card: &CardFacts) -> String {
    match card.kernel.driver.as_str() {
        "" => "the driver".to_owned(),
        name => format!("the driver {name}"),
    }
}
