//! `macveil import networkmanager`: its settings and its key, so that every address stays the same.

mod files;
mod render;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::failure::{Failure, unless_unheard};
use crate::config::{Config, Layout};
use crate::store::{ImportedKey, atomic, compare_key, import_key};
use crate::tools::import::{Conf, Item, Options, Report, translate};
use files::Tree;
use macveil_core::address::{HostKey, NmVersion, Policy};

/// Where the settings go.
const DROP_IN: &str = "/etc/macveil/conf.d/50-networkmanager.toml";
const THEIR_KEY: &str = "/var/lib/NetworkManager/secret_key";
const THEIR_PROFILES: &str = "/etc/NetworkManager/system-connections";
const TIMESTAMPS: &str = "/var/lib/NetworkManager/timestamps";

/// Take over the settings of another program, so that every address stays the same.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, clap::Subcommand)]
enum From {
    Networkmanager(NetworkManager),
}

/// Take over NetworkManager's profiles, defaults and key, so that every address stays the same.
///
/// Writes /etc/macveil/conf.d/50-networkmanager.toml and macveil's key, and says of each setting what
/// became of it. NetworkManager's own files are only read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil import networkmanager --dry-run
  macveil import networkmanager
  macveil import networkmanager --root /mnt --nm-version 1.42 --json")]
struct NetworkManager {
    /// Write nothing; print what would be written.
    #[arg(long)]
    dry_run: bool,
    /// Work on the system whose files are below this directory.
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    /// Let NetworkManager's key replace another one that macveil has made already.
    #[arg(long)]
    replace_key: bool,
    /// NetworkManager's version (default: that of its plug-ins; else the newest).
    #[arg(long, value_name = "VERSION")]
    nm_version: Option<NmVersion>,
    /// What NetworkManager did where neither profile nor configuration says a policy (default: preserve,
    /// before 1.6 permanent).
    #[arg(long, value_name = "POLICY")]
    unset_policy: Option<Policy>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What is to be said in the end.
struct Answer {
    dry_run: bool,
    version: Option<NmVersion>,
    items: Vec<Item>,
    configuration: String,
    key: KeyOutcome,
    key_path: PathBuf,
    /// Files of macveil's configuration that were there before.
    beside: Vec<String>,
}

/// What became of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyOutcome {
    /// NetworkManager has none.
    None,
    /// It is none.
    Invalid,
    Imported(ImportedKey),
}

/// Takes the settings over and writes what became of them. The answer is no if macveil has a key of its
/// own already.
///
/// # Errors
///
/// Files cannot be read or written, there is nothing of NetworkManager, or macveil's configuration is
/// wrong.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let From::Networkmanager(args) = &args.from;
    unless_unheard(import(args, out))
}

fn import(args: &NetworkManager, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let tree = Tree::new(&args.root);
    let mut report = Report::default();
    let version = args.nm_version.or_else(|| tree.version());
    let configuration = settings(&tree, args, version, &mut report)?;
    let key = tree
        .read_if_there(THEIR_KEY)
        .map_err(|error| {
            Failure::cannot(
                format!("cannot read the key {THEIR_KEY} (only root can)"),
                error,
            )
        })?
        .map(Zeroizing::new);
    let drop_in = tree.at(DROP_IN);
    // What an earlier import has made is about to be replaced.
    let layout = Layout::below(&args.root).supposing(&drop_in, None);
    let present = Config::read(&layout).map_err(|errors| {
        Failure::cannot("macveil's own configuration has to be right first", errors)
    })?;
    let state_dir = tree.at(&present.state_dir);
    let mut answer = Answer {
        dry_run: args.dry_run,
        version,
        items: report.items().to_vec(),
        configuration,
        key: compare(&state_dir, key.as_ref())?,
        key_path: state_dir.join(crate::store::KEY_FILE),
        beside: present.files.iter().map(ToString::to_string).collect(),
    };
    let conflict = answer.key == KeyOutcome::Imported(ImportedKey::Different);
    if conflict && args.replace_key {
        answer.key = KeyOutcome::Imported(ImportedKey::Written);
    } else if conflict {
        return Err(Failure::No(format!(
            "nothing is imported: macveil has a key of its own, {}, and with it every stable address would differ from NetworkManager's; with --replace-key NetworkManager's key takes its place, and addresses that macveil has used so far change",
            answer.key_path.display()
        )));
    }
    if !args.dry_run {
        if let (Some(key), KeyOutcome::Imported(_)) = (&key, answer.key) {
            import_key(&state_dir, key, args.replace_key)
                .map_err(|error| Failure::cannot("cannot take the key over", error))?;
        }
        write(&drop_in, &answer.configuration).map_err(|error| {
            Failure::cannot(format!("cannot write {}", drop_in.display()), error)
        })?;
    }
    render::answer(&answer, args.json, out)?;
    Ok(ExitCode::SUCCESS)
}

/// For root's eyes and those of the daemon, to whose group the directory may belong: nobody else needs
/// to know which networks somebody uses.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    atomic::write(path, text.as_bytes(), 0o640)
}

/// Everything but the key.
fn settings(
    tree: &Tree,
    args: &NetworkManager,
    version: Option<NmVersion>,
    report: &mut Report,
) -> Result<String, Failure> {
    let files = tree.configuration()?;
    let conf = Conf::read(&files, report);
    let directory = conf.profile_directory();
    let profiles = tree.profiles(directory.as_deref().unwrap_or(THEIR_PROFILES))?;
    if files.is_empty() && profiles.is_empty() && !tree.at(THEIR_KEY).exists() {
        return Err(Failure::cannot(
            format!("there is nothing to import below {}", args.root.display()),
            "NetworkManager has neither configuration nor profiles nor a key there",
        ));
    }
    for script in tree.old_scripts() {
        report.not_read(
            &script,
            "`nmcli connection migrate` makes it a key file; then import again",
        );
    }
    // Without it the order of profiles for one network is a little less certain.
    let timestamps = tree.read_if_there(TIMESTAMPS).ok().flatten();
    let options = Options {
        version,
        unset: args.unset_policy,
    };
    let text = translate(
        &conf,
        &profiles,
        &timestamps.unwrap_or_default(),
        &options,
        report,
    );
    Config::check_text(Path::new(DROP_IN), &text).map_err(|errors| {
        Failure::cannot("this is a mistake of macveil's, please report it: what it made of NetworkManager's settings is not right", errors)
    })?;
    Ok(text)
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
