//! Limits networks to some BSSs: `bssid_accept` of a network, which wpa_supplicant would save with the
//! rest of the configuration. So the user's value is noted first, and put back.

use macveil_core::machine::wpa::{Failure, NetworkLimit};
use macveil_core::types::Mac;

use super::super::accept_list::AcceptList;
use super::super::network::Configured;
use super::super::saved_settings::AcceptedBssids;
use super::super::session::Session;
use super::refused;

/// The setting's name, and the one up to 2.9.
const NAMES: [&str; 2] = ["bssid_accept", "bssid_whitelist"];

impl Session<'_> {
    /// Limits these networks, and no others.
    pub(super) async fn limit(&mut self, limits: &[NetworkLimit]) -> Result<(), Failure> {
        if limits.is_empty() && !self.saved.are_limited() {
            return Ok(());
        }
        let networks = self.networks().await?;
        for network in &networks {
            let id = network.line.id;
            let limit = limits.iter().find(|limit| limit.id == id);
            match limit {
                Some(limit) => self.limit_network(network, &limit.bssids).await?,
                None => self.lift_limit(network).await?,
            }
        }
        let exists = |id| networks.iter().any(|network| network.line.id == id);
        match limits.iter().find(|limit| !exists(limit.id)) {
            Some(gone) => Err(refused(&command(gone.id, NAMES[0], ""), b"no such network")),
            None => Ok(()),
        }
    }

    async fn limit_network(&mut self, network: &Configured, bssids: &[Mac]) -> Result<(), Failure> {
        let id = network.line.id;
        let ssid = network.details.ssid.clone();
        let known = self.saved.accepted_bssids(id);
        let known = known.filter(|known| known.ssid == ssid);
        let value = if let Some(known) = known {
            known.value.clone()
        } else {
            let value = self.accepted(id).await?;
            let known = AcceptedBssids {
                ssid,
                value: value.clone(),
            };
            self.saved.record_accepted_bssids(id, known);
            value
        };
        let limit = AcceptList::parse(&value).limited_to(bssids);
        let imposed = (id, limit);
        if self.saved.imposed_limits.contains(&imposed) {
            return Ok(());
        }
        self.accept(id, &imposed.1).await?;
        self.saved.imposed_limits.retain(|(known, _)| *known != id);
        self.saved.imposed_limits.push(imposed);
        Ok(())
    }

    async fn lift_limit(&mut self, network: &Configured) -> Result<(), Failure> {
        let id = network.line.id;
        if let Some(original) = self.saved.accepted_bssids(id).cloned() {
            if original.ssid == network.details.ssid {
                self.accept(id, &original.value).await?;
            }
            self.saved.forget_accepted_bssids_of(id);
        }
        Ok(())
    }

    /// Puts back the user's values.
    pub(super) async fn lift_limits(&mut self) -> Result<(), Failure> {
        self.saved.imposed_limits.clear();
        self.limit(&[]).await?;
        self.saved.forget_accepted_bssids();
        Ok(())
    }

    /// The BSSs that a network accepts, as wpa_supplicant shows them; empty if it accepts any.
    async fn accepted(&mut self, id: u32) -> Result<String, Failure> {
        for name in NAMES {
            if let Some(value) = self.network_value(id, name).await? {
                return Ok(String::from_utf8_lossy(&value).trim().to_owned());
            }
        }
        Ok(String::new())
    }

    async fn accept(&mut self, id: u32, value: &str) -> Result<(), Failure> {
        if self.try_execute(&command(id, NAMES[0], value)).await? {
            return Ok(());
        }
        self.execute(&command(id, NAMES[1], value)).await
    }
}

fn command(id: u32, name: &str, value: &str) -> String {
    // An empty value ends with the space; it is not quoted.
    format!("SET_NETWORK {id} {name} {value}")
}
