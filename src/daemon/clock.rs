//! Time that counts while the machine sleeps, and one alarm on it.

use std::io;
use std::time::{Duration, SystemTime};

use rustix::io::Errno;
use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};
use tokio::net::unix::pipe;

use macveil_core::machine::{Now, Time};

/// A difference shorter than this may come of reading two clocks one after the other.
const SHORTEST_SLEEP: Duration = Duration::from_millis(500);

/// Now, on `CLOCK_BOOTTIME` and on the wall.
pub(super) fn now() -> Now {
    Now {
        boot: since_boot(),
        wall: SystemTime::now(),
    }
}

fn since_boot() -> Time {
    duration(clock_gettime(ClockId::Boottime))
}

/// One timer on `CLOCK_BOOTTIME`.
#[derive(Debug)]
pub(super) struct Alarm {
    timer: pipe::Receiver,
    armed_for: Option<Time>,
}

impl Alarm {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            timer: timer(TimerfdClockId::Boottime)?,
            armed_for: None,
        })
    }

    /// Sets the one moment at which `fired` returns; `None`: never.
    pub(super) fn arm(&mut self, moment: Option<Time>) -> io::Result<()> {
        if moment == self.armed_for {
            return Ok(());
        }
        // Zero would disarm the timer: a moment in the past is one nanosecond after boot.
        let at_least = Duration::from_nanos(u64::from(moment.is_some()));
        let value = Itimerspec {
            it_interval: timespec(Duration::ZERO),
            it_value: timespec(moment.unwrap_or_default().max(at_least)),
        };
        timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &value)?;
        self.armed_for = moment;
        Ok(())
    }

    /// Waits for the moment; safe to cancel.
    pub(super) async fn fired(&mut self) -> io::Result<()> {
        if expiration(&self.timer).await? {
            self.armed_for = None;
        }
        Ok(())
    }
}

/// Notices that the machine was asleep.
#[derive(Debug)]
pub(super) struct SleepWatch {
    slept: Duration,
    /// Never expires; the kernel cancels it when the clock on the wall jumps, as after each sleep.
    jumps: pipe::Receiver,
}

impl SleepWatch {
    pub(super) fn new() -> io::Result<Self> {
        let jumps = timer(TimerfdClockId::Realtime)?;
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        let never = Itimerspec {
            it_interval: timespec(Duration::ZERO),
            it_value: timespec(Duration::from_secs(u64::MAX)),
        };
        timerfd_settime(&jumps, flags, &never)?;
        Ok(Self {
            slept: slept_since_boot(),
            jumps,
        })
    }

    /// Waits until the clock on the wall has jumped; safe to cancel.
    pub(super) async fn clock_jumped(&mut self) -> io::Result<()> {
        expiration(&self.jumps).await.map(drop)
    }

    /// Whether the machine slept since the last call.
    pub(super) fn has_slept(&mut self) -> bool {
        let before = std::mem::replace(&mut self.slept, slept_since_boot());
        self.slept.saturating_sub(before) >= SHORTEST_SLEEP
    }
}

/// A timer that is read like a pipe, eight bytes at a time.
fn timer(clock: TimerfdClockId) -> io::Result<pipe::Receiver> {
    let timer = timerfd_create(clock, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    pipe::Receiver::from_owned_fd_unchecked(timer)
}

/// Whether the timer had expired, or was cancelled (`timerfd_create(2)`), when it could be read.
async fn expiration(timer: &pipe::Receiver) -> io::Result<bool> {
    timer.readable().await?;
    match timer.try_read(&mut [0; 8]) {
        Ok(_) => Ok(true),
        Err(error) if Errno::from_io_error(&error) == Some(Errno::CANCELED) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}

fn slept_since_boot() -> Duration {
    since_boot().saturating_sub(duration(clock_gettime(ClockId::Monotonic)))
}

fn duration(time: Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanoseconds)
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}
