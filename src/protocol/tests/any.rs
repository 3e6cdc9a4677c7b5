//! Any message of the protocol.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::protocol::{
    Affected, Answer, Backend, Effect, Fault, FaultKind, Interface, InterfaceStatus, Mistake,
    PauseRefusal, Paused, Reply, Request, Rotated, Scanned, Status,
};
use macveil_core::address::Policy;
use macveil_core::machine::{
    AddressKind, Counters, IwdProblem, IwdScanReason, Limitation, Method, MethodReason, NextChange,
    Problem, Remedy, Rotation, ScanFailure, ScanRefusal, StateKind,
};
use macveil_core::types::{Bss, DeviceKind, Mac, ManagerKind, Ssid};

pub(super) const FAULTS: [FaultKind; 9] = [
    FaultKind::NotJson,
    FaultKind::TooLong,
    FaultKind::UnknownRequest,
    FaultKind::BadRequest,
    FaultKind::NotAllowed,
    FaultKind::TooManyClients,
    FaultKind::NoInterface,
    FaultKind::Configuration,
    FaultKind::ShuttingDown,
];

const EFFECTS: [Effect; 4] = [
    Effect::Now,
    Effect::NextAssociation,
    Effect::None,
    Effect::Unknown,
];

fn any_ssid() -> impl Strategy<Value = Ssid> {
    vec(any::<u8>(), 1..=32).prop_map(|bytes| Ssid::new(&bytes).unwrap())
}

fn any_text() -> impl Strategy<Value = String> {
    "(\\PC|[\u{0}-\u{1f}\"\\\\]){0,12}"
}

pub(super) fn any_request() -> impl Strategy<Value = Request> {
    prop_oneof![
        Just(Request::Interfaces),
        Just(Request::Status),
        Just(Request::Reload),
        (any_ssid(), any::<bool>()).prop_map(|(ssid, now)| Request::Reroll {
            ssid,
            now,
            undo: now,
        }),
        any_ssid().prop_map(|ssid| Request::Rejoin { ssid }),
        option::of(any_text()).prop_map(|interface| Request::Scan { interface }),
        option::of(any_text()).prop_map(|interface| Request::Rotate { interface }),
        option::of(any_text()).prop_map(|interface| Request::Resume { interface }),
        option::of(any_text()).prop_map(|interface| Request::Events { interface }),
        (option::of(any_text()), option::of(any::<u64>()))
            .prop_map(|(interface, for_ms)| Request::Pause { interface, for_ms }),
    ]
}

fn any_state() -> impl Strategy<Value = StateKind> {
    prop::sample::select(vec![
        StateKind::Scanning,
        StateKind::UserScan,
        StateKind::Associated,
        StateKind::Blocked,
    ])
}

fn any_next_change() -> impl Strategy<Value = NextChange> {
    prop::sample::select(vec![
        NextChange::AssociationEnds,
        NextChange::NetworkJoinedOrExternalScan,
        NextChange::IwdIdle,
    ])
}

fn any_method_reason() -> impl Strategy<Value = MethodReason> {
    prop::sample::select(vec![
        MethodReason::RandomizedScans,
        MethodReason::Configured,
        MethodReason::WhileIwdIdle,
    ])
}

fn any_limitation() -> impl Strategy<Value = Limitation> {
    prop_oneof![
        Just(Limitation::SequenceNumbers),
        any::<u32>().prop_map(|times| Limitation::AddressScanned { times }),
        any::<bool>().prop_map(|masked| Limitation::IwdScansLeak {
            reason: IwdScanReason::HiddenNetwork,
            masked,
        }),
        any_text().prop_map(|reason| Limitation::NoAddress { reason }),
    ]
}

fn any_problem() -> impl Strategy<Value = Problem> {
    let kernel = (any_text(), option::of(any::<i32>()), any_text(), any_text());
    let remedies = prop::sample::select(vec![Remedy::Unblock, Remedy::ReadKernelLog]);
    prop_oneof![
        (kernel, remedies).prop_map(|((step, errno, reason, driver), remedy)| Problem::Kernel {
            step,
            errno,
            reason,
            driver,
            remedy,
        }),
        any_text().prop_map(|failure| Problem::Supplicant { failure }),
        option::of(any_text()).prop_map(|no_address| Problem::InUse { no_address }),
        any_text().prop_map(|reason| Problem::Iwd {
            problem: IwdProblem::NotRejoined { reason }
        }),
        Just(Problem::NoConfiguration),
    ]
}

