//! The source guard in traffic control: one classic BPF program at the egress hook of a `clsact` qdisc
//! (`linux/pkt_cls.h`). It needs `CONFIG_NET_CLS_ACT`, `CONFIG_NET_SCH_INGRESS` and `CONFIG_NET_CLS_BPF`.

use neli::consts::nl::NlmF;
use neli::consts::rtnl::{RtAddrFamily, Rtm, Tca};
use rustix::io::Errno;

use super::super::attribute::{Attributes, Outgoing, number};
use super::super::failure::Failure;
use super::super::message::Request;
use super::super::socket::Socket;
use macveil_core::machine::SourceGuard;
use macveil_core::types::Mac;

/// `RTNLGRP_TC`.
pub(in crate::platform::netlink) const GROUP: u32 = 4;
/// `RTM_DELCHAIN`, which neli lacks.
const DELETE_CHAIN: u16 = 101;

/// `TC_H_MAKE(TC_H_CLSACT, 0)`, `TC_H_CLSACT`, and `TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)`.
const QDISC_HANDLE: u32 = 0xffff_0000;
const QDISC_PARENT: u32 = 0xffff_fff1;
const EGRESS: u32 = 0xffff_fff3;
const HANDLE: u32 = 1;
/// Before filters whose priority the kernel chooses. Fixed, so that a successor replaces the filter.
const PRIORITY: u32 = 7;
const KIND: &str = "bpf";

/// `ETH_P_ALL`.
const EVERY_PROTOCOL: u16 = 3;

/// `TCA_BPF_*`.
const OPS_LENGTH: u16 = 4;
const OPS: u16 = 5;
const FLAGS: u16 = 8;
/// `TCA_BPF_FLAG_ACT_DIRECT`: the program returns the verdict.
const DIRECT: u32 = 1;
const NESTED: u16 = 0x8000;

/// `TC_ACT_UNSPEC`: filters of others that come later still run.
const PASS: u32 = u32::MAX;
/// `TC_ACT_SHOT`.
const DROP: u32 = 2;

/// Sets the guard. Frames pass either by the rule before or by the new one.
pub(super) fn set(socket: &mut Socket, ifindex: u32, guard: SourceGuard) -> Result<(), Failure> {
    match socket.execute(&qdisc(ifindex)) {
        // In the place of another qdisc, the filter would drop what comes in.
        Err(failure) if failure.errno() == Some(Errno::INVAL) => {
            return Err(Failure::Lacks("a free place: another program uses it"));
        }
        outcome => outcome?,
    }
    socket.execute(&filter(ifindex, guard))
}

/// Removes the guard; false if there was none. The qdisc stays, because other programs can use it.
pub(super) fn remove(socket: &mut Socket, ifindex: u32) -> Result<bool, Failure> {
    if programs(socket, ifindex)?.is_empty() {
        return Ok(false);
    }
    let header = header(ifindex, EGRESS, 0, information());
    let outcome = socket.execute(&Request::single(Rtm::Deltfilter.into(), header));
    outcome.map(|()| true)
}

/// Whether a guard is set, so that its qdisc is there.
pub(super) fn has_filter(socket: &mut Socket, ifindex: u32) -> bool {
    programs(socket, ifindex).is_ok_and(|programs| !programs.is_empty())
}

/// Whether this guard is set.
pub(super) fn is_set(
    socket: &mut Socket,
    ifindex: u32,
    guard: SourceGuard,
) -> Result<bool, Failure> {
    Ok(programs(socket, ifindex)?.contains(&program(guard)))
}

/// The interface at whose egress something was removed, if the notification says so.
pub(in crate::platform::netlink) fn removed_at(kind: u16, payload: &[u8]) -> Option<u32> {
    let is_removal =
        kind == DELETE_CHAIN || matches!(Rtm::from(kind), Rtm::Delqdisc | Rtm::Deltfilter);
    let ifindex = u32::from_ne_bytes(number(payload.get(4..)?)?);
    let parent = u32::from_ne_bytes(number(payload.get(12..)?)?);
    (is_removal && [QDISC_PARENT, EGRESS].contains(&parent)).then_some(ifindex)
}

