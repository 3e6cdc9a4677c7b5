//! Stops wpa_supplicant's own scans, connections and address changes.

use macveil_core::machine::wpa::{Failure, Phase, QuiesceReport, SupplicantStatus};

use super::super::network::Configured;
use super::super::saved_settings::{NetworkAddress, Setting};
use super::super::session::Session;
use super::super::text;
use super::connect::EXPIRE_RESULTS;
use super::refused;

impl Session<'_> {
    /// First contact. Keeps an existing connection; see [`Session::keep_connected`].
    pub(super) async fn take_over(&mut self) -> Result<QuiesceReport, Failure> {
        let status = self.status().await?;
        self.saved.touched = true;
        let mut report = if status.phase == Phase::Connected {
            self.keep_connected(status).await?
        } else {
            self.stop_activity(status).await?
        };
        self.mark_instance().await?;
        report.is_watched = self.is_watched();
        Ok(report)
    }

    /// Stops all activity. Every step is repeated each time, because `RECONFIGURE` reverts most of them.
    pub(super) async fn quiesce(&mut self) -> Result<QuiesceReport, Failure> {
        let status = self.status().await?;
        self.saved.touched = true;
        self.stop_activity(status).await
    }

    /// Changes only settings that do not affect a connection: those read at the next scan or after
    /// the connection ends. `mac_addr` is not one of them, because roaming with 0 would restore the
    /// permanent address (`wpa_supplicant_associate`, `wpa_supplicant.c`, 2.10).
    async fn keep_connected(&mut self, status: SupplicantStatus) -> Result<QuiesceReport, Failure> {
        self.hear_requests(true);
        self.try_execute("STA_AUTOCONNECT 0").await?;
        self.disable_p2p().await?;
        self.impose(Setting::P2pDisabled).await?;
        self.impose(Setting::PassiveScan).await?;
        self.find(Setting::ScanResultsValid).await?;
        self.try_execute(EXPIRE_RESULTS).await?;
        self.impose(Setting::BssExpirationAge).await?;
        self.find(Setting::ApScan).await?;
        let mut had_own_randomization = false;
        for setting in Setting::RANDOMIZING {
            let value = self.find(setting).await?;
            had_own_randomization |= value.is_some_and(|value| value != 0);
        }
        for network in self.networks().await? {
            had_own_randomization |= self.own_address(&network).await?.is_some();
            self.park(&network).await?;
        }
        self.silence(status.id).await?;
        self.saved.imposed = true;
        Ok(QuiesceReport {
            status,
            had_own_randomization,
            reconfigured: false,
            is_watched: self.is_watched(),
        })
    }

    async fn stop_activity(&mut self, status: SupplicantStatus) -> Result<QuiesceReport, Failure> {
        self.disable_p2p().await?;
        let mut reverted = self.impose_changed(Setting::P2pDisabled).await?;
        self.execute("DISCONNECT").await?;
        // A request to connect was undone until here, and is obeyed from now on.
        self.hear_requests(false);
        // Up to 2.10, DISCONNECT does not stop a running scan.
        self.try_execute("ABORT_SCAN").await?;
        self.try_execute("STA_AUTOCONNECT 0").await?;
        reverted |= self.impose_changed(Setting::PassiveScan).await?;
        reverted |= self.impose_changed(Setting::ScanResultsValid).await?;
        reverted |= self.impose_changed(Setting::BssExpirationAge).await?;
        self.impose(Setting::ApScan).await?;
        let mut had_own_randomization = false;
        for setting in Setting::RANDOMIZING {
            let value = self.impose(setting).await?;
            had_own_randomization |= value.is_some_and(|value| value != 0);
        }
        for network in self.networks().await? {
            had_own_randomization |= self.neutralize(&network).await?;
            self.park(&network).await?;
        }
        self.silence(None).await?;
        self.try_execute("MAC_RAND_SCAN all enable=1").await?;
        self.admit(None, &[], None).await?;
        self.lift_limits().await?;
        self.drain_driver_events().await?;
        self.free_radio().await?;
        let reconfigured = reverted && self.saved.imposed;
        self.saved.imposed = true;
        Ok(QuiesceReport {
            status,
            had_own_randomization,
            reconfigured,
            is_watched: self.is_watched(),
        })
    }

    /// A round trip, after which wpa_supplicant has handled the driver's report of this disconnection.
    /// If the address changed before that, 2.10 would ignore the next real disconnection.
    async fn drain_driver_events(&mut self) -> Result<(), Failure> {
        let answer = self.send_command("PING").await?;
        if answer == b"PONG\n" {
            Ok(())
        } else {
            Err(refused("PING", &answer))
        }
    }

    /// Disables P2P for the whole process, which `RECONFIGURE` does not revert. The answer is `FAIL`
    /// if P2P never started (`p2p_ctrl_set`, `ctrl_iface.c`, 2.10). wpa_supplicant does not report
    /// whether another program had disabled P2P; macveil assumes not.
    async fn disable_p2p(&mut self) -> Result<(), Failure> {
        if self.try_execute("P2P_SET disabled 1").await? {
            self.saved.disable_p2p();
        }
        Ok(())
    }

    /// Records and returns a setting's value; `None` if this version has no such setting.
    async fn find(&mut self, setting: Setting) -> Result<Option<i32>, Failure> {
        let answer = self
            .send_command(&format!("GET {}", setting.name()))
            .await?;
        let value = text::number(&answer);
        if let Some(value) = value {
            self.saved.record_setting(setting, value);
        }
        Ok(value)
    }

    /// Like [`Session::impose`]; returns whether the value was another one than macveil's.
    async fn impose_changed(&mut self, setting: Setting) -> Result<bool, Failure> {
        let found = self.impose(setting).await?;
        Ok(found.is_some_and(|value| !setting.may_be_ours(value)))
    }

    /// Records a setting's value and sets macveil's value; returns the old value.
    async fn impose(&mut self, setting: Setting) -> Result<Option<i32>, Failure> {
        let value = self.find(setting).await?;
        if value.is_some_and(|value| value != setting.ours()) {
            let command = format!("SET {} {}", setting.name(), setting.ours());
            self.try_execute(&command).await?;
        }
        Ok(value)
    }

    /// Disables a network's own address; returns whether it had one.
    async fn neutralize(&mut self, network: &Configured) -> Result<bool, Failure> {
        let Some(value) = self.own_address(network).await? else {
            return Ok(false);
        };
        let id = network.line.id;
        let ssid = network.details.ssid.clone();
        let original = NetworkAddress { ssid, value };
        self.saved.record_network_address(id, original);
        self.try_execute(&format!("SET_NETWORK {id} mac_addr 0"))
            .await?;
        Ok(true)
    }

    /// A network's `mac_addr`, if it makes wpa_supplicant change the address.
    async fn own_address(&mut self, network: &Configured) -> Result<Option<i32>, Failure> {
        let value = self.network_number(network.line.id, "mac_addr").await?;
        Ok(value.filter(|value| !matches!(value, -1 | 0)))
    }
}
