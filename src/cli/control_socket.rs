//! Questions to `wpa_supplicant` over its control socket, with one time limit for all replies.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use wpactrl::{Client, Error};

/// For all replies together. wpactrl itself waits up to ten seconds for each.
const REPLY_TIMEOUT: Duration = Duration::from_secs(1);

/// Connects to the socket and runs `ask`.
///
/// # Errors
///
/// The reason, as text: no permission, no reply in time, or a failed request.
pub(super) fn converse<T: Send + 'static>(
    socket: &Path,
    ask: impl FnOnce(Client) -> wpactrl::Result<T> + Send + 'static,
) -> Result<T, String> {
    // In /tmp itself wpactrl's socket would have a name that others can predict.
    let directory = tempfile::Builder::new()
        .prefix("macveil-")
        .tempdir()
        .map_err(|error| format!("cannot create a socket for the replies: {error}"))?;
    let client = Client::builder()
        .cli_path(directory.path().to_owned())
        .ctrl_path(socket.to_owned());
    let (sender, receiver) = mpsc::channel();
    // The thread ends with the process if wpa_supplicant does not reply.
    thread::spawn(move || sender.send(client.open().and_then(ask)));
    receiver
        .recv_timeout(REPLY_TIMEOUT)
        .map_err(|_| format!("no reply within {} s", REPLY_TIMEOUT.as_secs()))?
        .map_err(|error| match error {
            Error::Io(error) => error.to_string(),
            error => error.to_string(),
        })
}
