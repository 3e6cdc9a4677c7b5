//! What a story is made of.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::trouble::Lane;

/// An SSID as it is on the air: any bytes.
pub type Ssid = Vec<u8>;

/// The six bytes of a hardware address.
pub type Mac = [u8; 6];

#[derive(Debug, Clone)]
pub struct Story {
    pub title: String,
    pub lines: Vec<Line>,
}

impl Story {
    /// Otherwise it is about the supplicant alone.
    pub fn has_macveil(&self) -> bool {
        self.lines.iter().any(|line| {
            matches!(
                line.step,
                Step::When(Event::Program(Program::Macveil | Program::Both, _))
                    | Step::Given(Given::Installed | Given::SystemConfiguration)
            )
        })
    }

    /// The leaks that it lets be, a few times.
    pub fn tolerated_leaks(&self) -> Vec<&str> {
        let steps = self.lines.iter().map(|line| &line.step);
        let lists = steps.filter_map(|step| match step {
            Step::Then(Check::AtMostLeaks(_, leaks)) => Some(leaks),
            _ => None,
        });
        lists.flatten().map(String::as_str).collect()
    }

    /// Its programs are in few guests only.
    pub fn has_network_manager(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| {
            matches!(
                step,
                Step::When(Event::NetworkManager(_) | Event::DocumentationFollowed)
            )
        })
    }

    pub fn has_strangers(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| matches!(step, Step::Given(Given::Stranger { .. } | Given::Crowd(_))))
    }

    /// A user who types any command may disconnect the card, and keep it so.
    pub fn has_any_commands(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| match step {
            Step::Given(Given::Trouble(lane)) => lane
                .iter()
                .any(|trouble| matches!(*trouble.onset.event, Event::SomeCommandRun(_))),
            _ => false,
        })
    }

    pub fn is_played_only_when_named(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| *step == Step::Given(Given::OnlyWhenNamed))
    }

    /// Likewise.
    pub fn has_iwd(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| match step {
            // systemd starts it.
            Step::When(Event::CommandRun(words)) => words.iter().any(|word| word == "iwd.service"),
            step => matches!(step, Step::When(Event::Iwd(_))),
        })
    }

    /// Likewise.
    pub fn has_connman(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| matches!(step, Step::When(Event::ConnMan(_))))
    }

    /// Some access point gives leases, or DHCP clients and the like are started.
    pub fn goes_online(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| match step {
            Step::Given(Given::AccessPoint(ap)) => ap.subnet.is_some(),
            step => matches!(step, Step::When(Event::CommandStarted(_))),
        })
    }

    /// It needs a guest in which systemd is the first process.
    pub fn has_systemd(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| *step == Step::Given(Given::Systemd))
    }

    pub fn has_debian13(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| *step == Step::Given(Given::Debian13))
    }

    /// wpa_supplicant looks for other access points at a signal that the story sets.
    pub fn has_bgscan(&self) -> bool {
        let is_bgscan = |line: &String| line.starts_with("bgscan=");
        self.lines.iter().any(|line| match &line.step {
            Step::Given(Given::Network(network)) => network.extra.iter().any(is_bgscan),
            _ => false,
        })
    }

    pub fn is_for_any_method(&self) -> bool {
        let mut steps = self.lines.iter().map(|line| &line.step);
        steps.any(|step| *step == Step::Given(Given::AnyMethod))
    }
}

/// How much weaker than it was sent any frame arrives, in dB.
pub const LOSS: i32 = 50;

