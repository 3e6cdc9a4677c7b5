//! The checks of a story that frames decide.

mod checks;
mod evidence;
mod online;
mod weigh;

pub use checks::middle;
pub use evidence::Evidence;
pub use online::{Family, online_at};
pub use weigh::weigh;
