//! Waiting until there is a wpa_supplicant to talk to.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::platform::socket_watcher::{Identity, Presence, Sight};
use macveil_core::machine::wpa::{Failure, Request, Supplicant, WpaEvent};

use super::end::End;
use super::endpoint::Endpoint;
use super::{Target, request};

/// Where to wait between two conversations.
pub(super) struct Connector {
    socket: PathBuf,
    client_dir: PathBuf,
    /// The last conversation: with whom, and why it ended.
    last: Option<(Identity, End)>,
    /// What the person who reads the log has been told.
    said: Option<Obstacle>,
}

/// Why there is no conversation.
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

/// What is told is told only when it has lasted this long: wpa_supplicant may just be starting.
const GRACE: Duration = Duration::from_millis(500);
/// Its directory is for nobody else until it has given it to its group. What is still closed by then
/// stays so, and its first scan is due 100 ms after its start.
const GRACE_OF_DOORS: Duration = Duration::from_millis(30);
/// How soon to try again when something other than wpa_supplicant has to change.
const RETRY: Duration = Duration::from_secs(5);

/// What ended a while of waiting.
enum Wake {
    /// It is worth to look again.
    Look,
    /// No more requests can come.
    Closed,
}

impl Connector {
    pub(super) fn new(target: &Target) -> Self {
        Self {
            socket: target.control_dir.join(&target.ifname),
            client_dir: target.client_dir.clone(),
            last: None,
            said: None,
        }
    }

    /// A conversation ended.
    pub(super) fn enter(&mut self, identity: Identity, end: End) {
        self.last = Some((identity, end));
    }

    /// Waits for a socket that is worth a try; `None` if no more requests can come.
    pub(super) async fn wait(
        &mut self,
        presence: &mut Presence,
        requests: &mut UnboundedReceiver<Request>,
        tell: &mut impl FnMut(WpaEvent),
    ) -> Option<Identity> {
        loop {
            let sight = presence.look();
            let Some(obstacle) = self.obstacle(&sight) else {
                self.said = None;
                return match sight {
                    Sight::Socket(identity) => Some(identity),
                    _ => None,
                };
            };
            let wake = self.wait_at(&obstacle, presence, requests, tell).await;
            if matches!(wake, Wake::Closed) {
                return None;
            }
        }
    }

    fn obstacle(&self, sight: &Sight) -> Option<Obstacle> {
        let identity = match sight {
            Sight::Socket(identity) => identity,
            Sight::Absent => return Some(Obstacle::Absent),
            Sight::NotASocket => return Some(Obstacle::NotASocket),
            Sight::Denied => return Some(Obstacle::Denied),
        };
        let (last, end) = self.last.as_ref()?;
        match end {
            End::NoClientSocket(reason) => Some(Obstacle::NoClientSocket(reason.clone())),
            _ if last != identity => None,
            End::Removed => None,
            End::Refused => Some(Obstacle::LeftOver),
            End::Silent => Some(Obstacle::Silent),
            End::Denied => Some(Obstacle::Denied),
            End::Broken(reason) => Some(Obstacle::Broken(reason.clone())),
        }
    }

    async fn wait_at(
        &mut self,
        obstacle: &Obstacle,
        presence: &mut Presence,
        requests: &mut UnboundedReceiver<Request>,
        tell: &mut impl FnMut(WpaEvent),
    ) -> Wake {
        let knocking = matches!(obstacle, Obstacle::Silent);
        let retrying = matches!(obstacle, Obstacle::NoClientSocket(_) | Obstacle::Broken(_));
        let closed = matches!(obstacle, Obstacle::Denied);
        let grace = tokio::time::sleep(if closed { GRACE_OF_DOORS } else { GRACE });
        let retry = tokio::time::sleep(RETRY);
        let knock = knock(self.client_dir.clone(), self.socket.clone());
        tokio::pin!(grace, retry, knock);
        let mut unsaid = self.said.as_ref() != Some(obstacle);
        loop {
            tokio::select! {
                removed = presence.changed() => {
                    // Its file exists a moment before anyone listens on it; then its mode is set.
                    let may_be_mended = closed || matches!(obstacle, Obstacle::LeftOver);
                    if removed || may_be_mended {
                        self.last = None;
                    }
                    return Wake::Look;
                }
                request = requests.recv() => match request {
                    Some(request) => {
                        let failure = Failure::Unreachable(obstacle.to_string());
                        tell(WpaEvent::Reply(request::decline(&request, failure)));
                    }
                    None => return Wake::Closed,
                },
                () = &mut grace, if unsaid => {
                    unsaid = false;
                    self.say(obstacle);
                    if closed {
                        // It is there all the same; whoever meets it learns that it cannot be talked to.
                        tell(WpaEvent::Supplicant(Supplicant::Appeared));
                    }
                }
                () = &mut knock, if knocking => {
                    self.last = None;
                    return Wake::Look;
                }
                () = &mut retry, if retrying => {
                    self.last = None;
                    return Wake::Look;
                }
            }
        }
    }

    fn say(&mut self, obstacle: &Obstacle) {
        let socket = self.socket.display();
        match obstacle {
            Obstacle::Absent => {
                tracing::info!("waiting for wpa_supplicant to make its control socket {socket}");
            }
            Obstacle::LeftOver => tracing::info!(
                "waiting for wpa_supplicant: {socket} is left over from one that was killed"
            ),
            Obstacle::Silent => tracing::warn!(
                "wpa_supplicant does not answer on {socket}; waiting until it does (is it stopped?)"
            ),
            Obstacle::NotASocket => tracing::warn!(
                "{socket} is no socket: remove it, or set ctrl-interface in [supplicant] to wpa_supplicant's ctrl_interface directory"
            ),
            Obstacle::Denied => tracing::warn!(
                "no permission to use {socket}: run macveil as root, or let its group use the directory (ctrl_interface=DIR=... GROUP=... in wpa_supplicant's configuration)"
            ),
            Obstacle::NoClientSocket(reason) => tracing::warn!(
                "cannot make a socket in {}: {reason}; does the runtime directory exist, with space left?",
                self.client_dir.display()
            ),
            Obstacle::Broken(reason) => {
                tracing::warn!("trouble with wpa_supplicant on {socket}: {reason}; trying again");
            }
        }
        self.said = Some(obstacle.clone());
    }
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "it has no control socket",
            Self::NotASocket => "its control socket is none",
            Self::Denied => "permission denied on its control socket",
            Self::LeftOver => "nobody listens on its control socket",
            Self::Silent => "no answer in time",
            Self::NoClientSocket(reason) | Self::Broken(reason) => reason,
        })
    }
}

/// Waits for as long as it takes until wpa_supplicant answers something.
async fn knock(client_dir: PathBuf, socket: PathBuf) {
    loop {
        if let Ok(endpoint) = Endpoint::bind(&client_dir, &socket)
            && endpoint.send(&["PING"]).is_ok()
            && endpoint.receive().await.is_ok()
        {
            return;
        }
        tokio::time::sleep(RETRY).await;
    }
}
