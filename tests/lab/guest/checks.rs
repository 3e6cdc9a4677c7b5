//! The checks that are made while the story plays. What only the capture can
//! tell is judged on the host; here such a check just lets its time pass.

use std::fs;
use std::net::IpAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::daemon;
use super::doctor;
use super::echoes::Echoes;
use super::process::{run_words, wait_asking_every, wait_until};
use super::station::Station;
use super::status;
use super::strangers::FORGED_LINE;
use super::world::World;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{Check, Subnet};

/// How lines of macveil's log begin.
const LEVELS: [&str; 4] = ["error", "warning", "info", "debug"];

/// Marks and breaks that change how the rest of a line is shown.
const STEERING: [char; 6] = [
    '\u{202e}', '\u{202d}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{2066}',
];

/// Every look costs the guest time that it could warp.
const LOOK: Duration = Duration::from_millis(100);

impl World {
    pub fn check(&mut self, check: &Check) -> Result<(), String> {
        match check {
            Check::Connected { ap, within } => self.connected(ap, *within),
            Check::Disconnected { within } => self.disconnected(*within),
            Check::StaysDisconnected { during } => self.always(*during, |bssid| match bssid {
                None => Ok(()),
                Some(bssid) => Err(format!("connected to {bssid}, though it should not be")),
            }),
            Check::StaysConnected { ap, during } => {
                let bssid = self.access_point(ap)?.radio.address.clone();
                self.always(*during, |now| match now {
                    Some(now) if *now == bssid => Ok(()),
                    other => Err(format!(
                        "should stay connected to {ap}, but is at {other:?}"
                    )),
                })
            }
            Check::AddressStays { during } => self.address_stays(*during),
            Check::FreshScan { within } => {
                sleep(*within);
                Ok(())
            }
            Check::CarriesPermanent => self.carries_permanent(),
            Check::Memory { at_most_kb } => self.memory(*at_most_kb),
            Check::MemoryGrown { at_most_kb } => self.memory_grown(*at_most_kb),
            Check::Wakeups { at_most, during } => self.wakeups(*at_most, *during),
            Check::EveryDatagramArrived => self.every_datagram_arrived(),
            Check::SettingsAsNoted => self.settings_as_noted(),
            Check::OtherInterfacesAsNoted => self.other_interfaces_as_noted(),
            Check::NothingLost { edits } => self.nothing_lost(*edits),
            Check::MuchLost { lost, edits } => self.much_lost(*lost, *edits),
            Check::LiveChangesOnlyWherePossible => self.live_changes_only_where_possible(),
            Check::StatusWasTrue => {
                let witness = self.witness.take().ok_or("the status is not watched")?;
                witness.finish()
            }
            Check::StatusIsTrue => self.stations.iter().try_for_each(status::is_true),
            Check::MacveilSays(words, within) => self.macveil_says(words, *within),
            Check::DoctorFindsPlanted => {
                let count = doctor::finds_what_is_planted(&self.folder)?;
                self.note(Fact::Measured(format!("{count} things planted and found")));
                Ok(())
            }
            Check::LogIsClean => self.log_is_clean(),
            Check::MacveilSaysTimes(words, count) => self.macveil_says_times(words, *count),
            Check::CommandSaid(words) if self.command_output.contains(words) => Ok(()),
            Check::CommandSaid(_) => Err(format!("it said {:?}", self.command_output)),
            Check::Online { ap, within } => self.online(ap, *within),
            Check::OnlineOverIpv6 { ap, within } => self.online_over_ipv6(ap, *within),
            Check::Leases(..)
            | Check::Ipv6Leases(..)
            | Check::OneLease { .. }
            | Check::OneAddress(_)
            | Check::DifferentAddresses(_)
            | Check::NewAddressEachTime(_)
            | Check::Addresses(..)
            | Check::AtMostAssociations(..)
            | Check::OnlyAddress(..)
            | Check::ShownOnlyTo(..)
            | Check::AtMostFrames { .. }
            | Check::NoProbeRequest
            | Check::Scanning { .. }
            | Check::PermanentAddress(_)
            | Check::SameAddressesAsBefore(_)
            | Check::BackOnline { .. }
            | Check::StartNoSlower
            | Check::Leaks(_)
            | Check::AtMostLeaks(..) => Ok(()),
        }
    }

