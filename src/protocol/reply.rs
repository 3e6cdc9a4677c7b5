//! What the daemon answers.

use super::fields::{Fields, Malformed, meaning_of, word_for};
use super::{Fault, Paused, Request, Rotated, Scanned, Status, VERSION};
use crate::json::Json;
use macveil_core::address::Policy;
use macveil_core::types::{DeviceKind, Mac, Ssid, Words, parse_hex};

/// A reply to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To `interfaces`.
    Interfaces(Vec<Interface>),
    /// To `status`.
    Status(Vec<Status>),
    /// To `reload`.
    Reloaded {
        /// The files that were read, in the order in which they hold.
        files: Vec<String>,
        /// What hardly says what was meant.
        warnings: Vec<String>,
    },
    /// To `reroll`.
    Rerolled {
        /// The network.
        ssid: Ssid,
        /// What it does to each managed interface.
        interfaces: Vec<Affected>,
    },
    /// To `rejoin`.
    Rejoined {
        /// The network.
        ssid: Ssid,
        /// What it does to each managed interface.
        interfaces: Vec<Affected>,
    },
    /// To `scan`.
    Scanned(Vec<Scanned>),
    /// To `rotate`.
    Rotated(Vec<Rotated>),
    /// To `pause`.
    Paused(Vec<Paused>),
    /// To `resume`.
    Resumed(Vec<Paused>),
    /// To `events`: how the interfaces are now; what happens from now on follows, a line each.
    Events(Vec<Status>),
    /// To anything that cannot be done.
    Fault(Fault),
}

/// An interface that macveil cares for or could care for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// The kernel's number for it.
    pub ifindex: u32,
    /// Which kind of interface it is.
    pub kind: DeviceKind,
    /// The address that it has now.
    pub address: Mac,
    /// What macveil is doing with it; `None`: it is not managed.
    pub state: Option<String>,
}

/// What a request about a network does to an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The interface's name.
    pub interface: String,
    /// The policy that holds for the network there, or why that is not known.
    pub policy: Result<Policy, String>,
    /// It is connected to the network.
    pub connected: bool,
    /// What comes of it.
    pub effect: Effect,
}

const KINDS: Words<DeviceKind> = &[
    ("wifi", DeviceKind::Wifi),
    ("ethernet", DeviceKind::Ethernet),
    ("other", DeviceKind::Other),
];

/// When something takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The association is ended and made again.
    Now,
    /// When the network is joined the next time.
    NextAssociation,
    /// Never: the address does not hang on it.
    None,
    /// That hangs on how the network is joined the next time.
    Unknown,
}

impl Effect {
    /// The words of the protocol.
    pub const WORDS: Words<Self> = &[
        ("now", Self::Now),
        ("next-association", Self::NextAssociation),
        ("none", Self::None),
        ("unknown", Self::Unknown),
    ];
}

impl Reply {
    /// As a line without its newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut entries = vec![("version", Json::Number(VERSION))];
        entries.extend(match self {
            Self::Interfaces(all) => list("interfaces", all.iter().map(Interface::to_json)),
            Self::Status(all) => list("status", all.iter().map(Status::to_json)),
            Self::Events(all) => list("events", all.iter().map(Status::to_json)),
            Self::Scanned(all) => list("scan", all.iter().map(Scanned::to_json)),
            Self::Rotated(all) => list("rotate", all.iter().map(Rotated::to_json)),
            Self::Paused(all) => list("pause", all.iter().map(Paused::to_json)),
            Self::Resumed(all) => list("resume", all.iter().map(Paused::to_json)),
            Self::Reloaded { files, warnings } => vec![
                ("reply", Json::text("reload")),
                ("files", texts(files)),
                ("warnings", texts(warnings)),
            ],
            Self::Rerolled { ssid, interfaces } => about("reroll", ssid, interfaces),
            Self::Rejoined { ssid, interfaces } => about("rejoin", ssid, interfaces),
            Self::Fault(fault) => fault.entries(),
        });
        Json::Object(entries).to_string()
    }

    /// Reads the line that answers a request. Keys that are not known are passed over: a newer daemon
    /// may say more.
    ///
    /// # Errors
    ///
    /// It is no such reply.
    pub fn read(line: &[u8], request: &Request) -> Result<Self, Malformed> {
        let mut fields = Fields::of_line(line).map_err(Malformed::new)?;
        match fields.number("version")? {
            VERSION => {}
            other => return Err(Malformed::new(format!("version {other} is not known"))),
        }
        let Some(name) = fields.optional_text("reply")? else {
            return Fault::read(fields).map(Self::Fault);
        };
        if name != request.name() {
            return Err(Malformed::new(format!("`{name}` was not asked for")));
        }
        match request {
            Request::Interfaces => Ok(Self::Interfaces(listed(fields, Interface::read)?)),
            Request::Status => Ok(Self::Status(listed(fields, Status::read)?)),
            Request::Events { .. } => Ok(Self::Events(listed(fields, Status::read)?)),
            Request::Scan { .. } => Ok(Self::Scanned(listed(fields, Scanned::read)?)),
            Request::Rotate { .. } => Ok(Self::Rotated(listed(fields, Rotated::read)?)),
            Request::Pause { .. } => Ok(Self::Paused(listed(fields, Paused::read)?)),
            Request::Resume { .. } => Ok(Self::Resumed(listed(fields, Paused::read)?)),
            Request::Reload => Ok(Self::Reloaded {
                files: fields.texts("files")?,
                warnings: fields.texts("warnings")?,
            }),
            Request::Reroll { .. } => Ok(Self::Rerolled {
                ssid: ssid(&mut fields)?,
                interfaces: listed(fields, Affected::read)?,
            }),
            Request::Rejoin { .. } => Ok(Self::Rejoined {
                ssid: ssid(&mut fields)?,
                interfaces: listed(fields, Affected::read)?,
            }),
        }
    }
}

