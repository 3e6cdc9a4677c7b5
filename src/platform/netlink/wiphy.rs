//! What a radio can do (`NL80211_CMD_GET_WIPHY`), told in many small messages.

use super::attribute::{Attribute, Attributes};
use super::family;
use super::nl80211::attribute;
use macveil_core::types::Channel;

/// `NL80211_FEATURE_SCAN_RANDOM_MAC_ADDR`.
const RANDOM_ADDRESS: u32 = 1 << 29;
/// `NL80211_EXT_FEATURE_SCAN_RANDOM_SN`.
const RANDOM_SEQUENCE: usize = 29;
/// `NL80211_EXT_FEATURE_SCAN_MIN_PREQ_CONTENT`.
const MINIMAL_CONTENT: usize = 30;
/// `NL80211_EXT_FEATURE_POWERED_ADDR_CHANGE`. Nobody but mac80211 sets it (`ieee80211_alloc_hw_nm`).
const POWERED_ADDRESS_CHANGE: usize = 61;

/// `NL80211_BAND_2GHZ`, `_5GHZ` and `_60GHZ`; those of S1G do not fit a scan's frequencies in MHz.
const ORDINARY_BANDS: [u16; 3] = [0, 1, 2];
/// `NL80211_BAND_6GHZ`.
const BAND_6GHZ: u16 = 3;

/// `NL80211_BAND_ATTR_FREQS`.
const FREQUENCIES: u16 = 1;
/// `NL80211_FREQUENCY_ATTR_FREQ`.
const FREQUENCY: u16 = 1;
/// `NL80211_FREQUENCY_ATTR_DISABLED`.
const DISABLED: u16 = 2;
/// `NL80211_FREQUENCY_ATTR_NO_IR`.
const NO_IR: u16 = 3;
/// `NL80211_FREQUENCY_ATTR_RADAR`.
const RADAR: u16 = 5;

/// A radio's abilities, or the part of them in one message.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a feature bit of the kernel's"
)]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wiphy {
    pub(super) random_address: bool,
    pub(super) random_sequence: bool,
    pub(super) minimal_content: bool,
    pub(super) powered_address_change: bool,
    pub(super) max_scan_ssids: u8,
    pub(super) channels: Vec<Channel>,
}

impl Wiphy {
    /// Adds what another message says.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.channels.extend(other.channels);
        Self {
            random_address: self.random_address | other.random_address,
            random_sequence: self.random_sequence | other.random_sequence,
            minimal_content: self.minimal_content | other.minimal_content,
            powered_address_change: self.powered_address_change | other.powered_address_change,
            max_scan_ssids: self.max_scan_ssids.max(other.max_scan_ssids),
            channels: self.channels,
        }
    }
}

pub(super) fn decode(payload: &[u8]) -> Option<Wiphy> {
    let (_, attributes) = family::split(payload)?;
    let features = attributes.u32(attribute::FEATURE_FLAGS).unwrap_or(0);
    let extended = attributes.get(attribute::EXT_FEATURES).unwrap_or_default();
    Some(Wiphy {
        random_address: features & RANDOM_ADDRESS != 0,
        random_sequence: bit(extended, RANDOM_SEQUENCE),
        minimal_content: bit(extended, MINIMAL_CONTENT),
        powered_address_change: bit(extended, POWERED_ADDRESS_CHANGE),
        max_scan_ssids: attributes.u8(attribute::MAX_NUM_SCAN_SSIDS).unwrap_or(0),
        channels: attributes
            .nested(attribute::WIPHY_BANDS)
            .iter()
            .flat_map(channels)
            .collect(),
    })
}

fn bit(bytes: &[u8], index: usize) -> bool {
    bytes
        .get(index / 8)
        .is_some_and(|byte| byte & (1 << (index % 8)) != 0)
}

fn channels(band: Attribute<'_>) -> impl Iterator<Item = Channel> {
    Attributes::of(band.value)
        .nested(FREQUENCIES)
        .iter()
        .filter_map(|entry| channel(Attributes::of(entry.value)))
        .filter(move |channel| match band.kind {
            BAND_6GHZ => is_preferred_scanning_channel(channel.frequency),
            kind => ORDINARY_BANDS.contains(&kind),
        })
}

fn channel(attributes: Attributes<'_>) -> Option<Channel> {
    let channel = Channel {
        frequency: attributes.u32(FREQUENCY)?,
        no_ir: attributes.has(NO_IR) || attributes.has(RADAR),
    };
    (!attributes.has(DISABLED)).then_some(channel)
}

/// Every fourth 20 MHz channel of 6 GHz, where access points can be found without knowing them
/// (IEEE 802.11ax-2021, 26.17.2.3.3).
fn is_preferred_scanning_channel(frequency: u32) -> bool {
    frequency
        .checked_sub(5950)
        .is_some_and(|offset| offset % 5 == 0 && offset / 5 % 16 == 5)
}