    pub fn connected(&mut self, ap: &str, within: Duration) -> Result<(), String> {
        let bssid = self.access_point(ap)?.radio.address.clone();
        for index in 0..self.stations.len() {
            let station = &self.stations[index];
            let name = station.radio.interface.clone();
            let deadline = Instant::now() + within;
            wait_asking_every(LOOK, deadline - Instant::now(), || {
                let now = station.connected_to().ok()??;
                (now == bssid).then_some(())
            })
            .ok_or_else(|| {
                format!(
                    "{name} is not connected to {ap} after {} s; wpa_supplicant says: {}",
                    within.as_secs_f64(),
                    station.status()
                )
            })?;
            let address = station.address();
            self.note(Fact::Address(name, address));
        }
        Ok(())
    }

    fn online(&mut self, ap: &str, within: Duration) -> Result<(), String> {
        let silent = self.wait_until_online(ap, within)?;
        no_silence(&silent, within, "ip route")
    }

    fn online_over_ipv6(&mut self, ap: &str, within: Duration) -> Result<(), String> {
        let subnets = self.subnets().map(Subnet::gateway6);
        let all: Vec<_> = subnets.chain([Subnet::FAR6]).map(IpAddr::from).collect();
        let targets = [self.subnet(ap)?.gateway6(), Subnet::FAR6].map(IpAddr::from);
        let silent = wait_for_echoes(&mut self.echoes6, all, &targets, within)?;
        no_silence(&silent, within, "ip -6 route")
    }

    /// Which of the gateway and what lies behind it have not answered by the end of that time.
    pub fn wait_until_online(&mut self, ap: &str, within: Duration) -> Result<Vec<IpAddr>, String> {
        let subnets = self.subnets().map(Subnet::gateway);
        let all: Vec<_> = subnets.chain([Subnet::FAR]).map(IpAddr::from).collect();
        let targets = [self.subnet(ap)?.gateway(), Subnet::FAR].map(IpAddr::from);
        wait_for_echoes(&mut self.echoes, all, &targets, within)
    }

    fn subnets(&self) -> impl Iterator<Item = Subnet> {
        self.access_points.iter().filter_map(|ap| ap.story.subnet)
    }

    fn subnet(&mut self, ap: &str) -> Result<Subnet, String> {
        let subnet = self.access_point(ap)?.story.subnet;
        subnet.ok_or_else(|| "it has no subnet".to_owned())
    }

    fn disconnected(&mut self, within: Duration) -> Result<(), String> {
        let stations = &self.stations;
        wait_asking_every(LOOK, within, || {
            let free = |station: &Station| matches!(station.connected_to(), Ok(None));
            stations.iter().all(free).then_some(())
        })
        .ok_or_else(|| format!("still connected after {} s", within.as_secs_f64()))
    }

    fn always(
        &self,
        during: Duration,
        expect: impl Fn(&Option<String>) -> Result<(), String>,
    ) -> Result<(), String> {
        let end = Instant::now() + during;
        while Instant::now() < end {
            for station in &self.stations {
                expect(&station.connected_to()?)?;
            }
            sleep(LOOK);
        }
        Ok(())
    }

    fn carries_permanent(&self) -> Result<(), String> {
        for station in &self.stations {
            let (now, permanent) = (station.address(), &station.radio.address);
            if now != *permanent {
                return Err(format!("it carries {now}, not {permanent}"));
            }
        }
        Ok(())
    }

    fn address_stays(&self, during: Duration) -> Result<(), String> {
        let addresses = || -> Vec<_> { self.stations.iter().map(Station::address).collect() };
        let before = addresses();
        let end = Instant::now() + during;
        while Instant::now() < end {
            let now = addresses();
            if now != before {
                return Err(format!("the address changed from {before:?} to {now:?}"));
            }
            sleep(LOOK);
        }
        Ok(())
    }

