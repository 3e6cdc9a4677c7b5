//! How macveil lets go of an interface that iwd drives.

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

fn leave(bench: &mut Bench) {
    bench.done.clear();
    bench.tell(Event::Command(Command::Release));
}

#[test]
fn a_masked_card_gets_its_address_back_and_nothing_else_is_touched() {
    let mut bench = Bench::new("stable-ssid");
    leave(&mut bench);
    assert!(bench.did(&restores()));
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    leave(&mut bench);
    assert!(!bench.did(&restores()), "it is connected");
    let mut bench = Bench::new("stable-ssid");
    bench.sets(MADE_UP);
    leave(&mut bench);
    assert!(!bench.did(&restores()), "somebody else has set that");
    let mut bench = Bench::empty("stable-ssid", false);
    bench.appears(None);
    bench.starts_over();
    leave(&mut bench);
    assert!(!bench.did(&restores()), "iwd would start over");
    // iwd is about to connect under a mask.
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    leave(&mut bench);
    assert!(!bench.did(&restores()));
}

#[test]
fn a_masked_card_that_iwd_has_let_go_of_gets_its_address_back_too() {
    for news in [IwdEvent::Vanished, IwdEvent::Station(None)] {
        let mut bench = Bench::new("stable-ssid");
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        bench.hear(news);
        leave(&mut bench);
        assert!(bench.did(&restores()));
    }
}

#[test]
fn it_is_over_once_by_whatever_comes_first() {
    let ends: [fn(&mut Bench); 4] = [
        |bench| bench.hear(IwdEvent::Released),
        |bench| bench.hear(IwdEvent::Vanished),
        |bench| bench.hear(IwdEvent::Station(None)),
        |bench| bench.pass(Duration::from_secs(2)),
    ];
    for end in ends {
        let mut bench = Bench::new("stable-ssid");
        bench.pass(Duration::from_secs(1));
        leave(&mut bench);
        bench.tell(Event::Command(Command::Release));
        assert_eq!((bench.state(), finishes(&bench)), (StateKind::Releasing, 0));
        assert_eq!(bench.asked().len(), 1, "asked once");
        end(&mut bench);
        assert_eq!((bench.state(), finishes(&bench)), (StateKind::Released, 1));
        assert_eq!(bench.station.poll_timeout(), None);
        for end in ends {
            end(&mut bench);
        }
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        leave(&mut bench);
        assert_eq!((bench.state(), finishes(&bench)), (StateKind::Released, 0));
        assert_eq!(bench.bounces, 0);
    }
}

#[test]
fn whoever_does_not_leave_is_not_gone_when_files_are_put_back() {
    let mut bench = Bench::new("stable-ssid");
    bench.hear(IwdEvent::Released);
    assert_eq!((bench.state(), finishes(&bench)), (StateKind::Idle, 0));
}

#[test]
fn nothing_is_begun_while_leaving() {
    let mut bench = Bench::new("stable-ssid");
    leave(&mut bench);
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
