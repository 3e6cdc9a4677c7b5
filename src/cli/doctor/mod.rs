//! `macveil doctor`: checks this machine.

mod files;
mod gather;
mod gzip;
mod render;
mod supplicant;
#[cfg(test)]
mod tests;
mod trial;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use super::console::Paint;
use super::failure::{Failure, NO, ignore_broken_pipe};
use crate::tools::doctor::examine;
use render::Report;

const ROOT: &str = "/";

/// Check whether kernel, driver, supplicant and other software allow macveil to keep its promise.
///
/// Each finding has a reason and, if possible, a remedy. Exits with status 1 if there is a warning or
/// problem.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil doctor
  macveil doctor wlan0 --json
  sudo macveil doctor wlan0 --try

Exit status: 0 no problems found, 1 warnings or problems, 2 usage error, 3 check not possible.")]
pub struct Args {
    /// Check only this interface and the machine.
    interface: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Also test whether the driver accepts another address, then restore the current one.
    #[arg(long = "try")]
    tries: bool,
}

/// Checks the machine and prints the findings.
///
/// # Errors
///
/// If there is no such interface, or `--try` is not possible.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(answer(args, out))
}

fn answer(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let facts = gather::facts(Path::new(ROOT), args.interface.as_deref(), args.tries)?;
    let report = Report::new(examine(&facts));
    if args.json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        let paint = Paint::on(&io::stdout());
        write!(out, "{}", report.to_text(paint))?;
    }
    Ok(if report.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NO)
    })
}
