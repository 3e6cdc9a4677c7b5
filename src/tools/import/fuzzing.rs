//! Fuzz target: `NetworkManager`'s files.

use std::path::Path;

use super::conf::escape_spec;
use super::keyfile::KeyFile;
use super::{
    Conf, ConfFile, ImportOptions, ImportReport, ProfileContents, ProfileDirectory, ProfileFile,
    translate,
};
use crate::config::{Config, split_specs};
use crate::fuzzing::text;

/// Separates two files in the input.
const SEPARATOR: &str = "\n%%\n";

/// The input: version, configuration, drop-in, timestamps, profiles. The output must be a valid
/// configuration.
pub(crate) fn files(data: &[u8]) {
    let text = text(data);
    let mut parts = text.split(SEPARATOR);
    let mut next = || parts.next().unwrap_or_default();
    let version = next().parse().ok();
    let conf = [("NetworkManager.conf", false), ("conf.d/a.conf", true)];
    let conf = conf.map(|(path, drop_in)| ConfFile {
        path: path.into(),
        contents: Ok(next().as_bytes().to_vec()),
        drop_in,
    });
    let timestamps = next().to_owned();
    let profiles: Vec<_> = (0_i128..).zip(parts).map(profile).collect();
    let mut report = ImportReport::default();
    let options = ImportOptions {
        version,
        ..ImportOptions::default()
    };
    let conf = Conf::read(&conf, &options, &mut report);
    let _ = conf.profile_directory();
    let written = translate(
        &conf,
        &profiles,
        timestamps.as_bytes(),
        &options,
        &mut report,
    );
    let checked = Config::check_text(Path::new("made.toml"), &written);
    assert_eq!(checked, Ok(()), "{written}");
    let lines = written.lines().count();
    for item in report.items() {
        assert!(item.line.is_none_or(|line| (1..=lines).contains(&line)));
    }
    key_file(data);
}

fn profile((number, contents): (i128, &str)) -> ProfileFile {
    ProfileFile {
        path: format!("system-connections/{number}").into(),
        directory: if number % 2 == 0 {
            ProfileDirectory::Etc
        } else {
            ProfileDirectory::Run
        },
        changed: number,
        contents: ProfileContents::Text(contents.as_bytes().to_vec()),
    }
}

/// Values must be consistent however they are read.
fn key_file(data: &[u8]) {
    let Ok(read) = KeyFile::parse(data, &"a".into()) else {
        return;
    };
    for (name, group) in read.groups() {
        assert!(!name.is_empty() && read.has_group(name));
        for (key, value) in group.all() {
            assert!(!key.is_empty());
            assert_eq!(read.value(name, key), Some(value));
            assert!(value.text().text.len() <= value.raw.len());
            for spec in split_specs(&value.raw) {
                assert_eq!(split_specs(&escape_spec(&spec)), [spec]);
            }
        }
    }
}
