//! The command macveil: arguments, dispatch, errors with their causes.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing::level_filters::LevelFilter;

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
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run { config } => {
            start_log();
            finish(macveil::daemon::run(config.as_deref()))
        }
    }
}

fn finish<E: Error>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("macveil: {}", with_causes(&error));
            ExitCode::from(CANNOT)
        }
    }
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

/// The journal adds the time itself; `MACVEIL_LOG` takes error, warn, info, debug or trace.
fn start_log() {
    let level = std::env::var("MACVEIL_LOG")
        .ok()
        .and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(LevelFilter::INFO))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
}
