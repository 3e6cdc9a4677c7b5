//! macveil itself, and the time before it starts.

use super::facts::{CardFacts, Facts};
use super::finding::{Check, Finding, Topic};
use super::kernel;
use super::link_file::{Match, NETWORK_DIRECTORIES, Placed, matching_file};
use super::text::shown;
use super::units;

static CONFIGURATION: Check = Topic::Boot.check(
    "configuration",
    "macveil does not start with an invalid configuration.",
);
static RUNNING: Check = Topic::Boot.check(
    "running",
    "Addresses change with networks only while macveil runs.",
);
static SERVICE: Check = Topic::Boot.check(
    "boot-service",
    "Without macveil at boot, the first scan shows the permanent address.",
);
static KEY_FILE: Check = Topic::Boot.check(
    "key-file",
    "Anyone who knows the key can compute every stable address.",
);
static UNREADABLE: Check = Topic::Boot.check(
    "unreadable-files",
    "Settings in these files are not checked.",
);
static CARD: Check = Topic::Boot.check(
    "card",
    "The checks of driver, kernel and addresses need the card.",
);
static MANAGED: Check = Topic::Boot.check(
    "managed",
    "macveil does not protect a card that its configuration excludes.",
);
static ON_FAILURE: Check = Topic::Boot.check(
    "on-failure",
    "If a card cannot be masked, only blocking it hides its address.",
);
static SCAN_RANDOM: Check = Topic::Boot.check(
    "scan-rand-mac-address",
    "Scans with one address show where a person is, how long and how often.",
);
static ORDER: Check = Topic::Boot.check(
    "boot-supplicant-order",
    "A supplicant that starts before macveil scans with the address that the card has at that time.",
);
static LINK_FILE: Check = Topic::Boot.check(
    "boot-link-file",
    "Until macveil starts, the card has the address that udev sets, and every scan shows it.",
);

#[cfg(test)]
pub(super) const CHECKS: &[&Check] = &[
    &CONFIGURATION,
    &RUNNING,
    &SERVICE,
    &KEY_FILE,
    &UNREADABLE,
    &CARD,
    &kernel::SOURCE_GUARD,
    &MANAGED,
    &ON_FAILURE,
    &SCAN_RANDOM,
    &ORDER,
    &LINK_FILE,
];

const UNIT: &str = "macveil.service";
/// macveil starts before it.
const EARLY: &str = "network-pre.target";
/// The directory with all unit files.
const FROM_CONTRIB: &str = "contrib/systemd of macveil's sources";
const RULE: &str = "/etc/udev/rules.d/81-macveil.rules";

pub(super) fn of_machine(facts: &Facts) -> Vec<Finding> {
    let macveil = &facts.macveil;
    let mut findings = vec![match &macveil.wrong {
        None => CONFIGURATION.good(format_args!("the configuration is valid")),
        Some(wrong) => CONFIGURATION.problem(
            format_args!("the configuration is invalid: {wrong}"),
            format_args!("run `macveil check` and fix the errors"),
        ),
    }];
    let has_systemd = units::has_systemd(facts);
    if let Some(why) = &macveil.insecure_key {
        findings.push(KEY_FILE.problem(
            format_args!("macveil does not use its key: {why}"),
            format_args!("`ls -l {}`, then correct owner, mode or content; without a key, macveil joins no network that needs one", macveil.key_file),
        ));
    }
    findings.extend(unreadable(facts));
    findings.extend(kernel::source_guard(facts));
    if facts.cards.iter().all(|card| card.is_absent) {
        findings.push(CARD.note(
            format_args!("there is no Wi-Fi interface in station mode: only files were checked"),
            format_args!("run doctor again with the card (`iw dev` lists the interfaces)"),
        ));
    }
    findings.push(if macveil.runs {
        RUNNING.good(format_args!("macveil is running"))
    } else {
        let start = if has_systemd && units::is_enabled(facts, UNIT) {
            "reboot, or `systemctl start macveil`"
        } else if has_systemd {
            "`systemctl start macveil`"
        } else {
            "`macveil run`"
        };
        RUNNING.problem(
            format_args!("macveil is not running"),
            format_args!("{start}; if it fails, the log has the reason"),
        )
    });
    findings.extend(starts_without_systemd(facts).filter(|_| !has_systemd));
    if has_systemd {
        findings.push(if units::is_enabled(facts, UNIT) {
            SERVICE.good(format_args!("macveil starts at boot"))
        } else if let Some(text) = units::file(facts, UNIT) {
            let unmask = if text.is_empty() {
                "`systemctl unmask macveil`, then "
            } else {
                ""
            };
            SERVICE.warning(
                format_args!("macveil does not start at boot"),
                format_args!("{unmask}`systemctl enable macveil`"),
            )
        } else {
            SERVICE.warning(
                format_args!("macveil's service is not installed"),
                format_args!("install {UNIT} from {FROM_CONTRIB}, then `systemctl enable macveil`"),
            )
        });
    }
    findings
}

/// Names files and directories that only others may read.
fn unreadable(facts: &Facts) -> Option<Finding> {
    let denied: Vec<_> = facts.files.denied().collect();
    (!denied.is_empty()).then(|| {
        UNREADABLE.note(
            format_args!("this user cannot read {}", denied.join(", ")),
            format_args!("`sudo macveil doctor`"),
        )
    })
}

