//! Letting go.

use macveil_core::machine::wpa::Failure;

use super::super::memory::NetworkAddress;
use super::super::network::Configured;
use super::super::session::Session;

impl Session<'_> {
    /// Puts back everything that was changed; goes on after a refusal, and reports the first.
    pub(super) async fn release(&mut self, resume: bool) -> Result<(), Failure> {
        if !self.memory.touched {
            return Ok(());
        }
        let mut refusal = Ok(());
        for command in self.originals().await? {
            if let Err(failure) = self.order(&command).await {
                if let Failure::Unreachable(_) = failure {
                    return Err(failure);
                }
                refusal = refusal.and(Err(failure));
            }
        }
        // Not every driver has it.
        self.attempt("MAC_RAND_SCAN all enable=0").await?;
        self.memory.forget_all();
        if resume {
            self.attempt("RECONNECT").await?;
        }
        refusal
    }

    async fn originals(&mut self) -> Result<Vec<String>, Failure> {
        let mut commands: Vec<String> = self
            .memory
            .originals()
            .map(|(setting, value)| format!("SET {} {value}", setting.name()))
            .collect();
        let changed = self.memory.take_network_addresses();
        if !changed.is_empty() {
            for network in self.networks().await? {
                let original = changed.get(&network.line.id);
                commands.extend(original.and_then(|original| put_back(&network, original)));
            }
        }
        if self.memory.p2p_is_ended() {
            commands.push("P2P_SET disabled 0".to_owned());
        }
        commands.push("SET disallow_aps ".to_owned());
        commands.push("STA_AUTOCONNECT 1".to_owned());
        Ok(commands)
    }
}

/// The id may belong to another network by now.
fn put_back(network: &Configured, original: &NetworkAddress) -> Option<String> {
    (network.details.ssid == original.ssid).then(|| {
        format!(
            "SET_NETWORK {} mac_addr {}",
            network.line.id, original.value
        )
    })
}
