//! The socket with clients that are good, slow, rude or too many.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Gid, Uid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
use tokio::sync::mpsc;

use super::daemon::{Daemon, LIMIT, RELOAD, answer, is_closed, local, reply_line};
use crate::daemon::control::Server;
use crate::daemon::control::server::Limits;
use crate::daemon::control::socket::SocketFile;
use crate::platform::Group;
use crate::protocol::{Client, ClientError, FaultKind, MAX_REQUEST, Reply, Request};

#[test]
fn a_client_gets_its_answers_one_after_the_other() {
    let daemon = Daemon::start(None);
    let mut client = Client::connect(&daemon.path).unwrap();
    for _ in 0..3 {
        assert_eq!(client.ask(&Request::Reload).unwrap(), answer());
    }
    assert_eq!(daemon.stop(), 3);
}

#[test]
fn requests_may_come_in_pieces_or_several_at_once() {
    let daemon = Daemon::start(None);
    let mut stream = daemon.connect();
    for byte in RELOAD {
        stream.write_all(&[*byte]).unwrap();
    }
    assert_eq!(reply_line(&mut stream), answer().to_line());
    stream.write_all(&[RELOAD, RELOAD].concat()).unwrap();
    stream.write_all(RELOAD.trim_ascii_end()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    for _ in 0..3 {
        assert_eq!(reply_line(&mut stream), answer().to_line());
    }
    assert!(is_closed(&mut stream));
    assert_eq!(daemon.stop(), 4);
}

#[test]
fn nonsense_is_answered_and_the_next_line_read() {
    let daemon = Daemon::start(None);
    let mut stream = daemon.connect();
    stream.write_all(b"GET / HTTP/1.1\n\n").unwrap();
    for _ in 0..2 {
        assert!(reply_line(&mut stream).contains("\"error\":\"not-json\""));
    }
    stream.write_all(RELOAD).unwrap();
    assert_eq!(reply_line(&mut stream), answer().to_line());
}

#[test]
fn a_line_without_end_is_the_last() {
    let daemon = Daemon::start(None);
    let mut stream = daemon.connect();
    let longest = [b" ".repeat(MAX_REQUEST - RELOAD.len()).as_slice(), RELOAD].concat();
    stream.write_all(&longest).unwrap();
    assert_eq!(reply_line(&mut stream), answer().to_line());
    // It may be closed before all of it is written.
    let _ = stream.write_all(&b"x".repeat(1 << 20));
    assert!(reply_line(&mut stream).contains("\"error\":\"too-long\""));
    assert!(is_closed(&mut stream));
    assert!(daemon.serves());
}

#[test]
fn no_more_than_a_few_are_served_at_once() {
    let daemon = Daemon::start(None);
    let mut seated: Vec<_> = (0..Limits::USUAL.clients)
        .map(|_| daemon.connect())
        .collect();
    for stream in &mut seated {
        stream.write_all(RELOAD).unwrap();
        assert_eq!(reply_line(stream), answer().to_line());
    }
    match daemon.ask() {
        Err(ClientError::Refused(fault)) => assert_eq!(fault.kind, FaultKind::TooManyClients),
        other => panic!("{other:?}"),
    }
    seated.pop();
    assert!(daemon.serves());
}

/// Sends requests without fetching answers until the way back is full, and then the way there.
fn stuff(stream: &mut UnixStream) {
    stream.set_nonblocking(true).unwrap();
    let begun = Instant::now();
    let mut unheard = 0;
    while unheard < 10 {
        assert!(begun.elapsed() < LIMIT, "everything was swallowed");
        // Part of a request is as good here as all of it.
        if stream.write(RELOAD).is_ok_and(|count| count > 0) {
            unheard = 0;
        } else {
            unheard += 1;
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn who_never_reads_does_not_keep_others_waiting() {
    let daemon = Daemon::start(None);
    let mut rude = daemon.connect();
    stuff(&mut rude);
    let asked = Instant::now();
    assert_eq!(daemon.ask().unwrap(), answer());
    assert!(asked.elapsed() < Duration::from_secs(1));
}

/// One seat, for a moment only.
pub(super) const SHORT: Limits = Limits {
    clients: 1,
    others: 1,
    of_one_user: 1,
    followers: 1,
    other_followers: 1,
    request_timeout: Duration::from_millis(300),
    reply_timeout: Duration::from_millis(300),
};

#[test]
fn who_says_nothing_loses_the_seat() {
    let daemon = Daemon::start_within(SHORT, None);
    let mut silent = daemon.connect();
    silent.write_all(b"{\"request\":").unwrap();
    assert!(is_closed(&mut silent));
    assert!(daemon.serves());
}

#[test]
fn who_never_reads_loses_the_seat() {
    let patient = Limits {
        request_timeout: LIMIT * 10,
        ..SHORT
    };
    let daemon = Daemon::start_within(patient, None);
    let mut rude = daemon.connect();
    stuff(&mut rude);
    assert!(daemon.serves());
}

#[test]
fn other_users_cannot_connect_before_the_group_is_set() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    let (_file, _listener) = SocketFile::listen(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn only_root_unless_a_group_is_named() {
    let daemon = Daemon::start(None);
    let file = fs::metadata(&daemon.path).unwrap();
    assert_eq!(file.mode() & 0o777, 0o600);
    match as_other_user(&daemon.path, None) {
        Err(ClientError::NotAllowed { group: None, .. }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_group_that_is_named_may_command() {
    let group = Group {
        name: "4242".to_owned(),
        id: 4242,
    };
    let daemon = Daemon::start(Some(group));
    let file = fs::metadata(&daemon.path).unwrap();
    assert_eq!((file.mode() & 0o777, file.gid()), (0o660, 4242));
    assert_eq!(as_other_user(&daemon.path, Some(4242)).unwrap(), answer());
    match as_other_user(&daemon.path, Some(4243)) {
        Err(ClientError::NotAllowed {
            group: Some(4242), ..
        }) => {}
        other => panic!("{other:?}"),
    }
}

/// File permissions alone do not admit a client: its credentials are checked, too.
#[test]
fn a_stranger_who_gets_to_the_socket_is_sent_away() {
    let daemon = Daemon::start(None);
    fs::set_permissions(&daemon.path, fs::Permissions::from_mode(0o666)).unwrap();
    match as_other_user(&daemon.path, None) {
        Err(ClientError::Refused(fault)) => assert_eq!(fault.kind, FaultKind::NotAllowed),
        other => panic!("{other:?}"),
    }
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn other_users_leave_places_to_root() {
    let group = Group {
        name: "4242".to_owned(),
        id: 4242,
    };
    let daemon = Daemon::start(Some(group));
    let mut seated = Vec::new();
    for (user, places) in [(1001, 4), (1002, 2), (1003, 0)] {
        let path = daemon.path.clone();
        let streams = as_user(user, Some(4242), move || {
            let connect = |_| UnixStream::connect(&path).unwrap();
            (0..8).map(connect).collect::<Vec<_>>()
        });
        let mut admitted = 0;
        for mut stream in streams {
            // One who is sent away may be gone already.
            let _ = stream.write_all(RELOAD);
            if reply_line(&mut stream) == answer().to_line() {
                admitted += 1;
                seated.push(stream);
            }
        }
        assert_eq!(admitted, places, "user {user}");
    }
    let mut root = daemon.connect();
    root.write_all(RELOAD).unwrap();
    assert_eq!(reply_line(&mut root), answer().to_line());
    assert!(daemon.serves());
    seated.truncate(5);
    until_served(&daemon);
}

/// A place becomes free a moment after its client is gone.
fn until_served(daemon: &Daemon) {
    let begun = Instant::now();
    while as_other_user(&daemon.path, Some(4242)).is_err() {
        assert!(begun.elapsed() < LIMIT, "no place became free");
    }
}

/// What another user hears who says `reload`.
fn as_other_user(path: &Path, group: Option<u32>) -> Result<Reply, ClientError> {
    const OTHER_USER: u32 = 65534;
    let path = path.to_owned();
    as_user(OTHER_USER, group, move || {
        Client::connect(&path)?.ask(&Request::Reload)
    })
}

fn as_user<T: Send + 'static>(
    user: u32,
    group: Option<u32>,
    act: impl FnOnce() -> T + Send + 'static,
) -> T {
    // Credentials are a thread's own, and this one ends with them.
    let stranger = thread::spawn(move || {
        let groups: Vec<_> = group.into_iter().map(Gid::from_raw).collect();
        set_thread_groups(&groups).expect("this needs root");
        let (user, group) = (Uid::from_raw(user), Gid::from_raw(user));
        set_thread_res_gid(group, group, group).unwrap();
        set_thread_res_uid(user, user, user).unwrap();
        act()
    });
    stranger.join().unwrap()
}

#[test]
fn stale_socket_is_replaced_and_removed_at_exit() {
    let daemon = Daemon::start(None);
    let path = daemon.path.clone();
    let other = daemon.directory.path().join("other");
    // Bound, without a process that answers.
    drop(UnixListener::bind(&other).unwrap());
    assert!(matches!(
        Client::connect(&other),
        Err(ClientError::NoDaemon(_))
    ));
    local(async {
        let (sender, _asked) = mpsc::channel(1);
        let server = Server::start(&other, None, sender).unwrap();
        assert!(UnixStream::connect(&other).is_ok());
        drop(server);
        assert!(!other.exists());
    });
    daemon.stop();
    assert!(matches!(
        Client::connect(&path),
        Err(ClientError::NoDaemon(_))
    ));
}

#[test]
fn a_client_does_not_wait_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    let _mute = UnixListener::bind(&path).unwrap();
    let begun = Instant::now();
    let error = Client::connect(&path).unwrap().ask(&Request::Reload);
    assert!(matches!(error, Err(ClientError::TimedOut(_))), "{error:?}");
    assert!(begun.elapsed() < LIMIT);
}

#[test]
fn a_client_says_that_an_answer_makes_no_sense_or_breaks_off() {
    for (answer, unreadable) in [("{\"version\":9}\n", true), ("{\"version\":1", false)] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control");
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            reply_line(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let error = Client::connect(&path).unwrap().ask(&Request::Reload);
        let error = error.unwrap_err();
        assert_eq!(
            matches!(error, ClientError::Unreadable { .. }),
            unreadable,
            "{error}"
        );
        assert_eq!(
            matches!(error, ClientError::Broken { .. }),
            !unreadable,
            "{error}"
        );
        server.join().unwrap();
    }
}
