//! Which files can be reached, with Landlock (Linux 5.13 and later).
//!
//! A rule is about the file that had the name when the rule was made. Files that others replace are
//! therefore allowed with their directory.

use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, PathBeneath, RestrictionStatus, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, make_bitflags,
};
use rustix::fs::{CWD, Mode, OFlags};

use super::Needs;

/// The files that rules are about: `/proc` makes new ones when nobody holds them.
pub(super) type Held = Vec<OwnedFd>;

/// What later kernels can forbid besides is left out until it has been tried.
const KNOWN: ABI = ABI::V6;

type Rights = BitFlags<AccessFs>;

pub(super) fn restrict(needs: &Needs) -> (Held, Result<&'static str, String>) {
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let write = read | make_bitflags!(AccessFs::{WriteFile | Truncate});
    let keep = write | make_bitflags!(AccessFs::{MakeReg | RemoveFile});
    let bind = keep | AccessFs::MakeSock;
    let wishes = [
        (&needs.read, read),
        (&needs.write, write),
        (&needs.keep, keep),
        (&needs.bind, bind),
    ];
    let beneath = wishes.iter().flat_map(|(paths, rights)| {
        paths
            .iter()
            .filter_map(|path| Some((open_nearest(path)?, *rights)))
    });
    let rules: Vec<(OwnedFd, Rights)> = beneath.collect();
    let outcome = match enforce(&rules) {
        Err(_) => Err(format!("refused: {}", std::io::Error::last_os_error())),
        Ok(status) => match status.ruleset {
            RulesetStatus::FullyEnforced => Ok("in force"),
            RulesetStatus::PartiallyEnforced => Ok("in force, as far as this kernel knows it"),
            RulesetStatus::NotEnforced => Err("this kernel does not have it".to_owned()),
        },
    };
    (rules.into_iter().map(|(file, _)| file).collect(), outcome)
}

fn enforce(rules: &[(OwnedFd, Rights)]) -> Result<RestrictionStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::Signal)?
        .create()?;
    for (file, rights) in rules {
        ruleset = ruleset.add_rule(PathBeneath::new(file.as_fd(), *rights))?;
    }
    ruleset.restrict_self()
}

/// The file, or the nearest directory above it that is there.
fn open_nearest(path: &Path) -> Option<OwnedFd> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let open = |path: &Path| rustix::fs::openat(CWD, path, flags, Mode::empty()).ok();
    std::path::absolute(path).ok()?.ancestors().find_map(open)
}
