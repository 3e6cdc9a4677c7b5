//! `macveil pause` and `macveil resume`.

use std::io::Write;
use std::process::ExitCode;

use super::ask;
use super::failure::{Failure, ignore_broken_pipe};
use crate::protocol::{PauseRefusal, Paused, Reply, Request};
use macveil_core::address::parse_length;
use macveil_core::machine::StateKind;

/// Stop scanning and joining networks until resumed; the interface stays protected.
///
/// An existing connection continues. When it ends, the interface is masked and silent. An interface without
/// a connection is masked and silent at once. Exits with status 1 if there is nothing to pause.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil pause
  macveil pause wlan0 --for 10m
  macveil resume")]
pub struct Args {
    /// Resume automatically after this time: a number and one of s, m, h, d, w.
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_length)]
    seconds: Option<u64>,
    #[command(flatten)]
    ask: ask::OneOrAll,
}

/// Starts a pause.
///
/// # Errors
///
/// No daemon runs, this user has no permission, or the interface does not exist.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let request = Request::Pause {
        interface: args.ask.interface.clone(),
        for_ms: args.seconds.map(|seconds| seconds.saturating_mul(1000)),
    };
    ignore_broken_pipe(ask(&request, &args.ask, out))
}

/// Ends a pause.
///
/// # Errors
///
/// As [`run`].
pub fn resume(args: &ask::OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let interface = args.interface.clone();
    let request = Request::Resume { interface };
    ignore_broken_pipe(ask(&request, args, out))
}

fn ask(request: &Request, args: &ask::OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reply = args.daemon.ask(request)?;
    let (all, say): (_, fn(&Paused) -> String) = match &reply {
        Reply::Paused { interfaces: all } => (all, paused),
        Reply::Resumed { interfaces: all } => (all, resumed),
        _ => return Ok(ExitCode::SUCCESS),
    };
    let line = |it: &Paused| {
        let words = it
            .refused
            .map_or_else(|| say(it), |refusal| refused(refusal).to_owned());
        format!("{}: {words}\n", it.interface)
    };
    args.write(&reply, all, line, out)?;
    ask::verdict(
        all,
        |it| it.refused.is_some(),
        "there is nothing to pause",
        "macveil manages no Wi-Fi interface here",
    )
}

const fn refused(refusal: PauseRefusal) -> &'static str {
    match refusal {
        PauseRefusal::Ethernet => {
            "an Ethernet interface changes only while it has no carrier: there is nothing to pause"
        }
        PauseRefusal::Iwd => {
            "iwd decides which network is joined: use `iwctl station IFACE disconnect`"
        }
        PauseRefusal::NotPaused => "it is not paused",
        PauseRefusal::Unprotected => "the card is unprotected, because of on-failure = \"open\"",
    }
}

fn paused(it: &Paused) -> String {
    match (&it.ssid, it.state) {
        (Some(ssid), StateKind::Associated) => {
            format!("paused: connected to {ssid}; when this connection ends, masked and silent")
        }
        (Some(ssid), _) => {
            format!("paused: still joining {ssid}; if that fails or ends, masked and silent")
        }
        (None, StateKind::Blocked) => "paused: link held down".to_owned(),
        (None, _) => "paused: masked and silent".to_owned(),
    }
}

fn resumed(it: &Paused) -> String {
    match (&it.ssid, it.state) {
        (Some(ssid), _) => format!("resumed: connected to {ssid}"),
        (None, StateKind::Disconnected) => "resumed: still disconnected by the user".to_owned(),
        (None, StateKind::Blocked) => "resumed: link held down".to_owned(),
        (None, StateKind::Waiting) => "resumed: masked, waiting for wpa_supplicant".to_owned(),
        (None, _) => "resumed: looking for a network".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::protocol::fake::FakeDaemon;
    use macveil_core::types::Ssid;

    #[derive(Parser)]
    enum Line {
        Pause(Args),
        Resume(ask::OneOrAll),
    }

    fn it(state: StateKind, ssid: Option<&[u8]>, refused: Option<PauseRefusal>) -> Paused {
        Paused {
            interface: "wlan0".to_owned(),
            state,
            ssid: ssid.and_then(Ssid::new),
            refused,
        }
    }

    fn answer(words: &[&str], request: Request, reply: Reply) -> (bool, String) {
        let daemon = FakeDaemon::start(vec![(request, reply)]);
        let socket = daemon.socket();
        let line = words.iter().copied();
        let line = ["macveil"].into_iter().chain(line);
        let line = line.chain(["--socket", socket.to_str().unwrap()]);
        let mut out = Vec::new();
        let code = match Line::try_parse_from(line).unwrap() {
            Line::Pause(args) => run(&args, &mut out),
            Line::Resume(args) => resume(&args, &mut out),
        };
        daemon.finish();
        let code = code.unwrap();
        (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap())
    }

    #[test]
    fn pause_prints_what_the_interface_does_next() {
        let request = Request::Pause {
            interface: Some("wlan0".to_owned()),
            for_ms: Some(600_000),
        };
        let reply = Reply::Paused {
            interfaces: vec![it(StateKind::Paused, None, None)],
        };
        let words = ["pause", "wlan0", "--for", "10m"];
        let (succeeds, text) = answer(&words, request, reply);
        assert_eq!(
            (succeeds, text.as_str()),
            (true, "wlan0: paused: masked and silent\n")
        );
        let request = Request::Pause {
            interface: None,
            for_ms: None,
        };
        let reply = Reply::Paused {
            interfaces: vec![it(StateKind::Associated, Some(b"Home"), None)],
        };
        let (_, text) = answer(&["pause"], request, reply);
        assert!(
            text.contains("connected to Home; when this connection ends"),
            "{text}"
        );
    }

    #[test]
    fn resume_without_pause_exits_with_status_1() {
        let request = || Request::Resume { interface: None };
        let reply = Reply::Resumed {
            interfaces: vec![it(StateKind::Scanning, None, Some(PauseRefusal::NotPaused))],
        };
        let (succeeds, text) = answer(&["resume"], request(), reply);
        assert_eq!(
            (succeeds, text.as_str()),
            (false, "wlan0: it is not paused\n")
        );
        let reply = Reply::Resumed {
            interfaces: vec![it(StateKind::Disconnected, None, None)],
        };
        let (succeeds, text) = answer(&["resume"], request(), reply);
        assert!(
            succeeds && text.contains("disconnected by the user"),
            "{text}"
        );
    }

    #[test]
    fn duration_without_unit_is_refused() {
        assert!(Line::try_parse_from(["macveil", "pause", "--for", "10"]).is_err());
    }
}
