//! What can go wrong as the daemon carries out an action.

use std::time::Duration;

use rustix::io::Errno;

/// What goes wrong as an action is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this errno; nothing happens.
    Refused(Errno),
    /// It is done, and answered as if it were not.
    DoneButRefused,
    /// Nothing happens, and it is answered as if it had been done.
    NotDone,
    /// It takes that long, and the daemon waits for it.
    Slow(Duration),
    /// The daemon dies before, and is started again after that long.
    DiesBefore(Duration),
    /// The daemon dies right after.
    DiesAfter(Duration),
    /// It is carried out, then the daemon is told to end, and is started again that long afterwards.
    StoppedAfter(Duration),
    /// It is carried out, and what happens next is not heard of.
    ThenDeaf(Duration),
    /// Nor are the supplicant's events, and no overrun is reported.
    ThenUntold(Duration),
    /// It is carried out, and what happens next is told twice.
    ThenDoubled(Duration),
    /// It is carried out, and what happens next is heard of late, and not in its order.
    ThenShuffled(Duration),
}

impl Fault {
    /// Every kind.
    pub fn every() -> [Self; 14] {
        let span = Duration::from_secs(3);
        [
            Self::Refused(Errno::BUSY),
            Self::Refused(Errno::RFKILL),
            Self::Refused(Errno::IO),
            Self::DoneButRefused,
            Self::NotDone,
            Self::Slow(span),
            Self::Slow(span * 10),
            Self::DiesBefore(span),
            Self::DiesAfter(span),
            Self::StoppedAfter(span),
            Self::ThenDeaf(span),
            Self::ThenUntold(span),
            Self::ThenDoubled(span),
            Self::ThenShuffled(span),
        ]
    }
}

/// A fault at the action of this number, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultAt {
    pub action: u64,
    pub fault: Fault,
}
