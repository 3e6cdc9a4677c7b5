//! Whether a station is online, and what for: what its access point has received.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::ops::Range;

use super::checks::expect;
use super::evidence::Evidence;
use crate::air::Mac;
use crate::lan::{Content, DhcpKind, Packet};
use crate::record::Micros;
use crate::scenarios::Subnet;

/// The gateway has answered in that time, and so has what lies behind it, to an address that is associated.
pub fn online(
    ap: &str,
    span: &Range<Micros>,
    evidence: &Evidence,
    measured: &mut Vec<String>,
) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    let subnet = evidence.brief.access_points[&bssid].subnet;
    let gateway = subnet.ok_or("it has no subnet")?.gateway();
    let answered = |of: Ipv4Addr| {
        let replies = packets(evidence, bssid).filter(|packet| span.contains(&packet.at));
        let mut replies = replies.filter(|packet| {
            let from = match &packet.content {
                Content::EchoReply { from, .. } => Some(*from),
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
    let second =
        answered(Subnet::FAR).ok_or("what lies behind it answered no associated station")?;
    let seconds = (first.max(second) - span.start) as f64 / 1e6;
    measured.push(format!("online at {ap} after {seconds:.1} s"));
    Ok(())
}

/// So many different addresses, until now.
pub fn leases(
    ap: &str,
    count: usize,
    span: &Range<Micros>,
    evidence: &Evidence,
) -> Result<(), String> {
    let bssid = evidence.access_point(ap)?;
    let given = packets(evidence, bssid).filter(|packet| packet.at <= span.end);
    let given = given.filter_map(|packet| match &packet.content {
        Content::Dhcp { message, .. } if message.kind == DhcpKind::Acknowledgement => message.given,
        _ => None,
    });
    let given: BTreeSet<_> = given.collect();
    expect(given.len() == count, || format!("it gave {given:?}"))
}

fn packets(evidence: &Evidence, bssid: Mac) -> impl Iterator<Item = &Packet> {
    evidence.lans.get(&bssid).into_iter().flatten()
}
