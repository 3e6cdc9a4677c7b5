//! `macveil pause` and `macveil resume`.

use std::io::Write;
use std::process::ExitCode;

use super::ask;
use super::failure::{Failure, ignore_broken_pipe};
use crate::protocol::{Paused, Reply, Request};
use macveil_core::address::parse_length;

/// Neither scan nor join anything until resumed; the card stays protected.
///
/// A connection that stands is left alone; when it ends, the card is masked and silent. A card that is
/// not connected is masked and silent at once. The answer is no (exit code 1) where there is nothing to
/// pause.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil pause
  macveil pause wlan0 --for 10m
  macveil resume")]
pub struct Args {
    /// Resume by itself after so long: a number and one of s, m, h, d, w.
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_length)]
    seconds: Option<u64>,
    #[command(flatten)]
    ask: ask::OneOrAll,
}

/// Begins a pause.
///
/// # Errors
///
/// No daemon runs, it is not for this user, or there is no such interface.
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
        let words = it.refused.clone().unwrap_or_else(|| say(it));
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

fn paused(it: &Paused) -> String {
    match (&it.ssid, it.state.as_str()) {
        (Some(ssid), "associated") => format!(
            "paused: connected to {ssid}, which is left alone; once that ends, masked and silent"
        ),
        (Some(ssid), _) => {
            format!("paused: still joining {ssid}; if that fails or ends, masked and silent")
        }
        (None, "blocked") => "paused, and held silent".to_owned(),
        (None, _) => "paused: masked and silent".to_owned(),
    }
}

fn resumed(it: &Paused) -> String {
    match (&it.ssid, it.state.as_str()) {
        (Some(ssid), _) => format!("resumed: connected to {ssid}"),
        (None, "disconnected") => "resumed: disconnected by the user before, and still".to_owned(),
        (None, "blocked") => "resumed, and held silent".to_owned(),
        (None, "waiting") => "resumed: masked, waiting for wpa_supplicant".to_owned(),
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

    fn it(state: &str, ssid: Option<&[u8]>, refused: Option<&str>) -> Paused {
        Paused {
            interface: "wlan0".to_owned(),
            state: state.to_owned(),
            ssid: ssid.and_then(Ssid::new),
            refused: refused.map(str::to_owned),
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
    fn a_pause_says_what_the_card_will_do() {
        let request = Request::Pause {
            interface: Some("wlan0".to_owned()),
            for_ms: Some(600_000),
        };
        let reply = Reply::Paused {
            interfaces: vec![it("paused", None, None)],
        };
        let words = ["pause", "wlan0", "--for", "10m"];
        let (good, said) = answer(&words, request, reply);
        assert_eq!(
            (good, said.as_str()),
            (true, "wlan0: paused: masked and silent\n")
        );
        let request = Request::Pause {
            interface: None,
            for_ms: None,
        };
        let reply = Reply::Paused {
            interfaces: vec![it("associated", Some(b"Home"), None)],
        };
        let (_, said) = answer(&["pause"], request, reply);
        assert!(
            said.contains("connected to Home, which is left alone"),
            "{said}"
        );
    }

    #[test]
    fn who_is_not_paused_cannot_be_resumed() {
        let request = || Request::Resume { interface: None };
        let reply = Reply::Resumed {
            interfaces: vec![it("scanning", None, Some("it is not paused"))],
        };
        let (good, said) = answer(&["resume"], request(), reply);
        assert_eq!((good, said.as_str()), (false, "wlan0: it is not paused\n"));
        let reply = Reply::Resumed {
            interfaces: vec![it("disconnected", None, None)],
        };
        let (good, said) = answer(&["resume"], request(), reply);
        assert!(good && said.contains("disconnected by the user"), "{said}");
    }

    #[test]
    fn a_length_of_time_has_a_unit() {
        assert!(Line::try_parse_from(["macveil", "pause", "--for", "10"]).is_err());
    }
}
