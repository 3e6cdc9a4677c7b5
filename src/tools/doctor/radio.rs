//! What kernel and driver can do.

use super::facts::{Card, Facts, Trial};
use super::finding::{Check, Finding, Topic};

const fn check(id: &'static str, why: &'static str) -> Check {
    Check {
        id,
        topic: Topic::Radio,
        why,
    }
}

static CURRENT_ADDRESS: Check = check(
    "current-address",
    "Whatever the card sends, it sends under the address that it has.",
);
static RANDOM_ADDRESS: Check = check(
    "scan-random-address",
    "Where the driver can, each scan has an address of its own and the card's is not heard.",
);
static RANDOM_SEQUENCE: Check = check(
    "scan-random-sequence",
    "Sequence numbers that run on tie the addresses of one card together.",
);
static MINIMAL_CONTENT: Check = check(
    "scan-minimal-content",
    "What a probe request says of the card beyond need is the same under each address.",
);
static LIVE_CHANGE: Check = check(
    "live-change",
    "A card whose address can be changed while it is up is masked without a pause.",
);
static PERMANENT_ADDRESS: Check = check(
    "permanent-address",
    "What is not known cannot be kept off the air for certain, nor be used where it is wanted.",
);
static FIRMWARE: Check = check(
    "firmware",
    "What the firmware sends by itself no program on the machine can prevent.",
);
static HONOURS_ADDRESS: Check = check(
    "honours-address",
    "A driver that keeps its address whatever it is told gives the card away with every frame.",
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

/// An address change on a link that is up can hang older kernels.
const LIVE_CHANGE_SINCE: (u32, u32) = (6, 7);
/// Their firmware associates, and may scan for that by itself.
const WITH_FIRMWARE_OF_THEIR_OWN: [&str; 5] = [
    "brcmfmac",
    "mwifiex_sdio",
    "mwifiex_pcie",
    "mwifiex_usb",
    "wilc1000",
];
const NO_OTHER_DRIVER: &str =
    "nothing has to be done; a card whose driver can is the only other way (mac80211 drivers do)";

pub(super) fn examine(facts: &Facts, card: &Card) -> Vec<Finding> {
    let kernel = &card.kernel;
    let mut findings = vec![
        current(facts, card),
        if kernel.random_address {
            RANDOM_ADDRESS.good(format_args!("the driver scans under random addresses"))
        } else {
            RANDOM_ADDRESS.note(
                format_args!("{} does not scan under random addresses", driver(card)),
                format_args!(
                    "nothing has to be done: macveil puts a new mask on the card for each scan"
                ),
            )
        },
        if kernel.random_sequence {
            RANDOM_SEQUENCE.good(format_args!("scans have sequence numbers of their own"))
        } else {
            RANDOM_SEQUENCE.note(
                format_args!("{} counts on from scan to scan", driver(card)),
                format_args!("{NO_OTHER_DRIVER}"),
            )
        },
        if kernel.minimal_content {
            MINIMAL_CONTENT.good(format_args!("probe requests can be of minimal content"))
        } else {
            MINIMAL_CONTENT.note(
                format_args!(
                    "{} decides what probe requests say of the card",
                    driver(card)
                ),
                format_args!("{NO_OTHER_DRIVER}"),
            )
        },
        live_change(facts, card),
    ];
    if kernel.permanent.is_none() {
        findings.push(PERMANENT_ADDRESS.note(format_args!("{} does not know a permanent address", driver(card)), format_args!("name an address where a network is to get the card's own: `macveil policy SSID ADDRESS`")));
    }
    if WITH_FIRMWARE_OF_THEIR_OWN.contains(&kernel.driver.as_str()) {
        findings.push(FIRMWARE.note(
            format_args!(
                "the firmware behind {} connects by itself, and may probe then",
                kernel.driver
            ),
            format_args!("hear it from another card: `macveil audit CAPTURE`"),
        ));
    }
    findings.extend(card.trial.as_ref().map(|trial| honours(card, trial)));
    findings
}

fn current(facts: &Facts, card: &Card) -> Finding {
    let Card { name, kernel, .. } = card;
    let address = kernel.initial;
    if Some(address) != kernel.permanent {
        return CURRENT_ADDRESS.good(format_args!(
            "the card has {address}, not its permanent address"
        ));
    }
    let what = format!("the card has its permanent address, {address}");
    if facts.macveil.runs && card.is_managed && !card.is_left() {
        CURRENT_ADDRESS.note(format_args!("{what}"), format_args!("`macveil status {name}` says why: a network's policy asks for it, or macveil cannot change it"))
    } else if card.up {
        CURRENT_ADDRESS.problem(
            format_args!("{what}"),
            format_args!("start macveil, or change it by hand: `macveil set {name} --random`"),
        )
    } else {
        CURRENT_ADDRESS.warning(
            format_args!("{what}, and is down"),
            format_args!(
                "start macveil before `ip link set {name} up`, or say `macveil set {name} --random`"
            ),
        )
    }
}

fn live_change(facts: &Facts, card: &Card) -> Finding {
    let (major, minor) = facts.release;
    if card.kernel.live_change {
        LIVE_CHANGE.good(format_args!(
            "addresses can be changed while the card is up (Linux {major}.{minor})"
        ))
    } else if facts.release < LIVE_CHANGE_SINCE {
        LIVE_CHANGE.note(format_args!("Linux {major}.{minor} cannot be trusted to change the address of a card that is up"), format_args!("nothing has to be done: macveil takes the card down for it; Linux 6.7 or later can, with a mac80211 driver"))
    } else {
        LIVE_CHANGE.note(
            format_args!(
                "{} is none of mac80211's and cannot change the address of a card that is up",
                driver(card)
            ),
            format_args!("nothing has to be done: macveil takes the card down for it"),
        )
    }
}

fn honours(card: &Card, trial: &Trial) -> Finding {
    let driver = driver(card);
    let name = &card.name;
    match trial {
        Trial::Honoured { up: true } => HONOURS_ADDRESS.good(format_args!(
            "{driver} took another address, showed it with the link up, and gave it back"
        )),
        Trial::Honoured { up: false } => HONOURS_ADDRESS.note(format_args!("{driver} took another address and gave it back; the link could not be brought up with it"), format_args!("unblock the radio (`rfkill unblock wifi`) and try again")),
        Trial::Ignored => HONOURS_ADDRESS.problem(format_args!("{driver} agreed to another address and showed another one than that"), format_args!("macveil holds such a card silent: take another card, or a newer kernel")),
        Trial::Refused(why) => HONOURS_ADDRESS.problem(format_args!("{driver} did not take another address: {why}"), format_args!("macveil holds such a card silent: take another card, or a newer kernel")),
        Trial::NotRestored(why) => HONOURS_ADDRESS.problem(format_args!("{driver} took another address, and could not be made to give it back: {why}"), format_args!("`macveil set {name} {}`", card.kernel.initial)),
    }
}

fn driver(card: &Card) -> String {
    match card.kernel.driver.as_str() {
        "" => "the driver".to_owned(),
        name => format!("the driver {name}"),
    }
}
