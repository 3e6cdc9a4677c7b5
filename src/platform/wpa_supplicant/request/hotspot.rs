//! Networks in which the interface is not a station: access points, ad-hoc and mesh networks.
//!
//! wpa_supplicant starts one as soon as it is selected, under the address that the interface has, and
//! neither `disallow_aps` nor `AP_SCAN 0` nor a radio work holds it back. As a network of a station
//! (`mode` 0) it only searches for others.

use macveil_core::machine::wpa::{Failure, OtherMode};

use super::super::network::{self, Configured};
use super::super::saved_settings::NetworkMode;
use super::super::session::Session;
use super::refused;

impl Session<'_> {
    /// Makes such a network one of a station, each time, because `RECONFIGURE` reverts it.
    pub(super) async fn park(&mut self, network: &Configured) -> Result<(), Failure> {
        if !network.has_other_mode() {
            return Ok(());
        }
        let id = network.line.id;
        let ssid = network.details.ssid.clone();
        let mode = network.details.mode;
        self.saved.record_mode(id, NetworkMode { ssid, mode });
        self.try_execute(&format!("SET_NETWORK {id} mode 0"))
            .await?;
        Ok(())
    }

    /// The interface has an address for the access point.
    pub(super) async fn start_hotspot(&mut self, id: u32) -> Result<(), Failure> {
        if !self.saved.is_parked(id) {
            return Err(refused("SELECT_NETWORK", b"no network of an access point"));
        }
        let mode = network::ACCESS_POINT;
        self.execute(&format!("SET_NETWORK {id} mode {mode}"))
            .await?;
        self.execute(&format!("SELECT_NETWORK {id}")).await
    }
}

/// What is to begin, if no enabled network is for a station.
pub(super) fn other_mode(networks: &[Configured]) -> Option<OtherMode> {
    let mut enabled = networks.iter().filter(|network| network.is_enabled());
    let is_none_of_station = |it: &Configured| it.has_other_mode() || it.is_wps();
    if !enabled.clone().all(is_none_of_station) {
        return None;
    }
    let access_point = |it: &&Configured| it.details.mode == network::ACCESS_POINT;
    match enabled.clone().find(access_point) {
        Some(network) => Some(OtherMode::AccessPoint {
            id: network.line.id,
            ssid: network.details.ssid.clone(),
        }),
        None => enabled.next().map(|_| OtherMode::Refused),
    }
}
