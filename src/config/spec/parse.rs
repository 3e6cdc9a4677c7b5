//! Parser of device specs (`nm_match_spec_split`, `match_device_eval`).

use std::str::FromStr;

use super::{DeviceSpecs, Spec, Wanted};
use crate::config::problem::Wrong;
use crate::config::value::{closest_word, did_you_mean};
use macveil_core::types::{DeviceKind, ParseMacError};

/// `NetworkManager`'s device types; macveil manages the first two.
const KINDS: &[(&str, Option<DeviceKind>)] = &[
    ("wifi", Some(DeviceKind::Wifi)),
    ("ethernet", Some(DeviceKind::Ethernet)),
    ("bond", None),
    ("bridge", None),
    ("bt", None),
    ("dummy", None),
    ("gsm", None),
    ("infiniband", None),
    ("ip-tunnel", None),
    ("loopback", None),
    ("macsec", None),
    ("macvlan", None),
    ("tun", None),
    ("veth", None),
    ("vlan", None),
    ("vrf", None),
    ("vxlan", None),
    ("wifi-p2p", None),
    ("wireguard", None),
    ("wpan", None),
];

const TAGS: [&str; 5] = ["type:", "mac:", "interface-name:", "driver:", "except:"];

/// Maximum length of an interface name (`IFNAMSIZ` without the NUL byte).
const MAX_NAME: usize = 15;

impl DeviceSpecs {
    /// Parses one or more strings, each with specs separated by `,` or `;`.
    pub(in crate::config) fn read(texts: &[&str]) -> Result<Self, Wrong> {
        let specs: Vec<_> = texts.iter().flat_map(|text| split(text)).collect();
        if specs.is_empty() {
            return Err(Wrong::new(
                "the list of interfaces is empty: use `*` for all",
            ));
        }
        specs
            .iter()
            .map(|spec| spec.parse())
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl FromStr for Spec {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match after_tag(text, "except:") {
            Some(rest) => Ok(Self {
                except: true,
                wanted: rest.parse()?,
            }),
            None => Ok(Self {
                except: false,
                wanted: text.parse()?,
            }),
        }
    }
}

impl FromStr for Wanted {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            Ok(Self::Any)
        } else if let Some(kind) = after_tag(text, "type:") {
            read_kind(kind)
        } else if let Some(address) = after_tag(text, "mac:") {
            address
                .parse()
                .map(Self::Address)
                .map_err(|error: ParseMacError| Wrong::new(error))
        } else if let Some(name) = after_tag(text, "interface-name:") {
            read_name_pattern(name)
        } else if let Some(driver) = after_tag(text, "driver:") {
            Ok(Self::Driver(
                driver.strip_suffix("/*").unwrap_or(driver).to_owned(),
            ))
        } else if let Ok(address) = text.parse() {
            Ok(Self::Address(address))
        } else {
            read_name(text).map(Self::Name)
        }
    }
}

fn read_kind(word: &str) -> Result<Wanted, Wrong> {
    let known = KINDS.iter().find(|(name, _)| *name == word);
    known.map(|&(_, kind)| Wanted::Kind(kind)).ok_or_else(|| {
        let names = KINDS.iter().map(|&(name, _)| name);
        let closest = match word {
            "wlan" | "wireless" | "802-11-wireless" => Some("wifi"),
            other => closest_word(other, names),
        };
        Wrong::new(format!("unknown interface type `type:{word}`"))
            .hint(closest.map(|kind| format!("did you mean `type:{kind}`?")))
    })
}

fn read_name_pattern(text: &str) -> Result<Wanted, Wrong> {
    match text.strip_prefix('=') {
        Some(name) => read_name(name).map(Wanted::Name),
        None => Ok(Wanted::NameGlob(
            text.strip_prefix('~').unwrap_or(text).to_owned(),
        )),
    }
}

/// A valid interface name.
fn read_name(text: &str) -> Result<String, Wrong> {
    let forbidden = |c: char| matches!(c, '/' | ':') || c.is_ascii_whitespace();
    if text.contains(':') {
        let tag = text.split_inclusive(':').next().unwrap_or_default();
        return Err(
            Wrong::new(format!("unknown device spec `{text}`")).hint(did_you_mean(tag, TAGS))
        );
    }
    if text.is_empty() || text.len() > MAX_NAME || text.contains(forbidden) {
        return Err(Wrong::new(format!("invalid interface name `{text}`")));
    }
    Ok(text.to_owned())
}

/// The text after a tag, ignoring case.
fn after_tag<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(tag.len())?;
    head.eq_ignore_ascii_case(tag).then_some(rest)
}

/// Splits at `,` and `;` unless escaped with a backslash (`nm_match_spec_split`). Escaped white space is kept.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = Piece::default();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ',' | ';' => pieces.push(std::mem::take(&mut piece)),
            '\\' => piece.push_escaped(characters.next()),
            blank if blank.is_ascii_whitespace() => piece.push_blank(blank),
            other => piece.push(other),
        }
    }
    pieces.push(piece);
    let texts = pieces.into_iter().map(|piece| piece.text);
    texts.filter(|text| !text.is_empty()).collect()
}

/// A spec without white space around it.
#[derive(Default)]
struct Piece {
    text: String,
    /// White space that counts only if something follows.
    blanks: String,
}

impl Piece {
    fn push(&mut self, character: char) {
        self.text.push_str(&std::mem::take(&mut self.blanks));
        self.text.push(character);
    }

    fn push_blank(&mut self, blank: char) {
        if !self.text.is_empty() {
            self.blanks.push(blank);
        }
    }

    fn push_escaped(&mut self, escaped: Option<char>) {
        match escaped {
            Some('s') => self.push(' '),
            Some('n') => self.push('\n'),
            Some('t') => self.push('\t'),
            Some('r') => self.push('\r'),
            Some(separator @ (',' | ';' | '\\')) => self.push(separator),
            Some(other) => {
                self.push('\\');
                self.push(other);
            }
            None => {}
        }
    }
}
