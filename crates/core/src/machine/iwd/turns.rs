//! Which of iwd's interfaces may connect next.
//!
//! iwd has one file, and so one address, for each network, whatever the interface. Each interface has
//! addresses of its own, so they take turns: the files have the addresses of one, and the others are kept
//! from connecting. One that is connected needs no turn, because an association keeps its address.

use std::collections::BTreeMap;
use std::time::Duration;

use super::backend::Turn;
use crate::machine::Time;
use crate::machine::status::StateKind;
use crate::time::doubled;

/// For an interface that does not connect, while others wait; doubled with each turn in vain.
const FIRST_TURN: Duration = Duration::from_secs(8);
const MAX_TURN: Duration = Duration::from_secs(300);

/// The turns of iwd's interfaces.
#[derive(Debug, Default)]
pub struct Turns {
    holder: Option<u32>,
    since: Time,
    /// When it ends, if another interface waits for it.
    ends: Option<Time>,
    /// Turns in vain, in a row.
    in_vain: u32,
    /// What each interface was told.
    told: BTreeMap<u32, Turn>,
}

impl Turns {
    /// Which interfaces must be told whether it is their turn, given all of iwd's interfaces and their
    /// states.
    pub fn tell(&mut self, now: Time, states: &BTreeMap<u32, StateKind>) -> Vec<(u32, Turn)> {
        let next = self.next(now, states);
        if next != self.holder {
            self.holder = next;
            self.since = now;
            // When its turn ends.
            self.next(now, states);
        }
        self.told.retain(|ifindex, _| states.contains_key(ifindex));
        let mut news = Vec::new();
        for &ifindex in states.keys() {
            let turn = if states.len() == 1 {
                Turn::Only
            } else if self.holder == Some(ifindex) {
                Turn::Own
            } else {
                Turn::Other
            };
            if self.told.insert(ifindex, turn).unwrap_or(Turn::Only) != turn {
                news.push((ifindex, turn));
            }
        }
        // First the one that writes no more.
        let (mut first, last): (Vec<_>, Vec<_>) =
            news.into_iter().partition(|(_, turn)| *turn == Turn::Other);
        first.extend(last);
        first
    }

    /// When `tell` has to be called again at the latest.
    #[must_use]
    pub const fn deadline(&self) -> Option<Time> {
        self.ends
    }

    fn next(&mut self, now: Time, states: &BTreeMap<u32, StateKind>) -> Option<u32> {
        self.ends = None;
        let state = self.holder.and_then(|holder| states.get(&holder));
        let holder = self.holder.filter(|_| state.is_some());
        let waits = |(&ifindex, state): (&u32, &StateKind)| {
            (needs_turn(*state) && Some(ifindex) != holder).then_some(ifindex)
        };
        // One after the other.
        let after = states.range(self.holder.map_or(0, |it| it.saturating_add(1))..);
        let other = after.chain(states.iter()).find_map(waits);
        match state {
            None => other.or_else(|| states.keys().next().copied()),
            Some(StateKind::Associating | StateKind::Rejoining) => holder,
            Some(StateKind::Idle | StateKind::Refused | StateKind::Absent) if other.is_some() => {
                let turn = doubled(FIRST_TURN, self.in_vain, MAX_TURN);
                let ends = self.since.saturating_add(turn);
                if now < ends {
                    self.ends = Some(ends);
                    return holder;
                }
                self.in_vain = self.in_vain.saturating_add(1);
                other
            }
            Some(_) => {
                self.in_vain = 0;
                other.or(holder)
            }
        }
    }
}

/// Not connected, or about to be.
const fn needs_turn(state: StateKind) -> bool {
    matches!(
        state,
        StateKind::Idle | StateKind::Refused | StateKind::Associating | StateKind::Rejoining
    )
}
