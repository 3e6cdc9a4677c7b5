//! `macveil reroll`: another address for one network.

use std::io::Write;
use std::process::ExitCode;
use std::time::SystemTime;

use super::ask::Daemon;
use super::explain::system;
use super::failure::{Failure, NO, ignore_broken_pipe};
use super::{inputs, networks};
use crate::protocol::{Affected, Effect, Reply, Request};
use crate::{config, store};
use macveil_core::address::{NetworkFacts, Policy, Source};
use macveil_core::types::Ssid;

/// Give a network another address from its next association on, or at once.
///
/// The command exits with status 1 if the policy of the network allows no other address.
#[derive(Debug, clap::Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
#[command(after_help = "Examples:
  macveil reroll Cafe
  macveil reroll Cafe --now
  macveil reroll Cafe --undo --now
  sudo macveil reroll Cafe --dry-run
  macveil reroll --hex 436166c3a9 --json")]
pub struct Args {
    /// The network's name.
    ssid: String,
    /// The name is in hexadecimal.
    #[arg(long)]
    hex: bool,
    /// If it is connected, connect again under the new address at once.
    #[arg(long)]
    now: bool,
    /// Go back to the address before the last reroll.
    #[arg(long)]
    undo: bool,
    /// Show the address now and after the change, without making it. Needs the key, so root.
    #[arg(long, conflicts_with_all = ["now", "json"])]
    dry_run: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// Asks the daemon and writes what comes of it.
///
/// # Errors
///
/// No daemon runs, or it is not for this user.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(reroll(args, out))
}

fn reroll(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let ssid = inputs::ssid_of(&args.ssid, args.hex)?;
    if args.dry_run {
        return preview(args, &ssid, out);
    }
    let request = Request::Reroll {
        ssid: ssid.clone(),
        now: args.now,
        undo: args.undo,
    };
    let reply = args.daemon.ask(&request)?;
    let Reply::Rerolled { interfaces, .. } = &reply else {
        return Ok(ExitCode::SUCCESS);
    };
    if args.json {
        writeln!(out, "{}", reply.to_line())?;
    } else {
        for interface in interfaces {
            writeln!(out, "{}", sentence(&ssid, interface, args.undo))?;
        }
    }
    if interfaces.is_empty() {
        let why = "macveil manages no Wi-Fi interface here";
        return Err(Failure::cannot("there is no address to change", why));
    }
    if !args.json
        && let Some(note) = networks::unknown(&ssid)
    {
        eprintln!("note: {note}");
    }
    let in_vain = interfaces.iter().all(|it| it.effect == Effect::None);
    Ok(if in_vain {
        ExitCode::from(NO)
    } else {
        ExitCode::SUCCESS
    })
}

