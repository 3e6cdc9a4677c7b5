//! Connects and allows roaming.

use macveil_core::machine::wpa::{Failure, NetworkLimit};
use macveil_core::types::{Mac, Ssid};

use super::super::network::Configured;
use super::super::session::Session;
use super::super::text;
use super::{is_ok, refused};

const RECONNECT: &str = "RECONNECT";

/// Another network is joined only after a scan, which takes long enough for macveil to end the attempt: a program may
/// add a network and select it at once, before macveil has denied it. Not known to 2.9.
pub(super) const EXPIRE_RESULTS: &str = "SET scan_res_valid_for_connect 0";

impl Session<'_> {
    /// Connects from known scan results. wpa_supplicant scans after a failed attempt; that scan is
    /// passive. Where it would be active, `ap_scan` 0 makes `wpa_supplicant_scan` (scan.c, 2.9 to 2.11)
    /// return before it scans. `ap_scan` 0 is not always used: wpa_supplicant would take a user's SCAN
    /// for an association (`wpa_supplicant_gen_assoc_event`, `wpa_supplicant.c`).
    pub(super) async fn connect(&mut self) -> Result<(), Failure> {
        self.hear_requests(true);
        self.forget_ignored_bssids().await?;
        if !self.scans_are_silent().await? {
            self.execute("AP_SCAN 0").await?;
        }
        let answers = self.send_commands(&[RECONNECT, EXPIRE_RESULTS]).await?;
        let answer = answers.first().map(Vec::as_slice).unwrap_or_default();
        if !is_ok(answer) {
            self.try_execute("AP_SCAN 1").await?;
            return Err(refused(RECONNECT, answer));
        }
        Ok(())
    }

    /// Whether scans are passive and no hidden network is probed by name.
    async fn scans_are_silent(&mut self) -> Result<bool, Failure> {
        let passive = text::number(&self.send_command("GET passive_scan").await?) == Some(1);
        let networks = self.networks().await?;
        let hidden = |network: &Configured| network.is_enabled() && network.details.hidden;
        Ok(passive && !networks.iter().any(hidden))
    }

    /// wpa_supplicant skips BSSs that failed before; macveil selects the BSS itself.
    async fn forget_ignored_bssids(&mut self) -> Result<(), Failure> {
        if !self.try_execute("BSSID_IGNORE clear").await? {
            // The name up to 2.9.
            self.try_execute("BLACKLIST clear").await?;
        }
        Ok(())
    }

    /// Allows wpa_supplicant to roam within this network, except to these BSSs and beyond the limits. The current BSS must not be denied:
    /// `set_disallow_aps` (`ctrl_iface.c`, 2.10) would deauthenticate.
    pub(super) async fn allow_roaming(
        &mut self,
        ssid: &Ssid,
        except: &[Mac],
        limits: &[NetworkLimit],
    ) -> Result<(), Failure> {
        let status = self.status().await?;
        self.limit(limits).await?;
        self.admit(Some(ssid), except, status.bssid).await?;
        self.execute("AP_SCAN 1").await?;
        self.watch_signal(status.id).await
    }
}
