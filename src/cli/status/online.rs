//! Whether an interface has what a user needs to be online.

use std::net::IpAddr;

use serde::Serialize;

use super::render::span;
use crate::platform::netlink::{Reach, reach};
use crate::protocol::Status;
use macveil_core::machine::StateKind;

/// What IPv4 and IPv6 have on the interface with this index.
pub(super) type Look = fn(u32) -> [Option<Reach>; 2];

/// As the kernel has it now.
pub(super) fn look(ifindex: u32) -> [Option<Reach>; 2] {
    reach(ifindex).unwrap_or_default()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Online {
    /// How long; `None`: it is not online.
    since_ms: Option<u64>,
    missing: Option<Missing>,
    ipv4: Option<Version>,
    ipv6: Option<Version>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Missing {
    Association,
    Address,
    DefaultRoute,
}

/// What one version of IP has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Version {
    address: IpAddr,
    default_route: bool,
    gateway: Option<IpAddr>,
}

/// The status of an interface, and whether it is online; `None`: macveil does not manage it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Seen {
    #[serde(flatten)]
    pub(super) status: Status,
    pub(super) online: Option<Online>,
}

impl Seen {
    pub(super) fn of(status: Status, look: Look) -> Self {
        let online = online(&status, look);
        Self { status, online }
    }

    /// To compare it with an earlier one.
    pub(super) fn without_times(mut self) -> Self {
        if let Some(online) = &mut self.online {
            online.since_ms = online.since_ms.map(|_| 0);
        }
        self.status = self.status.without_times();
        self
    }

    /// Whether only an address or a route is missing, which no event reports.
    pub(super) fn is_on_its_way(&self) -> bool {
        let missing = self.online.as_ref().and_then(|online| online.missing);
        missing.is_some_and(|missing| missing != Missing::Association)
    }
}

fn online(status: &Status, look: Look) -> Option<Online> {
    let details = status.details.as_ref()?;
    let is_joined = matches!(
        status.interface.state?,
        StateKind::Associated | StateKind::Connected | StateKind::Unmanaged
    );
    if !is_joined {
        return Some(Online {
            since_ms: None,
            missing: Some(Missing::Association),
            ipv4: None,
            ipv6: None,
        });
    }
    let found = look(status.interface.ifindex);
    let mut all = found.iter().flatten();
    let complete = all.clone().find(|it| it.is_routed);
    let since = complete.map(|it| u64::try_from(it.age.as_millis()).unwrap_or(u64::MAX));
    let missing = match (complete, all.next()) {
        (Some(_), _) => None,
        (None, Some(_)) => Some(Missing::DefaultRoute),
        (None, None) => Some(Missing::Address),
    };
    let [ipv4, ipv6] = found.map(|it| {
        it.map(|it| Version {
            address: it.address,
            default_route: it.is_routed,
            gateway: it.gateway,
        })
    });
    Some(Online {
        since_ms: since.map(|since| since.min(details.state_ms)),
        missing,
        ipv4,
        ipv6,
    })
}

impl Online {
    /// In words, unless the association is missing.
    pub(super) fn words(&self) -> Option<String> {
        let mut all = [&self.ipv4, &self.ipv6].into_iter().flatten();
        let first = all.clone().next();
        let complete = all.find(|it| it.default_route);
        Some(match (self.missing, complete.or(first)) {
            (Some(Missing::Association), _) => return None,
            (None, Some(it)) => {
                let since = span(self.since_ms.unwrap_or_default());
                let via = it
                    .gateway
                    .map_or_else(String::new, |it| format!(" via {it}"));
                format!("for {since}: {}, default route{via}", it.address)
            }
            (Some(_), Some(it)) => format!("no: {}, but no default route", it.address),
            (_, None) => "no: no IP address yet, the DHCP client has no lease".to_owned(),
        })
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.missing.is_none()
    }
}
