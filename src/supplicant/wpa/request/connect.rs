//! Associating, and staying.

use crate::supervisor::Failure;
use crate::wifi::Ssid;

use super::super::session::Session;

impl Session<'_> {
    /// Connects from what is known, without any scan: with `ap_scan` 0 `wpa_supplicant_scan`
    /// (scan.c, 2.9 to 2.11) returns before it scans.
    pub(super) async fn connect(&mut self) -> Result<(), Failure> {
        self.forget_ignored_bssids().await?;
        self.order("AP_SCAN 0").await?;
        let result = self.order("RECONNECT").await;
        if let Err(Failure::Refused { .. }) = result {
            self.attempt("AP_SCAN 1").await?;
        }
        result
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
