//! Restores wpa_supplicant's settings.

use macveil_core::machine::wpa::Failure;

use super::super::network::Configured;
use super::super::saved_settings::NetworkAddress;
use super::super::session::Session;

impl Session<'_> {
    /// Restores all changed settings; continues after a rejected command and returns the first failure.
    pub(super) async fn restore(&mut self, resume: bool) -> Result<(), Failure> {
        if !self.saved.touched {
            return Ok(());
        }
        let mut result = self.lift_limits().await;
        if let Err(failure @ Failure::Unreachable(_)) = result {
            return Err(failure);
        }
        for command in self.restore_commands().await? {
            if let Err(failure) = self.execute(&command).await {
                if let Failure::Unreachable(_) = failure {
                    return Err(failure);
                }
                result = result.and(Err(failure));
            }
        }
        // Not every driver supports it.
        self.try_execute("MAC_RAND_SCAN all enable=0").await?;
        self.try_execute("SIGNAL_MONITOR").await?;
        self.saved.forget_all();
        if resume {
            // Refused while the link is down: the next request tries it again.
            self.saved.touched = !self.try_execute("RECONNECT").await?;
        }
        result
    }

    async fn restore_commands(&mut self) -> Result<Vec<String>, Failure> {
        let mut commands: Vec<String> = self
            .saved
            .settings()
            .map(|(setting, value)| format!("SET {} {value}", setting.name()))
            .collect();
        let changed = self.saved.take_network_addresses();
        if !changed.is_empty() {
            for network in self.networks().await? {
                let original = changed.get(&network.line.id);
                commands.extend(original.and_then(|original| restore_address(&network, original)));
            }
        }
        commands.extend(self.restore_blocks().await?);
        let modes = self.saved.take_modes();
        if !modes.is_empty() {
            for network in self.networks().await? {
                let original = modes.get(&network.line.id);
                let original = original.filter(|it| it.ssid == network.details.ssid);
                let id = network.line.id;
                commands.extend(original.map(|it| format!("SET_NETWORK {id} mode {}", it.mode)));
            }
        }
        if self.saved.is_p2p_disabled() {
            commands.push("P2P_SET disabled 0".to_owned());
        }
        commands.push("SET disallow_aps ".to_owned());
        commands.push("STA_AUTOCONNECT 1".to_owned());
        Ok(commands)
    }
}

/// `None` if another network has the id now.
fn restore_address(network: &Configured, original: &NetworkAddress) -> Option<String> {
    (network.details.ssid == original.ssid).then(|| {
        format!(
            "SET_NETWORK {} mac_addr {}",
            network.line.id, original.value
        )
    })
}