fn listed<T>(
    mut fields: Fields,
    read: impl FnMut(Fields) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    fields
        .objects("interfaces")?
        .into_iter()
        .map(read)
        .collect()
}

fn list(name: &'static str, interfaces: impl Iterator<Item = Json>) -> Vec<(&'static str, Json)> {
    vec![
        ("reply", Json::text(name)),
        ("interfaces", Json::List(interfaces.collect())),
    ]
}

fn about(name: &'static str, ssid: &Ssid, interfaces: &[Affected]) -> Vec<(&'static str, Json)> {
    vec![
        ("reply", Json::text(name)),
        ("ssid", Json::text(ssid)),
        ("ssid_hex", Json::text(ssid.to_hex())),
        (
            "interfaces",
            Json::List(interfaces.iter().map(Affected::to_json).collect()),
        ),
    ]
}

fn texts(texts: &[String]) -> Json {
    Json::List(texts.iter().map(Json::text).collect())
}

fn ssid(fields: &mut Fields) -> Result<Ssid, Malformed> {
    let bytes = parse_hex(&fields.text("ssid_hex")?);
    bytes
        .and_then(|bytes| Ssid::new(&bytes))
        .ok_or_else(|| Malformed::new("`ssid_hex` is no SSID"))
}

impl Interface {
    fn to_json(&self) -> Json {
        Json::Object(self.entries())
    }

    pub(super) fn entries(&self) -> Vec<(&'static str, Json)> {
        vec![
            ("name", Json::text(&self.name)),
            ("ifindex", Json::Number(self.ifindex.into())),
            ("kind", Json::text(word_for(&self.kind, KINDS))),
            ("address", Json::text(self.address)),
            ("managed", Json::Bool(self.state.is_some())),
            ("state", Json::optional(self.state.as_ref())),
        ]
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Malformed> {
        Ok(Self {
            name: fields.text("name")?,
            ifindex: u32::try_from(fields.number("ifindex")?).map_err(Malformed::new)?,
            kind: meaning_of(&fields.text("kind")?, KINDS)?,
            address: fields.text("address")?.parse().map_err(Malformed::new)?,
            state: fields.optional_text("state")?,
        })
    }
}

impl Affected {
    /// As in a reply.
    pub(crate) fn to_json(&self) -> Json {
        Json::Object(vec![
            ("name", Json::text(&self.interface)),
            ("policy", Json::optional(self.policy.as_ref().ok())),
            ("undetermined", Json::optional(self.policy.as_ref().err())),
            ("connected", Json::Bool(self.connected)),
            ("effect", Json::text(word_for(&self.effect, Effect::WORDS))),
        ])
    }

    fn read(mut fields: Fields) -> Result<Self, Malformed> {
        let effect = meaning_of(&fields.text("effect")?, Effect::WORDS)?;
        let policy = match fields.optional_text("policy")? {
            Some(policy) => Ok(policy.parse().map_err(Malformed::new)?),
            None => Err(fields.text("undetermined")?),
        };
        Ok(Self {
            interface: fields.text("name")?,
            policy,
            connected: fields.boolean("connected")?,
            effect,
        })
    }
}
