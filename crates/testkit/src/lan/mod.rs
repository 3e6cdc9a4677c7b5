//! What arrives at an access point's interface, decrypted: Ethernet frames, read from a capture. Shares no code
//! with macveil.

mod capture;
mod dhcp;
mod dhcp6;
mod packet;

pub use capture::packets;
pub use dhcp::{Dhcp, DhcpKind};
pub use dhcp6::Dhcp6;
pub use packet::{Content, Packet};
