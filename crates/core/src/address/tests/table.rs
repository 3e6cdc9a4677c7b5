//! Cases computed by an independent implementation (`tests/vectors/generate.py`).

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use base16ct::lower;

use super::bench::{Bench, mac, sourced};
use crate::address::{AssignError, Binding, HostKey, MachineId, NetworkFacts, Slap, Source, Zone};
use crate::types::{KeyMgmt, Ssid, Words};

const TABLE: &str = include_str!("../../../../../tests/vectors/table.tsv");
const ZONES: [(&str, &[u8]); 6] = [
    (
        "Apia",
        include_bytes!("../../../../../tests/vectors/zones/Apia.tzif"),
    ),
    (
        "Berlin",
        include_bytes!("../../../../../tests/vectors/zones/Berlin.tzif"),
    ),
    (
        "Casablanca",
        include_bytes!("../../../../../tests/vectors/zones/Casablanca.tzif"),
    ),
    (
        "Kathmandu",
        include_bytes!("../../../../../tests/vectors/zones/Kathmandu.tzif"),
    ),
    (
        "Lord_Howe",
        include_bytes!("../../../../../tests/vectors/zones/Lord_Howe.tzif"),
    ),
    (
        "New_York",
        include_bytes!("../../../../../tests/vectors/zones/New_York.tzif"),
    ),
];

/// A line of the table; `-` stands for no value.
struct Case(BTreeMap<&'static str, &'static str>);

impl Case {
    fn get(&self, column: &str) -> Option<&'static str> {
        let cell = self.0.get(column).copied();
        cell.filter(|cell| *cell != "-")
    }

    fn bytes(&self, column: &str) -> Option<Vec<u8>> {
        let digits = self.get(column)?;
        Some(lower::decode_vec(digits.as_bytes()).unwrap())
    }

    fn word<T: Copy>(&self, column: &str, words: Words<T>) -> Option<T> {
        let word = self.get(column)?;
        let known = words.iter().find(|(known, _)| *known == word);
        Some(known.unwrap_or_else(|| panic!("{word}")).1)
    }

    fn zone(&self) -> Zone {
        match self.get("zone").unwrap() {
            "UTC" => Zone::utc(),
            name => {
                let (_, file) = ZONES.iter().find(|(known, _)| *known == name).unwrap();
                Zone::from_tzif(file).unwrap()
            }
        }
    }

    fn bench(&self) -> Bench {
        let machine = MachineId::parse(self.get("machine").unwrap_or_default());
        let mut bench = Bench::new();
        if let Some(id) = self.get("stable_id") {
            bench = bench.stable_id(id);
        }
        if let Some(mask) = self.get("mask") {
            bench = bench.mask(mask);
        }
        if let Some(uuid) = self.get("uuid") {
            bench = bench.uuid(uuid);
        }
        bench = bench.policy(self.get("policy").unwrap());
        self.get("ifname").unwrap().clone_into(&mut bench.interface);
        bench.key = HostKey::from_file(&self.bytes("key").unwrap(), machine.as_ref()).unwrap();
        bench.boot_id = self.get("boot").map(str::to_owned);
        bench.zone = self.zone();
        bench.options.binding = self.word("binding", Binding::WORDS).map(sourced);
        bench.options.slap = self.word("slap", Slap::WORDS).map(sourced);
        bench.options.by_security = Some(sourced(self.get("security").is_some()));
        bench.card.permanent = self.get("permanent").map(mac);
        bench.card.initial = mac(self.get("initial").unwrap());
        bench.card.current = mac(self.get("current").unwrap());
        bench
    }

    fn check(&self, line: usize) {
        let ssid = self.bytes("ssid").map(|bytes| Ssid::new(&bytes).unwrap());
        let seconds = self.get("time").unwrap().parse().unwrap();
        let network = NetworkFacts {
            ssid: ssid.as_ref(),
            security: self.word("security", KeyMgmt::WORDS),
            time: UNIX_EPOCH.checked_add(Duration::from_secs(seconds)),
            generation: self.get("generation").unwrap().parse().unwrap(),
            ..NetworkFacts::default()
        };
        let derivation = match (self.bench().derive(&network), self.get("address").unwrap()) {
            (Err(AssignError::MaskTooWide { .. }), "refused") => return,
            (derivation, _) => derivation.unwrap_or_else(|error| panic!("line {line}: {error}")),
        };
        let Source::Hash { id, .. } = derivation.source else {
            panic!("line {line}: not hashed");
        };
        assert_eq!(
            id.kind.to_string(),
            self.get("type").unwrap(),
            "line {line}"
        );
        assert_eq!(id.text, self.get("id").unwrap(), "line {line}");
        assert_eq!(derivation.address.to_string(), self.get("address").unwrap());
    }
}

#[test]
fn every_case_of_the_table_matches() {
    let mut lines = TABLE.lines();
    let columns: Vec<_> = lines.next().unwrap().split('\t').collect();
    let mut cases = 0;
    for (number, line) in (2..).zip(lines) {
        let cells = line.split('\t');
        Case(columns.iter().copied().zip(cells).collect()).check(number);
        cases += 1;
    }
    assert_eq!(cases, 480);
}
