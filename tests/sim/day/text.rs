//! A day as a text that can be kept in a file: a line for everything that there is or happens.

use std::fmt;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use macveil_core::address::Policy;
use macveil_core::machine::OnFailure;
use rustix::io::Errno;

use super::{ASKS, Begins, Day, Hour, NAMES, PLACES, QUIRKS, Trouble};
use crate::setup::{Second, Site};
use crate::world::{Backend, Fault, FaultAt, Quirk};

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        match (self.backend, self.owns_interface) {
            (Backend::Wpa, _) => {}
            (Backend::Iwd, false) => writeln!(f, "with iwd")?,
            (Backend::Iwd, true) => writeln!(f, "with iwd and its own interface")?,
            (Backend::Ethernet, _) => writeln!(f, "with ethernet")?,
        }
        if self.driver.random_address {
            writeln!(f, "card random-address")?;
        }
        if self.driver.live_change {
            writeln!(f, "card live-change")?;
        }
        if self.driver.quirk != Quirk::None {
            writeln!(f, "card quirk {:?}", self.driver.quirk)?;
        }
        if self.on_failure == OnFailure::Open {
            writeln!(f, "on-failure open")?;
        }
        if self.begins == Begins::Supplicant {
            writeln!(f, "supplicant first")?;
        }
        for site in &self.sites {
            write!(f, "site {} {} {}", site.name, site.channel, site.policy)?;
            if site.hidden {
                write!(f, " hidden")?;
            }
            if site.open {
                write!(f, " open")?;
            }
            if site.owe {
                write!(f, " owe")?;
            }
            match site.second {
                None => {}
                Some(Second::Same) => write!(f, " second")?,
                Some(Second::Own) => write!(f, " second-with-own-address")?,
            }
            writeln!(f, " {}", site.priority)?;
        }
        for FaultAt { action, fault } in &self.faults {
            writeln!(f, "fault {action} {fault}")?;
        }
        for Hour { pause, trouble } in &self.hours {
            writeln!(f, "after {} {trouble}", pause.as_micros())?;
        }
        Ok(())
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut day = Self::new(Vec::new());
        day.driver.random_address = false;
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<_> = line.split_whitespace().collect();
            day.read(&words)
                .ok_or_else(|| format!("not a line of a day: {line}"))?;
        }
        Ok(day)
    }
}

impl Day {
    fn read(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["seed", seed] => self.seed = seed.parse().ok()?,
            ["with", "iwd", rest @ ..] => {
                self.backend = Backend::Iwd;
                self.owns_interface = rest == ["and", "its", "own", "interface"];
            }
            ["with", "ethernet"] => self.backend = Backend::Ethernet,
            ["card", "random-address"] => self.driver.random_address = true,
            ["card", "live-change"] => self.driver.live_change = true,
            ["card", "quirk", name] => self.driver.quirk = quirk(name)?,
            ["on-failure", "open"] => self.on_failure = OnFailure::Open,
            ["supplicant", "first"] => self.begins = Begins::Supplicant,
            ["site", name, channel, policy, marks @ .., priority] => self.sites.push(Site {
                name: NAMES.iter().find(|it| *it == name)?,
                channel: channel.parse().ok()?,
                policy: policy.parse::<Policy>().ok()?,
                hidden: marks.contains(&"hidden"),
                open: marks.contains(&"open"),
                owe: marks.contains(&"owe"),
                second: second(marks),
                priority: priority.parse().ok()?,
            }),
            ["fault", action, fault @ ..] => self.faults.push(FaultAt {
                action: action.parse().ok()?,
                fault: fault_of(fault)?,
            }),
            ["after", pause, trouble @ ..] => self.hours.push(Hour {
                pause: micros(pause)?,
                trouble: trouble_of(trouble)?,
            }),
            _ => return None,
        }
        Some(())
    }
}

fn second(marks: &[&str]) -> Option<Second> {
    if marks.contains(&"second") {
        Some(Second::Same)
    } else {
        marks
            .contains(&"second-with-own-address")
            .then_some(Second::Own)
    }
}

fn micros(word: &str) -> Option<Duration> {
    word.parse().ok().map(Duration::from_micros)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(errno) => write!(f, "refused {}", errno.raw_os_error()),
            Self::DoneButRefused => write!(f, "done-but-refused"),
            Self::NotDone => write!(f, "not-done"),
            Self::Slow(span) => write!(f, "slow {}", span.as_micros()),
            Self::DiesBefore(span) => write!(f, "dies-before {}", span.as_micros()),
            Self::DiesAfter(span) => write!(f, "dies-after {}", span.as_micros()),
            Self::StoppedAfter(span) => write!(f, "stopped-after {}", span.as_micros()),
            Self::ThenDeaf(span) => write!(f, "then-deaf {}", span.as_micros()),
            Self::ThenUntold(span) => write!(f, "then-untold {}", span.as_micros()),
            Self::ThenDoubled(span) => write!(f, "then-doubled {}", span.as_micros()),
            Self::ThenShuffled(span) => write!(f, "then-shuffled {}", span.as_micros()),
        }
    }
}

