//! Imports another program's key, byte for byte.

use std::io;
use std::path::Path;

use super::key::{KEY_FILE, KeyError, create, read_secret, replace};

/// How an imported key compares with the one in the state directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportedKey {
    /// The state directory had no key, or a different one that was replaced.
    Written,
    /// The state directory has the same key.
    Same,
    /// The state directory has a different key, which stays.
    Different,
}

/// Compares a key with the one in the state directory, and writes nothing. `Written` means that there is none.
///
/// # Errors
///
/// The state directory has a key that cannot be read.
pub fn compare_key(state_dir: &Path, contents: &[u8]) -> Result<ImportedKey, KeyError> {
    let path = state_dir.join(KEY_FILE);
    match read_secret(&path) {
        Ok(present) if *present == contents => Ok(ImportedKey::Same),
        Ok(_) => Ok(ImportedKey::Different),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ImportedKey::Written),
        Err(source) => Err(KeyError::Read { path, source }),
    }
}

/// Writes a key to the state directory. A different key is replaced only if `replace_different`, and is saved
/// as `secret_key.replaced`.
///
/// # Errors
///
/// The present key cannot be read, or the new one cannot be written.
pub fn import_key(
    state_dir: &Path,
    contents: &[u8],
    replace_different: bool,
) -> Result<ImportedKey, KeyError> {
    let path = state_dir.join(KEY_FILE);
    let written = match compare_key(state_dir, contents)? {
        ImportedKey::Same => return Ok(ImportedKey::Same),
        ImportedKey::Different if !replace_different => return Ok(ImportedKey::Different),
        ImportedKey::Different => replace(state_dir, &path, contents),
        ImportedKey::Written => create(state_dir, &path, contents),
    };
    written.map_err(|source| KeyError::Write {
        path: path.clone(),
        source,
    })?;
    // Another process may have written a key in the meantime.
    match compare_key(state_dir, contents)? {
        ImportedKey::Same => Ok(ImportedKey::Written),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const IMPORTED: &[u8] = b"nm-v2:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    const PRESENT: &[u8] = b"0123456789abcdef";

    #[test]
    fn an_imported_key_is_unchanged_and_private() {
        let root = tempfile::tempdir().unwrap();
        let state_dir = root.path().join("var/lib/macveil");
        assert_eq!(
            import_key(&state_dir, IMPORTED, false).unwrap(),
            ImportedKey::Written
        );
        let path = state_dir.join(KEY_FILE);
        assert_eq!(fs::read(&path).unwrap(), IMPORTED);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            import_key(&state_dir, IMPORTED, false).unwrap(),
            ImportedKey::Same
        );
        assert_eq!(fs::read_dir(&state_dir).unwrap().count(), 1);
    }

    #[test]
    fn a_different_key_is_replaced_on_request_and_saved() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(KEY_FILE);
        super::super::atomic::write(&path, PRESENT, 0o600).unwrap();
        assert_eq!(
            import_key(root.path(), IMPORTED, false).unwrap(),
            ImportedKey::Different
        );
        assert_eq!(fs::read(&path).unwrap(), PRESENT);
        assert_eq!(
            import_key(root.path(), IMPORTED, true).unwrap(),
            ImportedKey::Written
        );
        assert_eq!(fs::read(&path).unwrap(), IMPORTED);
        let saved = root.path().join("secret_key.replaced");
        assert_eq!(fs::read(&saved).unwrap(), PRESENT);
        assert_eq!(
            fs::metadata(&saved).unwrap().permissions().mode() & 0o077,
            0
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn an_unreadable_key_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(KEY_FILE)).unwrap();
        let error = import_key(root.path(), IMPORTED, true).unwrap_err();
        assert!(matches!(error, KeyError::Read { .. }), "{error}");
    }
}
