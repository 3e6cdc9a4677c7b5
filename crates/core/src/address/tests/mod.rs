//! Tests of the whole module.

mod bench;
mod network_manager;
mod periods;
mod policies;
mod properties;
mod table;