    /// macveil's process, and the memory that it uses.
    pub fn memory_now(&mut self) -> Result<(u32, u64), String> {
        let id = self.macveil_id()?;
        Ok((id, daemon::memory_kb(id)?))
    }

    fn memory(&mut self, at_most: u64) -> Result<(), String> {
        let (_, used) = self.memory_now()?;
        self.note(Fact::Measured(format!("macveil's memory: {used} kB")));
        if used > at_most {
            return Err(format!("macveil uses {used} kB, more than {at_most} kB"));
        }
        Ok(())
    }

    fn memory_grown(&mut self, at_most: u64) -> Result<(), String> {
        let (now, used) = self.memory_now()?;
        let (then, before) = self.noted_memory.ok_or("no memory was noted")?;
        if now != then {
            return Err("it is not the same process any more".to_owned());
        }
        let text = format!("macveil's memory: {before} kB when noted, {used} kB now");
        self.note(Fact::Measured(text.clone()));
        if used > before + at_most {
            return Err(text);
        }
        Ok(())
    }

    fn wakeups(&mut self, at_most: u64, during: Duration) -> Result<(), String> {
        let id = self.macveil_id()?;
        let before = daemon::wakeups(id)?;
        sleep(during);
        let count = daemon::wakeups(id)? - before;
        let seconds = during.as_secs_f64();
        self.note(Fact::Measured(format!(
            "macveil woke {count} times in {seconds} s"
        )));
        if count > at_most {
            return Err(format!("macveil woke {count} times, more than {at_most}"));
        }
        Ok(())
    }

    fn every_datagram_arrived(&mut self) -> Result<(), String> {
        let datagrams = self.datagrams.take().ok_or("no datagrams flow")?;
        let (sent, missing) = datagrams.finish()?;
        self.note(Fact::Measured(format!(
            "{sent} datagrams sent, {} lost",
            missing.len()
        )));
        if sent < 10 || !missing.is_empty() {
            return Err(format!(
                "of {sent} datagrams these did not arrive: {missing:?}"
            ));
        }
        Ok(())
    }

    /// What wpa_supplicant tells of the settings that can be changed at run time.
    pub fn supplicant_settings_now(&self) -> Result<Vec<String>, String> {
        let names = [
            "ap_scan",
            "scan_res_valid_for_connect",
            "p2p_disabled",
            "mac_addr",
            "preassoc_mac_addr",
            "rand_addr_lifetime",
            "passive_scan",
            "sched_scan_interval",
            "autoscan",
            "uuid",
            "auto_uuid",
            "bss_expiration_age",
            "fast_reauth",
        ];
        let mut all = Vec::new();
        for station in &self.stations {
            let mut control = station.control()?;
            for name in names {
                all.push(format!("{name}={}", control.ask(&format!("GET {name}"))?));
            }
            all.extend(control.ask("DUMP")?.lines().map(str::to_owned));
            // The current one is not a setting.
            let networks = control.ask("LIST_NETWORKS")?.replace("[CURRENT]", "");
            all.extend(networks.lines().map(str::to_owned));
            for id in 0..networks.lines().count().saturating_sub(1) {
                for name in ["bgscan", "scan_ssid"] {
                    let value = control.ask(&format!("GET_NETWORK {id} {name}"))?;
                    all.push(format!("network {id} {name}={value}"));
                }
            }
        }
        Ok(all)
    }

    fn settings_as_noted(&self) -> Result<(), String> {
        let now = self.supplicant_settings_now()?;
        let changed: Vec<_> = self
            .noted_settings
            .iter()
            .zip(&now)
            .filter(|(before, after)| before != after)
            .map(|(before, after)| format!("{before} is now {after}"))
            .collect();
        if self.noted_settings.is_empty()
            || now.len() != self.noted_settings.len()
            || !changed.is_empty()
        {
            return Err(format!(
                "wpa_supplicant's settings changed: {}",
                changed.join(", ")
            ));
        }
        Ok(())
    }

