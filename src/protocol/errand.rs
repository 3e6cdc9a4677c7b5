//! What comes of a wish for an interface: a pause and its end, another mask, a scan.

use super::fields::{Fields, Malformed, meaning_of, word_for};
use super::reply::Effect;
use crate::json::Json;
use macveil_core::address::Policy;
use macveil_core::machine::Rotation;
use macveil_core::types::{Bss, Mac, Ssid, Words, parse_hex};

/// What a pause, or its end, does to an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// The interface's name.
    pub interface: String,
    /// What it is doing now.
    pub state: String,
    /// The network that it is associating or associated to.
    pub ssid: Option<Ssid>,
    /// Why nothing has changed, if so.
    pub refused: Option<String>,
}

/// When an interface's addresses change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The interface's name.
    pub interface: String,
    /// When it gets another mask; on a wire, another address.
    pub mask: Rotation,
    /// The network that it is associating or associated to.
    pub ssid: Option<Ssid>,
    /// The policy of that network, if there is one and it can be told.
    pub policy: Option<Policy>,
    /// When that network gets another address.
    pub address: Effect,
}

/// A scan that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// The interface's name.
    pub interface: String,
    /// The mask that it went out under; `None`: an address of its own, drawn by the driver.
    pub mask: Option<Mac>,
    /// What was heard, or why there was no scan.
    pub found: Result<Vec<Bss>, String>,
}

/// The words of the protocol for rotations.
pub(super) const ROTATIONS: Words<Rotation> = &[
    ("now", Rotation::Now),
    ("soon", Rotation::Soon),
    ("after-association", Rotation::AfterAssociation),
    ("never", Rotation::Never),
];

impl Paused {
    pub(super) fn to_json(&self) -> Json {
        let mut entries = vec![
            ("name", Json::text(&self.interface)),
            ("state", Json::text(&self.state)),
        ];
        entries.extend(named(self.ssid.as_ref()));
        entries.push(("refused", Json::optional(self.refused.as_ref())));
        Json::Object(entries)
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Malformed> {
        Ok(Self {
            interface: fields.text("name")?,
            state: fields.text("state")?,
            ssid: ssid(&mut fields)?,
            refused: fields.optional_text("refused")?,
        })
    }
}

impl Rotated {
    pub(super) fn to_json(&self) -> Json {
        let mut entries = vec![
            ("name", Json::text(&self.interface)),
            ("mask", Json::text(word_for(&self.mask, ROTATIONS))),
        ];
        entries.extend(named(self.ssid.as_ref()));
        entries.push(("policy", Json::optional(self.policy)));
        let effect = word_for(&self.address, Effect::WORDS);
        entries.push(("address", Json::text(effect)));
        Json::Object(entries)
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Malformed> {
        let policy = fields.optional_text("policy")?;
        let policy = policy.map(|word| word.parse().map_err(Malformed::new));
        Ok(Self {
            interface: fields.text("name")?,
            mask: meaning_of(&fields.text("mask")?, ROTATIONS)?,
            ssid: ssid(&mut fields)?,
            policy: policy.transpose()?,
            address: meaning_of(&fields.text("address")?, Effect::WORDS)?,
        })
    }
}

impl Scanned {
    pub(super) fn to_json(&self) -> Json {
        let found = self.found.as_ref();
        let heard = found.map_or(&[][..], Vec::as_slice);
        Json::Object(vec![
            ("name", Json::text(&self.interface)),
            ("mask", Json::optional(self.mask)),
            ("refused", Json::optional(found.err())),
            ("heard", Json::List(heard.iter().map(bss_to_json).collect())),
        ])
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Malformed> {
        let mask = fields.optional_text("mask")?;
        let mask = mask.map(|mask| mask.parse().map_err(Malformed::new));
        let heard = fields.objects("heard")?.into_iter().map(read_bss);
        let heard = heard.collect::<Result<_, _>>()?;
        Ok(Self {
            interface: fields.text("name")?,
            mask: mask.transpose()?,
            found: fields.optional_text("refused")?.map_or(Ok(heard), Err),
        })
    }
}

fn bss_to_json(bss: &Bss) -> Json {
    Json::Object(vec![
        ("ssid", Json::text(&bss.ssid)),
        ("ssid_hex", Json::text(bss.ssid.to_hex())),
        ("bssid", Json::text(bss.bssid)),
        ("frequency", Json::Number(bss.frequency.into())),
        ("signal", Json::Signed(bss.signal.into())),
        ("ms_ago", Json::Number(bss.ms_ago.into())),
    ])
}

fn read_bss(mut fields: Fields) -> Result<Bss, Malformed> {
    let name = ssid(&mut fields)?;
    let small = |number: u64| u32::try_from(number).map_err(Malformed::new);
    Ok(Bss {
        ssid: name.ok_or_else(|| Malformed::new("`ssid_hex` is missing"))?,
        bssid: fields.text("bssid")?.parse().map_err(Malformed::new)?,
        frequency: small(fields.number("frequency")?)?,
        signal: i32::try_from(fields.signed("signal")?).map_err(Malformed::new)?,
        ms_ago: small(fields.number("ms_ago")?)?,
    })
}

/// A network as it is named in replies.
pub(super) fn named(ssid: Option<&Ssid>) -> [(&'static str, Json); 2] {
    [
        ("ssid", Json::optional(ssid)),
        ("ssid_hex", Json::optional(ssid.map(Ssid::to_hex))),
    ]
}

pub(super) fn ssid(fields: &mut Fields) -> Result<Option<Ssid>, Malformed> {
    let digits = fields.optional_text("ssid_hex")?;
    let ssid = digits.map(|digits| {
        let ssid = parse_hex(&digits).and_then(|bytes| Ssid::new(&bytes));
        ssid.ok_or_else(|| Malformed::new("`ssid_hex` is no SSID"))
    });
    ssid.transpose()
}