/// One step, with the words it was written in.
#[derive(Debug, Clone)]
pub struct Line {
    pub number: usize,
    pub text: String,
    pub step: Step,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Given(Given),
    When(Event),
    Then(Check),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    AccessPoint(AccessPoint),
    Network(Network),
    /// A network that NetworkManager has a profile for; `extra` are the profile's lines, as in
    /// `connection.stable-id=x`.
    Profile(Network),
    /// A line of `NetworkManager.conf`, in the section named.
    NetworkManagerSetting {
        section: String,
        line: String,
    },
    /// A line of iwd's `main.conf`, in the group named.
    IwdSetting {
        group: String,
        line: String,
    },
    /// iwd leaves the other stations alone (`iwd -p`); they have wpa_supplicant.
    IwdDrivesFirstCard,
    /// A line of `ConnMan`'s `main.conf`.
    ConnManSetting(String),
    Stations(usize),
    /// One process of `wpa_supplicant` has the interfaces of all stations, not each a process of its own.
    OneSupplicant,
    /// A radio that sends whatever it likes, under any address.
    Stranger {
        channel: u8,
    },
    /// So many access points that only announce themselves and answer, from now on.
    Crowd(u16),
    /// A line of macveil's configuration, in the table named.
    Setting {
        table: String,
        line: String,
    },
    /// A `[[network]]` of macveil's configuration, line by line.
    Rule(Vec<String>),
    /// A line at the top of the user's `wpa_supplicant.conf`.
    SupplicantSetting(String),
    /// macveil runs with the system's own configuration, drop-ins included, not with a named file.
    SystemConfiguration,
    /// Services are systemd's, and udev is there. The stations' radios appear when the story says so.
    Systemd,
    /// The guest has the programs of Debian 13, which the access points have, too.
    Debian13,
    /// macveil, and all that belongs to it, in the way that the README tells.
    Installed,
    /// A file with these lines, read by another program than macveil.
    File {
        path: String,
        lines: Vec<String>,
    },
    /// A service that brings the first interface up and scans before macveil is started.
    EarlyScan,
    /// `wpa_supplicant -g`: for adding and removing interfaces.
    GlobalSocket,
    /// What the kernel does with links is traced from now on, along with macveil.
    LinksTraced,
    /// macveil is to mask with this method, whatever the story is played with.
    Method(String),
    /// Played with one masking method, the best there is.
    AnyMethod,
    /// It takes long: played only if it is named.
    OnlyWhenNamed,
    /// The user gave the interface this address by hand.
    InterfaceAddress(Mac),
    /// What is to happen at random moments once trouble comes.
    Trouble(Lane),
}

#[derive(Debug, Clone, PartialEq)]
pub struct AccessPoint {
    pub name: String,
    pub ssid: Ssid,
    pub channel: u8,
    pub security: Security,
    pub hidden: bool,
    /// It speaks 802.11n.
    pub high_throughput: bool,
    pub off_at_first: bool,
    /// In dBm; `None`: as strong as the radio can.
    pub power: Option<i32>,
    /// It gives leases of this network, and is alone in it: what answers there is reached over the air only.
    pub subnet: Option<Subnet>,
    pub ipv6: Ipv6,
    /// More lines for its `hostapd.conf`.
    pub extra: Vec<String>,
}

/// Where the IPv6 addresses of a subnet are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ipv6 {
    /// Each station makes its own from the prefix.
    Made,
    /// Besides, there are leases.
    Leased,
}

impl AccessPoint {
    /// OWE in transition mode: it names another access point as its half.
    pub fn is_half_of_owe(&self) -> bool {
        let mut lines = self.extra.iter();
        lines.any(|line| line.starts_with("owe_transition_"))
    }
}

/// An IPv4 network of 256 addresses and an IPv6 network named after it. Its access point is the gateway to all
/// else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet(pub [u8; 3]);

impl Subnet {
    /// What lies behind every gateway (RFC 5737).
    pub const FAR: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
    /// Likewise (RFC 3849).
    pub const FAR6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

    pub fn gateway(self) -> Ipv4Addr {
        self.host(1)
    }

    pub fn host(self, number: u8) -> Ipv4Addr {
        let [a, b, c] = self.0;
        Ipv4Addr::new(a, b, c, number)
    }

    pub fn contains(self, address: Ipv4Addr) -> bool {
        address.octets().starts_with(&self.0)
    }

