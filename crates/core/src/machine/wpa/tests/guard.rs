//! Which data frames the kernel lets out, state by state.

use super::*;

fn guarded(bench: &Bench) -> SourceGuard {
    bench.guard.now.expect("a guard")
}

#[test]
fn connection_passes_frames_of_its_address_only() {
    let bench = Bench::connected();
    assert_eq!(guarded(&bench), SourceGuard::Only(bench.link.address));
}

#[test]
fn masked_interface_passes_no_data_frame() {
    let mut bench = Bench::idle();
    assert_eq!(guarded(&bench), SourceGuard::Nothing);
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(guarded(&bench), SourceGuard::Nothing);
}

#[test]
fn connection_from_before_is_guarded_before_all_else() {
    let bench = Bench::new(true, true, |_, _| {});
    assert_eq!(guarded(&bench), SourceGuard::Only(PERMANENT));
}

#[test]
fn guard_closes_before_the_mask_is_set() {
    let mut bench = Bench::connected();
    bench.phase = Phase::Idle;
    bench.link.up = false;
    bench.link.carrier = false;
    bench.machine.handle(
        clocks(bench.now),
        Event::Link(LinkEvent::Changed(bench.link)),
    );
    let mut closed = false;
    while let Some(action) = bench.machine.poll_action() {
        closed |= action == Action::SetSourceGuard(SourceGuard::Nothing);
        assert!(closed || !matches!(action, Action::SetAddress { .. }));
        for event in bench.answers(action) {
            bench.machine.handle(clocks(bench.now), event);
        }
    }
    assert!(closed);
}

#[test]
fn exit_keeps_the_guard_of_the_present_address() {
    for mut bench in [Bench::idle(), Bench::connected()] {
        bench.handle(Event::Command(Command::Release));
        assert_eq!(bench.state(), StateKind::Released);
        assert_eq!(guarded(&bench), SourceGuard::Only(bench.link.address));
    }
}

#[test]
fn exit_that_restores_removes_the_guard() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_exit = OnExit::Restore;
    });
    bench.handle(Event::Command(Command::Release));
    assert_eq!(bench.link.address, PERMANENT);
    assert_eq!(guarded(&bench), SourceGuard::Off);
}

#[test]
fn interface_without_protection_has_no_guard() {
    let bench = Bench::blocked(|_, settings| settings.on_failure = OnFailure::Open);
    assert_eq!(bench.state(), StateKind::Unprotected);
    assert_eq!(guarded(&bench), SourceGuard::Off);
}

#[test]
fn removed_guard_is_set_again() {
    let mut bench = Bench::connected();
    bench.guard.now = None;
    bench.handle(Event::Link(LinkEvent::GuardLost));
    assert_eq!(guarded(&bench), SourceGuard::Only(bench.link.address));
}

#[test]
fn missing_guard_is_reported_once_and_stays_a_limitation() {
    let mut bench = Bench::connected();
    let failure = KernelError {
        step: "set the source guard",
        errno: Some(Errno::NOENT),
        reason: "no such file or directory".to_owned(),
    };
    for reason in [&failure.reason, "otherwise", &failure.reason] {
        let reason = reason.to_owned();
        let answer = LinkEvent::Guarded(Err(KernelError {
            reason,
            ..failure.clone()
        }));
        bench.handle(Event::Link(answer));
    }
    let reports =
        bench.count(|action| *action == Action::Notify(Notice::Unguarded(failure.clone())));
    assert_eq!(reports, 1);
    let limitation = Limitation::Unguarded {
        reason: failure.to_string(),
    };
    assert_eq!(bench.machine.status().limitations, [limitation]);
    bench.handle(Event::Link(LinkEvent::Guarded(Ok(()))));
    assert_eq!(bench.machine.status().limitations, []);
}
