//! Who is to be online, with which DHCP client, and how soon each one is.

use super::super::verdict::Evidence;
use super::contenders::Contender;
use macveil_testkit::air::{Kind, Mac};
use macveil_testkit::record::Micros;
use macveil_testkit::scenarios::{
    AccessPointEvent, Event, Lifecycle, NetworkManagerEvent, Step, Story,
};
use macveil_testkit::verdict::{Family, online_at};

/// In whose column of the table it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Macveil,
    Alone,
    NetworkManager,
    Iwd,
}

struct Setup {
    side: Side,
    /// As in the table; none if it is compared with all clients.
    client: Option<&'static str>,
    contender: Contender,
}

const NETWORKD: &str = "systemd-networkd";
const DHCLIENT: &str = "dhclient, started by ifupdown";
const ROAMING: &str = "dhclient, in ifupdown's roaming mode";
const UDHCPC: &str = "udhcpc";
const DHCPCD: &str = "dhcpcd";
const IWD: &str = "iwd's own";

const STARTS_FIRST: &str = "systemd starts macveil, which is confined, before the supplicant and the client: 0.4 s on this slow machine.";
const CHANCE: &str =
    "Programs wait for random times, so that differences of some tenths of a second are chance.";
const PROBES: &str = "In a network of which it has no lease, dhcpcd first asks for about five seconds whether another machine has its address, unless it has `noarp`; the others ask no such thing.";
const REMEMBERED: &str =
    "iwd has no other program to start, and tries the access point of its last connection first.";
const IWD_DECIDES: &str =
    "iwd itself decides when it scans and connects, and its times differ from one run to the next.";

/// And why macveil may not be ahead with it.
pub const CLIENTS: [(&str, &str); 6] = [
    (NETWORKD, STARTS_FIRST),
    (DHCLIENT, CHANCE),
    (ROAMING, CHANCE),
    (UDHCPC, CHANCE),
    (DHCPCD, PROBES),
    (IWD, IWD_DECIDES),
];

/// The table's columns.
pub const SIDES: [(Side, &str); 4] = [
    (Side::Macveil, "macveil"),
    (Side::Alone, "wpa_supplicant alone"),
    (Side::NetworkManager, "NetworkManager"),
    (Side::Iwd, "iwd"),
];

const fn setup(side: Side, client: Option<&'static str>, key: &'static str) -> Setup {
    let (method, program) = match side {
        Side::Macveil => ("auto", "macveil"),
        Side::Alone => ("without", "wpa_supplicant"),
        Side::NetworkManager => ("without", "NetworkManager"),
        Side::Iwd => ("without", "iwd"),
    };
    Setup {
        side,
        client,
        contender: Contender {
            key,
            name: key,
            method,
            lines: "",
            program,
        },
    }
}

/// The variants of the story: each client with macveil as its documentation tells, and without it.
static ALL: [Setup; 13] = [
    setup(Side::Macveil, Some(NETWORKD), "macveil-networkd"),
    setup(Side::Alone, Some(NETWORKD), "alone-networkd"),
    setup(Side::Macveil, Some(DHCLIENT), "macveil-dhclient"),
    setup(Side::Alone, Some(DHCLIENT), "alone-dhclient"),
    setup(Side::Macveil, Some(ROAMING), "macveil-roaming"),
    setup(Side::Alone, Some(ROAMING), "alone-roaming"),
    setup(Side::Macveil, Some(UDHCPC), "macveil-udhcpc"),
    setup(Side::Alone, Some(UDHCPC), "alone-udhcpc"),
    setup(Side::Macveil, Some(DHCPCD), "macveil-dhcpcd"),
    setup(Side::Alone, Some(DHCPCD), "alone-dhcpcd"),
    setup(Side::Macveil, Some(IWD), "macveil-iwd"),
    setup(Side::NetworkManager, None, "networkmanager"),
    setup(Side::Iwd, None, "iwd"),
];

/// Why macveil may not be ahead at this moment, with a client of which this is told.
pub const fn reason(phase: Phase, of_client: &'static str) -> &'static str {
    match phase {
        Phase::Again => REMEMBERED,
        _ => of_client,
    }
}

/// Who stands in a side's column with this client.
pub fn who(side: Side, client: &str) -> Option<&'static Contender> {
    let is_it = |it: &&Setup| it.side == side && it.client.is_none_or(|it| it == client);
    ALL.iter().find(is_it).map(|it| &it.contender)
}

/// Who plays a story of this name.
pub fn contender(story: &str) -> Result<&'static Contender, String> {
    let mut all = ALL.iter().map(|it| &it.contender);
    all.find(|it| story.strip_prefix("online-") == Some(it.key))
        .ok_or_else(|| format!("no contender for {story}"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Start,
    Outage,
    Move,
    Back,
    Again,
}

pub const PHASES: [(Phase, &str); 5] = [
    (Phase::Start, "from the first start"),
    (Phase::Outage, "after an outage of 40 s"),
    (Phase::Move, "in another network"),
    (Phase::Back, "back in the first one"),
    (Phase::Again, "from the next start"),
];

/// Seconds of each phase until the station is online; infinite if it was not by the end of its time.
pub fn times(story: &Story, evidence: &Evidence) -> Vec<(Phase, f64)> {
    let mut phases = PHASES.iter().map(|(phase, _)| *phase);
    let mut begun = None;
    let mut times = Vec::new();
    for line in &story.lines {
        let (Step::When(event), Some(span)) = (&line.step, evidence.span(line.number)) else {
            continue;
        };
        match event {
            Event::OnlineOrPass { ap, .. } => {
                let Some((phase, since)) = phases.next().zip(begun.take()) else {
                    break;
                };
                let took = online_at(ap, Family::V4, &(since..span.end), evidence);
                let seconds = took.map_or(f64::INFINITY, |at| (at - since) as f64 / 1e6);
                times.push((phase, seconds));
            }
            Event::AccessPoint(ap, AccessPointEvent::Returns) => {
                begun = first_beacon(ap, span.start, evidence);
            }
            // Another one is there already.
            Event::AccessPoint(_, AccessPointEvent::Vanishes) if begun.is_some() => {
                begun = Some(span.start);
            }
            event if starts_something(event) => begun = begun.or(Some(span.start)),
            _ => {}
        }
    }
    times
}

fn starts_something(event: &Event) -> bool {
    matches!(
        event,
        Event::Program(_, Lifecycle::Starts)
            | Event::Iwd(Lifecycle::Starts)
            | Event::NetworkManager(NetworkManagerEvent::Starts)
            | Event::CommandStarted(_)
            | Event::MachineBoots
    )
}

fn first_beacon(ap: &str, since: Micros, evidence: &Evidence) -> Option<Micros> {
    let bssid: Mac = evidence.access_point(ap).ok()?;
    let mut frames = evidence.frames.iter().filter(|it| it.at >= since);
    let first = frames.find(|it| it.kind == Kind::Beacon && it.transmitter == Some(bssid))?;
    Some(first.at)
}
