//! The socket with clients, and a client with daemons, that mean no good.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::clients::SHORT;
use super::daemon::{Daemon, LIMIT, RELOAD, answer, is_closed, reply_line};
use crate::daemon::control::server::Limits;
use crate::protocol::{Client, ClientError, Request};

/// Says something over and over until it is stopped or cut off; how often it could.
fn say_on(stream: &mut UnixStream, what: &[u8], pause: Duration, stop: impl Fn() -> bool) -> usize {
    let mut times = 0;
    while !stop() && stream.write_all(what).is_ok() {
        times += 1;
        thread::sleep(pause);
    }
    times
}

#[test]
fn who_drips_loses_the_seat_though_it_is_never_silent() {
    let daemon = Daemon::start_within(SHORT, None);
    let mut dripping = daemon.connect();
    let begun = Instant::now();
    let often = SHORT.request_timeout / 10;
    say_on(&mut dripping, b" ", often, || begun.elapsed() > LIMIT);
    assert!(begun.elapsed() < LIMIT);
    assert!(daemon.serves());
}

#[test]
fn every_seat_taken_by_one_that_drips_is_free_again() {
    let limits = Limits {
        clients: 8,
        ..SHORT
    };
    let daemon = Daemon::start_within(limits, None);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..limits.clients {
            let mut dripping = daemon.connect();
            scope.spawn(move || {
                say_on(&mut dripping, b"{", SHORT.request_timeout / 10, || {
                    begun.elapsed() > LIMIT
                })
            });
        }
        assert!(daemon.serves());
    });
    assert!(begun.elapsed() < LIMIT);
}

#[test]
fn floods_do_not_delay_other_clients() {
    let daemon = Daemon::start(None);
    let over = AtomicBool::new(false);
    let said = thread::scope(|scope| {
        let floods = [RELOAD, b"\n", b"\0\xff\n", &[b'['; 4095], b"{}\n{}\n{}\n"];
        let mut flooding = Vec::new();
        for what in floods {
            let mut stream = daemon.connect();
            let mut back = stream.try_clone().unwrap();
            scope.spawn(move || std::io::copy(&mut back, &mut std::io::sink()));
            let stop = || over.load(Ordering::Relaxed);
            flooding.push(scope.spawn(move || {
                let times = say_on(&mut stream, what, Duration::ZERO, stop);
                let _ = stream.shutdown(Shutdown::Both);
                times
            }));
        }
        thread::sleep(Duration::from_millis(100));
        let slowest = (0..20).map(|_| {
            let asked = Instant::now();
            assert_eq!(daemon.ask().unwrap(), answer());
            asked.elapsed()
        });
        let slowest = slowest.max().unwrap();
        over.store(true, Ordering::Relaxed);
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
        let said = flooding.into_iter().map(|it| it.join().unwrap());
        said.sum::<usize>()
    });
    assert!(said > 100, "no flood: {said}");
}

#[test]
fn each_line_of_garbage_gets_one_line_of_reply() {
    let daemon = Daemon::start(None);
    let mut stream = daemon.connect();
    let mut garbage = vec![0; 64 * 1024];
    StdRng::seed_from_u64(1).fill_bytes(&mut garbage);
    garbage.push(b'\n');
    let lines = garbage.split(|&byte| byte == b'\n').count() - 1;
    let mut back = stream.try_clone().unwrap();
    let reader = thread::spawn(move || {
        let mut replies = String::new();
        back.read_to_string(&mut replies).unwrap();
        replies
    });
    stream.write_all(&garbage).unwrap();
    stream.write_all(RELOAD).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let replies = reader.join().unwrap();
    let (last, refused) = {
        let mut lines: Vec<_> = replies.lines().collect();
        (lines.pop().unwrap(), lines)
    };
    assert_eq!(last, answer().to_line());
    assert_eq!(refused.len(), lines);
    assert!(
        refused
            .iter()
            .all(|line| line.contains("\"error\":\"not-json\""))
    );
    assert_eq!(daemon.stop(), 1);
}

#[test]
fn who_comes_and_goes_without_end_leaves_nothing_behind() {
    let daemon = Daemon::start(None);
    let deaf = |stream: UnixStream| {
        let _ = stream.shutdown(Shutdown::Read);
        stream
    };
    for round in 0..2000 {
        let mut stream = match UnixStream::connect(&daemon.path) {
            Ok(stream) if round % 5 == 0 => deaf(stream),
            Ok(stream) => stream,
            Err(error) => panic!("{round}: {error}"),
        };
        let said: &[u8] = match round % 4 {
            0 => b"",
            1 => b"{\"request\"",
            2 => RELOAD,
            _ => &[0; 5000],
        };
        let _ = stream.write_all(said);
    }
    assert!(daemon.serves());
    let seated: Vec<_> = (1..Limits::USUAL.clients)
        .map(|_| daemon.connect())
        .collect();
    for mut stream in seated {
        stream.write_all(RELOAD).unwrap();
        assert_eq!(reply_line(&mut stream), answer().to_line());
    }
}

#[test]
fn who_is_too_long_is_told_and_left_at_once() {
    let daemon = Daemon::start(None);
    let mut endless = daemon.connect();
    let begun = Instant::now();
    say_on(&mut endless, &[b'x'; 1024], Duration::ZERO, || {
        begun.elapsed() > LIMIT
    });
    assert!(begun.elapsed() < LIMIT);
    assert!(reply_line(&mut endless).contains("\"error\":\"too-long\""));
    assert!(is_closed(&mut endless));
    assert!(daemon.serves());
}

/// What a client makes of a daemon that says one thing over and over.
fn ask_one_that_says(what: &'static [u8], pause: Duration) -> (ClientError, Duration) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    let listener = UnixListener::bind(&path).unwrap();
    let saying = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        say_on(&mut stream, what, pause, || false)
    });
    let begun = Instant::now();
    let mut client = Client::connect(&path).unwrap();
    let error = client.ask(&Request::Reload).unwrap_err();
    let took = begun.elapsed();
    drop(client);
    saying.join().unwrap();
    (error, took)
}

#[test]
fn a_client_hears_no_endless_answer_and_no_dripping_one() {
    let (error, _) = ask_one_that_says(&[b'x'; 4096], Duration::ZERO);
    assert!(matches!(error, ClientError::Broken { .. }), "{error}");
    let (error, took) = ask_one_that_says(b" ", Duration::from_millis(100));
    assert!(matches!(error, ClientError::TimedOut(_)), "{error}");
    assert!(took < LIMIT, "{took:?}");
}
