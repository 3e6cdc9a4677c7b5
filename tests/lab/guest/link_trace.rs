//! What the kernel is asked to do with links, and what it says of them, taken down by a netlink monitor
//! next to all others: whether an address is ever changed, or asked to be, on a link that is up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Process, run_words, wait_until};

pub struct LinkTrace {
    capture: PathBuf,
    sniffer: Process,
}

const INTERFACE: &str = "nlmon0";

impl LinkTrace {
    pub fn start(folder: &Path) -> Result<Self, String> {
        run_words(&format!("ip link add {INTERFACE} type nlmon"))?;
        run_words(&format!("ip link set {INTERFACE} up"))?;
        let (capture, log) = (folder.join("netlink.pcap"), folder.join("nlmon.log"));
        let mut command = Command::new("tcpdump");
        command.args(["-Z", "root", "-i", INTERFACE, "-U", "-s", "2048", "-w"]);
        let sniffer = Process::start("tcpdump", command.arg(&capture), &log)?;
        wait_until(std::time::Duration::from_secs(10), || {
            let words = fs::read_to_string(&log).unwrap_or_default();
            words.contains("listening on").then_some(())
        })
        .ok_or("tcpdump does not listen to netlink")?;
        Ok(Self { capture, sniffer })
    }

    /// Ends the trace: how many changes of address there were, and those on links that were up.
    pub fn finish(mut self) -> Result<(usize, Vec<String>), String> {
        std::thread::sleep(std::time::Duration::from_secs(1));
        self.sniffer.stop()?;
        let bytes = fs::read(&self.capture).map_err(|e| e.to_string())?;
        let mut links = Links::default();
        for datagram in datagrams(&bytes)? {
            links.read(datagram);
        }
        Ok((links.changes, links.live))
    }
}

impl Drop for LinkTrace {
    fn drop(&mut self) {
        let _ = run_words(&format!("ip link del {INTERFACE}"));
    }
}

/// rtnetlink's datagrams in a capture of `LINKTYPE_NETLINK`: 24 bytes of its own, and for each datagram 16
/// of the capture's and 16 of a pseudo header that ends with the protocol.
fn datagrams(capture: &[u8]) -> Result<Vec<&[u8]>, String> {
    const NETLINK: u32 = 253;
    const ROUTE: [u8; 2] = [0, 0];
    let (header, mut rest) = capture.split_at_checked(24).ok_or("no netlink capture")?;
    if u32_at(header, 20) != Some(NETLINK) {
        return Err("the capture is none of netlink".to_owned());
    }
    let mut all = Vec::new();
    while let Some(length) = u32_at(rest, 8) {
        let record = rest.get(16..16 + length as usize).ok_or("it is cut off")?;
        if record.get(14..16) == Some(&ROUTE) {
            all.push(&record[16..]);
        }
        rest = &rest[16 + record.len()..];
    }
    Ok(all)
}

#[derive(Default)]
struct Links {
    up: BTreeMap<u32, bool>,
    addresses: BTreeMap<u32, Vec<u8>>,
    changes: usize,
    live: Vec<String>,
}

const NEW_LINK: u16 = 16;
const SET_LINK: u16 = 19;
const REQUEST: u16 = 1;
const UP: u32 = 1;
const ADDRESS: u16 = 1;

impl Links {
    fn read(&mut self, mut datagram: &[u8]) {
        while let Some(length) = u32_at(datagram, 0).map(|length| length as usize)
            && length >= 16
        {
            let message = datagram.get(..length).unwrap_or(datagram);
            self.read_message(message);
            datagram = datagram
                .get(length.next_multiple_of(4)..)
                .unwrap_or_default();
        }
    }

    fn read_message(&mut self, message: &[u8]) -> Option<()> {
        let (kind, flags) = (u16_at(message, 4)?, u16_at(message, 6)?);
        if !matches!(kind, NEW_LINK | SET_LINK) {
            return None;
        }
        let link = u32_at(message, 20)?;
        let (state, change) = (u32_at(message, 24)?, u32_at(message, 28)?);
        let address = attribute(message.get(32..)?, ADDRESS);
        if flags & REQUEST == 0 {
            self.told(link, state & UP != 0, address?);
        } else {
            self.asked(link, address);
            if change & UP != 0 {
                self.up.insert(link, state & UP != 0);
            }
        }
        Some(())
    }

    /// The kernel sets the address before the flags, so what was in force counts.
    fn asked(&mut self, link: u32, address: Option<&[u8]>) {
        if let Some(address) = address
            && self.up.get(&link) == Some(&true)
        {
            self.live
                .push(format!("link {link} was to become {}", hex(address)));
        }
    }

    fn told(&mut self, link: u32, up: bool, address: &[u8]) {
        let before = self.addresses.insert(link, address.to_vec());
        let was_up = self.up.insert(link, up);
        if before.is_some_and(|before| before != address) {
            self.changes += 1;
            if up && was_up == Some(true) {
                self.live
                    .push(format!("link {link} became {}", hex(address)));
            }
        }
    }
}

fn attribute(mut attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (length, kind) = (usize::from(u16_at(attributes, 0)?), u16_at(attributes, 2)?);
        let value = attributes.get(4..length)?;
        if kind & 0x3fff == wanted {
            return Some(value);
        }
        attributes = attributes.get(length.next_multiple_of(4)..)?;
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(":")
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    bytes.try_into().ok().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_ne_bytes)
}