fn any_scan_failure() -> impl Strategy<Value = ScanFailure> {
    prop_oneof![
        Just(ScanFailure::Busy),
        Just(ScanFailure::Refused {
            refusal: ScanRefusal::LinkDown
        }),
        any_text().prop_map(|reason| ScanFailure::Kernel { reason }),
        any::<u64>().prop_map(|seconds| ScanFailure::Timeout { seconds }),
    ]
}

fn any_interface() -> impl Strategy<Value = Interface> {
    let address = any::<[u8; 6]>().prop_map(Mac);
    let kind = prop::sample::select(vec![
        DeviceKind::Wifi,
        DeviceKind::Ethernet,
        DeviceKind::Other,
    ]);
    (
        any_text(),
        any::<u32>(),
        kind,
        address,
        option::of(any_state()),
    )
        .prop_map(|(name, ifindex, kind, address, state)| Interface {
            name,
            ifindex,
            kind,
            address,
            state,
        })
}

fn any_details() -> impl Strategy<Value = InterfaceStatus> {
    let kind = prop::sample::select(vec![
        AddressKind::Mask,
        AddressKind::Assigned,
        AddressKind::Permanent,
        AddressKind::Other,
    ]);
    let methods = vec![Method::Driver, Method::Powered, Method::Bounce];
    let method = option::of((prop::sample::select(methods), any_method_reason()));
    let address = (kind, any::<bool>(), any::<u64>(), any_next_change());
    let doing = (any::<bool>(), any::<u64>(), option::of(any_ssid()), method);
    let ills = (
        option::of(any_problem()),
        option::of(any::<u64>()),
        vec(any_limitation(), 0..3),
        any::<bool>(),
        option::of(any::<u64>()),
    );
    let backends = vec![Backend::WpaSupplicant, Backend::Iwd];
    let backend = option::of(prop::sample::select(backends));
    let whose = (any_text(), backend);
    (whose, address, doing, ills, any::<[u32; 8]>()).prop_map(
        |(whose, address, doing, ills, counts)| {
            let (driver, backend) = whose;
            let (address_kind, permanent, address_ms, next_change) = address;
            let (up, state_ms, ssid, method) = doing;
            let (problem, retry_ms, limitations, paused, pause_ms) = ills;
            let (method, method_reason) = method.unzip();
            let [masks, scans, external_scans, leaking_scans, rest @ ..] = counts;
            let [
                associations,
                failed_associations,
                wrong_peers,
                holds_in_a_row,
            ] = rest;
            InterfaceStatus {
                driver,
                backend,
                up,
                state_ms,
                address_kind,
                permanent,
                address_ms,
                next_change,
                ssid,
                method,
                method_reason,
                problem,
                retry_ms,
                paused,
                pause_ms,
                limitations,
                counters: Counters {
                    masks,
                    scans,
                    external_scans,
                    leaking_scans,
                    associations,
                    failed_associations,
                    wrong_peers,
                    holds_in_a_row,
                },
            }
        },
    )
}

/// A managed interface has a state.
pub(super) fn any_status() -> impl Strategy<Value = Status> {
    let managed_by = option::of(prop::sample::select(vec![
        ManagerKind::NetworkManager,
        ManagerKind::ConnMan,
        ManagerKind::Iwd,
    ]));
    (any_interface(), managed_by, any_details()).prop_map(|(interface, managed_by, details)| {
        Status {
            details: interface.state.is_some().then_some(details),
            managed_by,
            interface,
        }
    })
}

fn any_affected() -> impl Strategy<Value = Vec<Affected>> {
    let policy = prop_oneof![
        Just((Some(Policy::Random), None)),
        Just((Some(Policy::Explicit(Mac([2, 1, 2, 3, 4, 5]))), None)),
        any_text().prop_map(|reason| (None, Some(reason))),
    ];
    let effect = prop::sample::select(EFFECTS.to_vec());
    let affected = (any_text(), policy, any::<bool>(), effect).prop_map(
        |(interface, (policy, undetermined), connected, effect)| Affected {
            interface,
            policy,
            undetermined,
            connected,
            effect,
        },
    );
    vec(affected, 0..3)
}

