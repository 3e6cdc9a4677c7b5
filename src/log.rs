//! The daemon's log: one line an event on standard error, or one record with fields in the journal.
//!
//! Two layers on tracing-subscriber's registry do the writing. Both show identities only where the
//! configuration or the level allows it, and a stranger's text cannot begin a line or a field of its own.

mod filter;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod journal;
mod line;
mod record;
mod redaction;

use std::io;

use tracing::warn;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt as _;

use journal::{JournalLayer, JournalSocket, JournalStream};
use line::{LineLayer, Style};
pub use redaction::{LoggedSsid, Redaction, set_redaction};

/// Starts the log. `MACVEIL_LOG` sets the levels: see [`filter::parse`].
pub fn start() {
    let directives = std::env::var("MACVEIL_LOG").unwrap_or_default();
    let (targets, problem) = match filter::parse(&directives) {
        Ok(targets) => (targets, None),
        Err(problem) => (filter::at(filter::DEFAULT), Some(problem)),
    };
    // Fails only if a log was started before, which then stays.
    let _ = tracing_subscriber::registry()
        .with(output())
        .with(targets)
        .try_init();
    if let Some(problem) = problem {
        warn!("MACVEIL_LOG: {problem}; using info");
    }
}

/// The layer that writes to where standard error leads.
fn output() -> Box<dyn Layer<Registry> + Send + Sync> {
    let style = Style::of_standard_error();
    match style {
        Style::Priority => match JournalSocket::of_the_system() {
            Ok(socket) => JournalLayer::new(socket, LineLayer::new(style, JournalStream)).boxed(),
            Err(_) => LineLayer::new(style, JournalStream).boxed(),
        },
        Style::Colour | Style::Word => LineLayer::new(style, io::stderr()).boxed(),
    }
}
