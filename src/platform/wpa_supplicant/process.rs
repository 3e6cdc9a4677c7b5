//! Notices the end of wpa_supplicant's process, which a process that is killed does not report.

use std::io;
use std::sync::Once;

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::net::unix::pipe::Receiver;

/// A process; its descriptor becomes readable, like a pipe, when it ends.
pub(super) struct Process(Receiver);

impl Process {
    /// `None` if it cannot be watched, which is logged once.
    pub(super) fn open(sender: Option<Pid>) -> Option<Self> {
        static LOGGED: Once = Once::new();
        let opened = sender
            .ok_or_else(|| io::Error::other("the kernel does not tell which process answers"))
            .and_then(|pid| {
                Receiver::from_owned_fd_unchecked(pidfd_open(pid, PidfdFlags::empty())?)
            });
        if let Err(error) = &opened {
            LOGGED.call_once(|| {
                tracing::info!(
                    "macveil cannot watch wpa_supplicant's process ({error}): it asks each minute whether it is there"
                );
            });
        }
        opened.ok().map(Self)
    }

    /// Waits for the end; for ever if there is no process to watch.
    pub(super) async fn end_of(process: Option<&Self>) {
        match process {
            Some(Self(process)) => drop(process.readable().await),
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn process_is_watched_until_it_is_killed() {
        let mut command = Command::new("cat");
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let process = Process::open(Some(Pid::from_child(&child)));
        let process = process.as_ref();
        let while_it_runs = timeout(Duration::from_millis(50), Process::end_of(process));
        assert!(while_it_runs.await.is_err());
        child.kill().unwrap();
        let once_killed = timeout(Duration::from_secs(20), Process::end_of(process));
        assert!(once_killed.await.is_ok());
        child.wait().unwrap();
    }

    #[tokio::test]
    async fn process_that_is_not_told_never_ends() {
        assert!(Process::open(None).is_none());
        let end = timeout(Duration::from_millis(50), Process::end_of(None));
        assert!(end.await.is_err());
    }
}
