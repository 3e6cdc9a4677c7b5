//! macveil.toml(5) has the keys of the configuration, which contrib/macveil.toml has, and no others.

use std::collections::BTreeSet;

use crate::read;

/// Those of every table, once each.
fn keys_of_the_example() -> BTreeSet<String> {
    let example = read("macveil.toml");
    let assignments = example.lines().filter_map(|line| {
        let (key, _) = line.trim_start_matches("# ").split_once(" = ")?;
        let is_key = key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        is_key.then(|| key.to_owned())
    });
    assignments.collect()
}

fn keys_of_the_manual() -> BTreeSet<String> {
    let page = read("man/macveil.toml.5");
    let entries = page.split(".TP\n.B ").skip(1);
    let keys = entries.filter_map(|entry| entry.lines().next());
    keys.map(|key| key.replace('\\', "")).collect()
}

#[test]
fn the_manual_has_every_key_and_no_other() {
    assert_eq!(keys_of_the_manual(), keys_of_the_example());
}
