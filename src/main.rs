//! The command macveil: arguments, dispatch, errors with their causes.

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use macveil::cli::{
    Arguments, Command, Failure, audit, check, doctor, events, explain, generate, import, pause,
    policy, reroll, rotate, scan, set, status, trust, with_causes,
};
use macveil::{daemon, log};

/// The answer is no: what was asked about is wrong.
const NO: u8 = 1;
/// What could not be done for want of privilege, interface or daemon.
const CANNOT: u8 = 3;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run { config } => {
            log::start();
            protect(config.as_deref())
        }
        Command::Status(args) => answer(status::run(&args, &mut io::stdout().lock())),
        Command::Check(args) => answer(check::run(&args, &mut io::stdout().lock())),
        Command::Explain(args) => answer(explain::run(&args, &mut io::stdout().lock())),
        Command::Generate(args) => answer(generate::run(&args, &mut io::stdout().lock())),
        Command::Import(args) => answer(import::run(&args, &mut io::stdout().lock())),
        Command::Set(args) => answer(set::run(&args, &mut io::stdout().lock())),
        Command::Policy(args) => answer(policy::run(&args, &mut io::stdout().lock())),
        Command::Trust(args) => answer(trust::run(&args, &mut io::stdout().lock())),
        Command::Reroll(args) => answer(reroll::run(&args, &mut io::stdout().lock())),
        Command::Scan(args) => answer(scan::run(&args, &mut io::stdout().lock())),
        Command::Rotate(args) => answer(rotate::run(&args, &mut io::stdout().lock())),
        Command::Pause(args) => answer(pause::run(&args, &mut io::stdout().lock())),
        Command::Resume(args) => answer(pause::resume(&args, &mut io::stdout().lock())),
        Command::Events(args) => answer(events::run(&args, &mut io::stdout().lock())),
        Command::Audit(args) => answer(audit::run(&args, &mut io::stdout().lock())),
        Command::Doctor(args) => answer(doctor::run(&args, &mut io::stdout().lock())),
    }
}

fn protect(config: Option<&Path>) -> ExitCode {
    match daemon::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = if error.is_configuration() { NO } else { CANNOT };
            complain(&error, ExitCode::from(code))
        }
    }
}

fn answer(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| complain(&failure, failure.exit_code()))
}

fn complain(error: &dyn Error, code: ExitCode) -> ExitCode {
    eprintln!("macveil: {}", with_causes(error));
    code
}
