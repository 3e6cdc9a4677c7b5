//! `macveil import networkmanager`: imports settings and key, so that every address stays the same.

mod files;
mod networks_file;
mod render;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::failure::{Failure, ignore_broken_pipe};
use crate::config::{Config, Layout};
use crate::store::{ImportedKey, atomic, compare_key, import_key};
use crate::tools::import::{
    Conf, ImportOptions, ImportReport, InstalledVersion, ReportItem, WpaNetworks, translate,
    wpa_networks,
};
use files::SystemFiles;
use macveil_core::address::{HostKey, Policy, is_weak_key};

/// The file that is written.
const DROP_IN: &str = "/etc/macveil/conf.d/50-networkmanager.toml";
const NM_KEY: &str = "/var/lib/NetworkManager/secret_key";
const NM_PROFILES: &str = "/etc/NetworkManager/system-connections";
const NM_TIMESTAMPS: &str = "/var/lib/NetworkManager/timestamps";

/// Import the settings of another program, so that every address stays the same.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    #[command(aliases = ["NetworkManager", "network-manager"])]
    Networkmanager(NetworkManager),
}

/// Import NetworkManager's profiles, defaults and key, so that every address stays the same.
///
/// Writes /etc/macveil/conf.d/50-networkmanager.toml and macveil's key, and reports the result for each
/// setting. Does not change NetworkManager's files.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil import networkmanager --dry-run
  macveil import networkmanager --networks networks.conf
  macveil import networkmanager --root /mnt --nm-version 1.42 --json")]
#[allow(clippy::struct_excessive_bools, reason = "independent options")]
struct NetworkManager {
    /// Write nothing; print the result.
    #[arg(long)]
    dry_run: bool,
    /// Import from the system below this directory.
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    /// Replace an existing key of macveil with NetworkManager's.
    #[arg(long)]
    replace_key: bool,
    /// NetworkManager's version (default: from its plug-ins, or else the newest).
    #[arg(long, value_name = "VERSION")]
    nm_version: Option<InstalledVersion>,
    /// The tag in NetworkManager's environment that `[.config] enable=env:TAG` in drop-ins compares.
    #[arg(long, value_name = "TAG")]
    nm_enable_tag: Option<String>,
    /// NetworkManager's default policy (default: preserve, before 1.6 permanent).
    #[arg(long, value_name = "POLICY")]
    unset_policy: Option<Policy>,
    /// Also write the networks with their passwords to this new file, for wpa_supplicant.
    #[arg(long, value_name = "FILE")]
    networks: Option<PathBuf>,
    /// With --networks: replace an existing file.
    #[arg(long, requires = "networks")]
    force: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The output of the command.
struct Summary {
    dry_run: bool,
    version: Option<InstalledVersion>,
    items: Vec<ReportItem>,
    configuration: String,
    key: KeyOutcome,
    key_path: PathBuf,
    /// The file with networks, and what it has.
    networks: Option<(PathBuf, WpaNetworks)>,
    /// Other files of macveil's configuration.
    other_files: Vec<String>,
}

/// Result for the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyOutcome {
    /// NetworkManager has no key.
    None,
    /// NetworkManager's key is invalid.
    Invalid,
    Imported(ImportedKey),
}

/// Imports the settings and prints the results. Exits with status 1 if macveil already has a different
/// key.
///
/// # Errors
///
/// If files cannot be read or written, there are no files of NetworkManager, or macveil's configuration
/// is invalid.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let Source::Networkmanager(args) = &args.source;
    ignore_broken_pipe(import(args, out))
}

