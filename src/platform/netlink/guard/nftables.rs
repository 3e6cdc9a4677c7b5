//! The source guard in nftables: one table for each interface, with one chain at the egress hook of the
//! netdev family (`linux/netfilter/nf_tables.h`). It needs `CONFIG_NETFILTER_EGRESS` and
//! `CONFIG_NF_TABLES_NETDEV`. It also sees frames that a program sends past all queues.

use neli::consts::nl::NlmF;
use neli::consts::socket::NlFamily;
use rustix::io::Errno;

use super::super::attribute::{Attributes, Outgoing};
use super::super::failure::Failure;
use super::super::message::Request;
use super::super::socket::Socket;
use macveil_core::machine::SourceGuard;

/// `NFNL_SUBSYS_NFTABLES`.
const SUBSYSTEM: u16 = 10;
/// `NFNL_MSG_BATCH_BEGIN` and `_END`.
const BATCH_BEGIN: u16 = 16;
const BATCH_END: u16 = 17;
/// `NFPROTO_NETDEV`.
const NETDEV: u8 = 5;
const NEW_TABLE: u16 = SUBSYSTEM << 8;
const GET_TABLE: u16 = NEW_TABLE + 1;
const DELETE_TABLE: u16 = NEW_TABLE + 2;
const NEW_CHAIN: u16 = NEW_TABLE + 3;
const NEW_RULE: u16 = NEW_TABLE + 6;
/// `NF_NETDEV_EGRESS`.
const EGRESS: u32 = 1;
/// Before the chains of others.
const PRIORITY: i32 = -500;
/// `NF_ACCEPT` and `NF_DROP`.
const ACCEPT: u32 = 1;
const DROP: u32 = 0;
const PREFIX: &str = "macveil-";
const CHAIN: &str = "out";
const NESTED: u16 = 0x8000;
/// Answers are short.
const BUFFER_SIZE: usize = 2 * 1024;

/// Who can change the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platform::netlink) enum Ownership {
    /// Only this process; the table stays after its end (Linux 6.9). `NFT_TABLE_F_OWNER` and `_PERSIST`.
    Persistent,
    /// Everybody.
    Plain,
}

/// A socket to nftables. The table belongs to it.
pub(super) struct NfTables {
    socket: Socket,
    ownership: Ownership,
}

impl NfTables {
    pub(super) fn open() -> Result<Self, Failure> {
        Ok(Self {
            socket: Socket::with_buffer(NlFamily::Netfilter, BUFFER_SIZE)?,
            ownership: Ownership::Persistent,
        })
    }

