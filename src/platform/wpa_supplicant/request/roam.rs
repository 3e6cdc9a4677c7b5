//! Roaming: reports of a weak signal, and the change to another access point.

use macveil_core::machine::wpa::Failure;
use macveil_core::types::Mac;

use super::super::session::Session;

/// Below this signal, in dBm, a connection becomes slow.
const WEAK_SIGNAL: i32 = -70;
/// Between two reports of the signal, in dB.
const HYSTERESIS: u32 = 4;

impl Session<'_> {
    /// Asks for reports when the signal falls below the threshold of the network's `bgscan`, which macveil has
    /// switched off. Not every driver can report it; without reports macveil does not roam.
    pub(super) async fn watch_signal(&mut self, network: Option<u32>) -> Result<(), Failure> {
        let bgscan = network.and_then(|id| self.saved.bgscan(id));
        let threshold = bgscan.and_then(threshold).unwrap_or(WEAK_SIGNAL);
        let command = format!("SIGNAL_MONITOR THRESHOLD={threshold} HYSTERESIS={HYSTERESIS}");
        self.try_execute(&command).await.map(drop)
    }

    /// Moves to this BSS of the network, whatever the lists of denied and accepted BSSs say. If `wpa_supplicant` has
    /// dropped it meanwhile, everything stays as it is.
    pub(super) async fn roam(&mut self, bssid: Mac) -> Result<(), Failure> {
        self.try_execute(&format!("ROAM {bssid}")).await.map(drop)
    }
}

/// Of `"simple:SHORT:SIGNAL:LONG"` or `"learn:..."`, with quotes (`bgscan_simple.c`, `bgscan_learn.c`). Without a
/// signal, or with 0, they scan without reports.
fn threshold(bgscan: &str) -> Option<i32> {
    let mut fields = bgscan.trim_matches('"').split(':');
    let module = fields.next()?;
    let signal = fields.nth(1)?.parse().ok()?;
    (matches!(module, "simple" | "learn") && (-120..0).contains(&signal)).then_some(signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threshold_is_the_second_number_of_bgscan() {
        for (bgscan, expected) in [
            ("\"simple:30:-45:300\"", Some(-45)),
            ("\"learn:30:-65:300:/var/lib/bgscan\"", Some(-65)),
            ("\"simple:30:-45\"", Some(-45)),
            ("\"simple\"", None),
            ("\"simple:30\"", None),
            ("\"simple:30:0:300\"", None),
            ("\"simple:30:45:300\"", None),
            ("\"simple:30:-999:300\"", None),
            ("\"other:30:-45:300\"", None),
            ("\"\"", None),
        ] {
            assert_eq!(threshold(bgscan), expected, "{bgscan}");
        }
    }
}
