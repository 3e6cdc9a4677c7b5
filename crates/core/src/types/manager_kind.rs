//! Programs that control interfaces instead of macveil.

use serde::{Deserialize, Serialize};

/// A program that manages interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ManagerKind {
    /// `NetworkManager`.
    NetworkManager,
    /// `ConnMan`.
    #[serde(rename = "connman")]
    ConnMan,
    /// iwd.
    Iwd,
}
