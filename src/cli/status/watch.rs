//! The status again and again: redrawn in place on a terminal, a line or a block for each change
//! otherwise.

use std::io::Write;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use super::render::{self, Paint};
use super::{Args, Failure};
use crate::control::{Reply, Status};

/// Often enough for eyes, seldom enough for a battery.
const PAUSE: Duration = Duration::from_millis(500);

/// Clears the screen; then each time: to its beginning, the rest of each line, what is below.
const CLEAR: &str = "\u{1b}[2J";
const HOME: &str = "\u{1b}[H";
const REST_OF_LINE: &str = "\u{1b}[K";
const REST_OF_SCREEN: &str = "\u{1b}[J";

pub(super) fn watch(
    args: &Args,
    terminal: bool,
    out: &mut impl Write,
) -> Result<ExitCode, Failure> {
    // What cannot work now is told at once; a daemon that goes later may come again.
    let first = args.ask()?;
    if args.json || !terminal {
        return follow(args, first, out);
    }
    let mut seen = Ok(first);
    write!(out, "{CLEAR}")?;
    loop {
        let text = match &seen {
            Ok(all) => render::all(all, Paint::on(true)),
            Err(failure) => format!("{}\n", told(failure)),
        };
        let text = text.replace('\n', &format!("{REST_OF_LINE}\n"));
        write!(out, "{HOME}{text}{REST_OF_SCREEN}")?;
        out.flush()?;
        thread::sleep(PAUSE);
        seen = args.ask();
    }
}

fn follow(args: &Args, mut all: Vec<Status>, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let mut last = None;
    loop {
        let now = Some(without_times(&all));
        if now != last {
            if args.json {
                writeln!(out, "{}", Reply::Status(all).to_line())?;
            } else {
                writeln!(out, "{}", render::all(&all, Paint::Plain))?;
            }
            out.flush()?;
            last = now;
        }
        thread::sleep(PAUSE);
        all = args.ask()?;
    }
}

/// What time alone changes is no change.
pub(super) fn without_times(all: &[Status]) -> Vec<Status> {
    let mut all = all.to_vec();
    for care in all.iter_mut().filter_map(|status| status.care.as_mut()) {
        care.state_ms = 0;
        care.address_ms = 0;
        care.retry_ms = care.retry_ms.map(|_| 0);
    }
    all
}

fn told(failure: &Failure) -> String {
    let cause = std::error::Error::source(failure);
    cause.map_or(failure.to_string(), ToString::to_string)
}
