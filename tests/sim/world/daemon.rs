//! macveil in the simulated world: the real supervisor, and a shell around it that can fail at every
//! step, be deaf, be slow, and die.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use macveil::config::{Config, DeviceFacts};
use macveil_core::address::{
    AddressPolicies, ConnectionOptions, History, Host, HostKey, NetworkRule, Zone,
};
use macveil_core::machine::wpa::{QuiesceReport, Reply, Request, Supplicant, WpaEvent, WpaMachine};
use macveil_core::machine::{
    Addresses, Card, Command, KernelError, Link, LinkEvent, Machine, MaskMethod, Now, OnExit,
    OnFailure, ScanEvent, Settings, StateKind,
};
use macveil_core::types::Mac;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustix::io::Errno;

use super::{Action, Event, Fault, FaultAt, HEARING, Happening, PERMANENT, Quirk, World};
use crate::promise::Content;

/// Maximum number of actions for one event.
const ENDLESS: u32 = 2_000;
/// How long a new daemon needs to meet a supplicant that runs already.
/// After this long macveil's client no longer waits for the supplicant.
const GIVEN_UP: Duration = Duration::from_secs(10);
/// How often a service manager looks whether the last daemon has ended.
const ENDING: Duration = Duration::from_millis(50);
const SETTLING_IN: Duration = Duration::from_secs(2);
const NEW_YEAR: Duration = Duration::from_secs(1_798_761_600);

/// What a broken shell would do: so that it can be seen that the simulation notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// After an association its address stays on the card, and the supervisor is told otherwise.
    NoNewMask,
    /// The supplicant is not brought to rest, and the supervisor is told otherwise.
    NeverQuiet,
    /// The kernel has no source guard, and the supervisor is told otherwise.
    NoSourceGuard,
}

pub struct Daemon {
    station: Option<WpaMachine>,
    life: u32,
    /// Carried out so far, in all lives.
    pub actions: u64,
    pub faults: Vec<FaultAt>,
    pub policies: AddressPolicies,
    pub settings: Settings,
    /// What happened, for a person.
    pub log: Vec<String>,
    pub keep_log: bool,
    /// The runtime directory remembers it.
    initial: Option<Mac>,
    history: History,
    deaf_until: Option<Duration>,
    busy_until: Duration,
    started: Duration,
    /// Tells every event twice.
    pub stutters: bool,
    /// Hears of events late, and not in their order.
    pub shuffles: bool,
    /// Until when faults make it do so, and miss what the supplicant says.
    stutters_until: Duration,
    shuffles_until: Duration,
    untold_until: Duration,
    pub sabotage: Option<Sabotage>,
    /// The address that it put on the card last for an association.
    pub meant: Option<Mac>,
    /// How often it was woken.
    pub wakes: u64,
}

impl Default for Daemon {
    fn default() -> Self {
        Self {
            station: None,
            life: 0,
            actions: 0,
            faults: Vec::new(),
            policies: policies(Vec::new()),
            settings: Settings {
                scan_random: true,
                mask_method: MaskMethod::Auto,
                mask_lifetime: Duration::ZERO,
                on_failure: OnFailure::Closed,
                on_exit: OnExit::Keep,
                others_connect: false,
            },
            log: Vec::new(),
            keep_log: false,
            initial: None,
            history: History::default(),
            deaf_until: None,
            busy_until: Duration::ZERO,
            started: Duration::ZERO,
            stutters: false,
            shuffles: false,
            stutters_until: Duration::ZERO,
            shuffles_until: Duration::ZERO,
            untold_until: Duration::ZERO,
            sabotage: None,
            meant: None,
            wakes: 0,
        }
    }
}

impl Daemon {
    /// The address of the card when macveil first saw it.
    pub const fn initial(&self) -> Option<Mac> {
        self.initial
    }

    pub const fn life(&self) -> u32 {
        self.life
    }

    pub fn deadline(&self) -> Option<Duration> {
        let deadline = self.station.as_ref()?.poll_timeout()?;
        Some(deadline.max(self.busy_until))
    }

    /// There is no daemon, or none that can see what happens, or one that has only just begun.
    pub fn was_away(&self, now: Duration) -> bool {
        self.is_away(now) || now.saturating_sub(self.started) < SETTLING_IN
    }

    /// There is no daemon, or none that can see what happens.
    pub fn is_away(&self, now: Duration) -> bool {
        self.station.is_none() || now < self.busy_until || self.deaf_until.is_some()
    }

