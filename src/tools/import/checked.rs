//! Compares the import with what `NetworkManager` itself made of the same files.
//! `tests/fixtures/networkmanager/record.sh` records that.

#![allow(clippy::disallowed_methods, reason = "fixtures are files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::keyfile::KeyFile;
use super::{
    Conf, ConfFile, ImportOptions, ImportReport, ProfileContents, ProfileDirectory, ProfileFile,
    translate,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/networkmanager");

/// A version, and the end of the files that it printed.
struct Checked {
    version: &'static str,
    end: &'static str,
}

const CHECKED: [Checked; 2] = [
    Checked {
        version: "1.42.4",
        end: "printed",
    },
    Checked {
        version: "1.52.1",
        end: "later",
    },
];

impl Checked {
    fn options(&self) -> ImportOptions {
        ImportOptions {
            version: Some(self.version.parse().unwrap()),
            ..ImportOptions::default()
        }
    }

    /// What the version printed; `None` if it refused the file.
    fn printed(&self, fixture: &Path) -> Option<Vec<u8>> {
        // Later versions have files of their own only where they differ.
        [self.end, "printed"]
            .iter()
            .find_map(|end| fs::read(fixture.with_extension(end)).ok())
    }
}

fn fixtures(directory: &str, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(FIXTURES).join(directory)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == end));
    paths.sort();
    paths
}

type Settings = BTreeSet<(String, String, String)>;

fn settings(groups: &[(String, super::keyfile::Group)]) -> Settings {
    let of_interest = |name: &str| {
        ["connection", "device", "keyfile"]
            .iter()
            .any(|kind| name.starts_with(kind))
    };
    let groups = groups.iter().filter(|(name, _)| of_interest(name));
    groups
        .flat_map(|(name, group)| {
            group
                .all()
                .iter()
                .map(|(key, value)| (name.clone(), key.clone(), value.raw.clone()))
        })
        .collect()
}

#[test]
fn configuration_equals_what_networkmanager_prints() {
    let paths = fixtures("conf.d", "conf");
    assert!(paths.len() >= 50, "{}", paths.len());
    let cases = CHECKED
        .iter()
        .flat_map(|by| paths.iter().map(move |path| (by, path)));
    for (by, path) in cases {
        let file = ConfFile {
            path: path.display().to_string().into(),
            contents: Ok(fs::read(path).unwrap()),
            drop_in: true,
        };
        let ours = Conf::read(&[file], &by.options(), &mut ImportReport::default());
        let printed = by.printed(path).unwrap();
        let theirs = KeyFile::parse(&printed, &"printed".into()).unwrap();
        assert_eq!(
            settings(ours.groups()),
            settings(theirs.groups()),
            "{} by {}",
            path.display(),
            by.version
        );
    }
}

/// The translation without comments, and the report.
fn profile(contents: Vec<u8>, by: &Checked) -> (String, String) {
    let file = ProfileFile {
        path: "profile".into(),
        directory: ProfileDirectory::Etc,
        changed: 0,
        contents: ProfileContents::Text(contents),
    };
    let mut report = ImportReport::default();
    let made = translate(&Conf::default(), &[file], b"", &by.options(), &mut report);
    let lines = made
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let items = report.items().iter();
    let items = items.map(|item| format!("{} {}", item.setting, item.text));
    (
        lines.collect::<Vec<_>>().join("\n"),
        items.collect::<Vec<_>>().join("\n"),
    )
}

#[test]
fn profile_equals_the_one_that_nmcli_writes() {
    for path in fixtures("profiles", "nmconnection") {
        let shown = path.display();
        let text = fs::read(&path).unwrap();
        for by in &CHECKED {
            let (made, report) = profile(text.clone(), by);
            let shown = format!("{shown} by {}", by.version);
            match by.printed(&path) {
                Some(printed) => assert_eq!(made, profile(printed, by).0, "{shown}"),
                None => assert!(
                    report.contains("NetworkManager refused it"),
                    "{shown}: {report}"
                ),
            }
        }
        let text = String::from_utf8(text).unwrap();
        let accepted = path.with_extension("printed").exists();
        let word = if accepted { "accepted" } else { "refused" };
        assert!(
            text.lines().next().unwrap().ends_with(&format!("{word}.")),
            "{shown}"
        );
    }
}

#[test]
fn profile_is_imported_as_its_comments_expect() {
    let paths = fixtures("profiles", "nmconnection");
    assert!(paths.len() >= 45, "{}", paths.len());
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let (made, report) = profile(text.clone().into_bytes(), &CHECKED[0]);
        let shown = format!("{}\n{made}\n{report}", path.display());
        let mut count = 0;
        for wanted in text
            .lines()
            .filter_map(|line| line.strip_prefix("# expect: "))
        {
            count += 1;
            if let Some(said) = wanted.strip_prefix("says: ") {
                assert!(report.contains(said), "{said}\n{shown}");
            } else if let Some(absent) = wanted.strip_prefix("absent: ") {
                assert!(!made.contains(absent), "{absent}\n{shown}");
            } else {
                assert!(made.lines().any(|line| line == wanted), "{wanted}\n{shown}");
            }
        }
        assert!(count > 0, "{shown}");
    }
}
