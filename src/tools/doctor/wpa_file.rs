//! `wpa_supplicant`'s configuration file (`wpa_supplicant.conf(5)`), as far as it tells what is given away.

use super::text::numbered;

/// A line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) line: usize,
    /// The number of the network that it belongs to; none: it is about everything.
    pub(super) network: Option<usize>,
    pub(super) key: &'a str,
    pub(super) value: &'a str,
}

/// The whole file; blocks of another kind than networks are left out.
pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let mut networks = 0;
    let mut block: Option<Option<usize>> = None;
    for (line, text) in numbered(text) {
        if text == "}" {
            block = None;
        } else if let Some(name) = text.strip_suffix('{').and_then(|it| it.strip_suffix('=')) {
            let is_network = name == "network";
            networks += usize::from(is_network);
            block = Some(is_network.then_some(networks));
        } else if let Some((key, value)) = text.split_once('=') {
            let network = match block {
                Some(None) => continue,
                Some(network) => network,
                None => None,
            };
            let (key, value) = (
                key.trim_ascii_end(),
                without_comment(value.trim_ascii_start()),
            );
            entries.push(Entry {
                line,
                network,
                key,
                value,
            });
        }
    }
    entries
}

/// `wpa_config_get_line` cuts them off outside of quotes.
fn without_comment(value: &str) -> &str {
    if value.contains('"') {
        return value;
    }
    value.split('#').next().unwrap_or(value).trim_ascii_end()
}

/// What is said for everything; the last counts.
pub(super) fn global<'a>(entries: &[Entry<'a>], key: &str) -> Option<Entry<'a>> {
    let mut of_all = entries
        .iter()
        .filter(|it| it.network.is_none() && it.key == key);
    of_all.next_back().copied()
}

/// What the network of an entry is called.
pub(super) fn name<'a>(entries: &[Entry<'a>], of: &Entry) -> &'a str {
    let mut all = entries.iter();
    let ssid = all.find(|it| it.network == of.network && it.key == "ssid");
    ssid.map_or("", |it| it.value)
}
