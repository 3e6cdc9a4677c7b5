//! What the engine as a whole promises.

mod bench;
mod network_manager;
mod periods;
mod policies;
mod properties;
mod table;