/// The programs in the guard's place (`RTM_GETTFILTER`). The kernel does not repeat a classic program's name.
fn programs(socket: &mut Socket, ifindex: u32) -> Result<Vec<Vec<u8>>, Failure> {
    let request = Request::dump(Rtm::Gettfilter.into(), header(ifindex, EGRESS, 0, 0));
    socket.read(&request, decode)
}

fn decode(payload: &[u8]) -> Option<Vec<u8>> {
    let number = |at| Some(u32::from_ne_bytes(number(payload.get(at..)?)?));
    let place = (number(8)?, number(12)?, number(16)?);
    let attributes = attributes(payload)?;
    let is_ours = place == (HANDLE, EGRESS, information())
        && attributes.text(Tca::Kind).as_deref() == Some(KIND);
    let program = attributes.nested(Tca::Options).get(OPS);
    program.filter(|_| is_ours).map(<[u8]>::to_vec)
}

/// After `struct tcmsg`.
fn attributes(payload: &[u8]) -> Option<Attributes<'_>> {
    payload.get(20..).map(Attributes::of)
}

fn header(ifindex: u32, parent: u32, handle: u32, information: u32) -> Outgoing {
    let family = u32::from_ne_bytes([RtAddrFamily::Unspecified.into(), 0, 0, 0]);
    let fields = [family, ifindex, handle, parent, information].map(u32::to_ne_bytes);
    Outgoing::after(&fields.concat())
}

/// Priority and protocol.
fn information() -> u32 {
    let every = u32::from(EVERY_PROTOCOL.to_be());
    PRIORITY << 16 | every
}

/// Without `NLM_F_EXCL`, the kernel accepts a `clsact` that is there and rejects an `ingress`.
pub(in crate::platform::netlink) fn qdisc(ifindex: u32) -> Request {
    let body = header(ifindex, QDISC_PARENT, QDISC_HANDLE, 0).put_text(Tca::Kind, "clsact");
    Request::with(Rtm::Newqdisc.into(), NlmF::CREATE, body)
}

pub(in crate::platform::netlink) fn filter(ifindex: u32, guard: SourceGuard) -> Request {
    let program = program(guard);
    let instructions = u16::try_from(program.len() / 8).unwrap_or(u16::MAX);
    let options = Outgoing::default()
        .put(OPS_LENGTH, &instructions.to_ne_bytes())
        .put(OPS, &program)
        .put_u32(FLAGS, DIRECT);
    let body = header(ifindex, EGRESS, HANDLE, information())
        .put_text(Tca::Kind, KIND)
        .put(u16::from(Tca::Options) | NESTED, &options.into_bytes());
    Request::with(Rtm::Newtfilter.into(), NlmF::CREATE | NlmF::REPLACE, body)
}

/// Classic BPF (`linux/bpf_common.h`): compares the six bytes from offset 6 with the address.
fn program(guard: SourceGuard) -> Vec<u8> {
    const LOAD_WORD: u16 = 0x20;
    const LOAD_HALF: u16 = 0x28;
    const JUMP_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    let drop = (RETURN, 0, 0, DROP);
    let instructions = match guard {
        SourceGuard::Only(Mac([first @ .., fifth, sixth])) => vec![
            (LOAD_WORD, 0, 0, 6),
            (JUMP_EQUAL, 0, 3, u32::from_be_bytes(first)),
            (LOAD_HALF, 0, 0, 10),
            (JUMP_EQUAL, 0, 1, u32::from_be_bytes([0, 0, fifth, sixth])),
            (RETURN, 0, 0, PASS),
            drop,
        ],
        SourceGuard::Nothing => vec![drop],
        SourceGuard::Off => vec![(RETURN, 0, 0, PASS)],
    };
    let mut bytes = Vec::with_capacity(instructions.len() * 8);
    for (code, on_true, on_false, value) in instructions {
        bytes.extend(u16::to_ne_bytes(code));
        bytes.extend([on_true, on_false]);
        bytes.extend(u32::to_ne_bytes(value));
    }
    bytes
}
