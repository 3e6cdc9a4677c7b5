//! Associating, and staying.

use macveil_core::machine::wpa::Failure;
use macveil_core::types::Ssid;

use super::super::network::Configured;
use super::super::session::Session;
use super::super::text;

impl Session<'_> {
    /// Connects from what is known. A failed attempt is followed by a scan, which is passive; where it
    /// would not be, `ap_scan` 0 lets `wpa_supplicant_scan` (scan.c, 2.9 to 2.11) return before it
    /// scans. Not always: a user's SCAN meanwhile would be taken for an association
    /// (`wpa_supplicant_gen_assoc_event`, `wpa_supplicant.c`).
    pub(super) async fn connect(&mut self) -> Result<(), Failure> {
        self.forget_ignored_bssids().await?;
        if !self.scans_send_nothing().await? {
            self.order("AP_SCAN 0").await?;
        }
        let result = self.order("RECONNECT").await;
        if let Err(Failure::Refused { .. }) = result {
            self.attempt("AP_SCAN 1").await?;
        }
        result
    }

    /// Scans are passive, and no network is asked for by its name all the same.
    async fn scans_send_nothing(&mut self) -> Result<bool, Failure> {
        let passive = text::number(&self.ask("GET passive_scan").await?) == Some(1);
        let networks = self.networks().await?;
        let hidden = |network: &Configured| network.is_enabled() && network.details.hidden;
        Ok(passive && !networks.iter().any(hidden))
    }

    /// wpa_supplicant passes over BSSs that failed before; macveil chooses itself.
    async fn forget_ignored_bssids(&mut self) -> Result<(), Failure> {
        if !self.attempt("BSSID_IGNORE clear").await? {
            // Until 2.9.
            self.attempt("BLACKLIST clear").await?;
        }
        Ok(())
    }

    /// Lets wpa_supplicant roam within this network. The present BSS must not be denied:
    /// `set_disallow_aps` (`ctrl_iface.c`, 2.10) would deauthenticate.
    pub(super) async fn settle(&mut self, ssid: &Ssid) -> Result<(), Failure> {
        let present = self.status().await?.bssid;
        self.admit(Some(ssid), &[], present).await?;
        self.order("AP_SCAN 1").await
    }
}
