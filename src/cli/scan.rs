//! `macveil scan`: scan for networks under a mask address.

use std::io::Write;
use std::process::ExitCode;

use super::ask::{OneOrAll, verdict};
use super::failure::{Failure, ignore_broken_pipe};
use super::words;
use crate::protocol::{Reply, Request, Scanned};
use macveil_core::types::Bss;

/// Requests a scan from the daemon and writes the results.
///
/// # Errors
///
/// No daemon runs, this user has no permission, or the interface does not exist.
pub fn run(args: &OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(scan(args, out))
}

fn scan(args: &OneOrAll, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let interface = args.interface.clone();
    let reply = args.daemon.ask(&Request::Scan { interface })?;
    let Reply::Scanned { interfaces: all } = &reply else {
        return Ok(ExitCode::SUCCESS);
    };
    args.write(&reply, all, text, out)?;
    verdict(
        all,
        |scanned| scanned.refused.is_some(),
        "cannot scan",
        "macveil manages no Wi-Fi interface here",
    )
}

fn text(scanned: &Scanned) -> String {
    let name = &scanned.interface;
    if let Some(failure) = &scanned.refused {
        let reason = words::scan_failure(failure);
        return format!("{name}: not scanned: {reason}\n");
    }
    let how = match scanned.mask {
        _ if scanned.passive => {
            "listened on all channels without sending, as it is connected".to_owned()
        }
        Some(mask) => format!("scanned all channels under the mask {mask}"),
        None => "scanned all channels under a random address".to_owned(),
    };
    let mut found: Vec<_> = scanned.heard.iter().collect();
    Bss::sort(&mut found);
    let count = found.len();
    let mut text = format!("{name}: {how}, {count} found\n");
    text.extend(found.into_iter().map(line));
    text
}

fn line(bss: &Bss) -> String {
    let Bss {
        bssid,
        frequency,
        signal,
        ..
    } = bss;
    let name = if bss.ssid.is_hidden() {
        "(hidden)".to_owned()
    } else {
        bss.ssid.to_string()
    };
    format!("  {signal:4} dBm  {frequency} MHz  {bssid}  {name}\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::protocol::fake::FakeDaemon;
    use macveil_core::machine::{ScanFailure, ScanRefusal};
    use macveil_core::types::{Mac, Ssid};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: OneOrAll,
    }

    fn bss(name: &[u8], signal: i32) -> Bss {
        Bss {
            bssid: Mac([2, 0, 0, 0, 7, 0]),
            frequency: 2437,
            signal,
            ssid: Ssid::new(name).unwrap(),
            ms_ago: 20,
            owe: None,
        }
    }

    fn answer(
        mask: Option<Mac>,
        passive: bool,
        found: Result<Vec<Bss>, ScanFailure>,
    ) -> (bool, String) {
        let interface = Some("wlan0".to_owned());
        let scanned = Scanned {
            interface: "wlan0".to_owned(),
            mask,
            passive,
            refused: found.as_ref().err().cloned(),
            heard: found.unwrap_or_default(),
        };
        let exchange = (
            Request::Scan { interface },
            Reply::Scanned {
                interfaces: vec![scanned],
            },
        );
        let daemon = FakeDaemon::start(vec![exchange]);
        let socket = daemon.socket();
        let line = ["scan", "wlan0", "--socket", socket.to_str().unwrap()];
        let line = Line::try_parse_from(line).unwrap();
        let mut out = Vec::new();
        let code = run(&line.args, &mut out).unwrap();
        daemon.finish();
        (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap())
    }

    #[test]
    fn results_are_sorted_by_signal() {
        let found = vec![bss(b"Away", -71), bss(b"\0\0", -80), bss(b"Home", -40)];
        let mask = Some(Mac([0x96, 0xbb, 0xd1, 0xaf, 0xab, 0xbc]));
        let (succeeds, text) = answer(mask, false, Ok(found));
        assert!(succeeds);
        assert_eq!(
            text,
            "wlan0: scanned all channels under the mask 96:bb:d1:af:ab:bc, 3 found
   -40 dBm  2437 MHz  02:00:00:00:07:00  Home
   -71 dBm  2437 MHz  02:00:00:00:07:00  Away
   -80 dBm  2437 MHz  02:00:00:00:07:00  (hidden)
"
        );
    }

    #[test]
    fn connected_card_only_listened() {
        let (succeeds, text) = answer(None, true, Ok(Vec::new()));
        assert!(succeeds);
        assert_eq!(
            text,
            "wlan0: listened on all channels without sending, as it is connected, 0 found\n"
        );
    }

    #[test]
    fn refused_scan_exits_with_status_1() {
        let refusal = ScanRefusal::LinkDown;
        let (succeeds, text) = answer(None, false, Err(ScanFailure::Refused { refusal }));
        assert_eq!(
            (succeeds, text.as_str()),
            (false, "wlan0: not scanned: the link is down\n")
        );
    }
}
