//! The command line: one file a subcommand. Each writes its output to a given writer.

pub mod ask;
#[cfg(feature = "audit")]
pub mod audit;
pub mod check;
pub mod config;
pub mod doctor;
pub mod events;
pub mod explain;
#[cfg(feature = "by-hand")]
pub mod generate;
#[cfg(feature = "import")]
pub mod import;
pub mod networks;
pub mod pause;
pub mod policy;
pub mod reload;
pub mod reroll;
pub mod rotate;
pub mod scan;
#[cfg(feature = "by-hand")]
pub mod set;
pub mod status;
pub mod trust;

mod arguments;
mod console;
mod control_socket;
mod failure;
mod inputs;
mod origin;
mod owner;
mod words;

pub use arguments::{Arguments, Command, arguments, command};
pub use failure::{Failure, error_json, with_causes};
