//! The server with good and bad clients.

mod clients;
mod configuration;
mod daemon;
mod events;
mod hostile;
