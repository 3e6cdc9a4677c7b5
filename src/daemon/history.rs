//! The history of renewed addresses, in memory and on disk.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tracing::warn;

use crate::store::{self, HistoryError};
use macveil_core::address::{History, Record};
use macveil_core::types::Ssid;

/// A client can make up names: each is stored, and all are written each time.
pub(super) const MAX_REQUESTED: usize = 1000;

#[derive(Debug)]
pub(super) struct KeptHistory {
    current: History,
    /// `None`: what is there cannot be read and must not be overwritten.
    state_dir: Option<PathBuf>,
    complained: bool,
}

impl KeptHistory {
    pub(super) fn read(state_dir: &Path) -> Self {
        match store::read_history(state_dir) {
            Ok(current) => Self {
                current,
                state_dir: Some(state_dir.to_owned()),
                complained: false,
            },
            Err(error) => {
                warn!(
                    "{error}; renewed addresses revert to their original values until this is fixed{}",
                    cause(&error)
                );
                Self {
                    current: History::default(),
                    state_dir: None,
                    complained: true,
                }
            }
        }
    }

    pub(super) const fn current(&self) -> &History {
        &self.current
    }

    /// Whether a client may add this network. Networks that are joined are not limited.
    pub(super) fn has_room_for(&self, ssid: &Ssid) -> bool {
        self.current.record(ssid).is_some() || self.current.len() < MAX_REQUESTED
    }

    /// The network's record as it is once its address is renewed.
    pub(super) fn renewed(&self, ssid: &Ssid) -> Record {
        self.current.renewed(ssid, SystemTime::now())
    }

    /// The network's record with its previous address; `None`: it has its first one.
    pub(super) fn restored(&self, ssid: &Ssid) -> Option<Record> {
        self.current.restored(ssid, SystemTime::now())
    }

    /// Takes in what was learned and writes everything down.
    pub(super) fn learn(&mut self, ssid: Ssid, record: Record) {
        self.current.learn(ssid, record);
        let Some(state_dir) = &self.state_dir else {
            return;
        };
        match store::write_history(state_dir, &self.current) {
            Ok(()) => self.complained = false,
            Err(error) if !self.complained => {
                self.complained = true;
                warn!(
                    "{error}; after a restart the addresses revert to their previous values{}",
                    cause(&error)
                );
            }
            Err(_) => {}
        }
    }
}

fn cause(error: &HistoryError) -> String {
    std::error::Error::source(error).map_or_else(String::new, |cause| format!(" ({cause})"))
}
