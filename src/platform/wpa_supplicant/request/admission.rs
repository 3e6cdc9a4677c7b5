//! Who may be joined.

use macveil_core::machine::wpa::Failure;
use macveil_core::types::{Mac, Ssid};

use super::super::deny::Grounds;
use super::super::session::Session;
use super::super::text;
use super::refused;

impl Session<'_> {
    /// Admits this network alone, without these BSSs of it.
    pub(super) async fn pin(
        &mut self,
        ssid: &Ssid,
        except: &[Mac],
        forget_keys: bool,
    ) -> Result<(), Failure> {
        if forget_keys && !self.attempt("PMKSA_FLUSH").await? {
            tracing::debug!("wpa_supplicant knows no PMKSA_FLUSH");
        }
        self.admit(Some(ssid), except, None).await
    }

    /// Denies every network but one, and these BSSs of it, but never the present one.
    pub(super) async fn admit(
        &mut self,
        keep: Option<&Ssid>,
        except: &[Mac],
        present: Option<Mac>,
    ) -> Result<(), Failure> {
        let networks = self.networks().await?;
        let limit = self.longest_command().await?;
        let mut grounds = Grounds {
            networks: &networks,
            heard: &[],
            keep,
            except,
            present,
            limit,
        };
        let mut table = Vec::new();
        if grounds.needs_table() {
            table = self.table().await?;
        }
        grounds.heard = &table;
        let Some(command) = grounds.command() else {
            tracing::warn!(
                "{} networks are too many to keep wpa_supplicant from joining the wrong one: remove some of its configuration",
                networks.len()
            );
            return Err(refused("SET disallow_aps", b"too long"));
        };
        self.order(&command).await?;
        self.memory.denied = Some(command);
        Ok(())
    }

    async fn longest_command(&mut self) -> Result<usize, Failure> {
        if self.memory.command_limit.is_none() {
            let answer = self.ask("GET max_command_len").await?;
            self.memory.command_limit = text::number(&answer);
        }
        Ok(self.memory.longest_command())
    }
}