fn any_scanned() -> impl Strategy<Value = Scanned> {
    let address = || any::<[u8; 6]>().prop_map(Mac);
    let heard = (
        any_ssid(),
        address(),
        any::<u32>(),
        any::<i32>(),
        any::<u32>(),
    )
        .prop_map(|(ssid, bssid, frequency, signal, ms_ago)| Bss {
            bssid,
            frequency,
            signal,
            ssid,
            ms_ago,
            owe: None,
        });
    let heard = vec(heard, 0..3);
    let refused = option::of(any_scan_failure());
    (
        any_text(),
        option::of(address()),
        any::<bool>(),
        refused,
        heard,
    )
        .prop_map(|(interface, mask, passive, refused, heard)| Scanned {
            interface,
            mask,
            passive,
            refused,
            heard,
        })
}

fn any_rotated() -> impl Strategy<Value = Rotated> {
    let masks = vec![
        Rotation::Now,
        Rotation::Soon,
        Rotation::AfterAssociation,
        Rotation::Never,
    ];
    (
        any_text(),
        prop::sample::select(masks),
        option::of(any_ssid()),
        option::of(Just(Policy::Random)),
        prop::sample::select(EFFECTS.to_vec()),
    )
        .prop_map(|(interface, mask, ssid, policy, address)| Rotated {
            interface,
            mask,
            ssid,
            policy,
            address,
        })
}

fn any_paused() -> impl Strategy<Value = Paused> {
    let refused = option::of(prop::sample::select(vec![
        PauseRefusal::Ethernet,
        PauseRefusal::Iwd,
        PauseRefusal::NotPaused,
        PauseRefusal::Unprotected,
    ]));
    (any_text(), any_state(), option::of(any_ssid()), refused).prop_map(
        |(interface, state, ssid, refused)| Paused {
            interface,
            state,
            ssid,
            refused,
        },
    )
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let position = option::of((any::<u64>(), any::<u64>()));
    let mistake = (any_text(), position, any_text(), option::of(any_text())).prop_map(
        |(file, position, message, meant)| Mistake {
            file,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            message,
            meant,
        },
    );
    (
        prop::sample::select(FAULTS.to_vec()),
        any_text(),
        vec(mistake, 0..3),
    )
        .prop_map(|(kind, message, mut mistakes)| {
            if kind != FaultKind::Configuration {
                mistakes.clear();
            }
            Fault {
                kind,
                message,
                mistakes,
            }
        })
}

/// A request and an answer to it.
pub(super) fn any_exchange() -> impl Strategy<Value = (Request, Answer)> {
    let texts = || vec(any_text(), 0..3);
    let replies = prop_oneof![
        vec(any_interface(), 0..3)
            .prop_map(|interfaces| (Request::Interfaces, Reply::Interfaces { interfaces })),
        vec(any_status(), 0..3).prop_map(|interfaces| {
            let problems = vec!["the configuration is not valid".to_owned()];
            (
                Request::Status,
                Reply::Status {
                    interfaces,
                    problems,
                },
            )
        }),
        (texts(), texts())
            .prop_map(|(files, warnings)| (Request::Reload, Reply::Reloaded { files, warnings })),
        (any_ssid(), any_affected()).prop_map(|(ssid, interfaces)| {
            let request = Request::Reroll {
                ssid: ssid.clone(),
                now: true,
                undo: false,
            };
            (request, Reply::Rerolled { ssid, interfaces })
        }),
        (any_ssid(), any_affected()).prop_map(|(ssid, interfaces)| {
            let request = Request::Rejoin { ssid: ssid.clone() };
            (request, Reply::Rejoined { ssid, interfaces })
        }),
        vec(any_scanned(), 0..3).prop_map(|interfaces| {
            let request = Request::Scan { interface: None };
            (request, Reply::Scanned { interfaces })
        }),
        vec(any_rotated(), 0..3).prop_map(|interfaces| {
            let request = Request::Rotate { interface: None };
            (request, Reply::Rotated { interfaces })
        }),
        vec(any_paused(), 0..3).prop_map(|interfaces| {
            let request = Request::Resume { interface: None };
            (request, Reply::Resumed { interfaces })
        }),
        vec(any_status(), 0..3).prop_map(|interfaces| {
            let request = Request::Events { interface: None };
            (request, Reply::Events { interfaces })
        }),
    ];
    prop_oneof![
        replies.prop_map(|(request, reply)| (request, Ok(reply))),
        (any_request(), any_fault()).prop_map(|(request, fault)| (request, Err(fault))),
    ]
}
