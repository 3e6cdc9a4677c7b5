//! Reads a capture with tshark. Nothing here parses a frame.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const FIELDS: [&str; 11] = [
    "frame.time_epoch",
    "frame.len",
    "frame.cap_len",
    "radiotap.flags.badfcs",
    "wlan.fc.type_subtype",
    "wlan.fc.ds",
    "wlan.ta",
    "wlan.bssid",
    "wlan.ssid",
    "wlan.tag.oui",
    "wlan.tag.vendor.oui.type",
];

/// What an address sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub first_us: u64,
    pub last_us: u64,
    pub probe_requests: u64,
    pub naming: u64,
    pub wps_or_p2p: u64,
    pub authentications: u64,
    pub associations: u64,
    pub data: u64,
    pub deauthentications: u64,
    is_access_point: bool,
}

/// Frames by transmitter.
#[derive(Debug, Default)]
pub struct Heard {
    pub frames: u64,
    pub damaged: u64,
    pub truncated: u64,
    begin: Option<u64>,
    all: BTreeMap<String, Sent>,
}

pub fn read(capture: &Path) -> Heard {
    let mut heard = Heard::default();
    each_frame(capture, &[], &FIELDS, |line| {
        let fields: Vec<_> = line.split('\t').collect();
        let fields: &[&str; FIELDS.len()] = fields.as_slice().try_into().expect("all fields");
        heard.add(fields);
    });
    heard
}

/// What tshark says of each frame: a line with these fields.
pub fn each_frame(capture: &Path, options: &[&str], fields: &[&str], mut tell: impl FnMut(&str)) {
    let mut command = Command::new("tshark");
    command.args(["-n", "-T", "fields"]).args(options);
    command.arg("-r").arg(capture);
    for field in fields {
        command.args(["-e", field]);
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("tshark is there: tests/lab/setup.sh installs it");
    for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
        tell(&line.expect("tshark writes text"));
    }
    assert!(child.wait().expect("it was started").success());
}

impl Heard {
    fn add(&mut self, fields: &[&str; FIELDS.len()]) {
        let [
            time,
            length,
            kept,
            bad,
            kind,
            ds,
            ta,
            bssid,
            ssid,
            ouis,
            types,
        ] = *fields;
        let at = micros(time);
        let at = at - *self.begin.get_or_insert(at);
        self.frames += 1;
        if bad == "1" {
            self.damaged += 1;
            return;
        }
        self.truncated += u64::from(length != kept);
        if ta.is_empty() {
            return;
        }
        let sent = self.all.entry(ta.to_owned()).or_insert_with(|| Sent {
            first_us: at,
            ..Sent::default()
        });
        sent.last_us = at;
        // IEEE 802.11-2020, table 9-1.
        let kind = u8::from_str_radix(kind.trim_start_matches("0x"), 16).expect("a type");
        let (class, to_or_from) = (kind >> 4, ds.trim_start_matches("0x"));
        let is_named = !["", "<MISSING>", "4449524543542d"].contains(&ssid);
        match (class, kind & 15) {
            (0, 1 | 3 | 8) => sent.is_access_point = true,
            (0, 5) => sent.is_access_point |= ssid != "4449524543542d",
            (0, 4) => {
                sent.probe_requests += 1;
                sent.naming += u64::from(is_named);
                sent.wps_or_p2p += u64::from(has_wps_or_p2p(ouis, types));
            }
            (0, 0 | 2) => sent.associations += 1,
            (0, _) if ta == bssid => sent.is_access_point = true,
            (0, 11) => sent.authentications += 1,
            (0, 10 | 12) => sent.deauthentications += 1,
            (2, _) => match to_or_from {
                "02" => sent.is_access_point = true,
                "00" | "01" => sent.data += 1,
                _ => {}
            },
            _ => {}
        }
    }

    /// Addresses that sent frames of stations and none of access points.
    pub fn stations(&self) -> BTreeMap<&str, &Sent> {
        let all = self
            .all
            .iter()
            .map(|(address, sent)| (address.as_str(), sent));
        all.filter(|(_, it)| !it.is_access_point && it.is_station())
            .collect()
    }

    pub fn access_points(&self) -> BTreeSet<&str> {
        let all = self.all.iter().filter(|(_, it)| it.is_access_point);
        all.map(|(address, _)| address.as_str()).collect()
    }
}

impl Sent {
    fn is_station(&self) -> bool {
        self.probe_requests + self.authentications + self.associations + self.data > 0
    }
}

/// From the OUIs and types of the vendor-specific elements.
fn has_wps_or_p2p(ouis: &str, types: &str) -> bool {
    let pairs = ouis.split(',').zip(types.split(','));
    pairs
        .into_iter()
        .any(|pair| pair == ("20722", "4") || pair == ("5271450", "9"))
}

/// Converts seconds with a fraction to microseconds.
pub fn micros(time: &str) -> u64 {
    let (seconds, fraction) = time.split_once('.').expect("a fraction");
    let number = |text: &str| text.parse::<u64>().expect("a number");
    number(seconds) * 1_000_000 + number(&fraction[..6])
}
