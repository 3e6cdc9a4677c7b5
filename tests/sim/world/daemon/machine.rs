//! The machine of the interface, and what it and the program that it works with tell each other.

use std::convert::Infallible;
use std::time::Duration;

use macveil_core::address::AddressPolicies;
use macveil_core::machine::ethernet::EthernetMachine;
use macveil_core::machine::iwd::{self, IwdEvent, IwdMachine};
use macveil_core::machine::wpa::{self, WpaEvent, WpaMachine};
use macveil_core::machine::{self, Machine as _, Now, Settings, StateKind};

use super::super::Event;

/// What an action wants of the kernel, or of macveil itself.
pub type Action = machine::Action<Infallible>;

/// What drives the interface, and so whose machine it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Wpa,
    Iwd,
    Ethernet,
}

/// What a program tells macveil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    Wpa(WpaEvent),
    Iwd(IwdEvent),
}

/// What macveil wants of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    Wpa(wpa::Request),
    Iwd(iwd::Request),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Act(Action),
    Ask(Order),
}

pub enum Machine {
    Wpa(Box<WpaMachine>),
    Iwd(Box<IwdMachine>),
    Ethernet(Box<EthernetMachine>),
}

macro_rules! each {
    ($machine:expr, $it:ident => $do:expr) => {
        match $machine {
            Machine::Wpa($it) => $do,
            Machine::Iwd($it) => $do,
            Machine::Ethernet($it) => $do,
        }
    };
}

impl Machine {
    pub const fn backend(&self) -> Backend {
        match self {
            Self::Wpa(_) => Backend::Wpa,
            Self::Iwd(_) => Backend::Iwd,
            Self::Ethernet(_) => Backend::Ethernet,
        }
    }

    /// What a program reported to the machine before it is lost.
    pub fn handle(&mut self, now: Now, event: Event) {
        match (narrow(event), self) {
            (Ok(event), machine) => each!(machine, it => it.handle(now, event.widen())),
            (Err(Report::Wpa(told)), Self::Wpa(it)) => {
                it.handle(now, machine::Event::Backend(told));
            }
            (Err(Report::Iwd(told)), Self::Iwd(it)) => {
                it.handle(now, machine::Event::Backend(told));
            }
            (Err(_), _) => {}
        }
    }

    pub fn handle_timeout(&mut self, now: Now) {
        each!(self, it => it.handle_timeout(now));
    }

    pub fn poll(&mut self) -> Option<Wanted> {
        Some(match self {
            Self::Wpa(it) => wanted(it.poll_action()?.split().map_err(Order::Wpa)),
            Self::Iwd(it) => wanted(it.poll_action()?.split().map_err(Order::Iwd)),
            Self::Ethernet(it) => Wanted::Act(it.poll_action()?),
        })
    }

    /// As the shell asks it.
    pub const fn holds_link_down(&self) -> bool {
        match self {
            Self::Ethernet(it) => it.holds_link_down(),
            Self::Wpa(_) | Self::Iwd(_) => false,
        }
    }

    pub fn poll_timeout(&self) -> Option<Duration> {
        each!(self, it => it.poll_timeout())
    }

    pub fn state(&self) -> StateKind {
        each!(self, it => it.state())
    }

    pub fn status(&self) -> machine::Status {
        each!(self, it => it.status())
    }

    pub fn reconfigure(&mut self, now: Now, settings: Settings, policies: AddressPolicies) {
        each!(self, it => it.reconfigure(now, settings, policies));
    }
}

fn wanted(action: Result<Action, Order>) -> Wanted {
    action.map_or_else(Wanted::Ask, Wanted::Act)
}

/// Separates what a program reports from all else.
fn narrow(event: Event) -> Result<machine::Event, Report> {
    Ok(match event {
        machine::Event::Link(event) => machine::Event::Link(event),
        machine::Event::Scan(event) => machine::Event::Scan(event),
        machine::Event::Mlme(event) => machine::Event::Mlme(event),
        machine::Event::Backend(report) => return Err(report),
        machine::Event::Command(command) => machine::Event::Command(command),
        machine::Event::Renewed { ssid, record } => machine::Event::Renewed { ssid, record },
        machine::Event::Overrun => machine::Event::Overrun,
    })
}
