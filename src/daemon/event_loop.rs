//! One event after the other: handle it, carry out all actions, arm one timer, sleep.

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tracing::info;

use super::clock::{self, Alarm, SleepWatch};
use super::control::PendingRequest;
use super::managed::BackendEvent;
use super::service::{self, Watchdog};
use super::{Daemon, Error, managers};
use crate::platform::managers::{ActiveManagers, ManagerWatch};
use crate::platform::netlink::{Notification, Notifications};
use macveil_core::machine::{Command, Event, Time};

/// Everything that the event loop waits for.
pub(super) struct EventSources {
    notifications: Notifications,
    managers: ManagerWatch,
    reports: mpsc::UnboundedReceiver<BackendEvent>,
    requests: mpsc::Receiver<PendingRequest>,
    alarm: Alarm,
    sleep_watch: SleepWatch,
    watchdog: Watchdog,
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    hand_over: Signal,
}

enum LoopEvent {
    Notification(Notification),
    Managers(ActiveManagers),
    BackendEvent(BackendEvent),
    PendingRequest(PendingRequest),
    Alarm,
    ClockJumped,
    Watchdog,
    Leave,
    HandOver,
    Reload,
}

/// Reacts to one event after the other until macveil has released every interface.
pub(super) async fn run_loop(mut daemon: Daemon, mut sources: EventSources) -> Result<(), Error> {
    // Before any interface is touched.
    daemon.managers.active = sources.managers.first().await;
    daemon.manage_all()?;
    #[cfg(feature = "dbus")]
    daemon.take_turns();
    if daemon.interfaces.managed.is_empty() {
        info!("no interface to protect yet; waiting for one");
    }
    daemon.report_problems();
    service::ready();
    daemon.publish();
    while !(daemon.shutting_down && daemon.interfaces.managed.is_empty()) {
        sources
            .alarm
            .arm(daemon.deadline())
            .map_err(Error::Runtime)?;
        let event = sources.next().await?;
        if let Some(report) = sources.report(&event) {
            service::tell(report);
        }
        if sources.sleep_watch.has_slept() {
            info!("the machine was asleep");
            daemon.dispatch_all(&Event::Command(Command::Resumed));
        }
        daemon.react(event)?;
        #[cfg(feature = "dbus")]
        daemon.take_turns();
        daemon.finish_looks();
        daemon.publish();
    }
    if let Some(control) = daemon.control.server.take() {
        control.end().await;
    }
    Ok(())
}

impl EventSources {
    pub(super) fn new(
        notifications: Notifications,
        reports: mpsc::UnboundedReceiver<BackendEvent>,
        requests: mpsc::Receiver<PendingRequest>,
    ) -> Result<Self, Error> {
        let listen = |kind| signal(kind).map_err(Error::Runtime);
        Ok(Self {
            notifications,
            managers: managers::listen(),
            reports,
            requests,
            alarm: Alarm::new().map_err(Error::Runtime)?,
            sleep_watch: SleepWatch::new().map_err(Error::Runtime)?,
            watchdog: Watchdog::new(),
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
            hand_over: listen(SignalKind::user_defined1())?,
        })
    }

    /// What the service manager's watch is to be told before this event is handled.
    fn report(&mut self, event: &LoopEvent) -> Option<NotifyState<'static>> {
        match event {
            LoopEvent::Watchdog => self.watchdog.report(),
            _ => self.watchdog.work_begins(),
        }
    }

    async fn next(&mut self) -> Result<LoopEvent, Error> {
        Ok(tokio::select! {
            notification = self.notifications.next() => LoopEvent::Notification(notification),
            running = self.managers.next() => LoopEvent::Managers(running),
            Some(report) = self.reports.recv() => LoopEvent::BackendEvent(report),
            Some(request) = self.requests.recv() => LoopEvent::PendingRequest(request),
            fired = self.alarm.fired() => fired.map(|()| LoopEvent::Alarm).map_err(Error::Runtime)?,
            jumped = self.sleep_watch.clock_jumped() => {
                jumped.map(|()| LoopEvent::ClockJumped).map_err(Error::Runtime)?
            }
            () = self.watchdog.due() => LoopEvent::Watchdog,
            _ = self.terminate.recv() => LoopEvent::Leave,
            _ = self.interrupt.recv() => LoopEvent::Leave,
            _ = self.hangup.recv() => LoopEvent::Reload,
            _ = self.hand_over.recv() => LoopEvent::HandOver,
        })
    }
}

impl Daemon {
    fn react(&mut self, event: LoopEvent) -> Result<(), Error> {
        match event {
            LoopEvent::Notification(notification) => self.handle_notification(notification)?,
            LoopEvent::Managers(running) => {
                self.managers.active = running;
                self.recheck_managers()?;
            }
            LoopEvent::BackendEvent(BackendEvent { ifindex, report }) => {
                self.report(ifindex, report);
            }
            LoopEvent::PendingRequest(asked) => self.answer(asked)?,
            LoopEvent::Alarm => self.handle_timeouts()?,
            // Whether the machine was asleep is asked for at each event.
            LoopEvent::ClockJumped | LoopEvent::Watchdog => {}
            LoopEvent::Leave => self.leave(),
            LoopEvent::HandOver => {
                info!("handing over: everything is restored before macveil ends");
                self.environment.config.hands_over = true;
                self.reconfigure();
                self.leave();
            }
            // Mistakes of the configuration are logged.
            LoopEvent::Reload => drop(self.reload()?),
        }
        if std::mem::take(&mut self.managers.released) && !self.shutting_down {
            self.manage_all()?;
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.shutting_down = true;
        service::stopping();
        self.dispatch_all(&Event::Command(Command::Release));
    }

    fn handle_timeouts(&mut self) -> Result<(), Error> {
        self.hold_again();
        for ifindex in self.interfaces.schedule.take_due(clock::now().boot) {
            if let Some(managed) = self.interfaces.managed.get_mut(&ifindex) {
                managed.handle_timeout();
                self.carry_out(ifindex);
            }
        }
        if self.shutting_down {
            return Ok(());
        }
        self.manage_named()
    }

    fn deadline(&self) -> Option<Time> {
        let named = self
            .interfaces
            .awaiting_udev
            .deadline()
            .filter(|_| !self.shutting_down);
        let held = self.interfaces.held.values().filter_map(|it| it.retry_at);
        self.interfaces
            .schedule
            .soonest()
            .into_iter()
            .chain(named)
            .chain(held)
            .chain(self.managers.turns.deadline())
            .min()
    }
}