    /// Sets the guard. Frames pass either by the rule before or by the new one.
    pub(super) fn set(
        &mut self,
        ifindex: u32,
        name: &str,
        guard: SourceGuard,
    ) -> Result<(), Failure> {
        let outcome = self
            .socket
            .batch(&setting(ifindex, name, guard, self.ownership));
        match outcome {
            Err(failure)
                if failure.errno() == Some(Errno::OPNOTSUPP)
                    && self.ownership == Ownership::Persistent =>
            {
                self.socket
                    .batch(&setting(ifindex, name, guard, Ownership::Plain))?;
                self.ownership = Ownership::Plain;
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// The interfaces that have a table, by their numbers.
    ///
    /// Since Linux 6.16 a table outlives its interface, and takes the next one of the same name.
    pub(super) fn interfaces(&mut self) -> Result<Vec<u32>, Failure> {
        let request = Request::dump(GET_TABLE, Outgoing::after(&[NETDEV, 0, 0, 0]));
        self.socket.read(&request, |payload| {
            let name = Attributes::of(payload.get(4..)?).text(1_u16)?;
            name.strip_prefix(PREFIX)?.parse().ok()
        })
    }

    /// Removes the guard.
    pub(super) fn remove(&mut self, ifindex: u32) -> Result<(), Failure> {
        let table = named(1, &table(ifindex));
        let delete = message(DELETE_TABLE, NlmF::ACK, &table);
        self.socket.batch(&[begin(), delete, end()])
    }
}

fn table(ifindex: u32) -> String {
    format!("{PREFIX}{ifindex}")
}

/// All or nothing (`nfnetlink_rcv_batch`). A new table leaves nothing of one for a former name.
pub(in crate::platform::netlink) fn setting(
    ifindex: u32,
    name: &str,
    guard: SourceGuard,
    ownership: Ownership,
) -> Vec<Request> {
    let create = NlmF::ACK | NlmF::CREATE;
    let table = table(ifindex);
    let flags: u32 = match ownership {
        Ownership::Persistent => 6,
        Ownership::Plain => 0,
    };
    let hook = big_endian(1, EGRESS)
        .append(&big_endian(2, PRIORITY.cast_unsigned()))
        .append(&named(3, name));
    let chain = named(1, &table)
        .append(&named(3, CHAIN))
        .append(&nest(4, hook))
        .append(&big_endian(5, ACCEPT))
        .append(&named(7, "filter"));
    let rule = named(1, &table)
        .append(&named(2, CHAIN))
        .append(&nest(4, expressions(guard)));
    let new_table = || {
        let body = named(1, &table).append(&big_endian(2, flags));
        message(NEW_TABLE, create, &body)
    };
    vec![
        begin(),
        new_table(),
        message(DELETE_TABLE, NlmF::ACK, &named(1, &table)),
        new_table(),
        message(NEW_CHAIN, create, &chain),
        message(NEW_RULE, create | NlmF::APPEND, &rule),
        end(),
    ]
}

/// Drops each frame whose six bytes from offset 6 are not the address.
fn expressions(guard: SourceGuard) -> Outgoing {
    const REGISTER: u32 = 1;
    /// `NFT_PAYLOAD_LL_HEADER`.
    const LINK_LAYER: u32 = 0;
    const NOT_EQUAL: u32 = 1;
    let code = |verdict| nest(2, nest(2, big_endian(1, verdict)));
    let verdict = |verdict| {
        let data = big_endian(1, 0).append(&code(verdict));
        expression("immediate", data)
    };
    match guard {
        SourceGuard::Only(address) => {
            let source = big_endian(1, REGISTER)
                .append(&big_endian(2, LINK_LAYER))
                .append(&big_endian(3, 6))
                .append(&big_endian(4, 6));
            let value = nest(3, Outgoing::default().put(1_u16, &address.bytes()));
            let compare = big_endian(1, REGISTER)
                .append(&big_endian(2, NOT_EQUAL))
                .append(&value);
            expression("payload", source)
                .append(&expression("cmp", compare))
                .append(&verdict(DROP))
        }
        SourceGuard::Nothing => verdict(DROP),
        SourceGuard::Off => verdict(ACCEPT),
    }
}

fn expression(name: &str, data: Outgoing) -> Outgoing {
    nest(1, named(1, name).append(&nest(2, data)))
}

fn named(kind: u16, text: &str) -> Outgoing {
    Outgoing::default().put_text(kind, text)
}

fn big_endian(kind: u16, value: u32) -> Outgoing {
    Outgoing::default().put(kind, &value.to_be_bytes())
}

fn nest(kind: u16, content: Outgoing) -> Outgoing {
    Outgoing::default().put(kind | NESTED, &content.into_bytes())
}

/// After `struct nfgenmsg`.
fn message(kind: u16, flags: NlmF, body: &Outgoing) -> Request {
    let header = Outgoing::after(&[NETDEV, 0, 0, 0]);
    Request::unanswered(kind, flags, header.append(body))
}

fn begin() -> Request {
    bound(BATCH_BEGIN)
}

fn end() -> Request {
    bound(BATCH_END)
}

fn bound(kind: u16) -> Request {
    let [high, low] = SUBSYSTEM.to_be_bytes();
    let body = Outgoing::after(&[0, 0, high, low]);
    Request::unanswered(kind, NlmF::empty(), body)
}
