//! Waits until a wpa_supplicant can be reached.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::platform::socket_watcher::{Identity, SocketState, SocketWatcher};
use macveil_core::machine::wpa::{Failure, Request, Supplicant, WpaEvent};

use super::end::End;
use super::endpoint::Endpoint;
use super::{Target, request};

/// Waits between two sessions.
pub(super) struct Connector {
    socket: PathBuf,
    /// The socket of the last session, and why the session ended.
    last: Option<(Identity, End)>,
    /// The obstacle that was logged last.
    reported: Option<Obstacle>,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Obstacle {
    Absent,
    NotASocket,
    Denied,
    LeftOver,
    Silent,
    NoClientSocket(String),
    Broken(String),
}

/// An obstacle is logged only after this time, because wpa_supplicant may be starting.
const REPORT_DELAY: Duration = Duration::from_millis(500);
/// wpa_supplicant's directory is private until it sets the group. A directory still closed after this
/// time stays closed; wpa_supplicant's first scan follows 100 ms after its start.
const DENIED_REPORT_DELAY: Duration = Duration::from_millis(30);
/// How soon to retry if the obstacle is not on wpa_supplicant's side.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Why waiting ended.
enum WaitEnd {
    /// The socket's state should be read again.
    Recheck,
    /// The request channel is closed.
    Closed,
}

impl Connector {
    pub(super) fn new(target: &Target) -> Self {
        Self {
            socket: target.control_dir.join(&target.ifname),
            last: None,
            reported: None,
        }
    }

    /// Records the end of a session.
    pub(super) fn session_ended(&mut self, identity: Identity, end: End) {
        self.last = Some((identity, end));
    }

    /// Waits for a socket worth a try; `None` if the request channel is closed.
    pub(super) async fn wait(
        &mut self,
        watcher: &mut SocketWatcher,
        requests: &mut UnboundedReceiver<Request>,
        emit: &mut impl FnMut(WpaEvent),
    ) -> Option<Identity> {
        loop {
            let state = watcher.state();
            let Some(obstacle) = self.obstacle(&state) else {
                self.reported = None;
                return match state {
                    SocketState::Socket(identity) => Some(identity),
                    _ => None,
                };
            };
            let end = self.wait_at(&obstacle, watcher, requests, emit).await;
            if matches!(end, WaitEnd::Closed) {
                return None;
            }
        }
    }

    fn obstacle(&self, state: &SocketState) -> Option<Obstacle> {
        let identity = match state {
            SocketState::Socket(identity) => identity,
            SocketState::Absent => return Some(Obstacle::Absent),
            SocketState::NotASocket => return Some(Obstacle::NotASocket),
            SocketState::Denied => return Some(Obstacle::Denied),
        };
        let (last, end) = self.last.as_ref()?;
        match end {
            End::NoClientSocket(reason) => Some(Obstacle::NoClientSocket(reason.clone())),
            _ if last != identity => None,
            End::Removed => None,
            End::Died | End::Refused => Some(Obstacle::LeftOver),
            End::Silent => Some(Obstacle::Silent),
            End::Denied => Some(Obstacle::Denied),
            End::Broken(reason) => Some(Obstacle::Broken(reason.clone())),
        }
    }

    async fn wait_at(
        &mut self,
        obstacle: &Obstacle,
        watcher: &mut SocketWatcher,
        requests: &mut UnboundedReceiver<Request>,
        emit: &mut impl FnMut(WpaEvent),
    ) -> WaitEnd {
        let probing = matches!(obstacle, Obstacle::Silent);
        let retrying = matches!(obstacle, Obstacle::NoClientSocket(_) | Obstacle::Broken(_));
        let closed = matches!(obstacle, Obstacle::Denied);
        let delay = tokio::time::sleep(if closed {
            DENIED_REPORT_DELAY
        } else {
            REPORT_DELAY
        });
        let retry = tokio::time::sleep(RETRY_INTERVAL);
        let probe = probe(self.socket.clone());
        tokio::pin!(delay, retry, probe);
        let mut unreported = self.reported.as_ref() != Some(obstacle);
        loop {
            tokio::select! {
                removed = watcher.changed() => {
                    // The file exists shortly before wpa_supplicant listens and sets its mode.
                    let may_be_fixed = closed || matches!(obstacle, Obstacle::LeftOver);
                    if removed || may_be_fixed {
                        self.last = None;
                    }
                    return WaitEnd::Recheck;
                }
                request = requests.recv() => match request {
                    Some(request) => {
                        let failure = Failure::Unreachable(obstacle.to_string());
                        emit(WpaEvent::Reply(request::decline(&request, failure)));
                    }
                    None => return WaitEnd::Closed,
                },
                () = &mut delay, if unreported => {
                    unreported = false;
                    self.report(obstacle);
                    if closed {
                        // wpa_supplicant runs all the same; each request reports the obstacle.
                        emit(WpaEvent::Supplicant(Supplicant::Appeared));
                    }
                }
                () = &mut probe, if probing => {
                    self.last = None;
                    return WaitEnd::Recheck;
                }
                () = &mut retry, if retrying => {
                    self.last = None;
                    return WaitEnd::Recheck;
                }
            }
        }
    }

    fn report(&mut self, obstacle: &Obstacle) {
        let socket = self.socket.display();
        match obstacle {
            Obstacle::Absent => {
                tracing::info!("waiting for wpa_supplicant to create its control socket {socket}");
            }
            Obstacle::LeftOver => tracing::info!(
                "waiting for wpa_supplicant: {socket} is left over from a killed process"
            ),
            Obstacle::Silent => tracing::warn!(
                "wpa_supplicant does not answer on {socket}; waiting for it (is the process stopped?)"
            ),
            Obstacle::NotASocket => tracing::warn!(
                "{socket} is not a socket: remove it, or set ctrl-interface in [supplicant] to wpa_supplicant's ctrl_interface directory"
            ),
            Obstacle::Denied => tracing::warn!(
                "no permission to use {socket}: run macveil as root, or give its group access to the directory (ctrl_interface=DIR=... GROUP=... in wpa_supplicant's configuration)"
            ),
            Obstacle::NoClientSocket(reason) => {
                tracing::warn!("cannot create a socket for {socket}: {reason}; retrying");
            }
            Obstacle::Broken(reason) => {
                tracing::warn!(
                    "connection to wpa_supplicant on {socket} failed: {reason}; retrying"
                );
            }
        }
        self.reported = Some(obstacle.clone());
    }
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "no control socket",
            Self::NotASocket => "its control socket path is not a socket",
            Self::Denied => "permission denied on its control socket",
            Self::LeftOver => "no process listens on its control socket",
            Self::Silent => "no answer in time",
            Self::NoClientSocket(reason) | Self::Broken(reason) => reason,
        })
    }
}

/// Pings until wpa_supplicant answers.
async fn probe(socket: PathBuf) {
    loop {
        if let Ok(endpoint) = Endpoint::new(&socket)
            && endpoint.send(&["PING"]).is_ok()
            && endpoint.receive().await.is_ok()
        {
            return;
        }
        tokio::time::sleep(RETRY_INTERVAL).await;
    }
}