fn import(args: &NetworkManager, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let tree = SystemFiles::new(&args.root);
    let mut report = ImportReport::default();
    let version = args.nm_version.or_else(|| tree.version());
    if let Some(path) = args.networks.as_ref().filter(|_| !args.force) {
        networks_file::require_new(path)?;
    }
    let (configuration, networks) = settings(&tree, args, version, &mut report)?;
    let key = tree
        .read_secret_if_there(NM_KEY)
        .map_err(|error| Failure::cannot(format!("cannot import the key {NM_KEY}"), error))?;
    if key.as_ref().is_some_and(|key| is_guessable(key)) {
        return Err(Failure::cannot(
            format!("cannot import the key {NM_KEY}"),
            "it repeats a few bytes and can be guessed: remove it and import again, and macveil generates its own, which changes every stable address",
        ));
    }
    let drop_in = tree.at(DROP_IN);
    // Ignore the file of an earlier import, which will be replaced.
    let layout = Layout::below(&args.root).with_drop_in(&drop_in, None);
    let present = Config::read(&layout)
        .map_err(|errors| Failure::cannot("fix macveil's own configuration first", errors))?;
    let state_dir = tree.at(&present.state_dir);
    let mut summary = Summary {
        dry_run: args.dry_run,
        version,
        items: report.items().to_vec(),
        configuration,
        key: compare(&state_dir, key.as_ref())?,
        networks: args.networks.clone().zip(networks),
        key_path: state_dir.join(crate::store::KEY_FILE),
        other_files: present.files.iter().map(ToString::to_string).collect(),
    };
    let conflict = summary.key == KeyOutcome::Imported(ImportedKey::Different);
    if conflict && args.replace_key {
        summary.key = KeyOutcome::Imported(ImportedKey::Written);
    } else if conflict {
        return Err(Failure::No(format!(
            "nothing imported: macveil already has another key, {}, so stable addresses would differ from NetworkManager's; --replace-key replaces it, which changes the addresses that macveil has used so far",
            summary.key_path.display()
        )));
    }
    if !args.dry_run {
        if let (Some(key), KeyOutcome::Imported(_)) = (&key, summary.key) {
            import_key(&state_dir, key, args.replace_key)
                .map_err(|error| Failure::cannot("cannot import the key", error))?;
        }
        write(&drop_in, &summary.configuration).map_err(|error| {
            Failure::cannot(format!("cannot write {}", drop_in.display()), error)
        })?;
        if let Some((path, networks)) = &summary.networks {
            let control = networks_file::control_line(&tree.at("/etc/group"));
            let text = Zeroizing::new(format!("{control}{}", networks.text));
            networks_file::write(path, text.as_bytes(), args.force)?;
        }
    }
    render::summary(&summary, args.json, out)?;
    Ok(ExitCode::SUCCESS)
}

/// Readable by root and the group, to which the daemon can belong: the file shows which networks a person uses.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    atomic::write(path, text.as_bytes(), 0o640)
}

/// Translates everything except the key.
fn settings(
    tree: &SystemFiles,
    args: &NetworkManager,
    version: Option<InstalledVersion>,
    report: &mut ImportReport,
) -> Result<(String, Option<WpaNetworks>), Failure> {
    let files = tree.configuration()?;
    let options = ImportOptions {
        version,
        enable_tag: args.nm_enable_tag.clone(),
        unset: args.unset_policy,
    };
    let conf = Conf::read(&files, &options, report);
    let directory = conf.profile_directory();
    let profiles = tree.profiles(directory.as_deref().unwrap_or(NM_PROFILES))?;
    if files.is_empty() && profiles.is_empty() && !tree.at(NM_KEY).exists() {
        return Err(Failure::cannot(
            format!("nothing to import below {}", args.root.display()),
            "no configuration, profiles or key of NetworkManager there",
        ));
    }
    for script in tree.old_scripts() {
        report.not_read(
            &script,
            "convert it with `nmcli connection migrate` and import again",
        );
    }
    // Optional: only the order of profiles for the same network depends on it.
    let timestamps = tree.read_if_there(NM_TIMESTAMPS).ok().flatten();
    let text = translate(
        &conf,
        &profiles,
        timestamps.as_deref().unwrap_or_default(),
        &options,
        report,
    );
    Config::check_text(Path::new(DROP_IN), &text).map_err(|errors| {
        Failure::cannot(
            "internal error, please report it: the imported configuration is invalid",
            errors,
        )
    })?;
    let timestamps = timestamps.unwrap_or_default();
    let networks = args
        .networks
        .is_some()
        .then(|| wpa_networks(&profiles, &timestamps, &options, report));
    Ok((text, networks))
}

/// Whether `NetworkManager` uses a key that macveil would refuse.
fn is_guessable(key: &[u8]) -> bool {
    HostKey::from_file(key, None).is_ok() && is_weak_key(key)
}

fn compare(state_dir: &Path, key: Option<&Zeroizing<Vec<u8>>>) -> Result<KeyOutcome, Failure> {
    let Some(key) = key else {
        return Ok(KeyOutcome::None);
    };
    if HostKey::from_file(key, None).is_err() {
        return Ok(KeyOutcome::Invalid);
    }
    compare_key(state_dir, key)
        .map(KeyOutcome::Imported)
        .map_err(|error| Failure::cannot("cannot compare the keys", error))
}
