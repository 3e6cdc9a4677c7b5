//! `wpa_supplicant`'s configuration file (`wpa_supplicant.conf(5)`).

use super::text::numbered;

/// A setting with its line number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) path: &'a str,
    pub(super) line: usize,
    /// Number of the network block; `None` for global settings.
    pub(super) network: Option<usize>,
    pub(super) key: &'a str,
    pub(super) value: &'a str,
}

impl Entry<'_> {
    /// Path and line.
    pub(super) fn place(&self) -> String {
        format!("{} line {}", self.path, self.line)
    }
}

/// All settings of files that are read one after the other, except those in other blocks than networks, and of
/// networks that `wpa_supplicant` neither looks for nor joins (`disabled`).
pub(super) fn entries<'a>(files: &'a [(String, &'a str)]) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    let mut networks = 0;
    for (path, text) in files {
        add(path, text, &mut networks, &mut entries);
    }
    for network in (1..=networks).map(Some) {
        let disabled = in_network(&entries, network, "disabled");
        if disabled.is_some_and(|entry| entry.value != "0") {
            entries.retain(|entry| entry.network != network);
        }
    }
    entries
}

fn add<'a>(path: &'a str, text: &'a str, networks: &mut usize, entries: &mut Vec<Entry<'a>>) {
    let mut block: Option<Option<usize>> = None;
    for (line, text) in numbered(text) {
        let text = without_comment(text);
        if text == "}" {
            block = None;
        } else if let Some(name) = text
            .strip_suffix('{')
            .and_then(|name| name.strip_suffix('='))
        {
            let is_network = name == "network";
            *networks += usize::from(is_network);
            block = Some(is_network.then_some(*networks));
        } else if let Some((key, value)) = text.split_once('=') {
            let network = match block {
                Some(None) => continue,
                Some(network) => network,
                None => None,
            };
            let (key, value) = (key.trim_ascii_end(), value.trim_ascii_start());
            entries.push(Entry {
                path,
                line,
                network,
                key,
                value,
            });
        }
    }
}

/// Removes a comment after the last quote, as `wpa_config_get_line` does.
fn without_comment(line: &str) -> &str {
    let last = line.rfind('"').filter(|last| line.find('"') != Some(*last));
    let (quoted, rest) = line.split_at(last.unwrap_or_default());
    let kept = rest.split('#').next().unwrap_or(rest);
    let end = quoted.len() + kept.len();
    line.get(..end).unwrap_or(line).trim_ascii_end()
}

/// The effective global setting: the last one.
pub(super) fn global<'a>(entries: &[Entry<'a>], key: &str) -> Option<Entry<'a>> {
    let mut of_all = entries
        .iter()
        .filter(|entry| entry.network.is_none() && entry.key == key);
    of_all.next_back().copied()
}

/// SSID of the network block of an entry.
pub(super) fn name<'a>(entries: &[Entry<'a>], of: &Entry) -> &'a str {
    in_network(entries, of.network, "ssid").map_or("", |entry| entry.value)
}

/// The effective setting of a network block: the last one.
pub(super) fn in_network<'a>(
    entries: &[Entry<'a>],
    network: Option<usize>,
    key: &str,
) -> Option<Entry<'a>> {
    let mut all = entries.iter().rev();
    all.find(|entry| entry.network == network && entry.key == key)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_can_follow_every_line() {
        let text = "network={ # home\n\tssid=\"a#b\" # name\n\tscan_ssid=1# hidden\n\
                    \tbgscan=\"\"\t# off\n\tpsk=\"#c#\n} # end\ncountry=DE # here\n";
        let files = [("file".to_owned(), text)];
        let entries = entries(&files);
        let found: Vec<_> = entries
            .iter()
            .map(|entry| (entry.line, entry.network, entry.key, entry.value))
            .collect();
        let home = Some(1);
        assert_eq!(
            found,
            [
                (2, home, "ssid", "\"a#b\""),
                (3, home, "scan_ssid", "1"),
                (4, home, "bgscan", "\"\""),
                (5, home, "psk", "\""),
                (7, None, "country", "DE"),
            ]
        );
    }
}
