//! Fuzz targets: requests of clients, and replies of a daemon of another version.

use super::json::{object, to_json};
use super::{EventLine, Lines, MAX_REQUEST, Reply, Request, TooLong, answer_to_line};
use crate::fuzzing::{assert_harmless, text};
use macveil_core::types::{MAX_SSID_BYTES, Ssid};

/// A line from a client. The reply to any line is one line of limited length.
pub(crate) fn request(data: &[u8]) {
    match Request::read(data) {
        Ok(request) => {
            if let Request::Reroll { ssid, .. } | Request::Rejoin { ssid } = &request {
                assert!((1..=MAX_SSID_BYTES).contains(&ssid.as_bytes().len()));
            }
            let line = request.to_line();
            assert_harmless(&line);
            assert!(line.len() < MAX_REQUEST);
            assert_eq!(Request::read(line.as_bytes()), Ok(request));
        }
        Err(fault) => {
            let line = fault.to_line();
            assert_no_line_break(&line);
            assert!(line.len() <= 6 * data.len() + 512);
            let read = Reply::read(line.as_bytes(), &Request::Interfaces);
            assert_eq!(read, Ok(Err(fault)));
        }
    }
    writing(&text(data));
}

/// A line from a daemon: an answer that was read is the same when written and read again.
pub(crate) fn reply(data: &[u8]) {
    let ssid = Ssid::wildcard();
    for request in [
        Request::Interfaces,
        Request::Reload,
        Request::Scan { interface: None },
        Request::Rotate { interface: None },
        Request::Resume { interface: None },
        Request::Events { interface: None },
        Request::Reroll {
            ssid: ssid.clone(),
            now: false,
            undo: false,
        },
        Request::Rejoin { ssid },
    ] {
        match Reply::read(data, &request) {
            Ok(answer) => {
                let line = answer_to_line(&answer);
                assert_no_line_break(&line);
                assert_eq!(Reply::read(line.as_bytes(), &request), Ok(answer));
            }
            Err(malformed) => assert!(!malformed.to_string().is_empty()),
        }
    }
    let _ = EventLine::read(data);
}

/// A stream in pieces: its lines come out as they went in, and none is longer than the buffer.
pub(crate) fn lines(data: &[u8]) {
    let Some((&size, stream)) = data.split_first() else {
        return;
    };
    let mut lines = Lines::new();
    let mut taken = Vec::new();
    for piece in stream.chunks(usize::from(size) * 16 + 1) {
        let mut piece = piece;
        while !piece.is_empty() {
            let room = lines.room();
            let (now, later) = piece.split_at(piece.len().min(room.len()));
            room.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            lines.add(now.len());
            piece = later;
            loop {
                match lines.take() {
                    Ok(Some(line)) => taken.push(line),
                    Ok(None) => break,
                    Err(TooLong) => return assert_too_long(stream, &taken),
                }
            }
        }
    }
    taken.extend(lines.take_rest());
    let mut expected: Vec<_> = stream.split(|&byte| byte == b'\n').collect();
    if expected.last().is_some_and(|line| line.is_empty()) {
        expected.pop();
    }
    assert_eq!(taken, expected);
}

/// The line after the taken ones does not fit.
fn assert_too_long(stream: &[u8], taken: &[Vec<u8>]) {
    let mut expected = stream.split(|&byte| byte == b'\n');
    for line in taken {
        assert_eq!(expected.next(), Some(line.as_slice()));
    }
    assert!(
        expected
            .next()
            .is_some_and(|line| line.len() >= MAX_REQUEST)
    );
}

/// Any text reads back as written.
fn writing(text: &str) {
    let line = to_json(&std::collections::BTreeMap::from([("text", text)]));
    assert_no_line_break(&line);
    let read = object(line.as_bytes()).map(|object| object.get("text").cloned());
    assert_eq!(read, Ok(Some(text.into())));
}

fn assert_no_line_break(line: &str) {
    assert!(!line.contains(|c: char| c.is_ascii_control()), "{line:?}");
}
