//! Tests with recorded and hostile messages, and with the running kernel's rtnetlink.

mod encoding;
mod guard;
mod hostile;
mod kept;
mod links;
mod namespace;
mod recorded;

use super::message::{Message, Messages};

/// Named datagrams, recorded on Linux 6.12 with `mac80211_hwsim`.
const RECORDED: &str = include_str!("recorded.txt");

fn recorded(name: &str) -> Vec<u8> {
    let line = RECORDED.lines().find_map(|line| line.strip_prefix(name));
    let hexadecimal = line.unwrap_or_else(|| panic!("{name} was not recorded"));
    bytes(hexadecimal.trim())
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: String = hexadecimal.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

/// The only message in a datagram.
fn only(datagram: &[u8]) -> Message<'_> {
    let mut messages = Messages::of(datagram);
    let message = messages.next().expect("a message").expect("a whole one");
    assert!(messages.next().is_none(), "more than one message");
    message
}
