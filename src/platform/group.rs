//! Groups of users, from /etc/group alone: a static binary has no other name services.

use std::fmt;
use std::fs;
use std::path::Path;

const FILE: &str = "/etc/group";

/// A group of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The name, or the number of a group without a name.
    pub name: String,
    /// The number.
    pub id: u32,
}

impl Group {
    /// The group with this name or number.
    ///
    /// # Errors
    ///
    /// No group has this name.
    pub fn find(name: &str) -> Result<Self, UnknownGroup> {
        Self::find_in(Path::new(FILE), name)
    }

    /// The group with this number.
    #[must_use]
    pub fn with_id(id: u32) -> Self {
        let known = groups(Path::new(FILE)).find(|group| group.id == id);
        known.unwrap_or_else(|| Self::unnamed(id))
    }

    /// Whether the sandbox refuses the file, because it was replaced since the start.
    #[must_use]
    pub fn is_denied() -> bool {
        let denied = |error: std::io::Error| error.kind() == std::io::ErrorKind::PermissionDenied;
        fs::File::open(FILE).is_err_and(denied)
    }

    /// As `find`, in another file.
    ///
    /// # Errors
    ///
    /// No group has this name.
    pub fn find_in(file: &Path, name: &str) -> Result<Self, UnknownGroup> {
        groups(file)
            .find(|group| group.name == name)
            .or_else(|| name.parse().ok().map(Self::unnamed))
            .ok_or_else(|| UnknownGroup(name.to_owned()))
    }

    fn unnamed(id: u32) -> Self {
        Self {
            name: id.to_string(),
            id,
        }
    }
}

fn groups(file: &Path) -> impl Iterator<Item = Group> {
    let text = fs::read(file).unwrap_or_default();
    let lines: Vec<_> = text
        .split(|&byte| byte == b'\n')
        .filter_map(parse)
        .collect();
    lines.into_iter()
}

/// `name:password:number:members`.
fn parse(line: &[u8]) -> Option<Group> {
    let mut fields = std::str::from_utf8(line).ok()?.split(':');
    let name = fields.next()?.to_owned();
    let id = fields.nth(1)?.parse().ok()?;
    Some(Group { name, id })
}

/// No group has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownGroup(String);

impl fmt::Display for UnknownGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FILE} has no group `{}`", self.0)
    }
}

impl std::error::Error for UnknownGroup {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_is_found_by_name_and_by_number() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("group");
        fs::write(
            &file,
            b"root:x:0:\n\xff:x:7:\nnonsense\nnetdev:x:106:anna,bert\n",
        )
        .unwrap();
        let found = |name| Group::find_in(&file, name).map(|group| (group.name, group.id));
        assert_eq!(found("netdev"), Ok(("netdev".to_owned(), 106)));
        assert_eq!(found("106"), Ok(("106".to_owned(), 106)));
        let unknown = found("wheel").unwrap_err().to_string();
        assert_eq!(unknown, "/etc/group has no group `wheel`");
        assert_eq!(Group::with_id(0).name, "root");
    }
}
