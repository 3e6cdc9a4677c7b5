//! Lists configured networks and known BSSs.

use macveil_core::machine::wpa::{Failure, NetworkList};
use macveil_core::types::{BssEntry, Mac};

use super::super::network::{self, Configured, Details, Line};
use super::super::saved_settings::BlockSetting;
use super::super::session::Session;
use super::super::{table, text};
use super::hotspot::other_mode;

/// Guards against lists without an end.
const MAX_PAGES: usize = 64;

impl Session<'_> {
    /// All station networks; and if `bssids` has any, these and all BSSs with the SSID of a network, as
    /// far as they are in wpa_supplicant's table.
    pub(super) async fn list(&mut self, bssids: &[Mac]) -> Result<NetworkList, Failure> {
        let networks = self.networks().await?;
        for network in &networks {
            if !self.saved.is_parked(network.line.id) {
                self.park(network).await?;
            }
        }
        if self.are_edited() {
            self.admit_again(&networks).await?;
            self.silence_bgscan(&networks).await?;
        }
        let mut table = match bssids {
            [] => Vec::new(),
            _ => self.table().await?,
        };
        let names = |entry: &BssEntry| {
            let ssids = networks.iter().map(|network| network.details.ssid.as_ref());
            ssids.flatten().any(|ssid| *ssid == entry.ssid)
        };
        table.retain(|entry| bssids.contains(&entry.bssid) || names(entry));
        Ok(NetworkList {
            networks: networks
                .iter()
                .filter(|network| network.is_infrastructure())
                .map(Configured::to_network)
                .collect(),
            table,
            other: other_mode(&networks),
        })
    }

    /// All configured networks. Only the details of new or changed networks are read, and all of them while a program
    /// edits networks: most edits have no event, and do not show in the list.
    pub(super) async fn networks(&mut self) -> Result<Vec<Configured>, Failure> {
        if self.are_edited() {
            self.saved.forget_networks();
        }
        let mut networks = Vec::new();
        for line in self.list_networks().await? {
            let details = match self.saved.details(&line) {
                Some(details) => details.clone(),
                None => self.details(line.id).await?,
            };
            let mut network = Configured { line, details };
            if let Some(mode) = self.saved.mode_of(&network) {
                network.details.mode = mode;
            }
            networks.push(network);
        }
        self.saved.remember_networks(&networks);
        Ok(networks)
    }

    /// An answer is limited to 4 kB, so the list is read page by page.
    async fn list_networks(&mut self) -> Result<Vec<Line>, Failure> {
        let mut lines: Vec<Line> = Vec::new();
        for _ in 0..MAX_PAGES {
            let command = match lines.last() {
                None => "LIST_NETWORKS".to_owned(),
                Some(last) => format!("LIST_NETWORKS LAST_ID={}", last.id),
            };
            let page = network::lines(&self.send_command(&command).await?);
            let last = lines.last().map(|line| line.id);
            let new = page.into_iter().filter(|line| Some(line.id) > last);
            let known = lines.len();
            lines.extend(new);
            if lines.len() == known {
                break;
            }
        }
        Ok(lines)
    }

    async fn details(&mut self, id: u32) -> Result<Details, Failure> {
        let ssid = self.network_value(id, "ssid").await?;
        let key_mgmt = self
            .network_value(id, "key_mgmt")
            .await?
            .unwrap_or_default();
        let ssid = ssid
            .and_then(|ssid| text::config_ssid(&ssid))
            .filter(|ssid| !ssid.as_bytes().is_empty());
        let scan_ssid = self.block_value(id, BlockSetting::ScanSsid).await?;
        let mut details = Details {
            hidden: scan_ssid.as_deref() == Some("1") || self.saved.was_hidden(id, ssid.as_ref()),
            ssid,
            scan_ssid,
            bgscan: self.block_value(id, BlockSetting::Bgscan).await?,
            priority: self.network_number(id, "priority").await?.unwrap_or(0),
            key_mgmt: String::from_utf8_lossy(&key_mgmt)
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect(),
            has_wep_key: false,
            mode: self.network_number(id, "mode").await?.unwrap_or(0),
            id_str: self.network_text(id, "id_str").await?,
        };
        if details.manages_keys_by("NONE") {
            details.has_wep_key = self.has_wep_key(id).await?;
        }
        Ok(details)
    }

    /// wpa_supplicant shows `*` in place of a key (`wpa_config_get_no_key`, config.c, 2.10).
    async fn has_wep_key(&mut self, id: u32) -> Result<bool, Failure> {
        for name in ["wep_key0", "wep_key1", "wep_key2", "wep_key3"] {
            if self.network_value(id, name).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A number of a network; `None` if not set or not supported by this version.
    pub(super) async fn network_number<T: std::str::FromStr>(
        &mut self,
        id: u32,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        let value = self.network_value(id, name).await?;
        Ok(value.and_then(|value| text::number(&value)))
    }

    /// A string of a network; empty if not set.
    async fn network_text(&mut self, id: u32, name: &str) -> Result<String, Failure> {
        let value = self.network_value(id, name).await?;
        let text = value.and_then(|value| text::config_string(&value));
        Ok(text.map_or_else(String::new, |text| {
            String::from_utf8_lossy(&text).into_owned()
        }))
    }

    /// A value as it can be set again; `None` if it is not set, or no text.
    async fn block_value(
        &mut self,
        id: u32,
        setting: BlockSetting,
    ) -> Result<Option<String>, Failure> {
        let value = self.network_value(id, setting.name()).await?;
        let text = value.and_then(|value| String::from_utf8(value).ok());
        Ok(text.filter(|text| !text.contains(char::is_control)))
    }

    pub(super) async fn network_value(
        &mut self,
        id: u32,
        name: &str,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let answer = self
            .send_command(&format!("GET_NETWORK {id} {name}"))
            .await?;
        Ok((answer != b"FAIL\n").then_some(answer))
    }

    /// wpa_supplicant's whole BSS table. The BSSID of a hidden network can be in it twice: from beacons
    /// and, with the SSID, from a probe response.
    pub(super) async fn table(&mut self) -> Result<Vec<BssEntry>, Failure> {
        let mut table = Vec::new();
        let mut first = 0;
        for _ in 0..MAX_PAGES {
            let page = table::parse(&self.send_command(&table::command(first)).await?);
            let rows = page.rows.into_iter().filter(|row| row.id >= first);
            table.extend(rows.map(|row| row.entry));
            match page.next {
                Some(next) if next > first => first = next,
                _ => break,
            }
        }
        Ok(table)
    }
}
