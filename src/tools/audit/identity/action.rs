//! What action frames are for (IEEE 802.11-2020, 9.6).

/// Purposes that the audit distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Public action frame, such as GAS: also to access points that the station is not associated with.
    Public,
    /// Asks the receiver for a beacon report, for which it can scan.
    BeaconRequest,
    /// Asks the receiver to choose another access point, for which it can scan.
    TransitionRequest,
    /// How the receiver's signal arrives: says where the sender is.
    BeamformingReport,
    /// Anything else.
    Other,
}

const RADIO_MEASUREMENT: u8 = 5;
const PUBLIC: u8 = 4;
const HT: u8 = 7;
const WNM: u8 = 10;
const VHT: u8 = 21;
const HE: u8 = 30;
const EHT: u8 = 36;

impl Purpose {
    /// From the body of an action frame.
    pub(crate) fn of(body: &[u8]) -> Self {
        match body {
            [PUBLIC, ..] => Self::Public,
            [RADIO_MEASUREMENT, 0, _, _, _, elements @ ..] if asks_for_beacons(elements) => {
                Self::BeaconRequest
            }
            [WNM, 7, ..] => Self::TransitionRequest,
            [HT, 4..=6, ..] | [VHT | HE | EHT, 0, ..] => Self::BeamformingReport,
            _ => Self::Other,
        }
    }
}

fn asks_for_beacons(elements: &[u8]) -> bool {
    const MEASUREMENT_REQUEST: u8 = 38;
    const BEACON: u8 = 5;
    matches!(elements, [MEASUREMENT_REQUEST, _, _, _, BEACON, ..])
}

/// The elements of a P2P public action frame.
pub(super) fn p2p_elements(body: &[u8]) -> Option<&[u8]> {
    // Then a subtype and a dialog token.
    body.strip_prefix(b"\x04\x09\x50\x6f\x9a\x09")?.get(2..)
}
