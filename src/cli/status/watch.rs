//! The status as it changes: redrawn in place on a terminal, otherwise a line or a block for each change.
//! The daemon sends changes; the durations are counted here.

use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use super::online::{Look, Seen};
use super::{Args, Failure, json, render};
use crate::cli::console::{Paint, fitted, is_screen, rows};
use crate::protocol::{Client, EventKind, EventLine, Reply, Request, Status};

/// Durations are shown in seconds.
const TICK: Duration = Duration::from_secs(1);
/// Events that follow each other within this time are drawn together.
const BURST_TIMEOUT: Duration = Duration::from_millis(20);
const MAX_BURST_EVENTS: u32 = 10;

/// Clears the screen once. Each drawing starts at its top and clears the rest of each line and of the screen.
const CLEAR: &str = "\u{1b}[2J";
const HOME: &str = "\u{1b}[H";
const REST_OF_LINE: &str = "\u{1b}[K";
const REST_OF_SCREEN: &str = "\u{1b}[J";
/// Cuts lines that are too long. The terminal wraps again between two drawings.
const CUT: &str = "\u{1b}[?7l";
const WRAP: &str = "\u{1b}[?7h";

pub(super) fn watch(args: &Args, look: Look, out: &mut impl Write) -> Result<ExitCode, Failure> {
    // Without a daemon at the start this fails. A daemon that ends later can be restarted.
    let view = View::open(args)?;
    let screen = io::stdout();
    if args.ask.json || !is_screen(&screen) {
        return follow(args, look, view, out);
    }
    write!(out, "{CLEAR}")?;
    let mut view = Ok(view);
    loop {
        let text = match &view {
            Ok(view) => render::all(&view.seen(look), args.detail(), Paint::on(&screen)),
            Err(failure) => format!("{}\n", cause_of(failure)),
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

fn follow(
    args: &Args,
    look: Look,
    mut view: View,
    out: &mut impl Write,
) -> Result<ExitCode, Failure> {
    let mut last: Option<Vec<Seen>> = None;
    loop {
        let all = view.seen(look);
        let is_on_its_way = all.iter().any(Seen::is_on_its_way);
        let now = Some(all.iter().cloned().map(Seen::without_times).collect());
        if now != last {
            if args.ask.json {
                writeln!(out, "{}", json(&all, &[]))?;
            } else {
                writeln!(out, "{}", render::all(&all, args.detail(), Paint::Plain))?;
            }
            out.flush()?;
            last = now;
        }
        let span = if is_on_its_way { TICK } else { Duration::MAX };
        match view.after(args, span)? {
            Some(next) => view = next,
            None => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// The status of the interfaces as last received.
struct View {
    client: Client,
    /// Each with the time when it was received.
    all: Vec<(Status, Instant)>,
}

impl View {
    fn open(args: &Args) -> Result<Self, Failure> {
        let mut client = args.ask.daemon.connect()?;
        let request = Request::Events { interface: None };
        let Reply::Events { interfaces: all } = client.ask(&request)? else {
            return Err(Failure::cannot(
                "cannot follow the daemon",
                "its reply is not one to `events`",
            ));
        };
        let now = Instant::now();
        let all = args.wanted(all)?.into_iter();
        Ok(Self {
            client,
            all: all.map(|status| (status, now)).collect(),
        })
    }

    /// The view after the next events, or after `span`; `None`: the daemon ends.
    fn after(mut self, args: &Args, span: Duration) -> Result<Option<Self>, Failure> {
        let mut timeout = span;
        for _ in 0..MAX_BURST_EVENTS {
            let limit = Some(timeout).filter(|&span| span < Duration::MAX);
            let Some(line) = self.client.next_line(limit)? else {
                break;
            };
            let event = EventLine::read(&line).map_err(|source| self.client.unreadable(source))?;
            match event.event {
                EventKind::Status => {
                    if let Some(status) = event.status {
                        self.learn(args, *status);
                    }
                }
                // Only a reply contains the program that manages the interface instead.
                EventKind::Unmanaged | EventKind::Missed => return Self::open(args).map(Some),
                EventKind::ShuttingDown => return Ok(None),
                _ => {}
            }
            timeout = BURST_TIMEOUT;
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

    /// The status now, if there was no event.
    fn seen(&self, look: Look) -> Vec<Seen> {
        let all = self.all.iter();
        all.map(|(status, then)| Seen::of(aged(status.clone(), then.elapsed()), look))
            .collect()
    }
}

/// The status after `span` without an event.
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

fn cause_of(failure: &Failure) -> String {
    let cause = std::error::Error::source(failure);
    cause.map_or(failure.to_string(), ToString::to_string)
}
