//! Channels of earlier connections are scanned first.

use super::*;

/// Begins after a connection on `HOME_CHANNEL`, and on a channel that the card no longer has.
fn begun_again(air: Vec<BssEntry>, networks: Vec<Network>) -> Bench {
    let mut bench = Bench::idle();
    bench.machine = bench.machine.joined_before(vec![5900, HOME_CHANNEL]);
    (bench.air, bench.networks) = (air, networks);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(10));
    bench
}

#[test]
fn network_on_an_earlier_channel_is_joined_without_a_sweep() {
    let bench = begun_again(vec![home_entry()], vec![home_network()]);
    assert_eq!(bench.state(), StateKind::Associated);
    assert_eq!(bench.scanned_channels(), [[HOME_CHANNEL]]);
}

#[test]
fn network_of_lower_priority_waits_for_the_sweep() {
    let preferred = Network {
        id: 1,
        ssid: Some(Ssid::new(b"Preferred").unwrap()),
        priority: 1,
        ..home_network()
    };
    let bench = begun_again(vec![home_entry()], vec![home_network(), preferred]);
    assert_eq!(bench.state(), StateKind::Associated);
    let everywhere = vec![2412, HOME_CHANNEL, 5180];
    assert_eq!(bench.scanned_channels(), [vec![HOME_CHANNEL], everywhere]);
}

#[test]
fn earlier_channel_without_a_network_is_left_for_the_sweep() {
    let elsewhere = BssEntry {
        frequency: 5180,
        ..home_entry()
    };
    let bench = begun_again(vec![elsewhere], vec![home_network()]);
    assert_eq!(bench.state(), StateKind::Associated);
    let everywhere = vec![2412, HOME_CHANNEL, 5180];
    assert_eq!(bench.scanned_channels(), [vec![HOME_CHANNEL], everywhere]);
}

#[test]
fn channel_of_a_connection_is_stored_once() {
    let stored = |bench: &Bench| bench.count(|it| *it == Action::KeepChannel(HOME_CHANNEL));
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    for _ in 0..2 {
        bench.pass(Duration::from_secs(60));
        assert_eq!(stored(&bench), 1);
        bench.handle(Event::Backend(WpaEvent::Supplicant(
            Supplicant::Disconnected {
                reason: 3,
                local: true,
            },
        )));
    }
    let mut bench = begun_again(vec![home_entry()], vec![home_network()]);
    bench.pass(Duration::from_secs(60));
    assert_eq!(stored(&bench), 0, "it is stored already");
}
