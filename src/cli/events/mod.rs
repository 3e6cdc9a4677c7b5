//! `macveil events`: a line for each event, for scripts, status bars and people; or a program that runs at each
//! change.

mod change;
mod programs;
mod runner;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::ask::OneOrAll;
use super::failure::{Failure, ignore_broken_pipe};
use crate::protocol::{EventKind, EventLine, Reply, Request};
use macveil_core::address::parse_length;

/// Say what happens from now on, a line each, or run programs.
///
/// Ends when the daemon ends. With --exec it says nothing, runs a program when an interface has joined or left
/// a network, has another address, or is held down, and waits for a daemon that ends to start again.
/// The program's environment contains what has happened: see docs/hooks.md.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil events wlan0
  macveil events --json | jq -r 'select(.event == \"connected\").ssid'
  macveil events --exec /etc/macveil/hooks.d")]
pub struct Args {
    /// Run this program, or each one of this directory in the order of names. Several directories are merged:
    /// of files with the same name only the one in the first directory counts.
    #[arg(long, value_name = "PROGRAM", conflicts_with = "json")]
    exec: Vec<PathBuf>,
    /// Kill a program that takes longer: a number and one of s, m, h, d, w.
    #[arg(long, value_name = "DURATION", value_parser = parse_length, default_value = "60s", requires = "exec")]
    timeout: u64,
    #[command(flatten)]
    ask: OneOrAll,
}

/// Writes the events of the daemon until it ends, or runs programs.
///
/// # Errors
///
/// No daemon runs, this user has no permission, or the connection breaks.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    if args.exec.is_empty() {
        return ignore_broken_pipe(events(&args.ask, out));
    }
    match runner::run(args)? {}
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