    /// The first half of its IPv6 addresses.
    pub fn prefix(self) -> String {
        let [a, b, c, d] = self.prefix_words();
        format!("{a:x}:{b:x}:{c:x}:{d:x}")
    }

    pub fn gateway6(self) -> Ipv6Addr {
        let [a, b, c, d] = self.prefix_words();
        Ipv6Addr::new(a, b, c, d, 0, 0, 0, 1)
    }

    pub fn contains6(self, address: Ipv6Addr) -> bool {
        address.segments().starts_with(&self.prefix_words())
    }

    fn prefix_words(self) -> [u16; 4] {
        let [a, b, c] = self.0.map(u16::from);
        [0xfd00 | a, b, c, 0]
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    pub ssid: Ssid,
    pub security: Security,
    pub hidden: bool,
    pub priority: u8,
    /// `cloned-mac-address` of the network in macveil's configuration.
    pub policy: Option<String>,
    /// More lines for its block in `wpa_supplicant.conf`.
    pub extra: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    Open,
    Wpa2(String),
    Wpa3(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Pass(Duration),
    /// Until the access point answers every station, and so does what lies behind it, or until that time is over.
    OnlineOrPass {
        ap: String,
        at_most: Duration,
    },
    Program(Program, Lifecycle),
    AccessPoint(String, AccessPointEvent),
    Stranger(StrangerEvent),
    User(UserAction),
    NetworkManager(NetworkManagerEvent),
    /// With a D-Bus of its own; it knows the story's networks, whose further lines are for `[Settings]`.
    Iwd(Lifecycle),
    /// With a D-Bus and a wpa_supplicant of its own; it knows the story's networks.
    ConnMan(Lifecycle),
    /// To every station's card.
    Card(CardEvent),
    /// It is suspended and wakes up again; access points are other machines.
    MachineSleeps,
    /// Numbered datagrams go from the station to this access point from now on.
    DatagramsFlow(String),
    /// What happens from now on is not macveil's to answer for.
    JudgeLooksAway,
    /// From now on it is again.
    JudgeLooksAgain,
    /// A client attaches to wpa_supplicant, and never reads what it is told.
    DeafMonitor {
        connected: bool,
    },
    /// A program gives a network's file in iwd's directory another address so many times, while iwd changes
    /// another setting in it.
    FileEdited {
        editor: Editor,
        ssid: Ssid,
        times: u32,
        times_by_iwd: u32,
    },
    /// Another program sends frames under every address that it has read, from now on.
    StaleSource,
    /// Another program removes the kernel's source guard.
    GuardRemoved,
    /// Another program listens on all channels, again and again, so that the radio is hardly ever free.
    ScansWithoutEnd,
    /// It does so no longer.
    ScansEnd,
    /// Remember the Wi-Fi interfaces that are no stations.
    OtherInterfacesNoted,
    /// Remember the supplicant's run-time settings.
    SettingsNoted,
    /// The first station's address is changed in every way that there is, so often in each.
    ChangesTimed(u32),
    /// Remember how much memory macveil uses.
    MemoryNoted,
    /// From now on macveil is asked for its status many times a second.
    StatusWatched,
    /// The user edits macveil's configuration: this network is to have this policy.
    PolicyWritten {
        ssid: Ssid,
        policy: String,
    },
    /// The user runs a command; it has to succeed.
    CommandRun(Vec<String>),
    /// A user of this supplicant runs a command, whatever comes of it: another one each time.
    SomeCommandRun(String),
    /// The user starts a command that goes on running, whatever comes of it.
    CommandStarted(Vec<String>),
    /// All the story's trouble, in that time.
    TroubleComes {
        during: Duration,
        seed: u64,
    },
    /// Every command in it is typed, but for those that others run.
    DocumentationFollowed,
    /// Every service that is enabled is started, in systemd's order.
    MachineBoots,
    /// The next station's radio is plugged in, and perhaps a program scans with it at the same moment.
    RadioAppears {
        scanned_at_once: bool,
    },
}

/// The other editor of iwd's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editor {
    /// Because it is asked for another address.
    Macveil,
    /// Reads a file, and writes it some time later.
    Careless,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkManagerEvent {
    /// With a D-Bus and a wpa_supplicant of its own.
    Starts,
    Stops,
    /// To the network of this name, and it has.
    Connects(Ssid),
    /// The user makes the interface unmanaged.
    LetsGo,
    /// The user makes it managed again.
    Takes,
    /// Both, one after the other.
    LetsGoForAMoment,
}

/// What a program other than macveil and wpa_supplicant does to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardEvent {
    LinkDown,
    LinkUp,
    /// As macchanger's users do: the link goes down, and up under another address.
    Address(NewAddress),
    /// With the link up, as some drivers let it be done while nothing is going on.
    AddressLive(NewAddress),
    /// By software (rfkill).
    Blocked,
    Unblocked,
    /// As if it were unplugged.
    Removed,
    /// The same radio, plugged in again.
    Returns,
    Renamed(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewAddress {
    Permanent,
    /// One that was never used.
    Fresh,
    This(Mac),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Macveil,
    Supplicant,
    /// macveil, and the supplicant once macveil is ready.
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    Starts,
    /// Told to read its configuration again (SIGHUP).
    Reloads,
    /// Asked to end (SIGTERM), and has ended.
    Stops,
    Killed,
}

#[derive(Debug, Clone, PartialEq)]
pub enum AccessPointEvent {
    /// Says goodbye to its stations and goes.
    Leaves,
    /// Goes without a word.
    Vanishes,
    /// Vanishes at the moment the station's interface carries this address.
    VanishesOnceCarrying(Mac),
    Returns,
    /// Is switched off and comes up on another channel.
    RestartsOn(u8),
    /// Announces a channel switch and does it.
    SwitchesTo(u8),
    /// The same, and no longer speaks 802.11n afterwards: some kernels then end the association.
    SwitchesModeOn(u8),
    Kicks,
    /// Sends with this power from now on, in dBm, from -50 to 20.
    SendsWith(i32),
    /// Requests a measurement of the station (802.11k): it is to send probe requests with this name.
    AsksToMeasure(Ssid),
    /// Requests the station to choose another access point (802.11v): this one, or one that is not there.
    Steers(Option<String>),
    /// Goes again and again, by turns with and without a word, for longer each
    /// time; the station is connected again before the next.
    IsAway {
        times: u32,
        shortest: Duration,
        longest: Duration,
    },
    RefusesAssociations,
    RefusesAuthentications,
    AcceptsAgain,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StrangerEvent {
    /// From now on: hostile names, broken elements, unsolicited responses.
    SendsNonsense,
    FallsSilent,
    /// As the access point would (802.11k), to the station.
    AsksToMeasureFor {
        ap: String,
        ssid: Ssid,
    },
    /// As the access point would (802.11v), to the station.
    SteersFor(String),
    /// A forged disassociation, to the station.
    DisassociatesFor(String),
    /// Forged, to the station and to everybody by turns.
    SaysGoodbyeFor {
        ap: String,
        a_second: u32,
        during: Duration,
    },
    /// Forged beacons that announce a switch to this channel.
    AnnouncesMoveOf {
        ap: String,
        channel: u8,
    },
    /// Forged beacons of many kinds, ten a second.
    ForgesBeaconsOf {
        ap: String,
        during: Duration,
    },
    /// Action frames of every category, to the station, ten a second.
    SendsActionFramesFor {
        ap: String,
        during: Duration,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum UserAction {
    Scans,
    ScansWithIw,
    /// For this name, with wpa_supplicant.
    ScansFor(Ssid),
    Selects(Ssid),
    Disconnects,
    Reconnects,
    Reconfigures,
    Adds(Network),
    RoamsTo(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Every station is connected to the access point.
    Connected {
        ap: String,
        within: Duration,
    },
    /// No station is, by the end of that time.
    Disconnected {
        within: Duration,
    },
    /// No station is, at any moment of that time.
    StaysDisconnected {
        during: Duration,
    },
    /// Every station stays connected to the access point all that time.
    StaysConnected {
        ap: String,
        during: Duration,
    },
    /// All associations to these access points were under one address a station.
    OneAddress(Vec<String>),
    /// No address that associated to one of them associated to another.
    DifferentAddresses(Vec<String>),
    /// No two associations to them were under one address.
    NewAddressEachTime(Vec<String>),
    Addresses(Vec<String>, usize),
    /// During the step before.
    AtMostAssociations(Vec<String>, usize),
    OnlyAddress(Vec<String>, Mac),
    /// Frames under this address went to these access points, and to no others.
    ShownOnlyTo(Mac, Vec<String>),
    /// No more frames under this address than that went to this access point.
    AtMostFrames {
        at_most: usize,
        from: Mac,
        to: String,
    },
    PermanentAddress(Vec<String>),
    /// Each saw one address while the judge looked away, and afterwards that one again.
    SameAddressesAsBefore(Vec<String>),
    /// Probe requests are sent, under no address that was on the air before.
    FreshScan {
        within: Duration,
    },
    /// The access point answers every station, and so does what lies behind it.
    Online {
        ap: String,
        within: Duration,
    },
    /// The same with IPv6.
    OnlineOverIpv6 {
        ap: String,
        within: Duration,
    },
    /// So many addresses were given by the access point, however often.
    Leases(String, usize),
    /// Likewise, of IPv6 addresses.
    Ipv6Leases(String, usize),
    /// Of this access point, to associations that began so often.
    OneLease {
        ap: String,
        associations: usize,
    },
    /// During the step before.
    NoProbeRequest,
    CarriesPermanent,
    AddressStays {
        during: Duration,
    },
    /// Share of the time spent scanning, during the step before.
    Scanning {
        at_most_percent: f64,
    },
    Memory {
        at_most_kb: u64,
    },
    /// Since it was noted, in the same process.
    MemoryGrown {
        at_most_kb: u64,
    },
    Wakeups {
        at_most: u64,
        during: Duration,
    },
    EveryDatagramArrived,
    SettingsAsNoted,
    OtherInterfacesAsNoted,
    /// Of what stands in iwd's file, though it was edited so often, by iwd and by another program.
    NothingLost {
        edits: usize,
    },
    /// So many times at least.
    MuchLost {
        lost: usize,
        edits: usize,
    },
    /// No address changed, or was to change, on a link that was up; with "powered" on a kernel that can do
    /// it, some did.
    LiveChangesOnlyWherePossible,
    /// What `macveil status` says is what the kernel and the supplicant say.
    StatusIsTrue,
    /// What was told since the status is watched is what the kernel and the air said at that time.
    StatusWasTrue,
    /// `macveil doctor` finds each misconfiguration of the table, and nothing else.
    DoctorFindsPlanted,
    /// These words are in macveil's log.
    MacveilSays(String, Duration),
    /// macveil's log is text without control characters, and every line is macveil's own.
    LogIsClean,
    /// In so many of its lines.
    MacveilSaysTimes(String, usize),
    /// These words are in the answer of the command that the user ran last.
    CommandSaid(String),
    /// From the access point's first beacon after an outage to the station's
    /// first authentication frame to it, over all outages of the story so far.
    BackOnline {
        worst: Duration,
        median: Option<Duration>,
    },
    /// From macveil's start to the first association, compared with the time that the
    /// supplicant took alone earlier in the story.
    StartNoSlower,
    /// The judge must report at least one of each of these.
    Leaks(Vec<String>),
    /// No more of each of these than that: the supplicant's own, which cannot be prevented.
    AtMostLeaks(usize, Vec<String>),
}
