//! The command macveil: arguments, dispatch, errors with their causes.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use macveil::cli::{
    Failure, audit, check, explain, generate, import, policy, reroll, set, status, trust,
};
use macveil::{daemon, log};

/// The answer is no: what was asked about is wrong.
const NO: u8 = 1;
/// What could not be done for want of privilege, interface or daemon.
const CANNOT: u8 = 3;

/// Keeps a Wi-Fi card's identity off the air.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Protect the Wi-Fi cards of this machine until told to stop (the daemon).
    #[command(
        after_help = "Examples:\n  macveil run\n  MACVEIL_LOG=debug macveil run --config /etc/macveil/macveil.toml"
    )]
    Run {
        /// Read this configuration instead of /etc/macveil/macveil.toml and its drop-ins.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Say what each interface is doing, and what cannot be kept.
    Status(status::Args),
    /// Validate the configuration.
    Check(check::Args),
    /// Say which address a network would get, and why.
    Explain(explain::Args),
    /// Print an address; needs no privilege.
    Generate(Box<generate::Args>),
    /// Take over NetworkManager's settings, so that every address stays the same.
    Import(import::Args),
    Set(Box<set::Args>),
    /// Show or set which address a network gets.
    Policy(policy::Args),
    /// Use the card's own address in a network.
    Trust(trust::Args),
    /// Give a network another address.
    Reroll(reroll::Args),
    Audit(audit::Args),
}

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
        Command::Audit(args) => answer(audit::run(&args, &mut io::stdout().lock())),
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

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
