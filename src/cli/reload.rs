//! `macveil reload`: the running daemon reads its configuration again.

use std::io::Write;
use std::process::ExitCode;

use super::ask::Daemon;
use super::failure::{Failure, NO, ignore_broken_pipe};
use crate::protocol::{ClientError, Fault, FaultKind, Reply, Request};

/// Make the running macveil read its configuration again.
///
/// Exits with status 1 if the configuration is invalid; macveil then keeps the previous one, and the mistakes are shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sudo macveil reload
  sudo macveil reload --json")]
pub struct Args {
    /// Print the daemon's reply in JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// Asks the daemon and writes what it has read.
///
/// # Errors
///
/// No daemon runs, or this user has no permission.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(reload(args, out))
}

fn reload(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reply = match args.daemon.ask(&Request::Reload) {
        Err(ClientError::Refused(fault)) if fault.kind == FaultKind::Configuration => {
            let text = if args.json {
                fault.to_line()
            } else {
                refused(&fault)
            };
            writeln!(out, "{text}")?;
            return Ok(ExitCode::from(NO));
        }
        reply => reply?,
    };
    if args.json {
        writeln!(out, "{}", reply.to_line())?;
    } else if let Reply::Reloaded { files, warnings } = reply {
        for warning in warnings {
            writeln!(out, "warning: {warning}")?;
        }
        match files.as_slice() {
            [] => writeln!(
                out,
                "reloaded: no configuration file, so the defaults apply"
            )?,
            files => writeln!(out, "reloaded: {}", files.join(", "))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(fault: &Fault) -> String {
    format!(
        "{}\nnot reloaded: the previous configuration stays in force",
        fault.message
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::protocol::Answer;
    use crate::protocol::fake::FakeDaemon;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn reloaded(reply: impl Into<Answer>, words: &[&str]) -> (ExitCode, String) {
        let daemon = FakeDaemon::answering(vec![(Request::Reload, reply.into())]);
        let socket = daemon.socket();
        let line = ["reload", "--socket", socket.to_str().unwrap()];
        let line = Line::try_parse_from(line.iter().chain(words)).unwrap();
        let mut out = Vec::new();
        let code = run(&line.args, &mut out).unwrap();
        daemon.finish();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn files_and_warnings_are_listed() {
        let reply = Reply::Reloaded {
            files: vec!["/a.toml".to_owned(), "/b.toml".to_owned()],
            warnings: vec!["/a.toml:1: no effect".to_owned()],
        };
        let (code, text) = reloaded(Ok(reply), &[]);
        assert_eq!(code, ExitCode::SUCCESS);
        assert_eq!(
            text,
            "warning: /a.toml:1: no effect\nreloaded: /a.toml, /b.toml\n"
        );
    }

    #[test]
    fn mistake_exits_with_status_1() {
        let fault = Fault::new(FaultKind::Configuration, "/a.toml:2: unknown key `x`");
        let (code, text) = reloaded(Err(fault.clone()), &[]);
        assert_eq!(code, ExitCode::from(NO));
        assert!(
            text.starts_with("/a.toml:2: unknown key `x`\nnot reloaded"),
            "{text}"
        );
        let (code, text) = reloaded(Err(fault), &["--json"]);
        assert_eq!(code, ExitCode::from(NO));
        assert!(text.contains("\"error\":\"configuration\""), "{text}");
    }
}
