//! The `macveil` command: arguments, dispatch, errors with their causes.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

#[cfg(feature = "audit")]
use macveil::cli::audit;
#[cfg(feature = "import")]
use macveil::cli::import;
use macveil::cli::{
    Command, Failure, arguments, check, config, doctor, error_json, events, explain, networks,
    pause, policy, reload, reroll, rotate, scan, status, trust, with_causes,
};
#[cfg(feature = "by-hand")]
use macveil::cli::{generate, set};
use macveil::{daemon, log};

/// Exit status for a missing privilege, interface or daemon.
const EXIT_UNAVAILABLE: u8 = 3;

fn main() -> ExitCode {
    let arguments = match arguments(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            if error.use_stderr() {
                report_json("usage", error.to_string().trim_end());
            }
            error.exit()
        }
    };
    match arguments.command {
        Command::Run { config } => {
            log::start();
            run_daemon(config.as_deref())
        }
        Command::Status(args) => exit_code(status::run(&args, &mut io::stdout().lock())),
        Command::Networks(args) => exit_code(networks::run(&args, &mut io::stdout().lock())),
        Command::Config(args) => exit_code(config::run(&args, &mut io::stdout().lock())),
        Command::Reload(args) => exit_code(reload::run(&args, &mut io::stdout().lock())),
        Command::Check(args) => exit_code(check::run(&args, &mut io::stdout().lock())),
        Command::Explain(args) => exit_code(explain::run(&args, &mut io::stdout().lock())),
        #[cfg(feature = "by-hand")]
        Command::Generate(args) => exit_code(generate::run(&args, &mut io::stdout().lock())),
        #[cfg(feature = "import")]
        Command::Import(args) => exit_code(import::run(&args, &mut io::stdout().lock())),
        #[cfg(feature = "by-hand")]
        Command::Set(args) => exit_code(set::run(&args, &mut io::stdout().lock())),
        Command::Policy(args) => exit_code(policy::run(&args, &mut io::stdout().lock())),
        Command::Trust(args) => exit_code(trust::run(&args, &mut io::stdout().lock())),
        Command::Reroll(args) => exit_code(reroll::run(&args, &mut io::stdout().lock())),
        Command::Scan(args) => exit_code(scan::run(&args, &mut io::stdout().lock())),
        Command::Rotate(args) => exit_code(rotate::run(&args, &mut io::stdout().lock())),
        Command::Pause(args) => exit_code(pause::run(&args, &mut io::stdout().lock())),
        Command::Resume(args) => exit_code(pause::resume(&args, &mut io::stdout().lock())),
        Command::Events(args) => exit_code(events::run(&args, &mut io::stdout().lock())),
        #[cfg(feature = "audit")]
        Command::Audit(args) => exit_code(audit::run(&args, &mut io::stdout().lock())),
        Command::Doctor(args) => exit_code(doctor::run(&args, &mut io::stdout().lock())),
    }
}

fn run_daemon(config: Option<&Path>) -> ExitCode {
    match daemon::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error, ExitCode::from(EXIT_UNAVAILABLE)),
    }
}

fn exit_code(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| {
        report_json(failure.kind(), &with_causes(&failure));
        report(&failure, failure.exit_code())
    })
}

/// With `--json` a program reads the output, also of an error.
fn report_json(kind: &str, message: &str) {
    let mut arguments = std::env::args_os()
        .skip(1)
        .take_while(|argument| argument != "--");
    if arguments.any(|argument| argument == "--json") {
        // The error is on standard error as well.
        let _ = writeln!(io::stdout(), "{}", error_json(kind, message));
    }
}

fn report(error: &dyn Error, code: ExitCode) -> ExitCode {
    eprintln!("macveil: {}", with_causes(error));
    code
}
