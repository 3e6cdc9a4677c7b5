//! The checks of a story that frames decide.

mod checks;
mod evidence;
mod online;
mod weigh;

pub use checks::middle;
pub use evidence::Evidence;
pub use weigh::weigh;
