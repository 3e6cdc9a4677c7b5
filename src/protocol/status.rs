//! How the interfaces are doing.

use super::Interface;
use super::errand::{named, ssid};
use super::fields::{Fields, Malformed, meaning_of, word_for};
use crate::json::Json;
use macveil_core::machine::{AddressKind, Counters, Method};
use macveil_core::types::{Ssid, Words};

/// An interface, and how macveil cares for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The interface.
    pub interface: Interface,
    /// The program that it is left to, and how macveil can have it instead.
    pub left_to: Option<String>,
    /// How macveil cares for it; `None`: not at all.
    pub care: Option<Care>,
}

/// How macveil cares for an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Care {
    /// The driver's name, empty if unknown.
    pub driver: String,
    /// Whom macveil works with for it: `wpa_supplicant` or `iwd`; `None` on a wire.
    pub backend: Option<String>,
    /// The link is administratively up.
    pub up: bool,
    /// Milliseconds in the present state.
    pub state_ms: u64,
    /// What the address is.
    pub address_kind: AddressKind,
    /// It is the permanent address, whatever else it is.
    pub permanent: bool,
    /// Milliseconds since the address changed.
    pub address_ms: u64,
    /// When it changes next.
    pub next_change: String,
    /// The network that the interface is associating or associated to.
    pub ssid: Option<Ssid>,
    /// The masking method and why it is in use; `None` where there is none, as on a wire.
    pub method: Option<(Method, String)>,
    /// Why the card is silent or unprotected.
    pub trouble: Option<String>,
    /// Milliseconds until the card is tried again.
    pub retry_ms: Option<u64>,
    /// Nothing is scanned or joined, as the user asked.
    pub paused: bool,
    /// Milliseconds until the pause is over by itself.
    pub pause_ms: Option<u64>,
    /// What of the promise cannot be kept, or was not.
    pub unkept: Vec<String>,
    /// What was done so far.
    pub counters: Counters,
}

/// The words of the protocol for kinds of addresses.
pub const ADDRESS_KINDS: Words<AddressKind> = &[
    ("mask", AddressKind::Mask),
    ("assigned", AddressKind::Assigned),
    ("permanent", AddressKind::Permanent),
    ("other", AddressKind::Other),
];

/// The words of the protocol for methods.
pub const METHODS: Words<Method> = &[
    ("driver", Method::Driver),
    ("powered", Method::Powered),
    ("bounce", Method::Bounce),
];

impl Status {
    pub(super) fn to_json(&self) -> Json {
        let mut entries = self.interface.entries();
        entries.push(("left_to", Json::optional(self.left_to.as_ref())));
        entries.extend(self.care.iter().flat_map(Care::entries));
        Json::Object(entries)
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Malformed> {
        let managed = fields.boolean("managed")?;
        let left_to = fields.optional_text("left_to")?;
        let care = managed.then(|| Care::read(&mut fields)).transpose()?;
        let interface = Interface::read(fields)?;
        Ok(Self {
            interface,
            left_to,
            care,
        })
    }
}

impl Care {
    fn entries(&self) -> Vec<(&'static str, Json)> {
        let method = self.method.as_ref();
        let [ssid, ssid_hex] = named(self.ssid.as_ref());
        let counters = &self.counters;
        let count = |name, count: u32| (name, Json::Number(count.into()));
        vec![
            ("driver", Json::text(&self.driver)),
            ("backend", Json::optional(self.backend.as_ref())),
            ("up", Json::Bool(self.up)),
            ("state_ms", Json::Number(self.state_ms)),
            (
                "address_kind",
                Json::text(word_for(&self.address_kind, ADDRESS_KINDS)),
            ),
            ("permanent", Json::Bool(self.permanent)),
            ("address_ms", Json::Number(self.address_ms)),
            ("next_change", Json::text(&self.next_change)),
            ssid,
            ssid_hex,
            (
                "method",
                Json::optional(method.map(|(method, _)| word_for(method, METHODS))),
            ),
            (
                "method_reason",
                Json::optional(method.map(|(_, reason)| reason)),
            ),
            ("trouble", Json::optional(self.trouble.as_ref())),
            ("retry_ms", self.retry_ms.map_or(Json::Null, Json::Number)),
            ("paused", Json::Bool(self.paused)),
            ("pause_ms", self.pause_ms.map_or(Json::Null, Json::Number)),
            (
                "unkept",
                Json::List(self.unkept.iter().map(Json::text).collect()),
            ),
            (
                "counters",
                Json::Object(vec![
                    count("masks", counters.masks),
                    count("scans", counters.scans),
                    count("external_scans", counters.external_scans),
                    count("leaking_scans", counters.leaking_scans),
                    count("associations", counters.associations),
                    count("failed_associations", counters.failed_associations),
                    count("holds_in_a_row", counters.holds_in_a_row),
                ]),
            ),
        ]
    }

    fn read(fields: &mut Fields) -> Result<Self, Malformed> {
        let method = match fields.optional_text("method")? {
            None => None,
            Some(word) => Some((meaning_of(&word, METHODS)?, fields.text("method_reason")?)),
        };
        Ok(Self {
            driver: fields.text("driver")?,
            backend: fields.optional_text("backend")?,
            up: fields.boolean("up")?,
            state_ms: fields.number("state_ms")?,
            address_kind: meaning_of(&fields.text("address_kind")?, ADDRESS_KINDS)?,
            permanent: fields.boolean("permanent")?,
            address_ms: fields.number("address_ms")?,
            next_change: fields.text("next_change")?,
            ssid: ssid(fields)?,
            method,
            trouble: fields.optional_text("trouble")?,
            retry_ms: fields.optional_number("retry_ms")?,
            paused: fields.boolean("paused")?,
            pause_ms: fields.optional_number("pause_ms")?,
            unkept: fields.texts("unkept")?,
            counters: counters(fields.object("counters")?)?,
        })
    }
}

fn counters(mut fields: Fields) -> Result<Counters, Malformed> {
    let mut count = |key| u32::try_from(fields.number(key)?).map_err(Malformed::new);
    Ok(Counters {
        masks: count("masks")?,
        scans: count("scans")?,
        external_scans: count("external_scans")?,
        leaking_scans: count("leaking_scans")?,
        associations: count("associations")?,
        failed_associations: count("failed_associations")?,
        holds_in_a_row: count("holds_in_a_row")?,
    })
}

impl Status {
    /// What time alone changes is no change.
    #[must_use]
    pub fn without_times(mut self) -> Self {
        if let Some(care) = &mut self.care {
            care.state_ms = 0;
            care.address_ms = 0;
            care.retry_ms = care.retry_ms.map(|_| 0);
            care.pause_ms = care.pause_ms.map(|_| 0);
        }
        self
    }
}
