//! What macveil keeps on disk, and what it reads of the machine: the key, renewed addresses, who
//! the machine is, its clock.

mod adopt;
pub mod atomic;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod history;
mod host;
mod key;

pub use adopt::{Adopted, adopt_key, compare_key};
pub use history::{HISTORY_FILE, HistoryError, read_history, write_history};
pub use host::{boot_id, host_directories, machine_id, read_host, zone};
pub use key::{KEY_FILE, KeyError, load_or_create_key, read_key};
