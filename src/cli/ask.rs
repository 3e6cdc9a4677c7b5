//! What commands that ask a running daemon have in common.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::failure::{Failure, NO};
use crate::config::{self, Config};
use crate::platform::Group;
use crate::protocol::{Client, ClientError, Reply, Request, socket_path};

/// Where the runtime directory is if the configuration does not tell.
const RUNTIME_DIR: &str = "/run/macveil";

/// Which daemon to ask.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Daemon {
    /// The daemon's socket (default: `control` in the runtime-dir of the configuration).
    #[arg(long, value_name = "SOCKET")]
    pub(super) socket: Option<PathBuf>,
}

/// A command about one interface or all.
#[derive(Debug, clap::Args)]
pub struct OneOrAll {
    /// Only this interface.
    pub(super) interface: Option<String>,
    /// Print JSON; control-socket.md of the documentation lists the fields.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) daemon: Daemon,
}

impl OneOrAll {
    /// Writes an answer about each interface of `all`: the reply itself, or the lines that `text` makes.
    pub(super) fn write<T>(
        &self,
        reply: &Reply,
        all: &[T],
        text: impl Fn(&T) -> String,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        if self.json {
            writeln!(out, "{}", reply.to_line())?;
            return Ok(());
        }
        for it in all {
            write!(out, "{}", text(it))?;
        }
        Ok(())
    }
}

/// No, if it was in vain for each interface; where there is none, `tried` could not be done, and why.
pub(super) fn verdict<T>(
    all: &[T],
    is_in_vain: impl Fn(&T) -> bool,
    tried: &str,
    why: &'static str,
) -> Result<ExitCode, Failure> {
    if all.is_empty() {
        return Err(Failure::cannot(tried, why));
    }
    Ok(if all.iter().all(is_in_vain) {
        ExitCode::from(NO)
    } else {
        ExitCode::SUCCESS
    })
}

impl Daemon {
    /// Asks the daemon and waits for its answer.
    pub(super) fn ask(&self, request: &Request) -> Result<Reply, ClientError> {
        self.connect()?.ask(request)
    }

    pub(super) fn connect(&self) -> Result<Client, ClientError> {
        let config = match &self.socket {
            None => config::load(None).ok(),
            Some(_) => None,
        };
        Client::connect(&self.path(config.as_ref()))
    }

    /// Where it listens under a configuration that is known already.
    pub(super) fn path(&self, config: Option<&Config>) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| {
            socket_path(config.map_or(Path::new(RUNTIME_DIR), |config| &config.runtime_dir))
        })
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(fault) => Self::cannot("the daemon refused the request", fault),
            error @ ClientError::NotAllowed { group, .. } => Self::cannot(allowed(group), error),
            error @ ClientError::NoDaemon(_) => Self::cannot("macveil is not running", error),
            error => Self::cannot("cannot connect to the daemon", error),
        }
    }
}

/// Who may use the control socket.
fn allowed(group: Option<u32>) -> String {
    match group {
        Some(id) => {
            let group = Group::with_id(id).name;
            format!(
                "only root and members of the group {group} can ask macveil: use sudo, or join the group with \
                 `sudo usermod -aG {group} $USER` and log in again"
            )
        }
        None => "only root can ask macveil: use sudo, or set `control-group` in the configuration"
            .to_owned(),
    }
}
