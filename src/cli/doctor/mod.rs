//! `macveil doctor`: what this machine can and cannot keep, and what to do about it.

mod files;
mod gather;
mod render;
mod supplicant;
#[cfg(test)]
mod tests;
mod trial;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use super::console::Paint;
use super::failure::{Failure, NO, unless_unheard};
use crate::tools::doctor::examine;
use render::Answer;

const ROOT: &str = "/";

/// Say what kernel, driver, supplicant and everything around them can and cannot keep.
///
/// Each finding has its reason, and a remedy where there is one. The answer is no (exit code 1) if there is
/// something to mend.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil doctor
  macveil doctor wlan0 --json
  sudo macveil doctor wlan0 --try

Exit codes: 0 content, 1 there is something to mend, 2 usage, 3 it could not be found out.")]
pub struct Args {
    /// Only this interface, and the machine.
    interface: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
    /// Try whether the driver takes another address, and give the card back its own.
    #[arg(long = "try")]
    tries: bool,
}

/// PendingScans at the machine and writes what was found.
///
/// # Errors
///
/// There is no such interface, or an address is not to be tried here.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    unless_unheard(answer(args, out))
}

fn answer(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let facts = gather::facts(Path::new(ROOT), args.interface.as_deref(), args.tries)?;
    let answer = Answer::new(examine(&facts));
    if args.json {
        writeln!(out, "{}", answer.to_json())?;
    } else {
        let paint = Paint::on(&io::stdout());
        write!(out, "{}", answer.to_text(paint))?;
    }
    Ok(if answer.is_content() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NO)
    })
}