/// The address now, and after the change.
fn preview(args: &Args, ssid: &Ssid, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let config = config::load(None)
        .map_err(|errors| Failure::cannot("the configuration is invalid", errors))?;
    let card = system::card(&config, None)?;
    let policies = card.policies(&config, system::host(&config)?.into());
    let history = store::read_history(&config.state_dir)
        .map_err(|error| Failure::cannot("cannot read the number of renewals", error))?;
    let generation = history.generation(ssid);
    let after = if args.undo {
        generation.checked_sub(1)
    } else {
        Some(generation.saturating_add(1))
    };
    let address = |generation| {
        let facts = NetworkFacts {
            time: Some(SystemTime::now()),
            generation,
            ..NetworkFacts::new(ssid)
        };
        system::derive(&policies, &facts, &card.facts)
    };
    let name = &card.name;
    let now = address(generation).map_err(|error| Failure::No(error.to_string()))?;
    let after = after.map(address).transpose();
    let after = after.map_err(|error| Failure::No(error.to_string()))?;
    match (now.source, after) {
        (Source::Random, _) => {
            writeln!(out, "{name}: {ssid} gets a new address each time")?;
        }
        (Source::Hash { .. }, Some(after)) => {
            writeln!(
                out,
                "{name}: {ssid} has {} now and would get {}",
                now.address, after.address
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        (Source::Hash { .. }, None) => {
            writeln!(out, "{name}: {ssid} has its first address, {}", now.address)?;
        }
        _ => {
            writeln!(out, "{name}: {ssid} keeps its address, {}", now.address)?;
        }
    }
    Ok(ExitCode::from(NO))
}

fn sentence(ssid: &Ssid, affected: &Affected, undo: bool) -> String {
    let Affected {
        interface,
        policy,
        undetermined,
        connected,
        effect,
    } = affected;
    let policy = match policy {
        Some(Policy::Explicit(_)) => "its policy is an address".to_owned(),
        Some(policy) => format!("its policy is {policy}"),
        None => {
            let reason = undetermined.as_deref().unwrap_or_default();
            return format!(
                "{interface}: {ssid} gets another address, if its policy makes addresses: {reason}"
            );
        }
    };
    let another = if undo { "its previous" } else { "another" };
    match (effect, connected) {
        (Effect::Now, _) => {
            format!("{interface}: connects to {ssid} again under {another} address")
        }
        (Effect::None, _) if undo => {
            format!("{interface}: {ssid} keeps its address: it has its first one, and {policy}")
        }
        (Effect::None, _) => format!("{interface}: {ssid} keeps its address: {policy}"),
        (Effect::NextAssociation | Effect::Unknown, true) => format!(
            "{interface}: {ssid} gets {another} address at the next association; --now connects again at once"
        ),
        (Effect::NextAssociation | Effect::Unknown, false) => {
            format!("{interface}: {ssid} gets {another} address at the next association")
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::protocol::fake::FakeDaemon;
    use macveil_core::types::Mac;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn affected(policy: Result<Policy, &str>, connected: bool, effect: Effect) -> Affected {
        Affected {
            interface: "wlan0".to_owned(),
            undetermined: policy.as_ref().err().map(ToString::to_string),
            policy: policy.ok(),
            connected,
            effect,
        }
    }

    fn answer(words: &[&str], affected: Vec<Affected>) -> Result<(bool, String), Failure> {
        let ssid = Ssid::new(b"Cafe").unwrap();
        let request = Request::Reroll {
            ssid: ssid.clone(),
            now: words.contains(&"--now"),
            undo: words.contains(&"--undo"),
        };
        let reply = Reply::Rerolled {
            ssid,
            interfaces: affected,
        };
        let daemon = FakeDaemon::start(vec![(request, reply)]);
        let socket = daemon.socket();
        let line = ["reroll", "--socket", socket.to_str().unwrap()];
        let line = Line::try_parse_from(line.iter().chain(words)).unwrap();
        let mut out = Vec::new();
        let code = run(&line.args, &mut out);
        daemon.finish();
        code.map(|code| (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap()))
    }

    #[track_caller]
    fn assert_said(words: &[&str], affected: Affected, good: bool, said: &str) {
        let (ok, out) = answer(words, vec![affected]).unwrap();
        assert_eq!((ok, out.trim_end()), (good, said));
    }

    #[test]
    fn it_says_when_another_address_comes() {
        let stable = || Ok(Policy::StableSsid);
        assert_said(
            &["Cafe"],
            affected(stable(), false, Effect::NextAssociation),
            true,
            "wlan0: Cafe gets another address at the next association",
        );
        assert_said(
            &["--hex", "43616665"],
            affected(stable(), true, Effect::NextAssociation),
            true,
            "wlan0: Cafe gets another address at the next association; --now connects again at once",
        );
        assert_said(
            &["Cafe", "--now"],
            affected(stable(), true, Effect::Now),
            true,
            "wlan0: connects to Cafe again under another address",
        );
    }

    #[test]
    fn it_says_when_the_previous_address_comes_back() {
        assert_said(
            &["Cafe", "--undo"],
            affected(Ok(Policy::Stable), false, Effect::NextAssociation),
            true,
            "wlan0: Cafe gets its previous address at the next association",
        );
        assert_said(
            &["Cafe", "--undo"],
            affected(Ok(Policy::Stable), false, Effect::None),
            false,
            "wlan0: Cafe keeps its address: it has its first one, and its policy is stable",
        );
    }

    #[test]
    fn a_policy_that_leaves_no_choice_is_a_no() {
        assert_said(
            &["Cafe"],
            affected(Ok(Policy::Permanent), true, Effect::None),
            false,
            "wlan0: Cafe keeps its address: its policy is permanent",
        );
        let explicit = Policy::Explicit(Mac([2, 0, 0, 0, 0, 1]));
        assert_said(
            &["Cafe"],
            affected(Ok(explicit), true, Effect::None),
            false,
            "wlan0: Cafe keeps its address: its policy is an address",
        );
        let both = vec![
            affected(Ok(Policy::Permanent), true, Effect::None),
            affected(Ok(Policy::Stable), false, Effect::NextAssociation),
        ];
        assert!(answer(&["Cafe"], both).unwrap().0, "one of them is enough");
    }

    #[test]
    fn a_policy_that_is_not_known_yet_is_told() {
        assert_said(
            &["Cafe"],
            affected(Err("it depends on the BSSID"), false, Effect::Unknown),
            true,
            "wlan0: Cafe gets another address, if its policy makes addresses: it depends on the BSSID",
        );
    }

    #[test]
    fn programs_get_the_reply_as_it_came() {
        let stable = affected(Ok(Policy::Stable), false, Effect::NextAssociation);
        let (_, out) = answer(&["Cafe", "--json"], vec![stable]).unwrap();
        assert!(
            out.starts_with(r#"{"version":1,"reply":"reroll","ssid":"Cafe","#),
            "{out}"
        );
    }

    #[test]
    fn without_an_interface_or_a_daemon_it_cannot_be_done() {
        let none = answer(&["Cafe"], Vec::new());
        assert!(matches!(none, Err(Failure::Cannot { .. })));
        let line = ["reroll", "Cafe", "--socket", "/nowhere/control"];
        let line = Line::try_parse_from(line).unwrap();
        let failure = run(&line.args, &mut Vec::new()).unwrap_err();
        assert_eq!(failure.to_string(), "macveil is not running");
        let cause = std::error::Error::source(&failure).unwrap().to_string();
        assert!(
            cause.ends_with("(no daemon listens at /nowhere/control)"),
            "{cause}"
        );
    }
}
