//! Control-socket client for wpa_supplicant 2.9 and later.
//!
//! [`run`] keeps a session with the wpa_supplicant of one interface, across restarts. It emits the
//! messages of wpa_supplicant as events and turns each [`Request`] into commands.
//!
//! | file | content |
//! |---|---|
//! | `text`, `event`, `status`, `network`, `table` | pure: parsers of wpa_supplicant's output |
//! | `deny` | pure: the list of denied networks |
//! | `connector` | waits for the control socket |
//! | `endpoint`, `session`, `process`, `end` | datagrams, commands and answers, end of a session |
//! | `saved_settings`, `settings_file` | values to restore |
//! | `request/` | the implementation of each request |

mod accept_list;
mod connector;
mod deny;
mod end;
mod endpoint;
mod event;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod network;
mod process;
mod request;
mod saved_settings;
mod session;
mod settings_file;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use endpoint::{MAX_DATAGRAM_BYTES, connect_with_name};
use std::path::PathBuf;
pub(crate) use text::config_ssid;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::platform::socket_watcher::SocketWatcher;
use macveil_core::machine::wpa::{Request, Supplicant, WpaEvent};

use connector::Connector;
use end::End;
use saved_settings::SavedSettings;
use session::{Session, Timeouts};

/// The paths of one interface's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Interface name.
    pub ifname: String,
    /// wpa_supplicant's directory (`ctrl_interface`), such as `/run/wpa_supplicant`.
    pub control_dir: PathBuf,
    /// A file with the original values of changed settings, used if macveil is killed.
    pub saved_settings: PathBuf,
}

/// Runs until `requests` is closed. Dropping the future leaves only changed settings behind.
///
/// Emits each [`WpaEvent::Supplicant`] as it arrives, and exactly one [`WpaEvent::Reply`] for each
/// request, in order. Before [`Supplicant::Appeared`], after [`Supplicant::Vanished`], and without
/// permission for the control socket, the reply is
/// [`Failure::Unreachable`](macveil_core::machine::Failure::Unreachable).
///
/// # Panics
///
/// Outside a tokio runtime with its I/O and time drivers enabled.
pub async fn run(target: Target, requests: UnboundedReceiver<Request>, emit: impl FnMut(WpaEvent)) {
    run_at(Timeouts::default(), target, requests, emit).await;
}

async fn run_at(
    timeouts: Timeouts,
    target: Target,
    mut requests: UnboundedReceiver<Request>,
    mut emit: impl FnMut(WpaEvent),
) {
    let mut connector = Connector::new(&target);
    let mut watcher = SocketWatcher::new(target.control_dir.join(&target.ifname));
    let mut saved = SavedSettings::new(target.saved_settings.clone());
    while let Some(identity) = connector.wait(&mut watcher, &mut requests, &mut emit).await {
        let session = Session::open(timeouts, &mut watcher, identity, &mut saved, &mut emit);
        let end = match session {
            Ok(session) => serve(session, &mut requests).await,
            Err(error) => Some(End::NoClientSocket(error.to_string())),
        };
        match end {
            Some(end) => connector.session_ended(identity, end),
            None => return,
        }
    }
}

/// Serves requests until the session ends; `None` if the request channel is closed.
async fn serve(mut session: Session<'_>, requests: &mut UnboundedReceiver<Request>) -> Option<End> {
    if let Some(end) = session.end() {
        return Some(end.clone());
    }
    session.emit(WpaEvent::Supplicant(Supplicant::Appeared));
    loop {
        let request = tokio::select! {
            request = requests.recv() => Some(request?),
            () = session.process_until_end() => None,
        };
        if let Some(request) = request {
            let reply = request::serve(&mut session, request).await;
            session.emit(WpaEvent::Reply(reply));
        }
        if let Some(end) = session.end() {
            let end = end.clone();
            tracing::debug!("the session with wpa_supplicant ended: {end}");
            session.emit(WpaEvent::Supplicant(Supplicant::Vanished));
            return Some(end);
        }
    }
}
