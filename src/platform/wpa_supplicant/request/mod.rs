//! What each request does.

mod admission;
mod connect;
mod disarm;
mod networks;
mod quiet;
mod release;

use macveil_core::machine::wpa::{Failure, Reply, Request, SupplicantStatus};

use super::session::Session;
use super::{status, text};

/// Carries a request out.
pub(super) async fn serve(session: &mut Session<'_>, request: Request) -> Reply {
    match request {
        Request::Attach => {
            session.memory.forget_networks();
            Reply::Quiesce(session.take_over().await)
        }
        Request::Quiesce => {
            session.memory.forget_networks();
            Reply::Quiesce(session.quiet().await)
        }
        Request::Status => {
            session.keep_attached();
            Reply::Status(session.status().await)
        }
        Request::ListNetworks { bssids } => Reply::NetworkList(session.survey(&bssids).await),
        Request::SelectNetwork {
            ssid,
            except,
            forget_keys,
        } => Reply::Done(session.pin(&ssid, &except, forget_keys).await),
        Request::ForgetOwnAddress => Reply::Done(session.disarm().await),
        Request::Connect => Reply::Done(session.connect().await),
        Request::AllowRoaming { ssid } => Reply::Done(session.settle(&ssid).await),
        Request::Restore { resume } => Reply::Done(session.release(resume).await),
    }
}

/// The reply of the right kind to a request that cannot be carried out.
pub(super) fn decline(request: &Request, failure: Failure) -> Reply {
    match request {
        Request::Attach | Request::Quiesce => Reply::Quiesce(Err(failure)),
        Request::Status => Reply::Status(Err(failure)),
        Request::ListNetworks { .. } => Reply::NetworkList(Err(failure)),
        Request::SelectNetwork { .. }
        | Request::ForgetOwnAddress
        | Request::Connect
        | Request::AllowRoaming { .. }
        | Request::Restore { .. } => Reply::Done(Err(failure)),
    }
}

/// wpa_supplicant did not do what a command says.
fn refused(command: &str, answer: &[u8]) -> Failure {
    Failure::Refused {
        command: command.to_owned(),
        answer: text::excerpt(answer),
    }
}

impl Session<'_> {
    /// A command that has to be obeyed.
    async fn order(&mut self, command: &str) -> Result<(), Failure> {
        let answer = self.ask(command).await?;
        if is_ok(&answer) {
            Ok(())
        } else {
            Err(refused(command, &answer))
        }
    }

    /// A command that some versions or drivers do not know; says whether it was obeyed.
    async fn attempt(&mut self, command: &str) -> Result<bool, Failure> {
        Ok(is_ok(&self.ask(command).await?))
    }

    async fn status(&mut self) -> Result<SupplicantStatus, Failure> {
        let answer = self.ask("STATUS").await?;
        status::parse(&answer).ok_or_else(|| refused("STATUS", &answer))
    }
}

fn is_ok(answer: &[u8]) -> bool {
    answer == b"OK\n"
}
