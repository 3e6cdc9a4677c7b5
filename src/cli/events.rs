//! `macveil events`: a line for each event, for scripts, status bars and people.

use std::io::Write;
use std::process::ExitCode;

use super::ask::OneOrAll;
use super::failure::{Failure, ignore_broken_pipe};
use crate::protocol::{EventKind, EventLine, Reply, Request};

/// Writes the events of the daemon until it ends.
///
/// # Errors
///
/// No daemon runs, this user has no permission, or the connection breaks.
pub fn run(args: &OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(events(args, out))
}

fn events(args: &OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let mut client = args.daemon.connect()?;
    let request = Request::Events {
        interface: args.interface.clone(),
    };
    let reply = client.ask(&request)?;
    if args.json {
        writeln!(out, "{}", reply.to_line())?;
    } else if let Reply::Events { interfaces: all } = &reply {
        for interface in all.iter().map(|status| &status.interface) {
            if let Some(state) = interface.state {
                let address = interface.address;
                writeln!(out, "{}: {state}, under {address}", interface.name)?;
            }
        }
    }
    out.flush()?;
    let mut last = String::new();
    while let Some(line) = client.next_line(None)? {
        let event = EventLine::read(&line).map_err(|source| client.unreadable(source))?;
        if args.json {
            out.write_all(&line)?;
            writeln!(out)?;
        } else {
            let line = sentence(&event);
            // The text does not contain everything that has changed.
            let is_repeated = event.event == EventKind::Status && line == last;
            if !is_repeated {
                writeln!(out, "{line}")?;
            }
            if event.event == EventKind::Status {
                last = line;
            }
        }
        out.flush()?;
        if event.event == EventKind::ShuttingDown {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn sentence(event: &EventLine) -> String {
    let EventLine {
        interface, text, ..
    } = event;
    match interface {
        Some(interface) => format!("{interface}: {text}"),
        None => text.clone(),
    }
}
