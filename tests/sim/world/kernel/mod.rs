//! The kernel's part: the link, its driver with its quirks, scans, and the association.

mod association;
mod connect;
mod link;
mod scan;

use std::time::Duration;

use macveil_core::machine::{KernelError, Link, Scan};
use macveil_core::types::{Channel, Frequency, Mac, Ssid};
use rustix::io::Errno;

pub use scan::Cause;

use super::guard::Guard;
use super::wire::Wire;
use super::{Event, Happening, PERMANENT, World};
use crate::promise::Content;

/// cfg80211 forgets a BSS that it has not heard for so long.
const BSS_EXPIRES: Duration = Duration::from_secs(30);
/// As mac80211 does it: where it asks, and where it only listens.
const ACTIVE_DWELL: Duration = Duration::from_millis(64);
const PASSIVE_DWELL: Duration = Duration::from_millis(112);
/// From the order to the first channel, in microseconds: a connected card tells its access point first.
const LEAVES: (u64, u64) = (300, 900);
const LEAVES_CONNECTED: (u64, u64) = (4_000, 9_000);
/// A card of few channels, so that a scan is a matter of few steps.
const FEW: [Frequency; 4] = [2412, 2437, 2462, 5180];

/// What a driver can do, and what it does instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Driver {
    pub random_address: bool,
    pub live_change: bool,
    pub quirk: Quirk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    None,
    /// Every address is refused.
    Refuses,
    /// It answers yes and does nothing.
    Ignores,
    /// The address is there only after a while: the caller must wait.
    AppliesLate,
    /// Coming up puts the permanent address back.
    UndoesOnUp,
    /// Every other request is refused.
    BusyByTurns,
    /// The link does not come up.
    NeverComesUp,
    /// Live changes are refused.
    RefusesLive,
}

#[derive(Debug, Clone)]
pub struct Kernel {
    pub link: Link,
    /// There is an interface.
    pub exists: bool,
    /// It is an Ethernet interface.
    pub wire: Option<Wire>,
    pub driver: Driver,
    pub rfkill: bool,
    /// Since when the radio's P2P device runs, which answers strangers under the permanent address.
    pub p2p_device_since: Option<Duration>,
    /// The user took the link down.
    pub is_left_down: bool,
    pub association: Option<Association>,
    pub guard: Guard,
    pub association_number: u64,
    pub scan: Option<RunningScan>,
    pub bss: Vec<Bss>,
    pub channels: Vec<Channel>,
    /// The address that a late driver has yet to apply.
    late: Option<Mac>,
    turns: u32,
    scans: u64,
    /// How often the link went down.
    pub downs: u64,
    /// What another program has the kernel do.
    connect: Option<connect::Connect>,
    connects: u64,
}

#[derive(Debug, Clone)]
pub struct Association {
    /// The access point's index.
    pub ap: usize,
    pub ssid: Ssid,
    /// Another program than the supplicant ordered it.
    pub is_foreign: bool,
}

#[derive(Debug, Clone)]
pub struct RunningScan {
    number: u64,
    scan: Scan,
    content: Content,
    under: Mac,
    next: usize,
    cause: Cause,
    /// By then macveil has heard of it.
    heard_by: Duration,
    /// The kernel does not end it when it is told to.
    endless: bool,
}

#[derive(Debug, Clone)]
pub struct Bss {
    pub bssid: Mac,
    pub ssid: Ssid,
    pub frequency: Frequency,
    pub heard: Duration,
}

/// What the kernel has yet to do.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    /// The scan of this number visits its next channel.
    Channel(u64),
    /// A late driver applies the address of this request.
    AddressApplies(u32),
    /// The next frame of this connection, which another program wants.
    Connects(u64),
    /// The access point of this association has not been heard for too long.
    BeaconsLost(u64),
}

impl Kernel {
    pub fn new(driver: Driver) -> Self {
        let channel = |frequency| Channel {
            frequency,
            no_ir: false,
        };
        Self {
            link: Link {
                address: PERMANENT,
                up: false,
                carrier: false,
            },
            exists: true,
            wire: None,
            driver,
            rfkill: false,
            p2p_device_since: None,
            is_left_down: false,
            association: None,
            guard: Guard::default(),
            association_number: 0,
            scan: None,
            bss: Vec::new(),
            channels: FEW.map(channel).into(),
            late: None,
            turns: 0,
            scans: 0,
            downs: 0,
            connect: None,
            connects: 0,
        }
    }
}

impl Kernel {
    /// Or is about to be.
    pub fn is_connected_by_others(&self) -> bool {
        let association = self.association.as_ref();
        self.connect.is_some() || association.is_some_and(|it| it.is_foreign)
    }

    /// The card has this address, or a late driver is about to apply it.
    pub fn takes(&self, address: Mac) -> bool {
        self.link.address == address || self.late == Some(address)
    }
}

pub fn refusal(step: &'static str, errno: Errno) -> KernelError {
    KernelError {
        step,
        errno: Some(errno),
        reason: errno.to_string(),
    }
}

impl World {
    pub(super) fn kernel_due(&mut self, due: Due) {
        match due {
            Due::Channel(number) => self.visit_channel(number),
            Due::AddressApplies(turn) => {
                if turn == self.kernel.turns {
                    self.apply_late_address();
                }
            }
            Due::Connects(number) => self.connect_goes_on(number),
            Due::BeaconsLost(number) => {
                if number == self.kernel.association_number {
                    self.association_ends(4, true);
                }
            }
        }
    }
}