    pub fn state(&self) -> Option<StateKind> {
        self.station.as_ref().map(Machine::state)
    }

    /// Whether what happens now is never heard of.
    pub fn loses(&self, now: Duration, event: &Event) -> bool {
        let untold =
            now < self.untold_until && matches!(event, Event::Backend(WpaEvent::Supplicant(_)));
        self.deaf_until.is_some() || untold
    }

    pub fn shuffles(&self, now: Duration) -> bool {
        self.shuffles || now < self.shuffles_until
    }

    fn stutters(&self, now: Duration) -> bool {
        self.stutters || now < self.stutters_until
    }

    fn fault_now(&mut self) -> Option<Fault> {
        let number = self.actions;
        self.actions += 1;
        let fault = self.faults.iter().find(|it| it.action == number);
        fault.map(|it| it.fault)
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if self.keep_log {
            self.log.push(text());
        }
    }
}

fn host() -> Host {
    Host {
        key: HostKey::from_host_id(b"a secret of 16 b"),
        boot_id: None,
        zone: Zone::utc(),
    }
}

/// Which addresses networks get by these rules.
pub fn policies(rules: Vec<NetworkRule>) -> AddressPolicies {
    let defaults = ConnectionOptions::default();
    AddressPolicies::new("wlan0".to_owned(), Arc::new(host()), None, rules, defaults)
}

impl World {
    pub fn clocks(&self) -> Now {
        Now {
            boot: self.now,
            wall: UNIX_EPOCH + NEW_YEAR + self.now,
        }
    }

    pub fn start_daemon(&mut self) {
        if self.daemon.state() == Some(StateKind::Releasing) {
            return self.after(ENDING, Happening::DaemonStarts);
        }
        if self.daemon.station.is_some() {
            return;
        }
        self.daemon.life += 1;
        self.daemon.started = self.now;
        self.daemon.deaf_until = None;
        let link = self.kernel.link;
        let initial = *self.daemon.initial.get_or_insert(link.address);
        let card = self.card(initial);
        let addresses = Addresses {
            policies: self.daemon.policies.clone(),
            history: self.daemon.history.clone(),
        };
        let rng = StdRng::from_rng(&mut self.chance);
        let settings = self.daemon.settings.clone();
        let now = self.clocks();
        self.note_line(|| "macveil starts".to_owned());
        self.daemon.station = Some(WpaMachine::new(now, card, settings, addresses, link, rng));
        self.carry_out();
        if self.supplicant.running {
            self.report_presence(200, HEARING, Supplicant::Appeared);
        }
    }

    fn card(&self, initial: Mac) -> Card {
        Card {
            name: "wlan0".to_owned(),
            ifindex: 3,
            wiphy: 0,
            driver: "simulated".to_owned(),
            permanent: Some(PERMANENT),
            initial,
            random_address: self.kernel.driver.random_address,
            random_sequence: true,
            minimal_content: true,
            live_change: self.kernel.driver.live_change,
            max_scan_ssids: 4,
            channels: self.kernel.channels.clone(),
        }
    }

    pub fn daemon_dies(&mut self, back_after: Duration) {
        if self.kill_daemon() {
            self.after(back_after, Happening::DaemonStarts);
        }
    }

    /// Says whether there was one.
    pub fn kill_daemon(&mut self) -> bool {
        let there = self.daemon.station.take().is_some();
        if there {
            self.note_line(|| "macveil dies".to_owned());
            // Whatever was on its way to it is lost.
            self.daemon.life += 1;
        }
        there
    }

    /// As by a restart of its service: the command is heard once what is being done is done.
    fn daemon_is_stopped(&mut self, back_after: Duration) {
        let life = self.daemon.life;
        let release = Event::Command(Command::Release);
        self.after(Duration::ZERO, Happening::Tell(life, release));
        self.after(back_after, Happening::DaemonStarts);
    }

    pub fn stop_daemon(&mut self) {
        let life = self.daemon.life;
        self.tell_daemon(life, Event::Command(Command::Release));
    }

