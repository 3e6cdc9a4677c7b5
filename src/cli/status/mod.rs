//! `macveil status`: the state and the address of each interface, and problems.

mod online;
mod render;
#[cfg(test)]
mod tests;
mod watch;

use std::io::{self, Write};
use std::process::ExitCode;

use online::{Look, Seen};
use render::Detail;
use serde::Serialize;

use super::ask;
use super::console::Paint;
use super::failure::{Failure, NO, ignore_broken_pipe};
use crate::protocol::{Reply, Request, Status, VERSION, to_json};

/// Show what each interface is doing, its address, and any problems.
///
/// Exits with status 1 if the link of an interface is held down, if an interface is not protected, also
/// because another program controls it, or if macveil lacks a valid configuration or its key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil status
  macveil status --brief
  macveil status wlan0 --json
  macveil status --watch")]
pub struct Args {
    /// Update until interrupted; in JSON, a line for each change.
    #[arg(long)]
    watch: bool,
    /// One line for each interface.
    #[arg(long, conflicts_with_all = ["verbose", "json"])]
    brief: bool,
    /// Show the counters too.
    #[arg(long, conflicts_with = "json")]
    verbose: bool,
    #[command(flatten)]
    ask: ask::OneOrAll,
}

/// Requests the status from the daemon and writes it.
///
/// # Errors
///
/// No daemon runs, this user has no permission, or the interface does not exist.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    run_with(args, online::look, out)
}

fn run_with(args: &Args, look: Look, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(if args.watch {
        watch::watch(args, look, out)
    } else {
        once(args, look, Paint::on(&io::stdout()), out)
    })
}

/// The daemon's reply, and what it does not know.
#[derive(Serialize)]
struct Answer<'a> {
    version: u64,
    reply: &'static str,
    interfaces: &'a [Seen],
    problems: &'a [String],
}

fn json(interfaces: &[Seen], problems: &[String]) -> String {
    to_json(&Answer {
        version: VERSION,
        reply: "status",
        interfaces,
        problems,
    })
}

fn once(args: &Args, look: Look, paint: Paint, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let (all, problems) = args.ask()?;
    let has_problem = !problems.is_empty() || all.iter().any(has_problem);
    let all: Vec<_> = all.into_iter().map(|it| Seen::of(it, look)).collect();
    if args.ask.json {
        writeln!(out, "{}", json(&all, &problems))?;
    } else {
        write!(out, "{}", render::problems(&problems, paint))?;
        write!(out, "{}", render::all(&all, args.detail(), paint))?;
    }
    Ok(if has_problem {
        ExitCode::from(NO)
    } else {
        ExitCode::SUCCESS
    })
}

impl Args {
    const fn detail(&self) -> Detail {
        match (self.brief, self.verbose) {
            (true, _) => Detail::Brief,
            (_, true) => Detail::Verbose,
            _ => Detail::Ordinary,
        }
    }

    fn ask(&self) -> Result<(Vec<Status>, Vec<String>), Failure> {
        let reply = self.ask.daemon.ask(&Request::Status)?;
        let Reply::Status {
            interfaces,
            problems,
        } = reply
        else {
            return Ok((Vec::new(), Vec::new()));
        };
        Ok((self.wanted(interfaces)?, problems))
    }

    fn is_wanted(&self, status: &Status) -> bool {
        let wanted = self.ask.interface.as_ref();
        wanted.is_none_or(|wanted| status.interface.name == *wanted)
    }

    fn wanted(&self, mut all: Vec<Status>) -> Result<Vec<Status>, Failure> {
        if let Some(wanted) = &self.ask.interface {
            all.retain(|status| self.is_wanted(status));
            if all.is_empty() {
                let why = "no Wi-Fi station or Ethernet interface has this name";
                return Err(Failure::cannot(
                    format!("cannot show the status of {wanted}"),
                    why,
                ));
            }
        }
        Ok(all)
    }
}

fn has_problem(status: &Status) -> bool {
    let details = status.details.as_ref();
    status.managed_by.is_some() || details.is_some_and(|details| details.problem.is_some())
}
