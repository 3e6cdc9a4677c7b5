//! The command line: one file a subcommand. Each writes its answer to where it is told to.

pub mod audit;
pub mod check;
pub mod explain;
pub mod generate;
pub mod import;
pub mod policy;
pub mod reroll;
pub mod set;
pub mod status;
pub mod trust;

mod arguments;
mod ask;
mod failure;
mod inputs;
mod place;

pub use arguments::{Arguments, Command};
pub use failure::Failure;
