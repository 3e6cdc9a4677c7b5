//! Features of a radio (`NL80211_CMD_GET_WIPHY`), which the kernel splits into many messages.

use linux_raw_sys::netlink::{
    nl80211_band, nl80211_ext_feature_index as feature, nl80211_feature_flags,
};
use neli::consts::nl80211::{Nl80211BandAttr, Nl80211FreqAttr};

use super::attribute::{Attribute, Attributes};
use super::family;
use super::nl80211::attribute;
use macveil_core::types::Channel;

const RANDOM_ADDRESS: u32 = nl80211_feature_flags::NL80211_FEATURE_SCAN_RANDOM_MAC_ADDR as u32;
const RANDOM_SEQUENCE: usize = feature::NL80211_EXT_FEATURE_SCAN_RANDOM_SN as usize;
const MINIMAL_CONTENT: usize = feature::NL80211_EXT_FEATURE_SCAN_MIN_PREQ_CONTENT as usize;
/// `NL80211_EXT_FEATURE_POWERED_ADDR_CHANGE`. Only mac80211 sets it (`ieee80211_alloc_hw_nm`).
const POWERED_ADDRESS_CHANGE: usize = feature::NL80211_EXT_FEATURE_POWERED_ADDR_CHANGE as usize;

/// `NL80211_BAND_2GHZ`, `_5GHZ` and `_60GHZ`; the S1G band's frequencies are not whole MHz.
const ORDINARY_BANDS: [u16; 3] = [
    nl80211_band::NL80211_BAND_2GHZ as u16,
    nl80211_band::NL80211_BAND_5GHZ as u16,
    nl80211_band::NL80211_BAND_60GHZ as u16,
];
const BAND_6GHZ: u16 = nl80211_band::NL80211_BAND_6GHZ as u16;

/// A radio's features, or the part of them in one message.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one of the kernel's feature bits"
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
    /// Merges the features from another message.
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
        .nested(Nl80211BandAttr::Freqs)
        .iter()
        .filter_map(|entry| channel(Attributes::of(entry.value)))
        .filter(move |channel| match band.kind {
            BAND_6GHZ => is_preferred_scanning_channel(channel.frequency),
            kind => ORDINARY_BANDS.contains(&kind),
        })
}

fn channel(attributes: Attributes<'_>) -> Option<Channel> {
    let channel = Channel {
        frequency: attributes.u32(Nl80211FreqAttr::Freq)?,
        no_ir: attributes.has(Nl80211FreqAttr::NoIr) || attributes.has(Nl80211FreqAttr::Radar),
    };
    (!attributes.has(Nl80211FreqAttr::Disabled)).then_some(channel)
}

/// The preferred scanning channels: every fourth 20 MHz channel of 6 GHz
/// (IEEE 802.11ax-2021, 26.17.2.3.3).
fn is_preferred_scanning_channel(frequency: u32) -> bool {
    frequency
        .checked_sub(5950)
        .is_some_and(|offset| offset % 5 == 0 && offset / 5 % 16 == 5)
}
