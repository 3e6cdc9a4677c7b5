//! Events for readers who are good, slow, gone or too many, and the daemon's farewell.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::mpsc;

use super::daemon::{LIMIT, is_closed, local, reply_line};
use crate::daemon::control::server::Limits;
use crate::daemon::control::{PendingRequest, Server};
use crate::protocol::{Client, ClientError, EventKind, EventLine, FaultKind, Reply, Request};

/// A daemon that says what it is told to say, and then goodbye.
struct Speaker {
    _directory: TempDir,
    path: PathBuf,
    news: Option<mpsc::UnboundedSender<EventLine>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Speaker {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control");
        let (news, to_say) = mpsc::unbounded_channel();
        let (ready, wait) = std::sync::mpsc::channel();
        let thread = thread::spawn({
            let path = path.clone();
            move || local(speak(path, to_say, ready))
        });
        wait.recv_timeout(LIMIT).unwrap();
        Self {
            _directory: directory,
            path,
            news: Some(news),
            thread: Some(thread),
        }
    }

    fn follow(&self, interface: Option<&str>) -> Client {
        let mut client = Client::connect(&self.path).unwrap();
        let interface = interface.map(str::to_owned);
        let reply = client.ask(&Request::Events { interface });
        assert_eq!(reply.unwrap(), no_interfaces());
        client
    }

    fn say(&self, interface: &str, text: &str) {
        let interface = Some(interface.to_owned());
        let news = EventLine::new(EventKind::Info, interface, text.to_owned());
        self.news.as_ref().unwrap().send(news).unwrap();
    }

    /// Ends it; how long that took.
    fn end(&mut self) -> Duration {
        let begun = Instant::now();
        self.news.take();
        self.thread.take().unwrap().join().unwrap();
        begun.elapsed()
    }
}

async fn speak(
    path: PathBuf,
    mut to_say: mpsc::UnboundedReceiver<EventLine>,
    ready: std::sync::mpsc::Sender<()>,
) {
    let (sender, mut asked) = mpsc::channel(1);
    let server = Server::start_within(Limits::USUAL, &path, None, sender).unwrap();
    ready.send(()).unwrap();
    loop {
        tokio::select! {
            biased;
            Some(PendingRequest { answer, .. }) = asked.recv() => {
                let _ = answer.send(Ok(no_interfaces()));
            }
            news = to_say.recv() => match news {
                Some(news) => server.send(news),
                None => return server.end().await,
            },
        }
    }
}

fn no_interfaces() -> Reply {
    Reply::Events {
        interfaces: Vec::new(),
    }
}

fn next(client: &mut Client) -> EventLine {
    let line = client.next_line(Some(LIMIT)).unwrap().expect("a line");
    EventLine::read(&line).unwrap()
}

#[test]
fn what_happens_is_told_in_order_until_the_daemon_says_goodbye() {
    let mut speaker = Speaker::start();
    let mut client = speaker.follow(None);
    let texts: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    for text in &texts {
        speaker.say("wlan0", text);
    }
    let heard: Vec<_> = texts.iter().map(|_| next(&mut client).text).collect();
    assert_eq!(heard, texts);
    assert_eq!(
        client.next_line(Some(Duration::from_millis(50))).unwrap(),
        None
    );
    assert!(speaker.end() < Duration::from_millis(400));
    assert_eq!(next(&mut client).event, EventKind::ShuttingDown);
    assert!(client.next_line(None).is_err(), "closed");
}

#[test]
fn one_interface_can_be_followed() {
    let mut speaker = Speaker::start();
    let mut client = speaker.follow(Some("wlan1"));
    speaker.say("wlan0", "not yours");
    speaker.say("wlan1", "yours");
    assert_eq!(next(&mut client).text, "yours");
    speaker.end();
    assert_eq!(next(&mut client).event, EventKind::ShuttingDown);
}

#[test]
fn slow_reader_misses_lines_and_delays_no_one() {
    const MANY: usize = 20_000;
    let mut speaker = Speaker::start();
    let mut slow = speaker.follow(None);
    let mut quick = speaker.follow(None);
    let long = "x".repeat(100);
    for _ in 0..MANY {
        speaker.say("wlan0", &long);
        assert_eq!(next(&mut quick).text, long);
    }
    let mut told = 0;
    while next(&mut slow).event != EventKind::Missed {
        told += 1;
    }
    assert!(0 < told && told < MANY, "{told}");
    drop(quick);
    // What the kernel still holds for him does not keep the daemon.
    assert!(speaker.end() < Duration::from_secs(2));
}

#[test]
fn who_reads_nothing_at_all_delays_the_end_for_a_moment_only() {
    let mut speaker = Speaker::start();
    let stuck = speaker.follow(None);
    let long = "x".repeat(1000);
    for _ in 0..2000 {
        speaker.say("wlan0", &long);
    }
    thread::sleep(Duration::from_millis(100));
    assert!(speaker.end() < Duration::from_secs(2));
    drop(stuck);
}

#[test]
fn who_goes_leaves_a_seat_and_no_more_than_four_follow() {
    let speaker = Speaker::start();
    let mut seated: Vec<_> = (0..Limits::USUAL.followers)
        .map(|_| speaker.follow(None))
        .collect();
    let request = Request::Events { interface: None };
    let refused = Client::connect(&speaker.path).unwrap().ask(&request);
    match refused {
        Err(ClientError::Refused(fault)) => assert_eq!(fault.kind, FaultKind::TooManyClients),
        other => panic!("{other:?}"),
    }
    seated.pop();
    let begun = Instant::now();
    let taken = || {
        Client::connect(&speaker.path)
            .unwrap()
            .ask(&request)
            .is_ok()
    };
    while !taken() {
        assert!(begun.elapsed() < LIMIT, "the seat stays taken");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_a_reader_says_meanwhile_is_not_listened_to() {
    let mut speaker = Speaker::start();
    let mut stream = UnixStream::connect(&speaker.path).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(b"{\"request\":\"events\"}\n").unwrap();
    assert!(reply_line(&mut stream).contains("\"reply\":\"events\""));
    stream
        .write_all(&b"{\"request\":\"reload\"}\n".repeat(100))
        .unwrap();
    speaker.say("wlan0", "hello");
    assert!(reply_line(&mut stream).contains("\"text\":\"hello\""));
    speaker.end();
    assert!(reply_line(&mut stream).contains("\"event\":\"shutting-down\""));
    assert!(is_closed(&mut stream));
}
