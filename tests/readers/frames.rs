//! Compares each frame with tshark's reading, in every format and behind every header.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use macveil::tools::audit::{Capture, Direction, Frame, FrameKind, Packet, split_header, unpack};

use crate::encodings::{Encoding, Record};
use crate::tshark::{self, each_frame};

/// First of all values, if a frame has several.
const FIELDS: [&str; 10] = [
    "frame.time_epoch",
    "wlan.fc.type_subtype",
    "wlan.fc.ds",
    "wlan.ra",
    "wlan.ta",
    "wlan.bssid",
    "wlan.sa",
    "wlan.seq",
    "wlan.ssid",
    "wlan.qos.amsdupresent",
];

const MORE_FRAGMENTS: u8 = 4;
const CF_END: u8 = 0x1e;

/// Writes the records in this encoding and returns the frames on which the readers differ.
pub fn differences(records: &[Record], encoding: &Encoding, directory: &Path) -> Vec<String> {
    let path = directory.join("air");
    fs::write(&path, encoding.write(records)).unwrap();
    let compressed = encoding.compress(&path);
    let theirs = theirs(if encoding.is_read_by_tshark() {
        &compressed
    } else {
        &path
    });
    let source = unpack(fs::File::open(&compressed).unwrap()).unwrap().source;
    let mut capture = Capture::new(source).unwrap();
    let mut differences = Vec::new();
    for (number, theirs) in (1..).zip(&theirs) {
        let packet = capture.next_packet().unwrap().expect("as many frames");
        let ours = ours(&packet);
        if ours != *theirs {
            differences.push(format!(
                "{encoding:?}, frame {number}:\n  audit  {ours:?}\n  tshark {theirs:?}"
            ));
        }
    }
    assert!(capture.next_packet().unwrap().is_none());
    assert_eq!(theirs.len(), records.len());
    differences
}

/// What the audit reads, as a line like tshark's.
fn ours(packet: &Packet) -> Option<String> {
    let (_, bytes) = split_header(packet)?;
    let frame = Frame::read(bytes)?;
    let mut line = format!("{} {} {}", packet.at, kind(frame.kind), frame.receiver);
    if let Some(transmitter) = frame.transmitter {
        write!(line, " from {transmitter}").unwrap();
    }
    if frame.kind != FrameKind::Control {
        let (bssid, sequence) = (frame.bssid?, frame.sequence?);
        if frame.kind != FrameKind::Data(Direction::Bridge) {
            write!(line, " in {bssid}").unwrap();
        }
        write!(line, " number {sequence}").unwrap();
    }
    if let Some(source) = frame.source {
        write!(line, " of {source}").unwrap();
    }
    // tshark reads fragments when it has them all.
    let is_whole = bytes[1] & MORE_FRAGMENTS == 0;
    if let Some(ssid) = frame.ssid().filter(|_| is_whole) {
        line.push_str(" named ");
        for byte in ssid {
            write!(line, "{byte:02x}").unwrap();
        }
    }
    Some(line.to_lowercase())
}

fn kind(kind: FrameKind) -> String {
    format!("{kind:?}")
}

fn theirs(capture: &Path) -> Vec<Option<String>> {
    let mut all = Vec::new();
    let first_only = ["-E", "occurrence=f"];
    each_frame(capture, &first_only, &FIELDS, |line| {
        all.push(line_of(line));
    });
    all
}

/// `None` for a frame whose type no version of 802.11 below 60 GHz has.
fn line_of(line: &str) -> Option<String> {
    let fields: Vec<_> = line.split('\t').collect();
    let [
        time,
        kind,
        ds,
        receiver,
        transmitter,
        bssid,
        source,
        sequence,
        ssid,
        aggregate,
    ] = fields.try_into().expect("all fields");
    let number = |text: &str| u8::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    let (kind, ds) = (number(kind)?, number(ds)?);
    if kind >> 4 > 2 {
        return None;
    }
    // Of a CF-End frame, the transmitter is the BSSID.
    let transmitter = match kind {
        CF_END => bssid,
        _ => transmitter,
    };
    let kind = kind_of(kind >> 4, kind & 15, ds);
    let mut line = format!("{} {} {receiver}", tshark::micros(time), self::kind(kind));
    if !transmitter.is_empty() {
        let transmitter = if kind == FrameKind::Control {
            unicast(transmitter)
        } else {
            transmitter.to_owned()
        };
        write!(line, " from {transmitter}").unwrap();
    }
    if kind != FrameKind::Control {
        if kind != FrameKind::Data(Direction::Bridge) {
            write!(line, " in {bssid}").unwrap();
        }
        write!(line, " number {sequence}").unwrap();
    }
    if kind == FrameKind::Data(Direction::Bridge) && !["1", "True"].contains(&aggregate) {
        write!(line, " of {source}").unwrap();
    }
    let has_elements = matches!(
        kind,
        FrameKind::AssociationRequest
            | FrameKind::ProbeRequest
            | FrameKind::ProbeResponse
            | FrameKind::Beacon
    );
    if has_elements && !["", "<MISSING>"].contains(&ssid) {
        write!(line, " named {ssid}").unwrap();
    }
    Some(line.to_lowercase())
}

/// The group bit of a control frame's transmitter signals the bandwidth.
fn unicast(address: &str) -> String {
    let (first, rest) = address.split_at(2);
    let first = u8::from_str_radix(first, 16).expect("a byte");
    format!("{:02x}{rest}", first & 0xfe)
}

/// IEEE 802.11-2020, table 9-1.
fn kind_of(class: u8, subtype: u8, ds: u8) -> FrameKind {
    match (class, subtype) {
        (0, 0 | 2) => FrameKind::AssociationRequest,
        (0, 1 | 3) => FrameKind::AssociationResponse,
        (0, 4) => FrameKind::ProbeRequest,
        (0, 5) => FrameKind::ProbeResponse,
        (0, 8) => FrameKind::Beacon,
        (0, 10 | 12) => FrameKind::Deauthentication,
        (0, 11) => FrameKind::Authentication,
        (0, 13 | 14) => FrameKind::Action,
        (0, _) => FrameKind::Management,
        (1, _) => FrameKind::Control,
        _ => FrameKind::Data(match ds {
            0 => Direction::Direct,
            1 => Direction::ToAccessPoint,
            2 => Direction::FromAccessPoint,
            _ => Direction::Bridge,
        }),
    }
}
