//! Tests of the session with a fake wpa_supplicant.

mod fake;
mod forget_own_address;
mod limits;
mod network_list;
mod requests;
mod restore;
mod session;
mod silence;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::timeout;

use super::session::Timeouts;
use super::{Target, run_at};
use macveil_core::machine::wpa::{QuiesceReport, Reply, Request, Supplicant, WpaEvent};
use macveil_core::types::Ssid;

/// For events that arrive almost at once.
const EVENT_TIMEOUT: Duration = Duration::from_secs(20);

/// The state of a test: requests in, events out.
struct Scene {
    directory: tempfile::TempDir,
    requests: UnboundedSender<Request>,
    events: UnboundedReceiver<WpaEvent>,
    target: Target,
    session: JoinHandle<()>,
}

/// Runs a test with a session.
fn play(timeouts: Timeouts, story: impl AsyncFnOnce(Scene)) {
    play_on("wlan0", timeouts, story);
}

fn play_on(ifname: &str, timeouts: Timeouts, story: impl AsyncFnOnce(Scene)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let target = Target {
        ifname: ifname.to_owned(),
        control_dir: directory.path().join("run/wpa_supplicant"),
        saved_settings: directory.path().join("saved_settings"),
    };
    LocalSet::new().block_on(&runtime, async move {
        let (requests, events, session) = begin(timeouts, target.clone());
        let scene = Scene {
            directory,
            requests,
            events,
            target,
            session,
        };
        story(scene).await;
    });
}

fn begin(
    timeouts: Timeouts,
    target: Target,
) -> (
    UnboundedSender<Request>,
    UnboundedReceiver<WpaEvent>,
    JoinHandle<()>,
) {
    let (requests, requested) = unbounded_channel();
    let (sender, events) = unbounded_channel();
    let emit = move |event| {
        let _ = sender.send(event);
    };
    let session = tokio::task::spawn_local(run_at(timeouts, target, requested, emit));
    (requests, events, session)
}

/// Like [`play`], with the default timeouts.
fn story(story: impl AsyncFnOnce(Scene)) {
    play(Timeouts::default(), story);
}

/// Short timeouts.
fn short_timeouts() -> Timeouts {
    Timeouts {
        answer: Duration::from_millis(300),
        first_answer: Duration::from_millis(600),
        attached: Duration::ZERO,
    }
}

impl Scene {
    fn control_dir(&self) -> PathBuf {
        self.directory.path().join("run/wpa_supplicant")
    }

    /// Kills macveil and starts it again.
    async fn restart(&mut self) {
        self.session.abort();
        let _ = (&mut self.session).await;
        (self.requests, self.events, self.session) =
            begin(Timeouts::default(), self.target.clone());
    }

    async fn event(&mut self) -> WpaEvent {
        timeout(EVENT_TIMEOUT, self.events.recv())
            .await
            .unwrap()
            .unwrap()
    }

    async fn expect(&mut self, supplicant: Supplicant) {
        assert_eq!(self.event().await, WpaEvent::Supplicant(supplicant));
    }

    /// Sends a request and returns the reply; any other event fails the test.
    async fn request(&mut self, request: Request) -> Reply {
        self.requests.send(request).unwrap();
        match self.event().await {
            WpaEvent::Reply(reply) => reply,
            other => panic!("{other:?}"),
        }
    }

    /// Expects no event for a while.
    async fn expect_no_event(&mut self) {
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

/// Waits for wpa_supplicant and attaches to it.
async fn attach(scene: &mut Scene) -> QuiesceReport {
    scene.expect(Supplicant::Appeared).await;
    quiesce(scene, Request::Attach).await
}

async fn quiesce(scene: &mut Scene, request: Request) -> QuiesceReport {
    match scene.request(request).await {
        Reply::Quiesce(Ok(report)) => report,
        other => panic!("{other:?}"),
    }
}

async fn done(scene: &mut Scene, request: Request) {
    assert_eq!(scene.request(request).await, Reply::Done(Ok(())));
}
