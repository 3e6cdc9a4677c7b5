//! Makes wpa_supplicant forget the address that it would restore.
//!
//! Once `preassoc_mac_addr` or `mac_addr` took effect, `wpa_supplicant_associate`
//! (`wpa_supplicant.c`, 2.9 to 2.11) restores its "permanent" address before it associates, even if
//! both settings changed since. Only an association attempt clears this state. So macveil starts one
//! that cannot send a frame: authentication and association are radio works, which queue behind
//! macveil's own radio work until `DISCONNECT` removes them.

use std::time::Duration;

use tokio::time::Instant;

use macveil_core::machine::wpa::{Failure, Phase};

use super::super::network::Configured;
use super::super::session::Session;
use super::super::{status, text};
use super::{is_ok, refused};

/// macveil's radio work; wpa_supplicant ends it after 5 s if macveil cannot.
const RESERVE: &str = "RADIO_WORK add macveil-forget timeout=5";
/// For the start of the radio work: a scan may be running.
const START_TIMEOUT: Duration = Duration::from_secs(3);

impl Session<'_> {
    /// Afterwards the card has the address that wpa_supplicant regards as permanent.
    ///
    /// Fails if wpa_supplicant currently knows no BSS that can be joined; the address is then not
    /// forgotten.
    pub(super) async fn forget_own_address(&mut self) -> Result<(), Failure> {
        self.check_silence().await?;
        self.saved.reserve_radio(true);
        let answer = self.send_command(RESERVE).await?;
        let Some(work) = text::number(&answer) else {
            return Err(refused(RESERVE, &answer));
        };
        self.ignore_not_found = true;
        let result = self.associate_behind(work).await;
        let cleaned = self.clean_up(work).await;
        self.saved.reserve_radio(cleaned.is_err());
        self.ignore_not_found = false;
        result.and(cleaned)
    }

    /// Without a BSS, wpa_supplicant would start an IBSS, access point or mesh network from its
    /// configuration, or send Hotspot 2.0 queries. With DPP it would send an introduction before it
    /// associates (`wpas_dpp_check_connect`). None of these waits for the radio work.
    async fn check_silence(&mut self) -> Result<(), Failure> {
        let status = self.send_command("STATUS").await?;
        let phase = status::parse(&status).map(|status| status.phase);
        if !matches!(phase, Some(Phase::Idle | Phase::Scanning)) {
            let state = text::field(&status, "wpa_state").unwrap_or_default();
            return Err(refused(RESERVE, state));
        }
        let networks = self.networks().await?;
        if networks.iter().any(|network| self.would_send(network)) {
            return Err(refused(
                RESERVE,
                b"a network needs more than a plain station",
            ));
        }
        let hotspot = self.send_command("GET auto_interworking").await?;
        if text::number::<u32>(&hotspot).is_some_and(|value| value != 0) {
            return Err(refused(RESERVE, b"auto_interworking is enabled"));
        }
        Ok(())
    }

    fn would_send(&self, network: &Configured) -> bool {
        let denied = self.saved.denied.as_ref();
        let denied = denied
            .map(|(command, _)| command.as_str())
            .unwrap_or_default();
        let is_denied = network.details.ssid.as_ref().is_some_and(|ssid| {
            let ssid = ssid.to_hex();
            denied.split(' ').any(|word| word == ssid)
        });
        let uses_dpp = network.details.manages_keys_by("DPP") && !is_denied;
        let starts = network.details.mode != 0 && self.saved.mode_of(network).is_none();
        network.is_enabled() && (starts || uses_dpp)
    }

    async fn associate_behind(&mut self, work: u32) -> Result<(), Failure> {
        self.wait_for(work).await?;
        self.execute("AP_SCAN 0").await?;
        let commands = ["RECONNECT", "RADIO_WORK show", "DISCONNECT"];
        let answers = self.send_commands(&commands).await?;
        match answers.as_slice() {
            [reconnect, _, _] if !is_ok(reconnect) => Err(refused("RECONNECT", reconnect)),
            [_, works, _] if shows_association(works) => Ok(()),
            _ => Err(refused("RECONNECT", b"no BSS to associate to")),
        }
    }

    async fn wait_for(&mut self, work: u32) -> Result<(), Failure> {
        let deadline = Instant::now() + START_TIMEOUT;
        let started = |session: &Session<'_>| session.radio_work == Some(work);
        // If the session ends meanwhile, the next command fails.
        let _ = self.process_until(deadline, started).await;
        if started(self) {
            Ok(())
        } else {
            Err(refused(RESERVE, b"the radio is busy"))
        }
    }

    /// A macveil that was killed may have left its work behind, and the link went down since: see
    /// [`Session::end_radio_work`].
    pub(super) async fn free_radio(&mut self) -> Result<(), Failure> {
        if !self.saved.is_radio_reserved() {
            return Ok(());
        }
        let answer = self.send_command(RESERVE).await?;
        if let Some(work) = text::number::<u32>(&answer) {
            self.try_execute(&format!("RADIO_WORK done {work}")).await?;
        }
        self.saved.reserve_radio(false);
        Ok(())
    }

    /// In this order, because no work may be queued when macveil's work ends.
    async fn clean_up(&mut self, work: u32) -> Result<(), Failure> {
        self.execute("DISCONNECT").await?;
        self.end_radio_work(work).await?;
        self.execute("AP_SCAN 1").await
    }

    /// Ends macveil's work. If the link went down meanwhile, wpa_supplicant (2.9 to 2.11) dropped the
    /// work but still regards it as running, and would never start another one. Ending any work of
    /// this kind, started or not, corrects that.
    async fn end_radio_work(&mut self, work: u32) -> Result<(), Failure> {
        if self.try_execute(&format!("RADIO_WORK done {work}")).await? {
            return Ok(());
        }
        let answer = self.send_command(RESERVE).await?;
        match text::number::<u32>(&answer) {
            Some(work) => self.execute(&format!("RADIO_WORK done {work}")).await,
            None => Err(refused(RESERVE, &answer)),
        }
    }
}

/// `RADIO_WORK show` has lines such as `sme-connect@wlan0:2412:0:0.000123`.
fn shows_association(works: &[u8]) -> bool {
    text::lines(works)
        .any(|line| line.starts_with(b"sme-connect@") || line.starts_with(b"connect@"))
}
