//! What macveil keeps on disk, and what it reads of the machine: the key, who the machine is, its clock.

mod host;
mod key;

pub use host::{boot_id, machine_id, read_host, zone};
pub use key::{KEY_FILE, KeyError, load_or_create_key, read_key};
