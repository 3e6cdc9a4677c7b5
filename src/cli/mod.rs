//! The command line: one file a subcommand. Each writes its answer to where it is told to.

pub mod check;
pub mod explain;
pub mod generate;
pub mod set;

mod failure;
mod inputs;
mod place;

pub use failure::Failure;
