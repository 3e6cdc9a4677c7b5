//! Bringing wpa_supplicant to rest.

use macveil_core::machine::wpa::{Failure, Phase, QuiesceReport, SupplicantStatus};

use super::super::memory::{NetworkAddress, Setting};
use super::super::network::Configured;
use super::super::session::Session;
use super::super::text;
use super::refused;

impl Session<'_> {
    /// First contact. A connection that is there is left alone; see [`Session::keep_connected`].
    pub(super) async fn take_over(&mut self) -> Result<QuiesceReport, Failure> {
        let status = self.status().await?;
        self.memory.touched = true;
        let quieted = if status.phase == Phase::Connected {
            self.keep_connected(status).await?
        } else {
            self.bring_to_rest(status).await?
        };
        self.leave_word().await?;
        Ok(quieted)
    }

    /// Ends whatever is under way. All of it every time: `RECONFIGURE` undoes most of it.
    pub(super) async fn quiet(&mut self) -> Result<QuiesceReport, Failure> {
        let status = self.status().await?;
        self.memory.touched = true;
        self.bring_to_rest(status).await
    }

    /// Changes only what a connection does not notice: values that are read at the next scan or
    /// after the connection has ended. `mac_addr` is not among them, because roaming with 0 would
    /// put the permanent address back (`wpa_supplicant_associate`, `wpa_supplicant.c`, 2.10).
    async fn keep_connected(&mut self, status: SupplicantStatus) -> Result<QuiesceReport, Failure> {
        self.attempt("STA_AUTOCONNECT 0").await?;
        self.end_p2p().await?;
        self.impose(Setting::P2pDisabled).await?;
        self.impose(Setting::PassiveScan).await?;
        self.impose(Setting::ScanResultsValid).await?;
        self.find(Setting::ApScan).await?;
        let mut had_own_randomization = false;
        for setting in Setting::RANDOMIZING {
            let value = self.find(setting).await?;
            had_own_randomization |= value.is_some_and(|value| value != 0);
        }
        for network in self.networks().await? {
            had_own_randomization |= self.own_address(&network).await?.is_some();
        }
        self.memory.imposed = true;
        Ok(QuiesceReport {
            status,
            had_own_randomization,
            reconfigured: false,
        })
    }

    async fn bring_to_rest(&mut self, status: SupplicantStatus) -> Result<QuiesceReport, Failure> {
        self.end_p2p().await?;
        let mut undone = self.imposes(Setting::P2pDisabled).await?;
        self.order("DISCONNECT").await?;
        // Until 2.10, DISCONNECT lets a running scan go on.
        self.attempt("ABORT_SCAN").await?;
        self.attempt("STA_AUTOCONNECT 0").await?;
        undone |= self.imposes(Setting::PassiveScan).await?;
        undone |= self.imposes(Setting::ScanResultsValid).await?;
        self.impose(Setting::ApScan).await?;
        let mut had_own_randomization = false;
        for setting in Setting::RANDOMIZING {
            let value = self.impose(setting).await?;
            had_own_randomization |= value.is_some_and(|value| value != 0);
        }
        for network in self.networks().await? {
            had_own_randomization |= self.neutralize(&network).await?;
        }
        self.attempt("MAC_RAND_SCAN all enable=1").await?;
        self.admit(None, &[], None).await?;
        self.settle_events().await?;
        let reconfigured = undone && self.memory.imposed;
        self.memory.imposed = true;
        Ok(QuiesceReport {
            status,
            had_own_randomization,
            reconfigured,
        })
    }

    /// A round trip, so that what the driver reported of our own disconnection has been taken: if
    /// the address changed before, 2.10 would ignore the next real one.
    async fn settle_events(&mut self) -> Result<(), Failure> {
        let answer = self.ask("PING").await?;
        if answer == b"PONG\n" {
            Ok(())
        } else {
            Err(refused("PING", &answer))
        }
    }

    /// Ends peer-to-peer for the whole process, which outlasts `RECONFIGURE`. The answer is `FAIL`
    /// if it never began (`p2p_ctrl_set`, `ctrl_iface.c`, 2.10). Whether somebody else had ended it
    /// cannot be asked; nobody is taken to have.
    async fn end_p2p(&mut self) -> Result<(), Failure> {
        if self.attempt("P2P_SET disabled 1").await? {
            self.memory.end_p2p();
        }
        Ok(())
    }

    /// Notes a setting's value and returns it; `None` if this version has no such setting.
    async fn find(&mut self, setting: Setting) -> Result<Option<i32>, Failure> {
        let answer = self.ask(&format!("GET {}", setting.name())).await?;
        let value = text::number(&answer);
        if let Some(value) = value {
            self.memory.found(setting, value);
        }
        Ok(value)
    }

    /// As [`Session::impose`]; says whether another value was found.
    async fn imposes(&mut self, setting: Setting) -> Result<bool, Failure> {
        let found = self.impose(setting).await?;
        Ok(found.is_some_and(|value| value != setting.ours()))
    }

    /// Notes a setting's value and puts macveil's in its place; returns what was found.
    async fn impose(&mut self, setting: Setting) -> Result<Option<i32>, Failure> {
        let value = self.find(setting).await?;
        if value.is_some_and(|value| value != setting.ours()) {
            let command = format!("SET {} {}", setting.name(), setting.ours());
            self.attempt(&command).await?;
        }
        Ok(value)
    }

    /// Keeps a network from having an address of its own; says whether it had.
    async fn neutralize(&mut self, network: &Configured) -> Result<bool, Failure> {
        let Some(value) = self.own_address(network).await? else {
            return Ok(false);
        };
        let id = network.line.id;
        let ssid = network.details.ssid.clone();
        let original = NetworkAddress { ssid, value };
        self.memory.found_address(id, original);
        self.attempt(&format!("SET_NETWORK {id} mac_addr 0"))
            .await?;
        Ok(true)
    }

    /// A network's `mac_addr`, if it makes wpa_supplicant change the address.
    async fn own_address(&mut self, network: &Configured) -> Result<Option<i32>, Failure> {
        let value = self.network_number(network.line.id, "mac_addr").await?;
        Ok(value.filter(|value| !matches!(value, -1 | 0)))
    }
}
