//! The status as it changes: redrawn in place on a terminal, a line or a block for each change
//! otherwise. The daemon tells what changes; only what time alone changes is counted here.

use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use super::render;
use super::{Args, Failure};
use crate::cli::console::{Paint, fitted, is_screen, rows};
use crate::protocol::{Client, EventKind, EventLine, Reply, Request, Status};

/// Spans of time are told in seconds.
const TICK: Duration = Duration::from_secs(1);
/// What happens at once is drawn at once.
const BURST: Duration = Duration::from_millis(20);
const LONGEST_BURST: u32 = 10;

/// Clears the screen; then each time: to its beginning, the rest of each line, what is below.
const CLEAR: &str = "\u{1b}[2J";
const HOME: &str = "\u{1b}[H";
const REST_OF_LINE: &str = "\u{1b}[K";
const REST_OF_SCREEN: &str = "\u{1b}[J";
/// A line that is too long ends at the screen's edge; between two drawings nothing is left changed.
const CUT: &str = "\u{1b}[?7l";
const WRAP: &str = "\u{1b}[?7h";

pub(super) fn watch(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    // What cannot work now is told at once; a daemon that goes later may come again.
    let view = View::open(args)?;
    let screen = io::stdout();
    if args.ask.json || !is_screen(&screen) {
        return follow(args, view, out);
    }
    write!(out, "{CLEAR}")?;
    let mut view = Ok(view);
    loop {
        let text = match &view {
            Ok(view) => render::all(&view.aged(), Paint::on(&screen)),
            Err(failure) => format!("{}\n", told(failure)),
        };
        let text = fitted(&text, rows(&screen)).replace('\n', &format!("{REST_OF_LINE}\n"));
        write!(out, "{HOME}{CUT}{text}{REST_OF_SCREEN}{WRAP}")?;
        out.flush()?;
        view = match view.map(|view| view.after(args, TICK)) {
            Ok(Ok(Some(view))) => Ok(view),
            Ok(Err(failure)) => Err(failure),
            Ok(Ok(None)) | Err(_) => {
                thread::sleep(TICK);
                View::open(args)
            }
        };
    }
}

fn follow(args: &Args, mut view: View, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let mut last: Option<Vec<Status>> = None;
    loop {
        let all = view.aged();
        let now = Some(all.iter().cloned().map(Status::without_times).collect());
        if now != last {
            if args.ask.json {
                writeln!(out, "{}", Reply::Status { interfaces: all }.to_line())?;
            } else {
                writeln!(out, "{}", render::all(&all, Paint::Plain))?;
            }
            out.flush()?;
            last = now;
        }
        match view.after(args, Duration::MAX)? {
            Some(next) => view = next,
            None => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// How the interfaces are, as far as the daemon has told.
struct View {
    client: Client,
    /// With the moment at which it was so.
    all: Vec<(Status, Instant)>,
}

impl View {
    fn open(args: &Args) -> Result<Self, Failure> {
        let mut client = args.ask.daemon.connect()?;
        let request = Request::Events { interface: None };
        let Reply::Events { interfaces: all } = client.ask(&request)? else {
            return Err(Failure::cannot(
                "cannot follow the daemon",
                "it says something else",
            ));
        };
        let now = Instant::now();
        let all = args.wanted(all)?.into_iter();
        Ok(Self {
            client,
            all: all.map(|status| (status, now)).collect(),
        })
    }

    /// After something has happened, or that span; `None`: the daemon ends.
    fn after(mut self, args: &Args, span: Duration) -> Result<Option<Self>, Failure> {
        let mut patience = span;
        for _ in 0..LONGEST_BURST {
            let limit = Some(patience).filter(|&span| span < Duration::MAX);
            let Some(line) = self.client.next_line(limit)? else {
                break;
            };
            let heard = EventLine::read(&line).map_err(|source| self.client.unreadable(source))?;
            match heard.event {
                EventKind::Status => {
                    if let Some(status) = heard.status {
                        self.learn(args, *status);
                    }
                }
                // The daemon reports what manages it instead in a reply only.
                EventKind::Unmanaged | EventKind::Missed => return Self::open(args).map(Some),
                EventKind::ShuttingDown => return Ok(None),
                _ => {}
            }
            patience = BURST;
        }
        Ok(Some(self))
    }

    fn learn(&mut self, args: &Args, status: Status) {
        let now = Instant::now();
        let ifindex = status.interface.ifindex;
        let mut known = self.all.iter_mut();
        if let Some(known) = known.find(|(known, _)| known.interface.ifindex == ifindex) {
            *known = (status, now);
        } else if args.is_wanted(&status) {
            self.all.push((status, now));
        }
    }

    /// As it is now, if nothing has happened.
    fn aged(&self) -> Vec<Status> {
        let all = self.all.iter();
        all.map(|(status, then)| aged(status.clone(), then.elapsed()))
            .collect()
    }
}

/// The status after a span in which nothing happened.
pub(super) fn aged(mut status: Status, span: Duration) -> Status {
    let span = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    if let Some(details) = &mut status.details {
        details.state_ms = details.state_ms.saturating_add(span);
        details.address_ms = details.address_ms.saturating_add(span);
        details.retry_ms = details.retry_ms.map(|left| left.saturating_sub(span));
        details.pause_ms = details.pause_ms.map(|left| left.saturating_sub(span));
    }
    status
}

fn told(failure: &Failure) -> String {
    let cause = std::error::Error::source(failure);
    cause.map_or(failure.to_string(), ToString::to_string)
}
