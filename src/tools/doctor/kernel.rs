//! Options of the kernel.

use super::facts::Facts;
use super::finding::{Check, Finding, Topic};

pub(super) static SOURCE_GUARD: Check = Topic::Boot.check(
    "source-guard",
    "A program that built a frame before the address changed sends it with the old address; only the kernel can drop it.",
);

/// Options of the hook in traffic control and of the one in nftables. One hook is enough.
const HOOKS: [&[&str]; 2] = [
    &["NET_CLS_ACT", "NET_SCH_INGRESS", "NET_CLS_BPF"],
    &["NETFILTER_EGRESS", "NF_TABLES_NETDEV"],
];
/// Options that are modules, with their files.
const MODULES: [(&str, &str); 2] = [
    ("NET_SCH_INGRESS", "/sch_ingress.ko"),
    ("NET_CLS_BPF", "/cls_bpf.ko"),
];

/// Whether the kernel can drop frames with another source address. `None` if its options are unknown.
pub(super) fn source_guard(facts: &Facts) -> Option<Finding> {
    let release = &facts.release_name;
    let text = configuration_files(release).into_iter().find_map(|path| {
        facts
            .files
            .text(&path)
            .filter(|text| text.contains("CONFIG_"))
    })?;
    let modules = facts.files.text(&module_list(release));
    let has = |option: &str| {
        let line = |value: &str| format!("CONFIG_{option}={value}");
        let is_set = |value| text.lines().any(|found| found.trim_ascii() == line(value));
        let file = MODULES.iter().find(|(name, _)| *name == option);
        let is_installed = || match (file, modules) {
            (Some((_, file)), Some(list)) => list.contains(file),
            _ => true,
        };
        is_set("y") || (is_set("m") && is_installed())
    };
    let missing = HOOKS.map(|hook| {
        let options = hook.iter().filter(|option| !has(option));
        options
            .map(|option| format!("CONFIG_{option}"))
            .collect::<Vec<_>>()
    });
    Some(match &missing {
        [first, second] if !first.is_empty() && !second.is_empty() => SOURCE_GUARD.warning(
            format_args!("the kernel cannot drop frames with a wrong source address"),
            format_args!(
                "build the kernel, or install its modules, with {}; or with {}",
                first.join(", "),
                second.join(", ")
            ),
        ),
        _ => SOURCE_GUARD.good(format_args!(
            "the kernel can drop frames with a wrong source address"
        )),
    })
}

/// Files with the kernel's configuration, the best first.
pub(super) fn configuration_files(release: &str) -> [String; 3] {
    [
        "/proc/config".to_owned(),
        format!("/boot/config-{release}"),
        format!("/lib/modules/{release}/config"),
    ]
}

pub(super) fn module_list(release: &str) -> String {
    format!("/lib/modules/{release}/modules.dep")
}
