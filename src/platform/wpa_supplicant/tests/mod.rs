//! The conversation, with a wpa_supplicant that plays its part.

mod conversation;
mod disarm;
mod fake;
mod release;
mod requests;
mod surveys;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::timeout;

use super::session::Pace;
use super::{Target, run_at};
use macveil_core::machine::wpa::{QuiesceReport, Reply, Request, Supplicant, WpaEvent};
use macveil_core::types::Ssid;

/// Long enough for anything that is not meant to be waited for.
const SOON: Duration = Duration::from_secs(20);

/// What a test sees: requests go in, events come out.
struct Scene {
    directory: tempfile::TempDir,
    requests: UnboundedSender<Request>,
    events: UnboundedReceiver<WpaEvent>,
    target: Target,
    conversation: JoinHandle<()>,
}

/// Plays a story with the conversation running.
fn play(pace: Pace, story: impl AsyncFnOnce(Scene)) {
    play_on("wlan0", pace, story);
}

fn play_on(ifname: &str, pace: Pace, story: impl AsyncFnOnce(Scene)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let client_dir = directory.path().join("client");
    std::fs::create_dir(&client_dir).unwrap();
    let target = Target {
        ifname: ifname.to_owned(),
        control_dir: directory.path().join("run/wpa_supplicant"),
        client_dir,
        originals: directory.path().join("originals"),
    };
    LocalSet::new().block_on(&runtime, async move {
        let (requests, events, conversation) = begin(pace, target.clone());
        let scene = Scene {
            directory,
            requests,
            events,
            target,
            conversation,
        };
        story(scene).await;
    });
}

fn begin(
    pace: Pace,
    target: Target,
) -> (
    UnboundedSender<Request>,
    UnboundedReceiver<WpaEvent>,
    JoinHandle<()>,
) {
    let (requests, requested) = unbounded_channel();
    let (tell, events) = unbounded_channel();
    let told = move |event| {
        let _ = tell.send(event);
    };
    let conversation = tokio::task::spawn_local(run_at(pace, target, requested, told));
    (requests, events, conversation)
}

/// As [`play`], in no hurry.
fn story(story: impl AsyncFnOnce(Scene)) {
    play(Pace::default(), story);
}

/// Times that are over soon.
fn impatient() -> Pace {
    Pace {
        answer: Duration::from_millis(300),
        first_answer: Duration::from_millis(600),
        attached: Duration::ZERO,
    }
}

impl Scene {
    fn control_dir(&self) -> PathBuf {
        self.directory.path().join("run/wpa_supplicant")
    }

    fn client_dir(&self) -> PathBuf {
        self.directory.path().join("client")
    }

    /// macveil is killed, and started again.
    async fn kill(&mut self) {
        self.conversation.abort();
        let _ = (&mut self.conversation).await;
        (self.requests, self.events, self.conversation) =
            begin(Pace::default(), self.target.clone());
    }

    async fn event(&mut self) -> WpaEvent {
        timeout(SOON, self.events.recv()).await.unwrap().unwrap()
    }

    async fn expect(&mut self, supplicant: Supplicant) {
        assert_eq!(self.event().await, WpaEvent::Supplicant(supplicant));
    }

    /// Asks, and returns the reply; anything else that is said meanwhile fails the test.
    async fn ask(&mut self, request: Request) -> Reply {
        self.requests.send(request).unwrap();
        match self.event().await {
            WpaEvent::Reply(reply) => reply,
            other => panic!("{other:?}"),
        }
    }

    /// Nothing more is said for a while.
    async fn silence(&mut self) {
        let event = timeout(Duration::from_millis(100), self.events.recv()).await;
        assert!(event.is_err(), "{event:?}");
    }
}

fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

fn row(last: u8, ssid: &str) -> String {
    format!(
        "bssid=02:00:00:00:03:{last:02x}\nfreq=2412\nlevel=-40\nflags=[WPA2-SAE-CCMP][ESS]\nssid={ssid}"
    )
}

fn changes(log: &[String]) -> Vec<&str> {
    let reads = [
        "GET",
        "STATUS",
        "LIST_NETWORKS",
        "BSS ",
        "PING",
        "ATTACH",
        "LEVEL",
    ];
    log.iter()
        .map(String::as_str)
        .filter(|command| !reads.iter().any(|read| command.starts_with(read)))
        .collect()
}

async fn quieted(scene: &mut Scene, request: Request) -> QuiesceReport {
    match scene.ask(request).await {
        Reply::Quiesce(Ok(quieted)) => quieted,
        other => panic!("{other:?}"),
    }
}

async fn done(scene: &mut Scene, request: Request) {
    assert_eq!(scene.ask(request).await, Reply::Done(Ok(())));
}
