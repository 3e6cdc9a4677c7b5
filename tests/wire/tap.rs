//! Hears every frame of the namespace.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, eth, recv, socket_with};

use macveil_testkit::namespace::PLUG;

/// The senders of frames since it was opened, except the far end of the cable.
pub(crate) struct Tap {
    socket: OwnedFd,
    heard: std::cell::RefCell<BTreeSet<String>>,
}

impl Tap {
    pub(crate) fn open() -> Self {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let (family, kind) = (AddressFamily::PACKET, SocketType::RAW);
        let socket = socket_with(family, kind, flags, Some(eth::ALL));
        Self {
            socket: socket.expect("a packet socket (this needs root)"),
            heard: std::cell::RefCell::default(),
        }
    }

    /// The source addresses of all frames up to now.
    pub(crate) fn senders(&self) -> BTreeSet<String> {
        let mut frame = [0; 2048];
        let mut heard = self.heard.borrow_mut();
        while let Ok((length, _)) = recv(&self.socket, &mut frame, RecvFlags::empty()) {
            assert!(length >= 12, "a frame of {length} bytes");
            let source = frame[6..12].iter().map(|byte| format!("{byte:02x}"));
            let source = source.collect::<Vec<_>>().join(":");
            if ![PLUG, "00:00:00:00:00:00"].contains(&source.as_str()) {
                heard.insert(source);
            }
        }
        heard.clone()
    }
}
