//! Release of an interface that iwd manages.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, home, stable};
use super::*;

fn restores() -> Action {
    Action::SetAddress {
        address: PERMANENT,
        how: How::Live,
    }
}

fn finishes(bench: &Bench) -> usize {
    let done = bench.done.iter();
    done.filter(|action| **action == Action::Finish).count()
}

fn release(bench: &mut Bench) {
    bench.done.clear();
    bench.tell(Event::Command(Command::Release));
}

#[test]
fn release_restores_the_address_of_a_masked_card_only() {
    let mut bench = Bench::new("stable-ssid");
    release(&mut bench);
    assert!(bench.did(&restores()));
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    release(&mut bench);
    assert!(!bench.did(&restores()), "the link is in use");
    let mut bench = Bench::new("stable-ssid");
    bench.sets(MADE_UP);
    release(&mut bench);
    assert!(
        !bench.did(&restores()),
        "another program has set the address"
    );
    let mut bench = Bench::empty("stable-ssid", false);
    bench.appears(None);
    bench.starts_over();
    release(&mut bench);
    assert!(!bench.did(&restores()), "iwd would start over");
    // iwd is about to connect under a mask.
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    release(&mut bench);
    assert!(!bench.did(&restores()));
}

#[test]
fn release_restores_a_masked_card_without_iwd() {
    for news in [IwdEvent::Vanished, IwdEvent::Station(None)] {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.hear(news);
        release(&mut bench);
        assert!(bench.did(&restores()));
    }
}

#[test]
fn release_finishes_once_with_the_first_end() {
    let ends: [fn(&mut Bench); 4] = [
        |bench| bench.hear(IwdEvent::Released),
        |bench| bench.hear(IwdEvent::Vanished),
        |bench| bench.hear(IwdEvent::Station(None)),
        |bench| bench.pass(Duration::from_secs(2)),
    ];
    for end in ends {
        let mut bench = Bench::new("stable-ssid");
        bench.pass(Duration::from_secs(1));
        release(&mut bench);
        bench.tell(Event::Command(Command::Release));
        assert_eq!((bench.state(), finishes(&bench)), (StateKind::Releasing, 0));
        assert_eq!(bench.asked().len(), 1, "one request");
        end(&mut bench);
        assert_eq!((bench.state(), finishes(&bench)), (StateKind::Released, 1));
        assert_eq!(bench.station.poll_timeout(), None);
        for end in ends {
            end(&mut bench);
        }
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        release(&mut bench);
        assert_eq!((bench.state(), finishes(&bench)), (StateKind::Released, 0));
        assert_eq!(bench.bounces, 0);
    }
}

#[test]
fn restored_files_alone_do_not_finish_the_machine() {
    let mut bench = Bench::new("stable-ssid");
    bench.hear(IwdEvent::Released);
    assert_eq!((bench.state(), finishes(&bench)), (StateKind::Idle, 0));
}

#[test]
fn releasing_starts_nothing_new() {
    let mut bench = Bench::new("stable-ssid");
    release(&mut bench);
    bench.done.clear();
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Connected);
    bench.iwd(StationPhase::Disconnected);
    assert_eq!(
        (bench.state(), bench.asked()),
        (StateKind::Releasing, vec![])
    );
    assert_eq!(bench.bounces, 0);
}