/// Whether runit or `OpenRC` starts macveil.
fn starts_without_systemd(facts: &Facts) -> Option<Finding> {
    let has = |path: &str| facts.files.has(path);
    let runit = [
        "/var/service/macveil",
        "/etc/runit/runsvdir/default/macveil",
    ];
    let openrc = [
        "/etc/runlevels/boot/macveil",
        "/etc/runlevels/default/macveil",
    ];
    let remedy = if facts.runs("runit") || facts.runs("runsvdir") || has("/etc/sv/wpa_supplicant") {
        "`ln -s /etc/sv/macveil /var/service/`, with a `run` script that executes `macveil run`"
    } else if has("/etc/runlevels/boot")
        || facts
            .files
            .in_directory("/etc/runlevels/boot")
            .next()
            .is_some()
    {
        "`rc-update add macveil boot`"
    } else {
        return None;
    };
    Some(if runit.into_iter().chain(openrc).any(has) {
        SERVICE.good(format_args!("macveil starts at boot"))
    } else {
        SERVICE.warning(
            format_args!("macveil does not start at boot"),
            format_args!("{remedy}"),
        )
    })
}

pub(super) fn of_card(facts: &Facts, card: &CardFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !card.is_managed {
        findings.push(MANAGED.warning(
            format_args!("macveil's configuration excludes the card"),
            format_args!("`manage` in /etc/macveil/macveil.toml: add its name, or remove the key"),
        ));
    }
    if card.allows_unprotected {
        findings.push(ON_FAILURE.warning(
            format_args!("the card is used even if it cannot be masked"),
            format_args!("`on-failure = \"closed\"` in /etc/macveil/macveil.toml"),
        ));
    }
    if card.scans_without_randomization {
        findings.push(SCAN_RANDOM.warning(
            format_args!("random addresses in scans are disabled"),
            format_args!(
                "`scan-rand-mac-address = true` in /etc/macveil/macveil.toml, or remove the key"
            ),
        ));
    }
    if units::has_systemd(facts) {
        findings.extend(order(facts, card));
    }
    findings.push(link_file(facts, card));
    findings
}

/// macveil.service cannot name an instance of a template in `Before=`, so the supplicant's unit needs `After=`.
fn order(facts: &Facts, card: &CardFacts) -> Option<Finding> {
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
        (format!("wpa_supplicant-{name}.service"), String::new()),
    ];
    let (unit, template) = units_of_it.into_iter().find(enabled)?;
    let after = [&unit, &template]
        .into_iter()
        .filter(|unit| !unit.is_empty());
    let waits = after
        .clone()
        .map(|unit| units::settings(facts, unit, "Unit", "After"))
        .any(|after| units::lists(&after, UNIT) || units::lists(&after, EARLY));
    let before = units::lists(&units::settings(facts, UNIT, "Unit", "Before"), &unit);
    let for_all = if template.is_empty() {
        &unit
    } else {
        &template
    };
    Some(if waits || before {
        ORDER.good(format_args!("{unit} starts after macveil"))
    } else {
        ORDER.warning(format_args!("{unit} can start before macveil"), format_args!(
                "copy wpa_supplicant@.service.d/macveil.conf from {FROM_CONTRIB} to /etc/systemd/system/{for_all}.d/"
            ))
    })
}

fn link_file(facts: &Facts, card: &CardFacts) -> Finding {
    if facts.files.has(RULE) {
        return LINK_FILE.good(format_args!("udev sets a random address ({RULE})"));
    }
    if !facts.runs("systemd-udevd") && !units::has_systemd(facts) {
        return LINK_FILE.note(
            format_args!("no udev is running that could set a random address"),
            format_args!("start macveil before any other program that uses the card"),
        );
    }
    let remedy = format!(
        "install 70-macveil.link from {FROM_CONTRIB} into /etc/systemd/network, then build the initramfs again (`update-initramfs -u`)"
    );
    let interface = Match::of(facts, card);
    let Some(file) = matching_file(&facts.files, &NETWORK_DIRECTORIES, ".link", &interface) else {
        return LINK_FILE.warning(
            format_args!("no .link file matches the card"),
            format_args!("{remedy}"),
        );
    };
    let policy = file.last("Link", "MACAddressPolicy");
    let policy = policy.filter(|policy| !policy.value.is_empty());
    let fixed = file.last("Link", "MACAddress");
    let path = file.path;
    let is_none = |policy: &Placed| policy.value == "none" && fixed.is_some();
    match (policy.filter(|policy| !is_none(policy)), &fixed) {
        (Some(policy), _) if policy.value == "random" => {
            LINK_FILE.good(format_args!("udev sets a random address ({})", policy.path))
        }
        // A fixed address counts only without a policy (`systemd.link(5)`).
        (None, Some(fixed)) => LINK_FILE.warning(
            format_args!("udev sets the address {} at each boot", shown(fixed.value)),
            format_args!(
                "{} line {}: replace it with `MACAddressPolicy=random`",
                fixed.path, fixed.line
            ),
        ),
        // The distribution's own file must not be changed.
        (Some(policy), _) if !policy.path.contains("/lib/systemd/") => LINK_FILE.warning(
            format_args!(
                "udev keeps the permanent address (MACAddressPolicy={})",
                shown(policy.value)
            ),
            format_args!(
                "{} line {}: `MACAddressPolicy=random`",
                policy.path, policy.line
            ),
        ),
        (_, _) => LINK_FILE.warning(
            format_args!("udev keeps the permanent address ({path})"),
            format_args!("{remedy}"),
        ),
    }
}
