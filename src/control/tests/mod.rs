//! The protocol as values, and the socket with good and bad clients.

mod clients;
mod daemon;
mod hostile;
mod protocol;
