//! How long it takes to make an address: `cargo bench --bench addresses`. More than 5 µs is a failure.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints what it found"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use macveil_core::address::{
    AddressFacts, AddressPolicies, ConnectionOptions, Host, HostKey, NetworkFacts, Origin, Sourced,
    Zone,
};
use macveil_core::types::{Mac, Ssid};
use rand::SeedableRng;
use rand::rngs::StdRng;

const BERLIN: &[u8] = include_bytes!("../tests/vectors/zones/Berlin.tzif");
const ROUNDS: u32 = 200_000;
const LIMIT: Duration = Duration::from_micros(5);

const CARD: AddressFacts = AddressFacts {
    permanent: Some(Mac([0, 1, 2, 3, 4, 5])),
    initial: Mac([0, 1, 2, 3, 4, 5]),
    current: Mac([2, 1, 2, 3, 4, 5]),
    previous: None,
};

fn main() -> ExitCode {
    let mut within_limit = true;
    for (name, policy, stable_id, mask) in [
        ("random", "random", None, None),
        ("random, masked", "random", None, Some("FE:FF:FF:00:00:00")),
        ("stable-ssid", "stable-ssid", None, None),
        ("stable, literal", "stable", Some("an id"), None),
        (
            "stable, by day",
            "stable",
            Some("${NETWORK_SSID}/${PERIOD:24h}"),
            None,
        ),
    ] {
        let options = ConnectionOptions {
            policy: policy.parse().ok().map(said),
            stable_id: stable_id.and_then(|id| id.parse().ok()).map(said),
            mask: mask
                .and_then(|mask| mask.parse().ok())
                .map(|mask| said(Some(mask))),
            ..ConnectionOptions::default()
        };
        let mean = mean_time(&policies(options));
        println!("{name:16} {mean:?}");
        within_limit &= mean <= LIMIT;
    }
    if within_limit {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn mean_time(policies: &AddressPolicies) -> Duration {
    let mut rng = StdRng::seed_from_u64(1);
    let Some(ssid) = Ssid::new(b"a network's name") else {
        return Duration::MAX;
    };
    let network = NetworkFacts::new(&ssid).at(SystemTime::now());
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        let address = black_box(policies).assign(black_box(&network), &CARD, &mut rng);
        let _ = black_box(address);
    }
    begin.elapsed() / ROUNDS
}

fn policies(options: ConnectionOptions) -> AddressPolicies {
    let host = Host {
        key: HostKey::from_host_id(&[7; 32]),
        boot_id: None,
        zone: Zone::from_tzif(BERLIN).unwrap_or_else(|_| Zone::utc()),
    };
    AddressPolicies::new(
        "wlan0".to_owned(),
        Arc::new(host),
        None,
        Vec::new(),
        options,
    )
}

fn said<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}
