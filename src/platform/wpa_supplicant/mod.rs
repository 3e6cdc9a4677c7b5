//! wpa_supplicant, 2.9 and later, over its control socket.
//!
//! [`run`] keeps a conversation with the wpa_supplicant of one interface, through its restarts. It
//! tells what it says, and turns each [`Request`] into commands.
//!
//! | file | what it holds |
//! |---|---|
//! | `text`, `event`, `status`, `network`, `table` | pure: what wpa_supplicant writes |
//! | `deny` | pure: the list of what may not be joined |
//! | `connector` | waiting for the control socket |
//! | `endpoint`, `session`, `end` | datagrams, commands with their answers, and how it ends |
//! | `memory`, `originals` | what was changed and has to be put back |
//! | `request/` | what each request does |

mod connector;
mod deny;
mod end;
mod endpoint;
mod event;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod memory;
mod network;
mod originals;
mod request;
mod session;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::platform::socket_watcher::Presence;
use macveil_core::machine::wpa::{Request, Supplicant, WpaEvent};

use connector::Connector;
use end::End;
use memory::Memory;
use session::{Pace, Session};

/// Where wpa_supplicant is to be found, and where its answers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The interface.
    pub ifname: String,
    /// wpa_supplicant's directory (`ctrl_interface`), such as `/run/wpa_supplicant`.
    pub control_dir: PathBuf,
    /// An existing directory of ours, closed to others (mode 0700), for the sockets that answers
    /// are sent to. wpa_supplicant removes its own directory when it ends, so this is another one.
    pub client_dir: PathBuf,
    /// A file of ours for what was changed in wpa_supplicant, in case macveil does not live to put it
    /// back.
    pub originals: PathBuf,
}

/// Runs until `requests` is closed; dropping it at any time leaves nothing behind but settings.
///
/// Tells [`WpaEvent::Supplicant`] as it comes, and exactly one [`WpaEvent::Reply`] for each request, in
/// their order. Before [`Supplicant::Appeared`] and after [`Supplicant::Vanished`] each is answered
/// with [`Failure::Unreachable`](macveil_core::machine::Failure::Unreachable), and so it is where a
/// supplicant appeared whose control socket is closed to us.
///
/// # Panics
///
/// Outside a tokio runtime with its I/O and time drivers enabled.
pub async fn run(target: Target, requests: UnboundedReceiver<Request>, tell: impl FnMut(WpaEvent)) {
    run_at(Pace::default(), target, requests, tell).await;
}

async fn run_at(
    pace: Pace,
    target: Target,
    mut requests: UnboundedReceiver<Request>,
    mut tell: impl FnMut(WpaEvent),
) {
    endpoint::remove_stale(&target.client_dir);
    let mut connector = Connector::new(&target);
    let mut presence = Presence::new(target.control_dir.join(&target.ifname));
    let mut memory = Memory::new(target.originals.clone());
    while let Some(identity) = connector
        .wait(&mut presence, &mut requests, &mut tell)
        .await
    {
        let session = Session::open(
            &target.client_dir,
            pace,
            &mut presence,
            identity,
            &mut memory,
            &mut tell,
        );
        let end = match session {
            Ok(session) => converse(session, &mut requests).await,
            Err(error) => Some(End::NoClientSocket(error.to_string())),
        };
        match end {
            Some(end) => connector.enter(identity, end),
            None => return,
        }
    }
}

/// Serves requests until the conversation ends; `None` if no more requests can come.
async fn converse(
    mut session: Session<'_>,
    requests: &mut UnboundedReceiver<Request>,
) -> Option<End> {
    if let Some(end) = session.end() {
        return Some(end.clone());
    }
    session.tell(WpaEvent::Supplicant(Supplicant::Appeared));
    loop {
        let request = tokio::select! {
            request = requests.recv() => Some(request?),
            () = session.listen_on() => None,
        };
        if let Some(request) = request {
            let reply = request::serve(&mut session, request).await;
            session.tell(WpaEvent::Reply(reply));
        }
        if let Some(end) = session.end() {
            let end = end.clone();
            tracing::debug!("the conversation with wpa_supplicant is over: {end}");
            session.tell(WpaEvent::Supplicant(Supplicant::Vanished));
            return Some(end);
        }
    }
}