    fn live_changes_only_where_possible(&mut self) -> Result<(), String> {
        const LIVE_CHANGE_SINCE: (u32, u32) = (6, 7);
        let trace = self.link_trace.take().ok_or("links are not traced")?;
        let (changes, live) = trace.finish()?;
        let text = format!(
            "{changes} changes of address, {} signs of one on a live link",
            live.len()
        );
        self.note(Fact::Measured(text.clone()));
        let expected = self.method == "powered" && kernel_release() >= LIVE_CHANGE_SINCE;
        if changes == 0 || live.is_empty() == expected {
            return Err(format!("{text}: {:?}", live.first()));
        }
        Ok(())
    }

    /// What strangers choose must neither steer a terminal nor pass for a line of macveil's.
    fn log_is_clean(&self) -> Result<(), String> {
        let path = daemon::log(&self.folder);
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let text = String::from_utf8(bytes).map_err(|e| format!("macveil's log: {e}"))?;
        let is_own = |line: &&str| {
            let words = line.split_once(": ");
            words.is_some_and(|(level, text)| LEVELS.contains(&level) && text != FORGED_LINE)
        };
        let steers = |c: char| c.is_control() || STEERING.contains(&c);
        let strange = |line: &&str| !is_own(line) || line.contains(steers);
        match text.lines().find(strange) {
            None if text.is_empty() => Err("macveil's log is empty".to_owned()),
            None => Ok(()),
            Some(line) => Err(format!("macveil's log has the line {line:?}")),
        }
    }

    fn macveil_says(&self, words: &str, within: Duration) -> Result<(), String> {
        let path = daemon::log(&self.folder);
        let said = || {
            if let Some(machine) = &self.machine {
                machine.write_log(&path).ok()?;
            }
            let log = fs::read_to_string(&path).unwrap_or_default();
            log.contains(words).then_some(())
        };
        wait_until(within, said).ok_or_else(|| format!("macveil's log does not say {words:?}"))
    }

    fn macveil_says_times(&self, words: &str, count: usize) -> Result<(), String> {
        let path = daemon::log(&self.folder);
        let said = || {
            let log = fs::read_to_string(&path).unwrap_or_default();
            log.lines().filter(|line| line.contains(words)).count()
        };
        wait_until(Duration::from_secs(1), || (said() == count).then_some(()))
            .ok_or_else(|| format!("macveil's log says {words:?} {} times", said()))
    }
}

/// Which of the targets have not answered by the end of that time. All are asked from now on.
fn wait_for_echoes(
    running: &mut Option<Echoes>,
    all: Vec<IpAddr>,
    targets: &[IpAddr],
    within: Duration,
) -> Result<Vec<IpAddr>, String> {
    let echoes = match running.take() {
        Some(echoes) => echoes,
        None => Echoes::start(all)?,
    };
    let echoes = running.insert(echoes);
    let round = echoes.round();
    let silent = || -> Vec<_> {
        let targets = targets.iter().copied();
        targets
            .filter(|it| !echoes.answers_since(*it, round))
            .collect()
    };
    wait_until(within, || silent().is_empty().then_some(()));
    Ok(silent())
}

fn no_silence(silent: &[IpAddr], within: Duration, routes: &str) -> Result<(), String> {
    if silent.is_empty() {
        return Ok(());
    }
    let silent: Vec<_> = silent.iter().map(IpAddr::to_string).collect();
    let routes = run_words(routes).unwrap_or_else(|e| e);
    Err(format!(
        "after {} s there is no answer from {}; routes: {}",
        within.as_secs_f64(),
        silent.join(" and "),
        routes.trim().replace('\n', ", ")
    ))
}

fn kernel_release() -> (u32, u32) {
    let system = rustix::system::uname();
    let release = system.release().to_string_lossy();
    let mut numbers = release.split('.').map_while(|part| part.parse().ok());
    (
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    )
}
