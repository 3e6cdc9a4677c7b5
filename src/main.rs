//! The command macveil.

fn main() {}
