//! When addresses changed, from what the kernel told everybody (`ip -o -ts monitor link`).

use std::collections::BTreeMap;

use crate::air::Mac;
use crate::record::Micros;

pub struct LinkEvent {
    pub at: Micros,
    pub interface: String,
    pub address: Mac,
}

pub fn read(log: &str) -> Vec<LinkEvent> {
    log.lines().filter_map(event).collect()
}

/// `[2026-01-02T03:04:05.678901] 3: wlan0: <UP> ... link/ether 02:00:00:00:00:00 brd ...`
fn event(line: &str) -> Option<LinkEvent> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] ")?;
    // One that goes is told of with the address that it had.
    let interface = rest.split_once(": ")?.1.split([':', '@']).next()?;
    let address = rest.split_once("link/ether ")?.1.split(' ').next()?;
    Some(LinkEvent {
        at: micros(time)?,
        interface: interface.to_owned(),
        address: address.parse().ok()?,
    })
}

/// Of a time in UTC, which is the guest's.
fn micros(time: &str) -> Option<Micros> {
    let mut numbers = time
        .split(['-', 'T', ':', '.'])
        .map(|it| it.parse::<u64>().ok());
    let mut next = || numbers.next().flatten();
    let (year, month, day) = (next()?, next()?, next()?);
    let seconds = days(year, month, day) * 86400 + next()? * 3600 + next()? * 60 + next()?;
    Some(seconds * 1_000_000 + next()?)
}

/// Days since 1970 in the Gregorian calendar, its years begun in March.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// When the last of these interfaces had another address than the one given, from that time on; none if one
/// of them never had.
pub fn all_changed(
    events: &[LinkEvent],
    from: Micros,
    until: Micros,
    before: &BTreeMap<String, Mac>,
) -> Option<Micros> {
    let first = |(interface, address): (&String, &Mac)| {
        let mut later = events.iter().filter(|it| (from..until).contains(&it.at));
        let change = later.find(|it| it.interface == *interface && it.address != *address);
        change.map(|it| it.at)
    };
    before
        .iter()
        .map(first)
        .try_fold(0, |last, at| Some(at?.max(last)))
}

/// The address of each of these interfaces at that time.
pub fn addresses(
    events: &[LinkEvent],
    at: Micros,
    first: &BTreeMap<String, Mac>,
) -> BTreeMap<String, Mac> {
    let mut now = first.clone();
    for event in events.iter().filter(|event| event.at < at) {
        if let Some(address) = now.get_mut(&event.interface) {
            *address = event.address;
        }
    }
    now
}
