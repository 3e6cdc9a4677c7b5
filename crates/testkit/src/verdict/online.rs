//! Whether a station is online, and what for: what its access point has received.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use super::checks::expect;
use super::evidence::Evidence;
use crate::air::Mac;
use crate::lan::{Content, DhcpKind, Packet};
use crate::record::Micros;
use crate::scenarios::Subnet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

pub fn online(
    ap: &str,
    over: Family,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let at = online_at(ap, over, span, evidence)?;
    let seconds = (at - span.start) as f64 / 1e6;
    let over = if over == Family::V6 { " over IPv6" } else { "" };
    measured.push(format!("online{over} at {ap} after {seconds:.1} s"));
    Ok(())
}

/// When the gateway has answered in that time, and so has what lies behind it, to an address that is associated.
pub fn online_at(
    ap: &str,
    over: Family,
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Result<Micros, String> {
    let bssid = evidence.access_point(ap)?;
    let subnet = evidence.brief.access_points[&bssid].subnet;
    let subnet = subnet.ok_or("it has no subnet")?;
    let (gateway, far): (IpAddr, IpAddr) = match over {
        Family::V4 => (subnet.gateway().into(), Subnet::FAR.into()),
        Family::V6 => (subnet.gateway6().into(), Subnet::FAR6.into()),
    };
    let answered = |of: IpAddr| {
        let replies = packets(evidence, bssid).filter(|packet| span.contains(&packet.at));
        let mut replies = replies.filter(|packet| {
            let from = match &packet.content {
                Content::EchoReply { from } => Some(*from),
                _ => None,
            };
            packet.source == bssid && from == Some(of)
        });
        let to_whom = |packet: &Packet| {
            evidence.verdict.associations.iter().any(|it| {
                it.bssid == bssid && it.station == packet.destination && it.covers(packet.at)
            })
        };
        replies
            .find(|packet| to_whom(packet))
            .map(|packet| packet.at)
    };
    let first = answered(gateway).ok_or("the gateway answered no associated station")?;
    let second = answered(far).ok_or("what lies behind it answered no associated station")?;
    Ok(first.max(second))
}

/// So many different addresses, until now.
pub fn leases(
    ap: &str,
    count: usize,
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    expect_leases(given(evidence, bssid), count, span)
}

/// The same with `DHCPv6`.
pub fn ipv6_leases(
    ap: &str,
    count: usize,
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    let replies = packets(evidence, bssid).filter_map(|packet| match &packet.content {
        Content::Dhcp6 { message, .. } if message.is_reply => Some((packet.at, message)),
        _ => None,
    });
    let given = replies.flat_map(|(at, message)| message.addresses.iter().map(move |it| (at, *it)));
    expect_leases(given, count, span)
}

fn expect_leases<A: Ord + Debug>(
    given: impl Iterator<Item = (Micros, A)>,
    count: usize,
    span: &Range<Micros>,
) -> Result<(), String> {
    let until_now = given.filter(|(at, _)| *at <= span.end);
    let given: BTreeSet<_> = until_now.map(|(_, address)| address).collect();
    expect(given.len() == count, || format!("it gave {given:?}"))
}

/// Each association that came to a lease had the same one, and so many did.
pub fn one_lease(
    ap: &str,
    wanted: usize,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    let all = evidence.verdict.associations.iter();
    let begun: Vec<_> = all
        .filter(|it| it.bssid == bssid && it.granted.is_some_and(|at| at <= span.end))
        .collect();
    let leases = given(evidence, bssid).filter_map(|(at, address)| {
        let within = begun.iter().rposition(|it| it.begin <= at)?;
        Some((within, address))
    });
    let leases: BTreeMap<usize, Ipv4Addr> = leases.collect();
    let addresses: BTreeSet<_> = leases.values().collect();
    let text = format!(
        "{ap}: leases {addresses:?} in {} of {} associations",
        leases.len(),
        begun.len()
    );
    measured.push(text.clone());
    let all_have = leases.len() == begun.len() && begun.len() == wanted;
    expect(all_have && addresses.len() == 1, || text)
}

/// When which addresses were given.
fn given(evidence: &Evidence, bssid: Mac) -> impl Iterator<Item = (Micros, Ipv4Addr)> {
    packets(evidence, bssid).filter_map(|packet| match &packet.content {
        Content::Dhcp { message, .. } if message.kind == DhcpKind::Acknowledgement => {
            Some((packet.at, message.given?))
        }
        _ => None,
    })
}

fn packets(evidence: &Evidence, bssid: Mac) -> impl Iterator<Item = &Packet> {
    evidence.lans.get(&bssid).into_iter().flatten()
}
