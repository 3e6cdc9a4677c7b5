//! Targets of the fuzzer: what clients send, and what a daemon of another version answers.

use super::fields::Fields;
use super::line::{Lines, TooLong};
use super::{EventLine, LONGEST_REQUEST, Reply, Request};
use crate::fuzzing::{assert_harmless, text};
use crate::json::Json;
use macveil_core::types::{MAX_SSID_BYTES, Ssid};

/// A line from a client. Whatever it is, the reply is one line, and not endless.
pub(crate) fn request(data: &[u8]) {
    match Request::read(data) {
        Ok(request) => {
            if let Request::Reroll { ssid, .. } | Request::Rejoin { ssid } = &request {
                assert!((1..=MAX_SSID_BYTES).contains(&ssid.as_bytes().len()));
            }
            let line = request.to_line();
            assert_harmless(&line);
            assert!(line.len() < LONGEST_REQUEST);
            assert_eq!(Request::read(line.as_bytes()), Ok(request));
        }
        Err(fault) => {
            let reply = Reply::Fault(fault);
            let line = reply.to_line();
            assert_no_line_break(&line);
            assert!(line.len() <= 6 * data.len() + 256);
            let read = Reply::read(line.as_bytes(), &Request::Interfaces);
            assert_eq!(read, Ok(reply));
        }
    }
    writing(&text(data));
}

/// A line from a daemon: what is understood is understood again as written.
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
        },
        Request::Rejoin { ssid },
    ] {
        match Reply::read(data, &request) {
            Ok(reply) => {
                let line = reply.to_line();
                assert_no_line_break(&line);
                assert_eq!(Reply::read(line.as_bytes(), &request), Ok(reply));
            }
            Err(malformed) => assert!(!malformed.to_string().is_empty()),
        }
    }
    let _ = EventLine::read(data);
}

/// A stream in pieces: its lines come out as they went in, and none is longer than there is room for.
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

/// The line after those that were taken does not fit.
fn assert_too_long(stream: &[u8], taken: &[Vec<u8>]) {
    let mut expected = stream.split(|&byte| byte == b'\n');
    for line in taken {
        assert_eq!(expected.next(), Some(line.as_slice()));
    }
    assert!(
        expected
            .next()
            .is_some_and(|line| line.len() >= LONGEST_REQUEST)
    );
}

/// Any text is read by others as it was written.
fn writing(text: &str) {
    let line = Json::Object(vec![("text", Json::text(text))]).to_string();
    assert_no_line_break(&line);
    let read = Fields::of_line(line.as_bytes()).map(|mut fields| fields.text("text"));
    assert_eq!(read, Ok(Ok(text.to_owned())));
}

fn assert_no_line_break(line: &str) {
    assert!(!line.contains(|c: char| c.is_ascii_control()), "{line:?}");
}
