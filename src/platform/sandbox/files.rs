//! Restricts access to files with Landlock (Linux 5.13 and later).
//!
//! A rule refers to the file that has the path when the rule is made. For a file that other programs replace, allow
//! its directory.

use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, PathBeneath, RestrictionStatus, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, make_bitflags,
};
use rustix::fs::{CWD, Mode, OFlags};

use super::AllowedPaths;

/// The files that rules refer to. They stay open, because `/proc` makes a new inode for a file that is not open.
pub(super) type OpenFiles = Vec<OwnedFd>;

/// The newest version that was tested.
const TESTED: ABI = ABI::V6;

type Rights = BitFlags<AccessFs>;

pub(super) fn restrict(allowed: &AllowedPaths) -> (OpenFiles, Result<&'static str, String>) {
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let write = read | make_bitflags!(AccessFs::{WriteFile | Truncate});
    let create = write | make_bitflags!(AccessFs::{MakeReg | RemoveFile});
    let bind = create | AccessFs::MakeSock;
    let rights = [
        (&allowed.read, read),
        (&allowed.write, write),
        (&allowed.create, create),
        (&allowed.bind, bind),
    ];
    let beneath = rights
        .iter()
        .flat_map(|(paths, rights)| paths.iter().filter_map(|path| open_rule(path, *rights)));
    let rules: Vec<(OwnedFd, Rights)> = beneath.collect();
    let outcome = match enforce(&rules) {
        Err(_) => Err(format!("refused: {}", std::io::Error::last_os_error())),
        Ok(status) => match status.ruleset {
            RulesetStatus::FullyEnforced => Ok("in force"),
            RulesetStatus::PartiallyEnforced => Ok("in force, as far as this kernel supports it"),
            RulesetStatus::NotEnforced => Err("not supported by this kernel".to_owned()),
        },
    };
    (rules.into_iter().map(|(file, _)| file).collect(), outcome)
}

fn enforce(rules: &[(OwnedFd, Rights)]) -> Result<RestrictionStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(TESTED))?
        .handle_access(AccessNet::from_all(TESTED))?
        .scope(Scope::Signal)?
        .create()?;
    for (file, rights) in rules {
        ruleset = ruleset.add_rule(PathBeneath::new(file.as_fd(), *rights))?;
    }
    ruleset.restrict_self()
}

/// The file, if it exists. Else, unless that would be too much, the nearest existing directory above it, where it can
/// appear later: root has access to every file there, other users have not.
fn open_rule(path: &Path, rights: Rights) -> Option<(OwnedFd, Rights)> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let open = |path: &Path| rustix::fs::openat(CWD, path, flags, Mode::empty()).ok();
    let path = std::path::absolute(path).ok()?;
    let file = if rustix::process::geteuid().is_root() {
        open(&path)?
    } else {
        path.ancestors().find_map(open)?
    };
    let facts = rustix::fs::fstat(&file).ok()?;
    if rustix::fs::FileType::from_raw_mode(facts.st_mode).is_dir() {
        return Some((file, rights));
    }
    let of_files = make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate});
    Some((file, rights & of_files))
}
