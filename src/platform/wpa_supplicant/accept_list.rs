//! `bssid_accept`: the BSSIDs that a network may join, each with an optional mask
//! (`wpa_config_parse_addr_list`, config.c, 2.10).

use macveil_core::types::Mac;

use super::text;

/// No access point has this BSSID: with it alone, a network joins none. An empty list accepts any.
const NO_BSS: &str = "00:00:00:00:00:00";

/// Matches the same.
const NONE: (Mac, Mac) = (Mac([0; 6]), Mac([0xff; 6]));

/// A list as wpa_supplicant shows it.
#[derive(Debug)]
pub(super) struct AcceptList(Vec<(Mac, Mac)>);

impl AcceptList {
    /// Words that are no address match nothing.
    pub(super) fn parse(value: &str) -> Self {
        let words = value.split_ascii_whitespace();
        Self(words.map(|word| entry(word).unwrap_or(NONE)).collect())
    }

    fn accepts(&self, bssid: Mac) -> bool {
        let matches = |(address, mask): &(Mac, Mac)| {
            let bytes = address.0.iter().zip(mask.0).zip(bssid.0);
            bytes.fold(true, |same, ((a, m), b)| same && a & m == b & m)
        };
        self.0.is_empty() || self.0.iter().any(matches)
    }

    /// The value that accepts, of these BSSIDs, those in the list.
    pub(super) fn limited_to(&self, bssids: &[Mac]) -> String {
        let accepted = bssids.iter().filter(|bssid| self.accepts(**bssid));
        let accepted: Vec<String> = accepted.map(Mac::to_string).collect();
        if accepted.is_empty() {
            return NO_BSS.to_owned();
        }
        accepted.join(" ")
    }
}

fn entry(word: &str) -> Option<(Mac, Mac)> {
    let (address, mask) = word.split_once('/').unwrap_or((word, "ff:ff:ff:ff:ff:ff"));
    Some((text::mac(address.as_bytes())?, text::mac(mask.as_bytes())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: Mac = Mac([2, 0, 0, 0, 3, 1]);
    const FAR: Mac = Mac([2, 0, 0, 0, 3, 2]);

    fn limited(value: &str) -> String {
        AcceptList::parse(value).limited_to(&[NEAR, FAR])
    }

    #[test]
    fn without_a_list_the_limit_is_the_value() {
        assert_eq!(limited(""), "02:00:00:00:03:01 02:00:00:00:03:02");
        assert_eq!(AcceptList::parse("").limited_to(&[]), NO_BSS);
    }

    #[test]
    fn limit_and_list_are_both_kept() {
        assert_eq!(
            limited("02:00:00:00:03:02 02:00:00:00:03:09"),
            FAR.to_string()
        );
        assert_eq!(limited("02:00:00:00:03:09"), NO_BSS);
        assert_eq!(limited("02:00:00:00:00:00/ff:ff:ff:ff:00:00"), limited(""));
        assert_eq!(limited("02:00:00:00:00:00/ff:ff:ff:ff:ff:00"), NO_BSS);
        assert_eq!(limited("nonsense"), NO_BSS);
    }
}
