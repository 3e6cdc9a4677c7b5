//! What arrives at an access point's interface, decrypted: Ethernet frames, read from a capture. Shares no code
//! with macveil.

mod capture;
mod dhcp;
mod packet;

pub use capture::packets;
pub use dhcp::{Dhcp, DhcpKind};
pub use packet::{Content, Packet};
