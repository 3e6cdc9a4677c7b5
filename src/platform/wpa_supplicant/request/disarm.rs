//! Making wpa_supplicant forget the address that it would put back by itself.
//!
//! Once `preassoc_mac_addr` or `mac_addr` has been at work, `wpa_supplicant_associate`
//! (`wpa_supplicant.c`, 2.9 to 2.11) puts its "permanent" address back before it associates, whatever
//! those are set to by then. Only an association takes that intention from it. So one is begun that
//! cannot get as far as a frame: authentication and association are radio works, queued behind one
//! of ours, and `DISCONNECT` removes them from the queue.

use std::time::Duration;

use tokio::time::Instant;

use macveil_core::machine::wpa::{Failure, Phase};

use super::super::network::Configured;
use super::super::session::Session;
use super::super::{status, text};
use super::{is_ok, refused};

/// Our radio work; it ends by itself after 5 s, should we be unable to end it.
const RESERVE: &str = "RADIO_WORK add macveil-disarm timeout=5";
/// How long to wait for it to begin: a scan may be running.
const BEGINS_WITHIN: Duration = Duration::from_secs(3);

impl Session<'_> {
    /// Afterwards the card carries the address that wpa_supplicant takes for the permanent one.
    ///
    /// Refused if no BSS that may be joined is known just now: then there was nothing to begin, and
    /// nothing is forgotten.
    pub(super) async fn disarm(&mut self) -> Result<(), Failure> {
        self.check_that_nothing_can_be_sent().await?;
        let answer = self.ask(RESERVE).await?;
        let Some(work) = text::number(&answer) else {
            return Err(refused(RESERVE, &answer));
        };
        self.finds_nothing = true;
        let result = self.associate_behind(work).await;
        let cleaned = self.clean_up(work).await;
        self.finds_nothing = false;
        result.and(cleaned)
    }

    /// With no BSS to choose, wpa_supplicant would begin an IBSS, access point or mesh network of
    /// its configuration, or ask around for Hotspot 2.0. With DPP it would introduce itself before
    /// it associates (`wpas_dpp_check_connect`). None of them waits for the radio.
    async fn check_that_nothing_can_be_sent(&mut self) -> Result<(), Failure> {
        let status = self.ask("STATUS").await?;
        let phase = status::parse(&status).map(|status| status.phase);
        if !matches!(phase, Some(Phase::Idle | Phase::Scanning)) {
            let state = text::field(&status, "wpa_state").unwrap_or_default();
            return Err(refused(RESERVE, state));
        }
        let networks = self.networks().await?;
        if networks.iter().any(|network| self.would_send(network)) {
            return Err(refused(RESERVE, b"a network is not for a plain station"));
        }
        let hotspot = self.ask("GET auto_interworking").await?;
        if text::number::<u32>(&hotspot).is_some_and(|value| value != 0) {
            return Err(refused(RESERVE, b"auto_interworking is enabled"));
        }
        Ok(())
    }

    fn would_send(&self, network: &Configured) -> bool {
        let denied = self.memory.denied.as_deref().unwrap_or_default();
        let is_denied = network.details.ssid.as_ref().is_some_and(|ssid| {
            let ssid = ssid.to_hex();
            denied.split(' ').any(|word| word == ssid)
        });
        let introduces_itself = network.details.manages_keys_by("DPP") && !is_denied;
        network.is_enabled() && (network.details.mode != 0 || introduces_itself)
    }

    async fn associate_behind(&mut self, work: u32) -> Result<(), Failure> {
        self.wait_for(work).await?;
        self.order("AP_SCAN 0").await?;
        let together = ["RECONNECT", "RADIO_WORK show", "DISCONNECT"];
        let answers = self.ask_all(&together).await?;
        match answers.as_slice() {
            [reconnect, _, _] if !is_ok(reconnect) => Err(refused("RECONNECT", reconnect)),
            [_, works, _] if shows_association(works) => Ok(()),
            _ => Err(refused("RECONNECT", b"no BSS to associate to")),
        }
    }

    async fn wait_for(&mut self, work: u32) -> Result<(), Failure> {
        let deadline = Instant::now() + BEGINS_WITHIN;
        let begun = |session: &Session<'_>| session.radio_work == Some(work);
        // Should the conversation end meanwhile, the next command says so.
        let _ = self.listen(deadline, begun).await;
        if begun(self) {
            Ok(())
        } else {
            Err(refused(RESERVE, b"the radio is busy"))
        }
    }

    /// In this order: nothing may be queued when our work ends.
    async fn clean_up(&mut self, work: u32) -> Result<(), Failure> {
        self.order("DISCONNECT").await?;
        self.end_radio_work(work).await?;
        self.order("AP_SCAN 1").await
    }

    /// Ends our work. If the link went down meanwhile, wpa_supplicant (2.9 to 2.11) has dropped the
    /// work but still takes it for running, and would never start another one. Ending any work of
    /// this kind corrects that, begun or not.
    async fn end_radio_work(&mut self, work: u32) -> Result<(), Failure> {
        if self.attempt(&format!("RADIO_WORK done {work}")).await? {
            return Ok(());
        }
        let answer = self.ask(RESERVE).await?;
        match text::number::<u32>(&answer) {
            Some(work) => self.order(&format!("RADIO_WORK done {work}")).await,
            None => Err(refused(RESERVE, &answer)),
        }
    }
}

/// `RADIO_WORK show` has lines such as `sme-connect@wlan0:2412:0:0.000123`.
fn shows_association(works: &[u8]) -> bool {
    text::lines(works)
        .any(|line| line.starts_with(b"sme-connect@") || line.starts_with(b"connect@"))
}