pub fn fault_of(words: &[&str]) -> Option<Fault> {
    Some(match words {
        ["refused", number] => Fault::Refused(errno(number)?),
        ["done-but-refused"] => Fault::DoneButRefused,
        ["not-done"] => Fault::NotDone,
        ["slow", span] => Fault::Slow(micros(span)?),
        ["dies-before", span] => Fault::DiesBefore(micros(span)?),
        ["dies-after", span] => Fault::DiesAfter(micros(span)?),
        ["stopped-after", span] => Fault::StoppedAfter(micros(span)?),
        ["then-deaf", span] => Fault::ThenDeaf(micros(span)?),
        ["then-untold", span] => Fault::ThenUntold(micros(span)?),
        ["then-doubled", span] => Fault::ThenDoubled(micros(span)?),
        ["then-shuffled", span] => Fault::ThenShuffled(micros(span)?),
        _ => return None,
    })
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |site: &usize| PLACES.get(*site).copied().unwrap_or_default();
        match self {
            Self::Nothing => write!(f, "nothing"),
            Self::Goes(site, true) => write!(f, "{} leaves", name(site)),
            Self::Goes(site, false) => write!(f, "{} vanishes", name(site)),
            Self::Returns(site) => write!(f, "{} returns", name(site)),
            Self::Kicks(site) => write!(f, "{} kicks", name(site)),
            Self::Weakens(site) => write!(f, "{} weakens", name(site)),
            Self::Strengthens(site) => write!(f, "{} strengthens", name(site)),
            Self::UserRoams(site) => write!(f, "user roams {}", name(site)),
            Self::KernelLeaves => write!(f, "kernel leaves"),
            Self::Refuses(site, true) => write!(f, "{} refuses", name(site)),
            Self::Refuses(site, false) => write!(f, "{} accepts", name(site)),
            Self::SupplicantDies => write!(f, "supplicant dies"),
            Self::SupplicantStarts => write!(f, "supplicant starts"),
            Self::SupplicantStalls(span) => write!(f, "supplicant stalls {}", span.as_micros()),
            Self::DaemonDies(span) => write!(f, "macveil dies {}", span.as_micros()),
            Self::Deaf(span) => write!(f, "macveil deaf {}", span.as_micros()),
            Self::Stutters(on) => write!(f, "events doubled {on}"),
            Self::Shuffles(on) => write!(f, "events shuffled {on}"),
            Self::UserScans => write!(f, "user scans"),
            Self::UserScansWithIw => write!(f, "user scans-with-iw"),
            Self::Asks(site) => write!(f, "{} asks", name(site)),
            Self::Steers(site) => write!(f, "{} steers", name(site)),
            Self::UserDisconnects => write!(f, "user disconnects"),
            Self::UserReconnects => write!(f, "user reconnects"),
            Self::UserReconfigures => write!(f, "user reconfigures"),
            Self::UserSelects(site) => write!(f, "user selects {}", name(site)),
            Self::UserStartsHotspot => write!(f, "user starts-hotspot"),
            Self::UserAddsHotspot => write!(f, "user adds-hotspot"),
            Self::ConnectsWithIw(site) => write!(f, "user connects-with-iw {}", name(site)),
            Self::SupplicantStartsElsewhere => write!(f, "supplicant starts-elsewhere"),
            Self::StrangerInvents(invents) => write!(f, "stranger invents {invents}"),
            Self::StrangerImitates(site, is_open) => {
                write!(f, "stranger imitates {} {is_open}", name(site))
            }
            Self::StrangerLeaves => write!(f, "stranger goes"),
            Self::StartRefused(span) => write!(f, "macveil refused {}", span.as_micros()),
            Self::UserForgets(site) => write!(f, "user forgets {}", name(site)),
            Self::UserSetsMode(true) => write!(f, "user sets-mode ap"),
            Self::UserSetsMode(false) => write!(f, "user sets-mode station"),
            Self::Cable(true) => write!(f, "cable in"),
            Self::Cable(false) => write!(f, "cable out"),
            Self::CableBlinks => write!(f, "cable blinks"),
            Self::ChangedInUse => write!(f, "address changed-in-use"),
            Self::Asked(ask) => write!(f, "macveil asked {ask:?}"),
            Self::LinkDown => write!(f, "link down"),
            Self::LinkUp => write!(f, "link up"),
            Self::AddressChanged => write!(f, "address changed"),
            Self::Blocked(on) => write!(f, "radio blocked {on}"),
            Self::Sleeps(span) => write!(f, "machine sleeps {}", span.as_micros()),
            Self::Driver(quirk) => write!(f, "driver {quirk:?}"),
        }
    }
}

