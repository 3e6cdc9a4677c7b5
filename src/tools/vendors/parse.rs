//! The formats of lists of vendors. Lines that are not valid are skipped.

use super::prefix::Prefix;

/// In characters. Longer names are cut.
pub(super) const MAX_NAME_LENGTH: usize = 80;

enum Line<'a> {
    Entry(Prefix, &'a str),
    /// Its name is in the next line.
    Prefix(Prefix),
    Name(&'a str),
    Other,
}

/// The prefixes of a list with their vendors.
///
/// | list | lines |
/// |---|---|
/// | macchanger | `00 1B 77 Name` |
/// | IEEE, text | `00-1B-77 (hex) Name`, with tabs |
/// | IEEE, CSV | `MA-L,001B77,"Name, Inc.",...` |
/// | systemd | `OUI:001B77*`, then ` ID_OUI_FROM_DATABASE=Name` |
/// | nmap, arp-scan | `001B77 Name` |
/// | Wireshark | `00:1B:77 Short Name`, `00:1B:C5:00:00:00/36 Short Name`, with tabs |
///
/// Names are unchanged: see [`cleaned`].
pub(super) fn entries(text: &str) -> impl Iterator<Item = (Prefix, &str)> {
    let mut pending = None;
    text.lines().filter_map(move |line| {
        let (prefix, name) = match read(line) {
            Line::Entry(prefix, name) => (prefix, name),
            Line::Name(name) => (pending.take()?, name),
            Line::Prefix(prefix) => {
                pending = Some(prefix);
                return None;
            }
            Line::Other => return None,
        };
        Some((prefix, name))
    })
}

fn read(line: &str) -> Line<'_> {
    // The cheapest check first: a line has one format at most, and there are tens of thousands of lines.
    if let Some((prefix, name)) = spaced(line) {
        return Line::Entry(prefix, name);
    }
    let trimmed = line.trim();
    if let Some(pattern) = trimmed.strip_prefix("OUI:") {
        let digits = pattern.strip_suffix('*').unwrap_or(pattern);
        return Prefix::from_digits(digits.as_bytes()).map_or(Line::Other, Line::Prefix);
    }
    if let Some(name) = trimmed.strip_prefix("ID_OUI_FROM_DATABASE=") {
        return Line::Name(name);
    }
    ieee(trimmed)
        .or_else(|| csv(trimmed))
        .or_else(|| column(line))
        .map_or(Line::Other, |(prefix, name)| Line::Entry(prefix, name))
}

fn csv(line: &str) -> Option<(Prefix, &str)> {
    let (registry, rest) = line.split_at_checked(5)?;
    if !matches!(registry, "MA-L," | "MA-M," | "MA-S,") {
        return None;
    }
    let (digits, rest) = rest.split_once(',')?;
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\",").map_or(quoted, |(name, _)| name),
        None => rest.split_once(',').map_or(rest, |(name, _)| name),
    };
    Some((Prefix::from_digits(digits.as_bytes())?, name))
}

fn ieee(line: &str) -> Option<(Prefix, &str)> {
    let (prefix, rest) = line.split_at_checked(8)?;
    let prefix = grouped(prefix, b'-')?;
    Some((prefix, rest.trim_start().strip_prefix("(hex)")?))
}

fn spaced(line: &str) -> Option<(Prefix, &str)> {
    let prefix = grouped(line.get(..8)?, b' ')?;
    Some((prefix, line.get(8..)?.strip_prefix([' ', '\t'])?))
}

/// The prefix is the first word.
fn column(line: &str) -> Option<(Prefix, &str)> {
    let (word, name) = line.split_once([' ', '\t'])?;
    let name = name.trim_start();
    if word.contains(':') {
        // A short name, and after a tab the long one.
        let name = name.split_once('\t').map_or(name, |(_, long)| long);
        return Some((with_length(word)?, name));
    }
    let name = name.strip_prefix("(base 16)").unwrap_or(name);
    Some((Prefix::from_digits(word.as_bytes())?, name))
}

/// `00:1B:77`, or six bytes and the number of bits.
fn with_length(word: &str) -> Option<Prefix> {
    match word.split_once('/') {
        None => grouped(word, b':'),
        Some((address, bits)) => {
            let address = address.parse().ok()?;
            let bits = bits.parse().ok()?;
            super::prefix::LENGTHS
                .contains(&bits)
                .then(|| Prefix::of(address, bits))
        }
    }
}

/// Three bytes of two digits each.
fn grouped(text: &str, separator: u8) -> Option<Prefix> {
    let &[a0, a1, first, b0, b1, second, c0, c1] = text.as_bytes() else {
        return None;
    };
    let separated = first == separator && second == separator;
    separated.then(|| Prefix::from_digits(&[a0, a1, b0, b1, c0, c1]))?
}

/// The name without control characters and cut to the maximum length. `None` if nothing is left.
pub(super) fn cleaned(name: &str) -> Option<String> {
    let name = name.trim();
    if is_clean(name) {
        return Some(name.to_owned());
    }
    let words = name.split(|character: char| character.is_whitespace() || character.is_control());
    let mut text = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word.replace("\"\"", "\""));
        if text.chars().count() > MAX_NAME_LENGTH {
            text = text.chars().take(MAX_NAME_LENGTH).collect();
            break;
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Nearly all names are, and a lookup of one name reads the whole list.
fn is_clean(name: &str) -> bool {
    let mut before = b' ';
    let in_order = name.bytes().all(|byte| {
        let doubled = byte == before && matches!(byte, b' ' | b'"');
        before = byte;
        matches!(byte, b' '..=b'~') && !doubled
    });
    in_order && (1..=MAX_NAME_LENGTH).contains(&name.len())
}
