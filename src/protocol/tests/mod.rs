//! The protocol as values, and the socket with good and bad clients.

mod clients;
mod daemon;
mod events;
mod hostile;
mod protocol;
