//! The state directory (the key, renewed addresses and channels), and what macveil reads of the machine: its id, its boot
//! id and its time zone.

pub mod atomic;
mod channels;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod history;
mod host;
mod import;
mod key;
pub mod regular;
mod runtime_dir;

pub use channels::{add_channel, read_channels};
pub use history::{HISTORY_FILE, HistoryError, read_history, write_history};
pub use host::{
    boot_id, host_directories, host_files, is_host_denied, machine_id, read_host, with_causes, zone,
};
pub use import::{ImportedKey, compare_key, import_key};
pub use key::{KEY_FILE, KeyError, load_or_create_key, read_any_key, read_key, read_secret};
pub use runtime_dir::{RuntimeDir, is_in_use, is_managed, saved_initial};
