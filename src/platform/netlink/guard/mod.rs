//! The source guard: the kernel drops data frames with another source address than the interface's.
//!
//! It stands twice where the kernel has both hooks, because each sees frames that the other does not: in
//! traffic control and in nftables. It stays after the daemon's end.

pub(super) mod nftables;
pub(super) mod traffic_control;

use std::collections::BTreeMap;

use rustix::io::Errno;
use tracing::debug;

use super::failure::Failure;
use super::rtnetlink;
use super::socket::Socket;
use macveil_core::machine::{KernelError, SourceGuard};
use nftables::NfTables;

pub(super) const STEP: &str = "set the source guard";
/// What a kernel without it lacks.
const OPTIONS: &str =
    "it needs CONFIG_NET_SCH_INGRESS with CONFIG_NET_CLS_BPF, or CONFIG_NETFILTER_EGRESS";
/// Each try makes the kernel look for modules.
const MAX_TRIES: u32 = 3;

/// The guards of all interfaces.
#[derive(Default)]
pub(super) struct Guards {
    traffic_control: Hook,
    nftables: Hook,
    tables: Option<NfTables>,
    /// The last orders.
    orders: BTreeMap<u32, Box<SourceGuard>>,
}

/// Whether the kernel has a hook.
#[derive(Default)]
struct Hook {
    /// How often in a row it said that it has not.
    refusals: u32,
    missing: Option<(Errno, Option<String>)>,
}

impl Guards {
    /// Sets a guard, or removes it.
    pub(super) fn set(
        &mut self,
        route: &mut Socket,
        (ifindex, name): (u32, &str),
        guard: SourceGuard,
    ) -> Result<(), KernelError> {
        if guard == SourceGuard::Off {
            self.remove(route, ifindex);
            return Ok(());
        }
        let is_first = self.orders.insert(ifindex, Box::new(guard)).is_none();
        // The first mask has to come before anything is sent, and a card that is not associated sends no data.
        if is_first && guard == SourceGuard::Nothing {
            return Ok(());
        }
        let tables = &mut self.tables;
        let set = || open(tables, route)?.set(ifindex, name, guard);
        let second = self.nftables.try_to(set);
        let first = if is_first && second.is_ok() && can_wait(route, ifindex, guard) {
            Ok(())
        } else {
            let set = || traffic_control::set(route, ifindex, guard);
            self.traffic_control.try_to(set)
        };
        match (first, second) {
            (Err(first), Err(second)) => refused(&first, &second),
            (first, second) => {
                for failure in [first.err(), second.err()].into_iter().flatten() {
                    debug!("interface {ifindex}: one of two source guards: {failure}");
                }
                Ok(())
            }
        }
    }

    /// Removes the guard of an interface, whichever process set it.
    pub(super) fn remove(&mut self, route: &mut Socket, ifindex: u32) {
        let was_ordered = self.orders.remove(&ifindex).is_some();
        let had_filter = traffic_control::remove(route, ifindex).unwrap_or_else(|failure| {
            debug!("interface {ifindex}: cannot remove the filter: {failure}");
            true
        });
        // Otherwise the kernel would load nftables for nothing.
        if was_ordered || had_filter {
            self.remove_table(route, ifindex);
        }
    }

    /// The interface is gone, and its filter with it.
    pub(super) fn forget(&mut self, route: &mut Socket, ifindex: u32) {
        if self.orders.remove(&ifindex).is_some() {
            self.remove_table(route, ifindex);
        }
    }

    fn remove_table(&mut self, route: &mut Socket, ifindex: u32) {
        if self.nftables.missing.is_some() {
            return;
        }
        let outcome = open(&mut self.tables, route).and_then(|tables| tables.remove(ifindex));
        if let Err(failure) = outcome
            && !failure.is_not_found()
        {
            debug!("interface {ifindex}: cannot remove the table: {failure}");
        }
    }

    pub(super) fn is_ordered(&self, ifindex: u32) -> bool {
        self.orders.contains_key(&ifindex)
    }

    /// Whether the guard stands that was ordered last.
    pub(super) fn is_in_place(&self, route: &mut Socket, ifindex: u32) -> bool {
        let Some(guard) = self.orders.get(&ifindex).map(|guard| **guard) else {
            return true;
        };
        if self.traffic_control.missing.is_some() {
            return true;
        }
        // Where it cannot be read, it is set again.
        traffic_control::is_set(route, ifindex, guard).unwrap_or(false)
    }
}

/// A new qdisc loses the frames that wait for the card (`dev_deactivate` in `net/sched/sch_api.c`). So a connection
/// that goes on under its address keeps to nftables until the next order.
fn can_wait(route: &mut Socket, ifindex: u32, guard: SourceGuard) -> bool {
    let is_possible = match guard {
        SourceGuard::Only(address) => rtnetlink::read(route, ifindex)
            .is_ok_and(|report| report.link.carrier && report.link.address == address),
        SourceGuard::Nothing | SourceGuard::Off => false,
    };
    is_possible && !traffic_control::has_filter(route, ifindex)
}

fn open<'a>(
    tables: &'a mut Option<NfTables>,
    route: &mut Socket,
) -> Result<&'a mut NfTables, Failure> {
    if let Some(tables) = tables {
        return Ok(tables);
    }
    let mut opened = NfTables::open()?;
    // A former process can have left them.
    for ifindex in opened.interfaces()? {
        let link = rtnetlink::read(route, ifindex);
        if link.is_err_and(|failure| failure.is_not_found()) {
            opened.remove(ifindex)?;
        }
    }
    Ok(tables.insert(opened))
}

fn refused(first: &Failure, second: &Failure) -> Result<(), KernelError> {
    let errnos = [first.errno(), second.errno()];
    // The interface went away meanwhile.
    if errnos.contains(&Some(Errno::NODEV)) {
        return Ok(());
    }
    Err(KernelError {
        step: STEP,
        errno: errnos.into_iter().flatten().next(),
        reason: format!(
            "traffic control: {}; nftables: {}; {OPTIONS}",
            words(first),
            words(second)
        ),
    })
}

fn words(failure: &Failure) -> String {
    match failure {
        Failure::Socket(error) => error.to_string(),
        failure => failure.to_string(),
    }
}

impl Hook {
    fn try_to(&mut self, set: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        if let Some((errno, explanation)) = self.missing.clone()
            && self.refusals >= MAX_TRIES
        {
            return Err(Failure::Errno { errno, explanation });
        }
        let outcome = set();
        let missing = outcome.as_ref().err().and_then(missing);
        self.refusals = missing.as_ref().map_or(0, |_| self.refusals + 1);
        self.missing = missing;
        outcome
    }
}

/// The kernel was built without it.
fn missing(failure: &Failure) -> Option<(Errno, Option<String>)> {
    let errno = failure.errno()?;
    let is_missing = matches!(
        errno,
        Errno::NOENT | Errno::OPNOTSUPP | Errno::PROTONOSUPPORT | Errno::NOSYS
    );
    let explanation = match failure {
        Failure::Errno { explanation, .. } => explanation.clone(),
        _ => None,
    };
    is_missing.then_some((errno, explanation))
}
