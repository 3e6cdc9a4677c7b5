//! The limit of random addresses for a network: a link that flaps must not use up the addresses that the
//! network can lease.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Time;
use crate::types::{Mac, Ssid};

/// The number of addresses without a pause.
const MAX_AT_ONCE: u32 = 4;
/// The pause before each further address.
const REFILL_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The random addresses of each network.
#[derive(Debug, Default)]
pub(super) struct RandomAddressBudget(BTreeMap<Ssid, Drawn>);

#[derive(Debug, Clone, Copy)]
struct Drawn {
    last: Mac,
    left: u32,
    /// When `left` started to grow.
    since: Time,
}

impl RandomAddressBudget {
    /// The last address, if the network has reached the limit.
    pub(super) fn used_up(&self, now: Time, ssid: &Ssid) -> Option<Mac> {
        let drawn = self.0.get(ssid)?;
        (drawn.refilled(now).left == 0).then_some(drawn.last)
    }

    /// The network got this address.
    pub(super) fn spend(&mut self, now: Time, ssid: &Ssid, address: Mac) {
        let fresh = Drawn {
            last: address,
            left: MAX_AT_ONCE,
            since: now,
        };
        let drawn = self.0.get(ssid).map_or(fresh, |drawn| drawn.refilled(now));
        let is_another = self.0.get(ssid).is_none_or(|drawn| drawn.last != address);
        let left = drawn.left.saturating_sub(u32::from(is_another));
        let last = address;
        self.0.insert(
            ssid.clone(),
            Drawn {
                last,
                left,
                ..drawn
            },
        );
    }

    /// Every network gets another address next time.
    pub(super) fn forget_all(&mut self) {
        self.0.clear();
    }

    /// The network gets another address next time.
    pub(super) fn forget(&mut self, ssid: &Ssid) {
        self.0.remove(ssid);
    }
}

impl Drawn {
    fn refilled(self, now: Time) -> Self {
        let pauses = now.saturating_sub(self.since).as_secs() / REFILL_PAUSE.as_secs();
        let more = u32::try_from(pauses).unwrap_or(u32::MAX);
        if self.left.saturating_add(more) >= MAX_AT_ONCE {
            return Self {
                left: MAX_AT_ONCE,
                since: now,
                ..self
            };
        }
        Self {
            left: self.left.saturating_add(more),
            since: self.since.saturating_add(REFILL_PAUSE.saturating_mul(more)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Ssid {
        Ssid::new(b"Home").unwrap()
    }

    /// Associates at these minutes; returns the number of different addresses.
    fn addresses(minutes: impl IntoIterator<Item = u64>) -> usize {
        let mut budget = RandomAddressBudget::default();
        let mut used = Vec::new();
        for minute in minutes {
            let now = Time::from_secs(60 * minute);
            let next = Mac([2, 0, 0, 0, 0, u8::try_from(used.len()).unwrap()]);
            let address = budget.used_up(now, &home()).unwrap_or(next);
            budget.spend(now, &home(), address);
            if !used.contains(&address) {
                used.push(address);
            }
        }
        used.len()
    }

    #[test]
    fn flapping_link_gets_four_addresses_then_one_an_hour() {
        assert_eq!(addresses(0..10), 4);
        assert_eq!(addresses(0..60), 4);
        assert_eq!(addresses(0..24 * 60), 4 + 23);
    }

    #[test]
    fn ordinary_use_gets_another_address_each_time() {
        assert_eq!(addresses((0..24).map(|hour| hour * 60)), 24);
        assert_eq!(addresses([0, 1, 2, 3, 600, 601, 602, 603]), 8);
    }

    #[test]
    fn networks_have_separate_budgets_that_can_be_reset() {
        let mut budget = RandomAddressBudget::default();
        for last in 0..4 {
            budget.spend(Time::ZERO, &home(), Mac([2, 0, 0, 0, 0, last]));
        }
        let away = Ssid::new(b"Away").unwrap();
        assert_eq!(budget.used_up(Time::ZERO, &away), None);
        assert_eq!(
            budget.used_up(Time::ZERO, &home()),
            Some(Mac([2, 0, 0, 0, 0, 3]))
        );
        budget.forget(&home());
        assert_eq!(budget.used_up(Time::ZERO, &home()), None);
    }

    #[test]
    fn unused_addresses_accumulate_up_to_four() {
        assert_eq!(addresses([0, 600, 600, 600, 600, 600, 601, 602]), 5);
    }
}
