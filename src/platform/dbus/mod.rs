//! A small D-Bus client of our own: what macveil asks and is told takes a few hundred lines, where a
//! library for all of D-Bus would be half as large again as all of macveil.

#![cfg_attr(
    not(feature = "iwd"),
    allow(
        dead_code,
        reason = "of rivals nothing is asked but who owns their names"
    )
)]

mod connection;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod message;
mod reader;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use connection::{Connection, SYSTEM_BUS};
pub(crate) use message::{Call, Kind, Message};
#[cfg(feature = "iwd")]
pub(crate) use reader::Value;

/// The bus as a correspondent.
pub(crate) const BUS: &str = "org.freedesktop.DBus";

impl<'a> Call<'a> {
    /// A question to the bus itself, with one text or none.
    pub(crate) const fn to_bus(member: &'a str, argument: Option<&'a str>) -> Self {
        Self {
            destination: BUS,
            path: "/org/freedesktop/DBus",
            interface: BUS,
            member,
            argument,
        }
    }
}
