//! Switches off what makes wpa_supplicant scan while it is connected, past `passive_scan`: background scans
//! (`bgscan`), and networks marked hidden (`scan_ssid`), which every scan of its own names. macveil names
//! hidden networks itself, under masks.

use macveil_core::machine::wpa::Failure;
use macveil_core::types::Ssid;

use super::super::network::Configured;
use super::super::saved_settings::{BlockLine, BlockSetting};
use super::super::session::Session;

impl Session<'_> {
    /// Any change but that of `bgscan` makes wpa_supplicant forget the keys agreed on with that network
    /// (`wpa_supplicant_ctrl_iface_update_network`, `ctrl_iface.c`, 2.10): the `joined` one keeps the rest.
    pub(super) async fn silence(&mut self, joined: Option<u32>) -> Result<(), Failure> {
        let networks = self.networks().await?;
        self.saved.forget_blocks_except(&networks);
        let mut lines: Vec<_> = networks
            .iter()
            .map(|it| (it, BlockSetting::Bgscan))
            .collect();
        let others = networks.iter().filter(|it| joined != Some(it.line.id));
        lines.extend(others.map(|it| (it, BlockSetting::ScanSsid)));
        self.silence_lines(lines).await
    }

    /// A program may have set it again.
    pub(super) async fn silence_bgscan(&mut self, networks: &[Configured]) -> Result<(), Failure> {
        let lines = networks.iter().map(|it| (it, BlockSetting::Bgscan));
        self.silence_lines(lines.collect()).await
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

    /// A global `bgscan` applies where the network has none. wpa_supplicant does not tell it before 2.12, so it stays, and
    /// each network gets an empty one (`wpa_supplicant_start_bgscan`, `wpa_supplicant.c`, 2.10).
    async fn silence_lines(
        &mut self,
        mut lines: Vec<(&Configured, BlockSetting)>,
    ) -> Result<(), Failure> {
        lines.retain(|(network, setting)| setting.value(&network.details) != setting.ours());
        if lines.is_empty() {
            return Ok(());
        }
        let originals = lines.iter().map(|(network, setting)| BlockLine {
            id: network.line.id,
            setting: *setting,
            ssid: network.details.ssid.clone(),
            value: setting.value(&network.details).to_owned(),
        });
        self.saved.record_blocks(originals.collect());
        for (network, setting) in lines {
            let id = network.line.id;
            let command = format!("SET_NETWORK {id} {} {}", setting.name(), setting.ours());
            if self.try_execute(&command).await? {
                self.saved.silenced(id, setting);
            }
        }
        Ok(())
    }

    /// Restores what is still as macveil left it.
    pub(super) async fn restore_blocks(&mut self) -> Result<Vec<String>, Failure> {
        let originals = self.saved.take_blocks();
        if originals.is_empty() {
            return Ok(Vec::new());
        }
        self.saved.forget_networks();
        let networks = self.networks().await?;
        let is_ours = |line: &&BlockLine| {
            networks.iter().any(|it| {
                it.line.id == line.id
                    && it.details.ssid == line.ssid
                    && line.setting.value(&it.details) == line.setting.ours()
            })
        };
        let commands = originals.iter().filter(is_ours).map(|line| {
            let setting = line.setting.name();
            format!("SET_NETWORK {} {setting} {}", line.id, line.value)
        });
        Ok(commands.collect())
    }
}
