//! Somebody else's key, taken over as it is.

use std::io;
use std::path::Path;

use super::key::{KEY_FILE, KeyError, create, read_secret, replace};

/// What became of a key that was to be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopted {
    /// There was none, or another one that was to go.
    Written,
    /// It was there already.
    Same,
    /// There is another one, which is left as it is.
    Different,
}

/// Compares a key with that of the state directory, and nothing else.
///
/// # Errors
///
/// There is one that cannot be read.
pub fn compare_key(state_dir: &Path, contents: &[u8]) -> Result<Adopted, KeyError> {
    let path = state_dir.join(KEY_FILE);
    match read_secret(&path) {
        Ok(present) if *present == contents => Ok(Adopted::Same),
        Ok(_) => Ok(Adopted::Different),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Adopted::Written),
        Err(source) => Err(KeyError::Read { path, source }),
    }
}

/// Makes a key that of the state directory, byte for byte. Another one is replaced only if
/// `even_if_different`; it is kept beside as `secret_key.replaced`.
///
/// # Errors
///
/// The key that is there cannot be read, or the new one cannot be written.
pub fn adopt_key(
    state_dir: &Path,
    contents: &[u8],
    even_if_different: bool,
) -> Result<Adopted, KeyError> {
    let path = state_dir.join(KEY_FILE);
    let written = match compare_key(state_dir, contents)? {
        Adopted::Same => return Ok(Adopted::Same),
        Adopted::Different if !even_if_different => return Ok(Adopted::Different),
        Adopted::Different => replace(state_dir, &path, contents),
        Adopted::Written => create(state_dir, &path, contents),
    };
    written.map_err(|source| KeyError::Write {
        path: path.clone(),
        source,
    })?;
    // Somebody may have been faster; then theirs is there.
    match compare_key(state_dir, contents)? {
        Adopted::Same => Ok(Adopted::Written),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const OURS: &[u8] = b"nm-v2:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    const THEIRS: &[u8] = b"0123456789abcdef";

    #[test]
    fn a_key_is_taken_over_byte_for_byte_and_kept_from_others() {
        let root = tempfile::tempdir().unwrap();
        let state_dir = root.path().join("var/lib/macveil");
        assert_eq!(
            adopt_key(&state_dir, OURS, false).unwrap(),
            Adopted::Written
        );
        let path = state_dir.join(KEY_FILE);
        assert_eq!(fs::read(&path).unwrap(), OURS);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(adopt_key(&state_dir, OURS, false).unwrap(), Adopted::Same);
        assert_eq!(fs::read_dir(&state_dir).unwrap().count(), 1);
    }

    #[test]
    fn another_key_goes_only_if_that_is_said_and_is_kept_beside() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        fs::write(&path, THEIRS).unwrap();
        assert_eq!(
            adopt_key(root.path(), OURS, false).unwrap(),
            Adopted::Different
        );
        assert_eq!(fs::read(&path).unwrap(), THEIRS);
        assert_eq!(
            adopt_key(root.path(), OURS, true).unwrap(),
            Adopted::Written
        );
        assert_eq!(fs::read(&path).unwrap(), OURS);
        let kept = root.path().join("secret_key.replaced");
        assert_eq!(fs::read(&kept).unwrap(), THEIRS);
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o077, 0);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_key_that_cannot_be_compared_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(KEY_FILE)).unwrap();
        let error = adopt_key(root.path(), OURS, true).unwrap_err();
        assert!(matches!(error, KeyError::Read { .. }), "{error}");
    }
}
