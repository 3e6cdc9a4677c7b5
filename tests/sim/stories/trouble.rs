//! How a story goes on in which something goes wrong.

use std::time::Duration;

use macveil_core::machine::StateKind;

use super::player::Player;
use crate::day::Trouble;
use crate::world::World;
use macveil_testkit::scenarios::{CardEvent, Event, Lifecycle, Program, UserAction};

/// Until the world can be helped again.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest pause between two tries of a card that is held, and some more.
const LONGEST_HOLD: Duration = Duration::from_secs(600);

impl Player {
    /// macveil begins, which is watched from now on.
    pub(super) fn begins_watch(&mut self) {
        let link = self.world.kernel.link;
        if self.world.daemon.life() == 0 {
            self.world.air.unwatched = false;
            self.world.air.inherited = self.world.supplicant.running.then_some(link.address);
        }
    }

    /// A supplicant that comes with macveil is started once macveil is ready.
    pub(super) fn until_macveil_is_ready(&mut self) {
        self.world.wait(LONGEST_HOLD, |world| {
            matches!(
                world.daemon.state(),
                Some(StateKind::Waiting | StateKind::Unprotected)
            )
        });
    }

    /// Whether macveil cannot keep what it promises if this happens now, however long one waits with it.
    pub(super) fn is_beyond_help(&mut self, event: &Event) -> bool {
        let Some(trouble) = self.trouble(event).filter(|_| !self.world.air.unwatched) else {
            return false;
        };
        self.world.until_supplicant_listens();
        let sets_address = matches!(
            event,
            Event::Card(CardEvent::Address(_) | CardEvent::AddressLive(_))
        );
        let is_kept = |world: &World| {
            let deaf = world.daemon.is_away(world.now) || world.supplicant.is_silent();
            !(world.is_beyond_help(trouble) || sets_address && deaf)
        };
        let kept = self.world.wait(PATIENCE, is_kept);
        self.skipped |= !kept;
        !kept
    }

    /// What a step of a story is among the troubles of a day, if it may be beyond help.
    fn trouble(&self, event: &Event) -> Option<Trouble> {
        Some(match event {
            Event::User(UserAction::Scans) => Trouble::UserScans,
            Event::User(UserAction::ScansWithIw | UserAction::ScansFor(_)) => {
                Trouble::UserScansWithIw
            }
            Event::User(UserAction::Reconnects | UserAction::Adds(_)) => Trouble::UserReconnects,
            Event::User(UserAction::Reconfigures)
            | Event::Program(Program::Supplicant, Lifecycle::Reloads) => Trouble::UserReconfigures,
            Event::User(UserAction::Selects(name)) => {
                let mut aps = self.world.access_points.iter();
                Trouble::UserSelects(aps.position(|ap| ap.ssid.as_bytes() == name)?)
            }
            Event::Program(Program::Supplicant, Lifecycle::Starts) => Trouble::SupplicantStarts,
            Event::Card(CardEvent::LinkUp) => Trouble::LinkUp,
            Event::Card(CardEvent::Unblocked) => Trouble::Blocked(false),
            Event::Card(CardEvent::Address(_) | CardEvent::AddressLive(_)) => {
                Trouble::AddressChanged
            }
            _ => return None,
        })
    }
}
