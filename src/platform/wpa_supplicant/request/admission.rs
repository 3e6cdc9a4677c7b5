//! Restricts which networks can be joined.

use macveil_core::machine::wpa::{Failure, NetworkLimit};
use macveil_core::types::{Mac, Ssid};

use super::super::deny::{Admission, Grounds};
use super::super::network::Configured;
use super::super::saved_settings::Setting;
use super::super::session::Session;
use super::super::text;
use super::refused;

impl Session<'_> {
    /// Allows only this network, without the BSSs in `except` and within the limits.
    pub(super) async fn select_network(
        &mut self,
        ssid: &Ssid,
        except: &[Mac],
        limits: &[NetworkLimit],
        forget_keys: bool,
    ) -> Result<(), Failure> {
        if forget_keys && !self.try_execute("PMKSA_FLUSH").await? {
            tracing::debug!("wpa_supplicant does not support PMKSA_FLUSH");
        }
        self.limit(limits).await?;
        self.silence_again(ssid).await?;
        self.expect_as_left().await?;
        self.admit(Some(ssid), except, None).await
    }

    /// A user can have had the configuration read again. Then wpa_supplicant is not at rest, and would scan
    /// under whatever address the card gets.
    async fn expect_as_left(&mut self) -> Result<(), Failure> {
        let setting = Setting::PassiveScan;
        let command = format!("GET {}", setting.name());
        let answer = self.send_command(&command).await?;
        let value: Option<i32> = text::number(&answer);
        if self.saved.imposed && value.is_some_and(|value| value != setting.ours()) {
            return Err(refused(&command, &answer));
        }
        Ok(())
    }

    /// Denies all networks except `keep`, and the BSSs in `except`, but never the current BSS.
    pub(super) async fn admit(
        &mut self,
        keep: Option<&Ssid>,
        except: &[Mac],
        current: Option<Mac>,
    ) -> Result<(), Failure> {
        let networks = self.networks().await?;
        let admission = Admission {
            keep: keep.cloned(),
            except: except.to_vec(),
            current,
        };
        let command = self.denial(&networks, &admission).await?;
        self.execute(&command).await?;
        self.saved.denied = Some((command, admission));
        Ok(())
    }

    /// Denies what a program has added or renamed since.
    pub(super) async fn admit_again(&mut self, networks: &[Configured]) -> Result<(), Failure> {
        let Some((denied, admission)) = self.saved.denied.clone() else {
            return Ok(());
        };
        let command = self.denial(networks, &admission).await?;
        if command != denied {
            self.execute(&command).await?;
            self.saved.denied = Some((command, admission));
        }
        Ok(())
    }

    async fn denial(
        &mut self,
        networks: &[Configured],
        admission: &Admission,
    ) -> Result<String, Failure> {
        let mut grounds = Grounds {
            networks,
            table: &[],
            keep: admission.keep.as_ref(),
            except: &admission.except,
            current: admission.current,
            limit: self.max_command_bytes().await?,
        };
        let mut table = Vec::new();
        if grounds.needs_table() {
            table = self.table().await?;
        }
        grounds.table = &table;
        let mut command = grounds.command();
        if command.is_none() && self.saved.are_limited() {
            // The limits deny these BSSs as well.
            grounds.except = &[];
            command = grounds.command();
        }
        command.ok_or_else(|| {
            tracing::warn!(
                "cannot deny {} networks to wpa_supplicant in one command: remove some from its configuration",
                networks.len()
            );
            refused("SET disallow_aps", b"too long")
        })
    }

    async fn max_command_bytes(&mut self) -> Result<usize, Failure> {
        if self.saved.command_limit.is_none() {
            let answer = self.send_command("GET max_command_len").await?;
            self.saved.command_limit = text::number(&answer);
        }
        Ok(self.saved.max_command_bytes())
    }
}