fn quirk(name: &str) -> Option<Quirk> {
    let mut quirks = QUIRKS.into_iter().chain([Quirk::None]);
    quirks.find(|quirk| format!("{quirk:?}") == name)
}

fn trouble_of(words: &[&str]) -> Option<Trouble> {
    let site = |name: &str| PLACES.iter().position(|it| *it == name);
    let quirk = |name: &str| {
        let quirks = QUIRKS.into_iter().chain([Quirk::None]);
        quirks
            .into_iter()
            .find(|quirk| format!("{quirk:?}") == name)
    };
    Some(match words {
        ["nothing"] => Trouble::Nothing,
        ["supplicant", "dies"] => Trouble::SupplicantDies,
        ["supplicant", "starts"] => Trouble::SupplicantStarts,
        ["supplicant", "stalls", span] => Trouble::SupplicantStalls(micros(span)?),
        ["macveil", "dies", span] => Trouble::DaemonDies(micros(span)?),
        ["macveil", "deaf", span] => Trouble::Deaf(micros(span)?),
        ["events", "doubled", on] => Trouble::Stutters(on.parse().ok()?),
        ["events", "shuffled", on] => Trouble::Shuffles(on.parse().ok()?),
        ["user", "scans"] => Trouble::UserScans,
        ["user", "scans-with-iw"] => Trouble::UserScansWithIw,
        ["user", "disconnects"] => Trouble::UserDisconnects,
        ["user", "reconnects"] => Trouble::UserReconnects,
        ["user", "reconfigures"] => Trouble::UserReconfigures,
        ["user", "roams", name] => Trouble::UserRoams(site(name)?),
        ["user", "selects", name] => Trouble::UserSelects(site(name)?),
        ["user", "starts-hotspot"] => Trouble::UserStartsHotspot,
        ["user", "adds-hotspot"] => Trouble::UserAddsHotspot,
        ["user", "connects-with-iw", name] => Trouble::ConnectsWithIw(site(name)?),
        ["supplicant", "starts-elsewhere"] => Trouble::SupplicantStartsElsewhere,
        ["stranger", "invents", on] => Trouble::StrangerInvents(on.parse().ok()?),
        ["stranger", "imitates", name, is_open] => {
            Trouble::StrangerImitates(site(name)?, is_open.parse().ok()?)
        }
        ["stranger", "goes"] => Trouble::StrangerLeaves,
        ["macveil", "refused", span] => Trouble::StartRefused(micros(span)?),
        ["user", "forgets", name] => Trouble::UserForgets(site(name)?),
        ["user", "sets-mode", "ap"] => Trouble::UserSetsMode(true),
        ["user", "sets-mode", "station"] => Trouble::UserSetsMode(false),
        ["cable", "in"] => Trouble::Cable(true),
        ["cable", "out"] => Trouble::Cable(false),
        ["cable", "blinks"] => Trouble::CableBlinks,
        ["address", "changed-in-use"] => Trouble::ChangedInUse,
        ["macveil", "asked", name] => {
            let ask = ASKS.into_iter().find(|ask| format!("{ask:?}") == *name);
            Trouble::Asked(ask?)
        }
        ["link", "down"] => Trouble::LinkDown,
        ["link", "up"] => Trouble::LinkUp,
        ["address", "changed"] => Trouble::AddressChanged,
        ["radio", "blocked", on] => Trouble::Blocked(on.parse().ok()?),
        ["machine", "sleeps", span] => Trouble::Sleeps(micros(span)?),
        ["driver", name] => Trouble::Driver(quirk(name)?),
        ["kernel", "leaves"] => Trouble::KernelLeaves,
        [name, "leaves"] => Trouble::Goes(site(name)?, true),
        [name, "vanishes"] => Trouble::Goes(site(name)?, false),
        [name, "returns"] => Trouble::Returns(site(name)?),
        [name, "weakens"] => Trouble::Weakens(site(name)?),
        [name, "strengthens"] => Trouble::Strengthens(site(name)?),
        [name, "asks"] => Trouble::Asks(site(name)?),
        [name, "steers"] => Trouble::Steers(site(name)?),
        [name, "kicks"] => Trouble::Kicks(site(name)?),
        [name, "refuses"] => Trouble::Refuses(site(name)?, true),
        [name, "accepts"] => Trouble::Refuses(site(name)?, false),
        _ => return None,
    })
}

fn errno(number: &str) -> Option<Errno> {
    Errno::from_io_error(&io::Error::from_raw_os_error(number.parse().ok()?))
}
