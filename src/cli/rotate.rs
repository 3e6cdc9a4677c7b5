//! `macveil rotate`: another mask, and other addresses where chance or time chooses them.

use std::io::Write;
use std::process::ExitCode;

use super::ask::{OneOrAll, verdict};
use super::failure::{Failure, ignore_broken_pipe};
use crate::protocol::{Effect, Reply, Request, Rotated};
use macveil_core::machine::Rotation;

/// Asks the daemon and writes what changes when.
///
/// # Errors
///
/// No daemon runs, it is not for this user, or there is no such interface.
pub fn run(args: &OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(rotate(args, out))
}

fn rotate(args: &OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let interface = args.interface.clone();
    let reply = args.daemon.ask(&Request::Rotate { interface })?;
    let Reply::Rotated { interfaces: all } = &reply else {
        return Ok(ExitCode::SUCCESS);
    };
    let line = |rotated: &Rotated| format!("{}: {}\n", rotated.interface, sentence(rotated));
    args.write(&reply, all, line, out)?;
    verdict(
        all,
        |rotated| rotated.mask == Rotation::Never,
        "there is no address to change",
        "macveil manages no interface here",
    )
}

fn sentence(rotated: &Rotated) -> String {
    let policy = match rotated.policy {
        Some(policy) => format!("its policy is {policy}"),
        None => "its policy depends on how the network is joined".to_owned(),
    };
    let Some(ssid) = &rotated.ssid else {
        return match (rotated.mask, rotated.policy) {
            (Rotation::Never, _) => "nothing changes: it goes without protection".to_owned(),
            // Only a wire has a policy without a network.
            (Rotation::Now, Some(_)) if rotated.address == Effect::Now => {
                "another address".to_owned()
            }
            (_, Some(_)) if rotated.address == Effect::None => {
                format!("keeps its address: {policy}")
            }
            (_, Some(_)) => "another address once there is no carrier".to_owned(),
            (Rotation::Now, None) => "another mask".to_owned(),
            (Rotation::Soon | Rotation::AfterAssociation, None) => {
                "another mask as soon as the scan on the air is over".to_owned()
            }
        };
    };
    let address = match rotated.address {
        Effect::NextAssociation | Effect::Now => {
            format!("{ssid} gets another one when it is joined the next time: {policy}")
        }
        Effect::None => format!("{ssid} keeps it the next time, too: {policy}"),
        Effect::Unknown => format!("{ssid} may get another one the next time: {policy}"),
    };
    format!("connected to {ssid}: its address stays until that ends, then another mask; {address}")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::protocol::fake::FakeDaemon;
    use macveil_core::address::Policy;
    use macveil_core::types::Ssid;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: OneOrAll,
    }

    fn answer(rotated: Rotated) -> (bool, String) {
        let exchange = (
            Request::Rotate { interface: None },
            Reply::Rotated {
                interfaces: vec![rotated],
            },
        );
        let daemon = FakeDaemon::start(vec![exchange]);
        let socket = daemon.socket();
        let line = ["rotate", "--socket", socket.to_str().unwrap()];
        let line = Line::try_parse_from(line).unwrap();
        let mut out = Vec::new();
        let code = run(&line.args, &mut out).unwrap();
        daemon.finish();
        (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap())
    }

    fn idle(mask: Rotation) -> Rotated {
        Rotated {
            interface: "wlan0".to_owned(),
            mask,
            ssid: None,
            policy: None,
            address: Effect::None,
        }
    }

    #[test]
    fn it_says_when_the_mask_changes() {
        assert_eq!(
            answer(idle(Rotation::Now)),
            (true, "wlan0: another mask\n".to_owned())
        );
        let (good, said) = answer(idle(Rotation::Never));
        assert!(!good && said.contains("without protection"), "{said}");
    }

    #[test]
    fn it_says_whether_the_network_gets_another_address() {
        for (policy, address, said) in [
            (
                Policy::Random,
                Effect::NextAssociation,
                "Home gets another one",
            ),
            (
                Policy::StableSsid,
                Effect::None,
                "Home keeps it the next time, too",
            ),
        ] {
            let rotated = Rotated {
                ssid: Ssid::new(b"Home"),
                policy: Some(policy),
                address,
                ..idle(Rotation::AfterAssociation)
            };
            let (good, text) = answer(rotated);
            assert!(good && text.contains(said), "{text}");
        }
    }
}
