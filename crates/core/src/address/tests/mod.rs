//! What the engine as a whole promises.

mod bench;
mod book;
mod network_manager;
mod periods;
mod properties;
mod table;