    /// It has read that configuration, at its start or since.
    pub fn configure(&mut self, config: &Config) {
        let device = DeviceFacts {
            name: "wlan0",
            permanent: Some(PERMANENT),
            driver: "simulated",
            kind: macveil_core::types::DeviceKind::Wifi,
        };
        self.daemon.settings = config.settings(&device);
        self.daemon.policies = config.address_policies(&device, Arc::new(host()));
        let now = self.clocks();
        if let Some(station) = &mut self.daemon.station {
            let (settings, policies) = (self.daemon.settings.clone(), self.daemon.policies.clone());
            station.reconfigure(now, settings, policies);
        }
    }

    /// It hears nothing for that long; then the kernel says that something was lost.
    pub fn daemon_is_deaf(&mut self, span: Duration) {
        if self.daemon.deaf_until.is_none() {
            self.daemon.deaf_until = Some(self.now + span);
            let life = self.daemon.life;
            self.after(span, Happening::Tell(life, Event::Overrun));
        }
    }

    pub fn machine_resumes(&mut self) {
        let life = self.daemon.life;
        self.tell_daemon(life, Event::Command(Command::Resumed));
    }

    pub(super) fn tell_daemon(&mut self, life: u32, event: Event) {
        if life != self.daemon.life || self.daemon.station.is_none() {
            return;
        }
        if event == Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)) {
            self.supplicant.is_met();
        }
        if event == Event::Overrun {
            self.daemon.deaf_until = None;
            // The shell reads the link before it says so.
            let link = self.kernel.link;
            self.hand_over(Event::Link(LinkEvent::Changed(link)));
        }
        if self.now < self.daemon.busy_until {
            let pause = self.daemon.busy_until.saturating_sub(self.now);
            return self.after(pause, Happening::Tell(life, event));
        }
        // A notification may be older than the latest change, so the shell reads the link itself.
        let event = match event {
            Event::Link(LinkEvent::Changed(_)) => Event::Link(LinkEvent::Changed(self.kernel.link)),
            other => other,
        };
        let is_notice = matches!(
            event,
            Event::Link(LinkEvent::Changed(_))
                | Event::Scan(ScanEvent::Started(_) | ScanEvent::Ended)
                | Event::Mlme(_)
                | Event::Backend(WpaEvent::Supplicant(_) | WpaEvent::Overrun)
                | Event::Overrun
        );
        if self.daemon.stutters(self.now) && is_notice {
            self.hand_over(event.clone());
        }
        self.hand_over(event);
    }

    fn hand_over(&mut self, event: Event) {
        self.note_line(|| format!("    {event:?}"));
        self.daemon.wakes += 1;
        let now = self.clocks();
        if let Some(station) = &mut self.daemon.station {
            station.handle(now, event);
        }
        self.carry_out();
    }

    pub(super) fn daemon_alarm(&mut self) {
        self.daemon.wakes += 1;
        let now = self.clocks();
        if let Some(station) = &mut self.daemon.station {
            station.handle_timeout(now);
        }
        self.carry_out();
    }

    fn carry_out(&mut self) {
        for _ in 0..ENDLESS {
            let Some(station) = &mut self.daemon.station else {
                return;
            };
            let Some(action) = station.poll_action() else {
                return;
            };
            self.note_line(|| format!("        {action:?}"));
            // Nothing on the air depends on the others.
            if let Action::Notify(_) | Action::LeaveNetwork | Action::EnterNetwork(_) = action {
                continue;
            }
            // It is a part of what follows: by itself it shows nothing.
            if let Action::SetSourceGuard(guard) = action {
                if self.daemon.sabotage != Some(Sabotage::NoSourceGuard) {
                    self.kernel.guard.now = guard;
                }
                self.answer_action(Event::Link(LinkEvent::Guarded(Ok(()))));
                continue;
            }
            let fault = self.daemon.fault_now();
            self.perform(action, fault);
        }
        panic!("there is no end to what the supervisor wants done");
    }

    fn perform(&mut self, action: Action, fault: Option<Fault>) {
        let fault = fault.filter(|fault| !self.is_unavoidable(&action, *fault));
        if let Some(fault) = fault {
            self.note_line(|| format!("        !! {fault:?}"));
        }
        match fault {
            Some(Fault::DiesBefore(back_after)) => return self.daemon_dies(back_after),
            Some(Fault::Refused(errno)) => return self.refuse(action, errno),
            Some(Fault::NotDone) => return self.pretend(action),
            Some(Fault::Slow(span)) => match &action {
                // A supplicant that takes its time; macveil's client gives up after ten seconds.
                Action::Request(request) if span >= GIVEN_UP => {
                    return self.supplicant_is_silent(request.clone());
                }
                // What it was asked before comes first.
                Action::Request(_) => {
                    let begin = self.supplicant.busy_until.max(self.now);
                    self.supplicant.busy_until = begin + span;
                }
                _ => self.daemon_is_busy(span),
            },
            Some(Fault::ThenDeaf(span)) => self.daemon_is_deaf(span),
            Some(Fault::ThenUntold(span)) => self.daemon.untold_until = self.now + span,
            Some(Fault::ThenDoubled(span)) => self.daemon.stutters_until = self.now + span,
            Some(Fault::ThenShuffled(span)) => self.daemon.shuffles_until = self.now + span,
            Some(Fault::StoppedAfter(span)) => self.daemon_is_stopped(span),
            Some(Fault::DiesAfter(_) | Fault::DoneButRefused) | None => {}
        }
        if self.is_sabotaged(&action) {
            return self.pretend(action);
        }
        let lies = fault == Some(Fault::DoneButRefused);
        if let Action::SetAddress { address, .. } = action
            && self.daemon.state() == Some(StateKind::Associating)
        {
            self.daemon.meant = Some(address);
        }
        let answer = self.really_perform(action, lies);
        if let Some(Fault::DiesAfter(back_after)) = fault {
            return self.daemon_dies(back_after);
        }
        let Some(answer) = answer else {
            return;
        };
        self.answer_action(answer);
    }

    /// Answers keep the order of their actions.
    fn answer_action(&mut self, answer: Event) {
        if self.now < self.daemon.busy_until {
            let life = self.daemon.life;
            let pause = self.daemon.busy_until.saturating_sub(self.now);
            return self.after(pause, Happening::Tell(life, answer));
        }
        self.note_line(|| format!("    {answer:?}"));
        let now = self.clocks();
        if let Some(station) = &mut self.daemon.station {
            station.handle(now, answer);
        }
    }

    fn really_perform(&mut self, action: Action, lies: bool) -> Option<Event> {
        let lie = |step| KernelError {
            step,
            errno: Some(Errno::IO),
            reason: "input/output error".to_owned(),
        };
        Some(match action {
            Action::SetAddress { address, how } => {
                let done = self.start_to_set_address(address, how);
                Event::Link(LinkEvent::Answered(if lies {
                    Err(lie("set the address"))
                } else {
                    done
                }))
            }
            Action::SetLinkDown => {
                self.link_down();
                let link = self.kernel.link;
                Event::Link(LinkEvent::Answered(if lies {
                    Err(lie("take the link down"))
                } else {
                    Ok(link)
                }))
            }
            Action::BringUp => {
                let done = self.link_up().map(|()| self.kernel.link);
                Event::Link(LinkEvent::Answered(if lies {
                    Err(lie("bring the link up"))
                } else {
                    done
                }))
            }
            Action::ReadLink => {
                let link = self.kernel.link;
                Event::Link(LinkEvent::Answered(if lies {
                    Err(lie("read the link"))
                } else {
                    Ok(link)
                }))
            }
            Action::Scan(scan) => {
                let content = if scan.minimal_content {
                    Content::Minimal
                } else {
                    Content::Full
                };
                let taken = self.scan(&scan, content);
                Event::Scan(ScanEvent::Accepted(if lies {
                    Err(lie("scan"))
                } else {
                    taken
                }))
            }
            Action::AbortScan => {
                self.abort_scan();
                return None;
            }
            Action::GetScanResults => Event::Scan(ScanEvent::Results(if lies {
                Vec::new()
            } else {
                self.air_now()
            })),
            Action::Request(request) => {
                self.ask_supplicant(request);
                return None;
            }
            Action::Remember { ssid, record } => {
                self.daemon.history.learn(ssid, record);
                return None;
            }
            Action::Finish => {
                self.daemon.station = None;
                return None;
            }
            Action::Notify(_) => return None,
            Action::SetSourceGuard(_) => unreachable!("never with a fault"),
            Action::ClearIpv6 | Action::LeaveNetwork | Action::EnterNetwork(_) => {
                unreachable!("neither on the air nor with a fault")
            }
        })
    }

    /// A driver that reverts the address as the link comes up shows it if the daemon cannot take the
    /// link down at once. With `on-exit = "restore"` the end of the daemon is the end of the promise.
    fn is_unavoidable(&self, action: &Action, fault: Fault) -> bool {
        if let Fault::StoppedAfter(_) = fault {
            return self.daemon.settings.on_exit == OnExit::Restore;
        }
        let reverts = self.kernel.driver.quirk == Quirk::UndoesOnUp;
        let cannot_react = matches!(
            fault,
            Fault::DiesAfter(_) | Fault::Slow(_) | Fault::DoneButRefused
        );
        reverts && *action == Action::BringUp && cannot_react
    }

    /// It waits for what it does.
    fn daemon_is_busy(&mut self, span: Duration) {
        self.daemon.busy_until = self.daemon.busy_until.max(self.now + span);
    }

    fn is_sabotaged(&self, action: &Action) -> bool {
        match (self.daemon.sabotage, action) {
            (Some(Sabotage::NoNewMask), Action::SetAddress { .. }) => {
                self.shows_identity() && self.kernel.link.address != PERMANENT
            }
            (Some(Sabotage::NeverQuiet), Action::Request(Request::Quiesce)) => true,
            _ => false,
        }
    }

    /// Answers as if it had been done.
    fn pretend(&mut self, action: Action) {
        let link = self.kernel.link;
        let answer = match action {
            Action::SetAddress { address, .. } if self.daemon.sabotage.is_some() => {
                let up = true;
                Event::Link(LinkEvent::Answered(Ok(Link {
                    address,
                    up,
                    ..link
                })))
            }
            // The shell reads the link back, whatever it has been told.
            Action::SetAddress { .. }
            | Action::SetLinkDown
            | Action::BringUp
            | Action::ReadLink => Event::Link(LinkEvent::Answered(Ok(link))),
            Action::Scan(_) => Event::Scan(ScanEvent::Accepted(Ok(()))),
            Action::GetScanResults => Event::Scan(ScanEvent::Results(Vec::new())),
            Action::Request(Request::Quiesce) if self.daemon.sabotage.is_some() => {
                let status = self.supplicant_status();
                Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(QuiesceReport {
                    status,
                    had_own_randomization: false,
                    reconfigured: false,
                    is_watched: false,
                }))))
            }
            // Nothing helps against a supplicant that lies about being at rest.
            Action::Request(request) => match request {
                Request::SelectNetwork { .. } | Request::ForgetOwnAddress | Request::Connect => {
                    Event::Backend(WpaEvent::Reply(Reply::Done(Ok(()))))
                }
                other => return self.ask_supplicant(other),
            },
            Action::AbortScan => return self.scan_goes_on(),
            Action::Remember { .. } | Action::Notify(_) | Action::SetSourceGuard(_) => return,
            Action::ClearIpv6 | Action::LeaveNetwork | Action::EnterNetwork(_) => {
                unreachable!("neither on the air nor with a fault")
            }
            Action::Finish => return self.perform(action, None),
        };
        self.answer_action(answer);
    }

    fn refuse(&mut self, action: Action, errno: Errno) {
        let refused = |step| KernelError {
            step,
            errno: Some(errno),
            reason: errno.to_string(),
        };
        let answer = match action {
            Action::SetAddress { .. } => {
                Event::Link(LinkEvent::Answered(Err(refused("set the address"))))
            }
            Action::SetLinkDown => {
                Event::Link(LinkEvent::Answered(Err(refused("take the link down"))))
            }
            Action::BringUp => Event::Link(LinkEvent::Answered(Err(refused("bring the link up")))),
            Action::ReadLink => Event::Link(LinkEvent::Answered(Err(refused("read the link")))),
            Action::Scan(_) => Event::Scan(ScanEvent::Accepted(Err(refused("scan")))),
            Action::GetScanResults => Event::Scan(ScanEvent::Results(Vec::new())),
            Action::Request(request) => return self.supplicant_is_silent(request),
            Action::AbortScan => return self.scan_goes_on(),
            Action::Remember { .. } | Action::Notify(_) | Action::SetSourceGuard(_) => return,
            // macveil exits without a question.
            Action::Finish => return self.perform(action, None),
            Action::ClearIpv6 | Action::LeaveNetwork | Action::EnterNetwork(_) => {
                unreachable!("neither on the air nor with a fault")
            }
        };
        self.answer_action(answer);
    }

    pub fn note_line(&mut self, text: impl FnOnce() -> String) {
        let at = self.now.as_secs_f64();
        self.daemon.note(|| format!("{at:12.6}  {}", text()));
    }
}
