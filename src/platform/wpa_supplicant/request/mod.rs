//! The implementation of each request.

mod admission;
mod connect;
mod forget_own_address;
mod hotspot;
mod limits;
mod networks;
mod quiesce;
mod restore;
mod roam;
mod silence;

use macveil_core::machine::wpa::{Failure, Reply, Request, SupplicantStatus};

use super::session::Session;
use super::{status, text};

/// Executes a request.
pub(super) async fn serve(session: &mut Session<'_>, request: Request) -> Reply {
    match request {
        Request::Attach => {
            session.saved.forget_networks();
            Reply::Quiesce(session.take_over().await)
        }
        Request::Quiesce => {
            session.saved.forget_networks();
            Reply::Quiesce(session.quiesce().await)
        }
        Request::Status => {
            session.keep_attached();
            Reply::Status(session.status().await)
        }
        Request::ListNetworks { bssids } => Reply::NetworkList(session.list(&bssids).await),
        Request::SelectNetwork {
            ssid,
            except,
            limits,
            forget_keys,
        } => {
            let selected = session.select_network(&ssid, &except, &limits, forget_keys);
            Reply::Done(selected.await)
        }
        Request::ForgetOwnAddress => Reply::Done(session.forget_own_address().await),
        Request::Connect => Reply::Done(session.connect().await),
        Request::AllowRoaming {
            ssid,
            except,
            limits,
        } => Reply::Done(session.allow_roaming(&ssid, &except, &limits).await),
        Request::Roam { bssid } => Reply::Done(session.roam(bssid).await),
        Request::Silence => Reply::Done(session.silence_while_connected().await),
        Request::StartHotspot { id } => Reply::Done(session.start_hotspot(id).await),
        Request::Restore { resume } => Reply::Done(session.restore(resume).await),
    }
}

/// The reply to a request that cannot be executed.
pub(super) fn decline(request: &Request, failure: Failure) -> Reply {
    match request {
        Request::Attach | Request::Quiesce => Reply::Quiesce(Err(failure)),
        Request::Status => Reply::Status(Err(failure)),
        Request::ListNetworks { .. } => Reply::NetworkList(Err(failure)),
        Request::SelectNetwork { .. }
        | Request::ForgetOwnAddress
        | Request::Connect
        | Request::AllowRoaming { .. }
        | Request::Roam { .. }
        | Request::Silence
        | Request::StartHotspot { .. }
        | Request::Restore { .. } => Reply::Done(Err(failure)),
    }
}

/// The failure of a command that wpa_supplicant rejected.
fn refused(command: &str, answer: &[u8]) -> Failure {
    Failure::Refused {
        command: command.to_owned(),
        answer: text::excerpt(answer),
    }
}

impl Session<'_> {
    /// Sends a command that must succeed.
    async fn execute(&mut self, command: &str) -> Result<(), Failure> {
        let answer = self.send_command(command).await?;
        if is_ok(&answer) {
            Ok(())
        } else {
            Err(refused(command, &answer))
        }
    }

    /// Sends a command that some versions or drivers do not support; returns whether it succeeded.
    async fn try_execute(&mut self, command: &str) -> Result<bool, Failure> {
        Ok(is_ok(&self.send_command(command).await?))
    }

    async fn status(&mut self) -> Result<SupplicantStatus, Failure> {
        let answer = self.send_command("STATUS").await?;
        status::parse(&answer).ok_or_else(|| refused("STATUS", &answer))
    }
}

fn is_ok(answer: &[u8]) -> bool {
    answer == b"OK\n"
}
