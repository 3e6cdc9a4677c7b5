//! Switches off what makes wpa_supplicant scan while it is connected, past `passive_scan`: background scans
//! (`bgscan`), and networks marked hidden (`scan_ssid`), which every scan of its own names. macveil names
//! hidden networks itself, under masks.

use macveil_core::machine::wpa::Failure;
use macveil_core::types::Ssid;

use super::super::network::Configured;
use super::super::saved_settings::{BlockSetting, BlockValue};
use super::super::session::Session;

impl Session<'_> {
    /// Any change but that of `bgscan` makes wpa_supplicant forget the keys agreed on with that network
    /// (`wpa_supplicant_ctrl_iface_update_network`, `ctrl_iface.c`, 2.10): the `joined` one keeps the rest.
    pub(super) async fn silence(&mut self, joined: Option<u32>) -> Result<(), Failure> {
        // Without a network's own value the global one applies. Not every build has it.
        self.try_execute("SET bgscan ").await?;
        for network in self.networks().await? {
            self.silence_block(&network, BlockSetting::Bgscan).await?;
            if joined != Some(network.line.id) {
                self.silence_block(&network, BlockSetting::ScanSsid).await?;
            }
        }
        Ok(())
    }

    /// A program may have set it again.
    pub(super) async fn silence_bgscan(&mut self, networks: &[Configured]) -> Result<(), Failure> {
        for network in networks {
            self.silence_block(network, BlockSetting::Bgscan).await?;
        }
        Ok(())
    }

    /// A scan began all the same: blocks are read again, because a user can change them without a word.
    pub(super) async fn silence_while_connected(&mut self) -> Result<(), Failure> {
        self.saved.forget_networks();
        let joined = self.status().await?.id;
        self.silence(joined).await
    }

    /// A user can have changed the block of a network without a word.
    pub(super) async fn silence_again(&mut self, ssid: &Ssid) -> Result<(), Failure> {
        self.saved.forget_networks_of(ssid);
        self.silence(None).await
    }

    async fn silence_block(
        &mut self,
        network: &Configured,
        setting: BlockSetting,
    ) -> Result<(), Failure> {
        let value = match setting {
            BlockSetting::Bgscan => network.details.bgscan.as_ref(),
            BlockSetting::ScanSsid => network.details.scan_ssid.as_ref(),
        };
        let Some(value) = value.filter(|value| *value != setting.ours()) else {
            return Ok(());
        };
        let id = network.line.id;
        let ssid = network.details.ssid.clone();
        let value = value.clone();
        self.saved
            .record_block(id, setting, BlockValue { ssid, value });
        let command = format!("SET_NETWORK {id} {} {}", setting.name(), setting.ours());
        if self.try_execute(&command).await? {
            self.saved.forget_network(id);
        }
        Ok(())
    }

    /// Restores what is still as macveil left it.
    pub(super) async fn restore_blocks(&mut self) -> Result<Vec<String>, Failure> {
        let originals = self.saved.take_blocks();
        let mut commands = Vec::new();
        if originals.is_empty() {
            return Ok(commands);
        }
        self.saved.forget_networks();
        for network in self.networks().await? {
            for setting in BlockSetting::ALL {
                let id = network.line.id;
                let Some(BlockValue { ssid, value }) = originals.get(&(id, setting)) else {
                    continue;
                };
                let now = match setting {
                    BlockSetting::Bgscan => &network.details.bgscan,
                    BlockSetting::ScanSsid => &network.details.scan_ssid,
                };
                if network.details.ssid == *ssid && now.as_deref() == Some(setting.ours()) {
                    commands.push(format!("SET_NETWORK {id} {} {value}", setting.name()));
                }
            }
        }
        Ok(commands)
    }
}
