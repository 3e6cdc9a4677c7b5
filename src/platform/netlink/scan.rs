//! Starts scans and reads their results.

use linux_raw_sys::netlink::nl80211_bss;
use neli::consts::nl80211::Nl80211Command;

use super::attribute::{Attributes, Outgoing};
use super::nl80211::{attribute, scan_flag};
use super::{Kernel, family};
use macveil_core::machine::{KernelError, START_SCAN, Scan};
use macveil_core::types::{Bss, Mac, OweTransition, Ssid};

const BSSID: u16 = nl80211_bss::NL80211_BSS_BSSID as u16;
const FREQUENCY: u16 = nl80211_bss::NL80211_BSS_FREQUENCY as u16;
/// Of the latest probe response or beacon.
const ELEMENTS: u16 = nl80211_bss::NL80211_BSS_INFORMATION_ELEMENTS as u16;
/// In hundredths of dBm.
const SIGNAL: u16 = nl80211_bss::NL80211_BSS_SIGNAL_MBM as u16;
/// From 0 to 100.
const SIGNAL_PERCENT: u16 = nl80211_bss::NL80211_BSS_SIGNAL_UNSPEC as u16;
const MS_AGO: u16 = nl80211_bss::NL80211_BSS_SEEN_MS_AGO as u16;
const BEACON_ELEMENTS: u16 = nl80211_bss::NL80211_BSS_BEACON_IES as u16;

/// The SSID element (IEEE 802.11-2020, 9.4.2.2).
const SSID_ELEMENT: u8 = 0;
/// Vendor-specific element (9.4.2.25).
const VENDOR_ELEMENT: u8 = 221;
/// The Wi-Fi Alliance's identifier, and the type of the element (OWE Specification, 2.2.1).
const OWE_TRANSITION: &[u8] = b"\x50\x6f\x9a\x1c";
/// Used if the driver reports no signal, in dBm.
const UNKNOWN_SIGNAL: i32 = -100;

impl Kernel {
    /// Starts a scan (`NL80211_CMD_TRIGGER_SCAN`). A random address has 46 random bits.
    ///
    /// # Errors
    /// The card does not have the address that the scan requires; nothing is sent. Or the kernel or
    /// the driver rejects the scan: `EBUSY` while another scan runs, `EOPNOTSUPP` for flags that the
    /// driver does not support.
    pub fn scan(&mut self, ifindex: u32, scan: &Scan) -> Result<(), KernelError> {
        if scan.under.is_some() {
            scan.may_begin_under(self.link(ifindex)?.address)?;
        }
        self.nl80211
            .execute(Nl80211Command::TriggerScan, &encode(ifindex, scan))
            .map_err(|failure| failure.into_kernel_error(START_SCAN))
    }

    /// Aborts the running scan, also one by another program (`NL80211_CMD_ABORT_SCAN`).
    ///
    /// # Errors
    /// The kernel or the driver rejects the request. No running scan is not an error.
    pub fn abort_scan(&mut self, ifindex: u32) -> Result<(), KernelError> {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, ifindex);
        match self.nl80211.execute(Nl80211Command::AbortScan, &body) {
            Err(failure) if !failure.is_not_found() => {
                Err(failure.into_kernel_error("abort the scan"))
            }
            _ => Ok(()),
        }
    }

    /// Reads the kernel's BSS table (`NL80211_CMD_GET_SCAN`): access points seen within the last 30 s.
    ///
    /// A BSS with a hidden SSID has an entry with an empty SSID, and one for each SSID that it
    /// answered to.
    ///
    /// # Errors
    /// The kernel rejects the request, or its answer is lost.
    pub fn scan_results(&mut self, ifindex: u32) -> Result<Vec<Bss>, KernelError> {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, ifindex);
        self.nl80211
            .list(Nl80211Command::GetScan, &body, decode)
            .map_err(|failure| failure.into_kernel_error("read the scan results"))
    }
}

pub(super) fn encode(ifindex: u32, scan: &Scan) -> Outgoing {
    let frequencies: Vec<_> = scan
        .frequencies
        .iter()
        .map(|frequency| frequency.to_ne_bytes())
        .collect();
    let body = Outgoing::default()
        .put_u32(attribute::IFINDEX, ifindex)
        .put_list(
            attribute::SCAN_FREQUENCIES,
            frequencies.iter().map(<[u8; 4]>::as_slice),
        );
    let body = if scan.ssids.is_empty() {
        body
    } else {
        body.put_list(attribute::SCAN_SSIDS, scan.ssids.iter().map(Ssid::as_bytes))
    };
    match flags(scan) {
        0 => body,
        flags => body.put_u32(attribute::SCAN_FLAGS, flags),
    }
}

fn flags(scan: &Scan) -> u32 {
    [
        (scan.random_address, scan_flag::RANDOM_ADDR),
        (scan.random_sequence, scan_flag::RANDOM_SN),
        (scan.minimal_content, scan_flag::MIN_PREQ_CONTENT),
    ]
    .into_iter()
    .filter(|&(wanted, _)| wanted)
    .fold(0, |flags, (_, flag)| flags | flag)
}

pub(super) fn decode(payload: &[u8]) -> Option<Bss> {
    let (_, attributes) = family::split(payload)?;
    let bss = attributes.nested(attribute::BSS);
    Some(Bss {
        bssid: bss.mac(BSSID)?,
        frequency: bss.u32(FREQUENCY)?,
        signal: signal(bss),
        ssid: [ELEMENTS, BEACON_ELEMENTS]
            .into_iter()
            .find_map(|elements| ssid(bss.get(elements)?))
            .unwrap_or_else(Ssid::wildcard),
        ms_ago: bss.u32(MS_AGO).unwrap_or(u32::MAX),
        owe: [ELEMENTS, BEACON_ELEMENTS]
            .into_iter()
            .find_map(|elements| owe_transition(bss.get(elements)?)),
    })
}

fn signal(bss: Attributes<'_>) -> i32 {
    let from_percent = || {
        bss.u8(SIGNAL_PERCENT)
            .map(|part| UNKNOWN_SIGNAL + i32::from(part) / 2)
    };
    bss.i32(SIGNAL)
        .map(|hundredths| hundredths / 100)
        .or_else(from_percent)
        .unwrap_or(UNKNOWN_SIGNAL)
}

/// The first SSID element; `None` if it is missing or has an invalid length.
fn ssid(elements: &[u8]) -> Option<Ssid> {
    find(elements, |id, body| (id == SSID_ELEMENT).then_some(body)).and_then(Ssid::new)
}

/// The first OWE transition element: BSSID, length of the SSID, SSID; a channel can follow.
fn owe_transition(elements: &[u8]) -> Option<OweTransition> {
    let body = find(elements, |id, body| {
        (id == VENDOR_ELEMENT).then(|| body.strip_prefix(OWE_TRANSITION))?
    })?;
    let (bssid, rest) = body.split_first_chunk::<6>()?;
    let (length, rest) = rest.split_first()?;
    Some(OweTransition {
        bssid: Mac(*bssid),
        ssid: Ssid::new(rest.get(..usize::from(*length))?)?,
    })
}

/// The first element that is wanted; `None` if one before it has an invalid length.
fn find<'a>(
    mut elements: &'a [u8],
    wanted: impl Fn(u8, &'a [u8]) -> Option<&'a [u8]>,
) -> Option<&'a [u8]> {
    while let [id, length, rest @ ..] = elements {
        let (body, rest) = rest.split_at_checked(usize::from(*length))?;
        if let Some(found) = wanted(*id, body) {
            return Some(found);
        }
        elements = rest;
    }
    None
}
