//! macveil itself, and the time before it.

use super::facts::{Card, Facts};
use super::finding::{Check, Finding, Topic};
use super::link_file::{Match, NETWORK_DIRECTORIES, first};
use super::text::{last, shown};
use super::units;

const fn check(id: &'static str, why: &'static str) -> Check {
    Check {
        id,
        topic: Topic::Boot,
        why,
    }
}

static CONFIGURATION: Check = check(
    "configuration",
    "With a configuration that is wrong macveil does not start.",
);
static RUNNING: Check = check(
    "running",
    "Only while macveil runs addresses change with networks.",
);
static SERVICE: Check = check(
    "boot-service",
    "A card that nobody masks at boot shows its permanent address with the first scan.",
);
static MANAGED: Check = check(
    "managed",
    "macveil does nothing for a card that its configuration leaves out.",
);
static ON_FAILURE: Check = check(
    "on-failure",
    "A card that cannot be masked gives itself away unless it is kept silent.",
);
static SCAN_RANDOM: Check = check(
    "scan-rand-mac-address",
    "Scans under one address show who is where, for how long and how often.",
);
static ORDER: Check = check(
    "boot-supplicant-order",
    "A supplicant that starts before macveil scans under the address that the card has then.",
);
static LINK_FILE: Check = check(
    "boot-link-file",
    "Until macveil starts the card has the address that udev leaves it, and whatever scans shows it.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[
    &CONFIGURATION,
    &RUNNING,
    &SERVICE,
    &MANAGED,
    &ON_FAILURE,
    &SCAN_RANDOM,
    &ORDER,
    &LINK_FILE,
];

const UNIT: &str = "macveil.service";
/// What installs all of it.
const FROM_CONTRIB: &str = "contrib/systemd of macveil's sources";
const RULE: &str = "/etc/udev/rules.d/81-macveil.rules";

pub(super) fn of_machine(facts: &Facts) -> Vec<Finding> {
    let macveil = &facts.macveil;
    let mut findings = vec![match &macveil.wrong {
        None => CONFIGURATION.good(format_args!("the configuration is right")),
        Some(wrong) => CONFIGURATION.problem(
            format_args!("the configuration is wrong: {wrong}"),
            format_args!("`macveil check` says what is meant"),
        ),
    }];
    let has_systemd = units::has_systemd(facts);
    findings.push(if macveil.runs {
        RUNNING.good(format_args!("macveil is running"))
    } else {
        let start = if has_systemd {
            "`systemctl start macveil`"
        } else {
            "`macveil run`"
        };
        RUNNING.problem(
            format_args!("macveil is not running"),
            format_args!("{start}; the log says what keeps it from that"),
        )
    });
    if has_systemd {
        findings.push(if units::is_enabled(facts, UNIT) {
            SERVICE.good(format_args!("macveil starts at boot"))
        } else if units::file(facts, UNIT).is_some() {
            SERVICE.warning(
                format_args!("macveil does not start at boot"),
                format_args!("`systemctl enable macveil`"),
            )
        } else {
            SERVICE.warning(
                format_args!("macveil's service is not installed"),
                format_args!("install {UNIT} from {FROM_CONTRIB}, and `systemctl enable macveil`"),
            )
        });
    }
    findings
}

pub(super) fn of_card(facts: &Facts, card: &Card) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !card.is_managed {
        findings.push(MANAGED.warning(
            format_args!("macveil's configuration leaves the card out"),
            format_args!(
                "`manage` in /etc/macveil/macveil.toml: add its name, or leave the key out"
            ),
        ));
    }
    if card.fails_open {
        findings.push(ON_FAILURE.warning(
            format_args!("where the card cannot be masked it is used all the same"),
            format_args!("`on-failure = \"closed\"` in /etc/macveil/macveil.toml"),
        ));
    }
    if card.scans_bare {
        findings.push(SCAN_RANDOM.warning(
            format_args!("scans are not to have random addresses"),
            format_args!(
                "`scan-rand-mac-address = true` in /etc/macveil/macveil.toml, or leave the key out"
            ),
        ));
    }
    if units::has_systemd(facts) {
        findings.extend(order(facts, card));
    }
    findings.push(link_file(facts, card));
    findings
}

/// The unit's own files cannot be ordered before templates.
fn order(facts: &Facts, card: &Card) -> Option<Finding> {
    let name = &card.name;
    let enabled = |unit: &(String, String)| units::is_enabled(facts, &unit.0);
    let units_of_it = [
        (
            format!("wpa_supplicant@{name}.service"),
            "wpa_supplicant@.service".to_owned(),
        ),
        (
            format!("wpa_supplicant-nl80211@{name}.service"),
            "wpa_supplicant-nl80211@.service".to_owned(),
        ),
        (format!("netplan-wpa-{name}.service"), String::new()),
    ];
    let (unit, template) = units_of_it.into_iter().find(enabled)?;
    let after = [&unit, &template].into_iter().filter(|it| !it.is_empty());
    let waits = after
        .clone()
        .any(|it| units::lists(&units::said(facts, it, "Unit", "After"), UNIT));
    let before = units::lists(&units::said(facts, UNIT, "Unit", "Before"), &unit);
    let for_all = if template.is_empty() {
        &unit
    } else {
        &template
    };
    Some(if waits || before {
        ORDER.good(format_args!("{unit} waits for macveil"))
    } else {
        ORDER.warning(format_args!("{unit} does not wait for macveil"), format_args!(
                "copy wpa_supplicant@.service.d/macveil.conf from {FROM_CONTRIB} to /etc/systemd/system/{for_all}.d/"
            ))
    })
}

fn link_file(facts: &Facts, card: &Card) -> Finding {
    if facts.files.has(RULE) {
        return LINK_FILE.good(format_args!(
            "udev gives the card a random address ({RULE})"
        ));
    }
    if !facts.runs("systemd-udevd") && !units::has_systemd(facts) {
        return LINK_FILE.note(
            format_args!("there is no udev that could give the card a random address"),
            format_args!("have macveil started before anything else that uses the card"),
        );
    }
    let remedy = format!(
        "install 70-macveil.link from {FROM_CONTRIB} into /etc/systemd/network, and `update-initramfs -u`"
    );
    let interface = Match::of(facts, card);
    let Some((path, text)) = first(&facts.files, &NETWORK_DIRECTORIES, ".link", &interface) else {
        return LINK_FILE.warning(
            format_args!("no .link file is about the card"),
            format_args!("{remedy}"),
        );
    };
    let policy = last(text, "Link", "MACAddressPolicy");
    let fixed = last(text, "Link", "MACAddress");
    match (policy, fixed) {
        (Some(policy), _) if policy.value == "random" => LINK_FILE.good(format_args!(
            "udev gives the card a random address ({path})"
        )),
        (_, Some(fixed)) => LINK_FILE.warning(
            format_args!(
                "udev gives the card the address {} at each boot",
                shown(fixed.value)
            ),
            format_args!(
                "{path} line {}: `MACAddressPolicy=random` in its place",
                fixed.line
            ),
        ),
        // The distribution's own is not to be changed.
        (Some(policy), None) if !path.contains("/lib/systemd/") => LINK_FILE.warning(
            format_args!(
                "udev leaves the card its own address (MACAddressPolicy={})",
                shown(policy.value)
            ),
            format_args!("{path} line {}: `MACAddressPolicy=random`", policy.line),
        ),
        (_, None) => LINK_FILE.warning(
            format_args!("udev leaves the card its own address ({path})"),
            format_args!("{remedy}"),
        ),
    }
}
