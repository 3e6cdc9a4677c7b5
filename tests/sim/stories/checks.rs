//! What is checked while a story plays. What only the frames tell is judged afterwards.

use std::time::Duration;

use super::player::Player;
use crate::world::{Condition, PERMANENT, World};
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::Check;

const LOOK: Duration = Duration::from_millis(100);

/// What the simulation leaves to the lab, because it has nothing of the kind.
pub const fn is_left_to_the_lab(check: &Check) -> bool {
    matches!(
        check,
        Check::Memory { .. }
            | Check::MemoryGrown { .. }
            | Check::LogIsClean
            | Check::OtherInterfacesAsNoted
            | Check::LiveChangesOnlyWherePossible
            | Check::StatusIsTrue
            | Check::StatusWasTrue
            | Check::DoctorFindsPlanted
            | Check::MacveilSays(..)
            | Check::MacveilSaysTimes(..)
            | Check::EveryDatagramArrived
            | Check::Online { .. }
            | Check::OnlineOverIpv6 { .. }
            | Check::Leases(..)
            | Check::Ipv6Leases(..)
            | Check::OneLease { .. }
    )
}

/// The access point that `wpa_supplicant` says it is connected to.
fn connected_to(world: &World) -> Option<&str> {
    let association = world.kernel.association.as_ref()?;
    let connected = world.supplicant.phase == Condition::Connected;
    connected.then(|| world.access_points[association.ap].name.as_str())
}

impl Player {
    pub fn check(&mut self, check: &Check) -> Result<(), String> {
        match check {
            Check::Connected { ap, within } => self.connected(ap, *within),
            Check::Disconnected { within } => {
                let free = |world: &World| connected_to(world).is_none();
                expect(self.world.wait(*within, free), || "still connected".into())
            }
            Check::StaysDisconnected { during } => {
                self.always(*during, |world| connected_to(world).is_none())
            }
            Check::StaysConnected { ap, during } => {
                self.always(*during, |world| connected_to(world) == Some(ap))
            }
            Check::AddressStays { during } => {
                let address = self.world.kernel.link.address;
                self.always(*during, |world| world.kernel.link.address == address)
            }
            Check::FreshScan { within } => {
                self.world.pass(*within);
                Ok(())
            }
            Check::CarriesPermanent => {
                let address = self.world.kernel.link.address;
                expect(address == PERMANENT, || format!("it carries {address}"))
            }
            Check::Wakeups { at_most, during } => {
                let before = self.world.daemon.wakes;
                self.world.pass(*during);
                let wakes = self.world.daemon.wakes - before;
                expect(wakes <= *at_most, || format!("it woke {wakes} times"))
            }
            Check::SettingsAsNoted => {
                let now = self.supplicant_settings();
                expect(self.noted.as_ref() == Some(&now), || {
                    format!("{:?} became {now}", self.noted)
                })
            }
            Check::CommandSaid(_) | Check::NothingLost { .. } | Check::MuchLost { .. } => {
                Err("this is not simulated".to_owned())
            }
            Check::Memory { .. }
            | Check::MacveilSays(..)
            | Check::EveryDatagramArrived
            | Check::Online { .. }
            | Check::OnlineOverIpv6 { .. }
            | Check::Leases(..)
            | Check::Ipv6Leases(..)
            | Check::OneLease { .. }
            | Check::MemoryGrown { .. }
            | Check::LogIsClean
            | Check::OtherInterfacesAsNoted
            | Check::LiveChangesOnlyWherePossible
            | Check::StatusIsTrue
            | Check::StatusWasTrue
            | Check::DoctorFindsPlanted
            | Check::MacveilSaysTimes(..)
            | Check::AtMostAssociations(..)
            | Check::OneAddress(_)
            | Check::DifferentAddresses(_)
            | Check::NewAddressEachTime(_)
            | Check::Addresses(..)
            | Check::OnlyAddress(..)
            | Check::ShownOnlyTo(..)
            | Check::AtMostFrames { .. }
            | Check::PermanentAddress(_)
            | Check::SameAddressesAsBefore(_)
            | Check::NoProbeRequest
            | Check::Scanning { .. }
            | Check::BackOnline { .. }
            | Check::StartNoSlower
            | Check::Leaks(_)
            | Check::AtMostLeaks(..) => Ok(()),
        }
    }

    pub fn connected(&mut self, ap: &str, within: Duration) -> Result<(), String> {
        let connected = |world: &World| connected_to(world) == Some(ap);
        let there = self.world.wait(within, connected);
        expect(there, || {
            format!(
                "not connected after {} s, but {:?}",
                within.as_secs_f64(),
                self.world.daemon.state()
            )
        })?;
        // The lab looks ten times a second.
        self.world.pass(LOOK / 2);
        let address = self.world.kernel.link.address.to_string();
        self.note(Fact::Address("wlan0".to_owned(), address));
        Ok(())
    }

    fn always(
        &mut self,
        during: Duration,
        mut holds: impl FnMut(&World) -> bool,
    ) -> Result<(), String> {
        let ended = self.world.wait(during, |world| !holds(world));
        expect(!ended, || {
            let now = connected_to(&self.world).unwrap_or("nothing");
            let address = self.world.kernel.link.address;
            format!("no longer: it is connected to {now} as {address}")
        })
    }

    pub fn supplicant_settings(&self) -> String {
        let supplicant = &self.world.supplicant;
        format!("{:?} {:?}", supplicant.settings, supplicant.networks)
    }
}

fn expect(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}
