//! What happens in a story.

use Word::{Colon, Comma, Plain as P, Quoted as Q};

use super::super::story::{
    AccessPointEvent, CardEvent, Editor, Event, Lifecycle, NetworkManagerEvent, NewAddress,
    StrangerEvent, UserAction,
};
use super::super::words::Word;
use super::given::network;
use super::values::{duration, mac, number, program, shell_words, text};

pub fn event(words: &[Word]) -> Result<Event, String> {
    if let Some(event) = of_other_programs(words)? {
        return Ok(event);
    }
    if let Some(event) = of_the_record(words).or_else(|| some_command(words)) {
        return Ok(event);
    }
    Ok(match words {
        [P(n), P(unit), P("pass" | "passes")] => Event::Pass(duration(n, unit)?),
        [
            P("online"),
            P("at"),
            P(ap),
            Comma,
            P("or"),
            P(n),
            P(unit),
            P("pass"),
        ] => Event::OnlineOrPass {
            ap: (*ap).to_owned(),
            at_most: duration(n, unit)?,
        },
        [
            P("changes"),
            P("of"),
            P("address"),
            P("are"),
            P("timed"),
            P(rounds),
            P("times"),
        ] => Event::ChangesTimed(number(rounds)?),
        [P("numbered"), P("datagrams"), P("flow"), P("to"), P(ap)] => {
            Event::DatagramsFlow((*ap).to_owned())
        }
        [P("the"), P("user"), P("runs"), Q(command)] => {
            Event::CommandRun(shell_words(&text(command)?)?)
        }
        [P("the"), P("user"), P("starts"), Q(command)] => {
            Event::CommandStarted(shell_words(&text(command)?)?)
        }
        [
            P("the"),
            P("user"),
            P("sets"),
            P("the"),
            P("policy"),
            P("of"),
            Q(ssid),
            P("to"),
            Q(policy),
        ] => Event::PolicyWritten {
            ssid: ssid.clone(),
            policy: text(policy)?,
        },
        [
            P("trouble"),
            P("comes"),
            P("for"),
            P(n),
            P(unit),
            Comma,
            P("seed"),
            P(seed),
        ] => Event::TroubleComes {
            during: duration(n, unit)?,
            seed: number(seed)?,
        },
        [P("the"), P("stranger"), action @ ..] => Event::Stranger(stranger_event(action)?),
        [P("the"), P("machine"), P("sleeps")] => Event::MachineSleeps,
        [P("another"), P("program"), action @ ..] => Event::Card(another_program_does(action)?),
        [P("the"), P("radio" | "interface"), event @ ..] => Event::Card(card_event(event)?),
        [P("the"), P("machine"), P("boots")] => Event::MachineBoots,
        [P("the"), P("documentation"), P("is"), P("followed")] => Event::DocumentationFollowed,
        [P("a"), P("radio"), P("appears"), at_once @ ..] => Event::RadioAppears {
            scanned_at_once: match at_once {
                [] => false,
                [
                    P("and"),
                    P("something"),
                    P("scans"),
                    P("with"),
                    P("it"),
                    P("at"),
                    P("once"),
                ] => true,
                _ => return Err("a radio appears otherwise".to_owned()),
            },
        },
        [P("the"), P("user"), action @ ..] => Event::User(user_action(action)?),
        [subject @ .., P("starts" | "start")] => {
            Event::Program(program(subject)?, Lifecycle::Starts)
        }
        [subject @ .., P("stops" | "stop")] => Event::Program(program(subject)?, Lifecycle::Stops),
        [subject @ .., P("reloads")] => Event::Program(program(subject)?, Lifecycle::Reloads),
        [subject @ .., P("is"), P("killed")] => {
            Event::Program(program(subject)?, Lifecycle::Killed)
        }
        [P(ap), event @ ..] => Event::AccessPoint((*ap).to_owned(), access_point_event(event)?),
        _ => return Err("not a sentence that \"when\" knows".to_owned()),
    })
}

/// What is noted for later, or not to be judged.
fn of_the_record(words: &[Word]) -> Option<Event> {
    Some(match words {
        [P("the"), P("judge"), P("looks"), P("away")] => Event::JudgeLooksAway,
        [P("the"), P("judge"), P("looks"), P("again")] => Event::JudgeLooksAgain,
        [
            P("the"),
            P("interfaces"),
            P("that"),
            P("are"),
            P("no"),
            P("stations"),
            P("are"),
            P("noted"),
        ] => Event::OtherInterfacesNoted,
        [P("wpa_supplicant's"), P("settings"), P("are"), P("noted")] => Event::SettingsNoted,
        [P("macveil's"), P("memory"), P("is"), P("noted")] => Event::MemoryNoted,
        [P("macveil's"), P("status"), P("is"), P("watched")] => Event::StatusWatched,
        _ => return None,
    })
}

fn some_command(words: &[Word]) -> Option<Event> {
    match words {
        [
            P("a"),
            P("user"),
            P("of"),
            P(supplicant),
            P("types"),
            P("a"),
            P("command"),
        ] => Some(Event::SomeCommandRun((*supplicant).to_owned())),
        _ => None,
    }
}

fn another_program_does(words: &[Word]) -> Result<CardEvent, String> {
    use CardEvent as E;
    Ok(match words {
        [P("takes"), P("the"), P("link"), P("down")] => E::LinkDown,
        [P("brings"), P("the"), P("link"), P("up")] => E::LinkUp,
        [
            P("sets"),
            address @ ..,
            P("while"),
            P("the"),
            P("link"),
            P("is"),
            P("up"),
        ] => E::AddressLive(new_address(address)?),
        [P("sets"), address @ ..] => E::Address(new_address(address)?),
        _ => return Err("not something that another program does".to_owned()),
    })
}

fn new_address(words: &[Word]) -> Result<NewAddress, String> {
    Ok(match words {
        [P("the"), P("permanent"), P("address")] => NewAddress::Permanent,
        [P("a"), P("fresh"), P("address")] => NewAddress::Fresh,
        [P("the"), P("address"), P(address)] => NewAddress::This(mac(address)?),
        _ => return Err("not an address that another program sets".to_owned()),
    })
}

fn card_event(words: &[Word]) -> Result<CardEvent, String> {
    use CardEvent as E;
    Ok(match words {
        [P("is"), P("blocked")] => E::Blocked,
        [P("is"), P("unblocked")] => E::Unblocked,
        [P("is"), P("removed")] => E::Removed,
        [P("returns")] => E::Returns,
        [P("is"), P("renamed"), P("to"), P(name)] => E::Renamed((*name).to_owned()),
        _ => return Err("not something that happens to a card".to_owned()),
    })
}

fn access_point_event(words: &[Word]) -> Result<AccessPointEvent, String> {
    use AccessPointEvent as E;
    Ok(match words {
        [P("leaves")] => E::Leaves,
        [P("vanishes")] => E::Vanishes,
        [
            P("vanishes"),
            P("once"),
            P("the"),
            P("interface"),
            P("carries"),
            P(address),
        ] => E::VanishesOnceCarrying(mac(address)?),
        [P("returns")] => E::Returns,
        [P("restarts"), P("on"), P("channel"), P(channel)] => E::RestartsOn(number(channel)?),
        [P("switches"), P("to"), P("channel"), P(channel)] => E::SwitchesTo(number(channel)?),
        [
            P("switches"),
            P("to"),
            P("channel"),
            P(channel),
            P("without"),
            P("802.11n"),
        ] => E::SwitchesModeOn(number(channel)?),
        [P("kicks"), P("the"), P("station")] => E::Kicks,
        [
            P("asks"),
            P("the"),
            P("station"),
            P("to"),
            P("measure"),
            Q(ssid),
        ] => E::AsksToMeasure(ssid.clone()),
        [P("sends"), P("with"), P(power), P("dBm")] => E::SendsWith(number(power)?),
        [P("steers"), P("the"), P("station")] => E::Steers(None),
        [P("steers"), P("the"), P("station"), P("to"), P(ap)] => E::Steers(Some((*ap).to_owned())),
        [
            P("is"),
            P("away"),
            P(times),
            P("times"),
            P("for"),
            P(n),
            P(unit),
            P("to"),
            P(n2),
            P(unit2),
        ] => E::IsAway {
            times: number(times)?,
            shortest: duration(n, unit)?,
            longest: duration(n2, unit2)?,
        },
        [P("refuses"), P("associations")] => E::RefusesAssociations,
        [P("refuses"), P("authentications")] => E::RefusesAuthentications,
        [P("accepts"), P("again")] => E::AcceptsAgain,
        _ => return Err("not something that an access point does".to_owned()),
    })
}

fn of_other_programs(words: &[Word]) -> Result<Option<Event>, String> {
    Ok(Some(match words {
        [P("iwd"), P("starts")] => Event::Iwd(Lifecycle::Starts),
        [P("iwd"), P("stops")] => Event::Iwd(Lifecycle::Stops),
        [P("iwd"), P("is"), P("killed")] => Event::Iwd(Lifecycle::Killed),
        [P("connman"), P("starts")] => Event::ConnMan(Lifecycle::Starts),
        [P("connman"), P("stops")] => Event::ConnMan(Lifecycle::Stops),
        [P("networkmanager"), event @ ..] => Event::NetworkManager(network_manager_event(event)?),
        [
            who @ ..,
            P("rewrites"),
            P("the"),
            P("file"),
            P("of"),
            Q(ssid),
            P(times),
            P("times"),
            P("while"),
            P("iwd"),
            P("does"),
            P(times_by_iwd),
            P("times"),
        ] => Event::FileEdited {
            editor: editor(who)?,
            ssid: ssid.clone(),
            times: number(times)?,
            times_by_iwd: number(times_by_iwd)?,
        },
        [
            P("another"),
            P("program"),
            P("sends"),
            P("frames"),
            P("under"),
            P("every"),
            P("address"),
            P("that"),
            P("it"),
            P("has"),
            P("read"),
        ] => Event::StaleSource,
        [
            P("another"),
            P("program"),
            P("removes"),
            P("the"),
            P("source"),
            P("guard"),
        ] => Event::GuardRemoved,
        [
            P("another"),
            P("program"),
            P("listens"),
            P("without"),
            P("end"),
        ] => Event::ScansWithoutEnd,
        [
            P("the"),
            P("other"),
            P("program"),
            P("listens"),
            P("no"),
            P("longer"),
        ] => Event::ScansEnd,
        [
            P("a"),
            kind @ ..,
            P("monitor"),
            P("attaches"),
            P("and"),
            P("never"),
            P("reads"),
        ] => Event::DeafMonitor {
            connected: is_connected(kind)?,
        },
        _ => return Ok(None),
    }))
}

fn editor(who: &[Word]) -> Result<Editor, String> {
    match who {
        [P("macveil")] => Ok(Editor::Macveil),
        [P("a"), P("careless"), P("editor")] => Ok(Editor::Careless),
        _ => Err("there are two editors".to_owned()),
    }
}

fn is_connected(kind: &[Word]) -> Result<bool, String> {
    match kind {
        [] => Ok(false),
        [P("connected")] => Ok(true),
        _ => Err("there are two kinds of monitors".to_owned()),
    }
}

fn network_manager_event(words: &[Word]) -> Result<NetworkManagerEvent, String> {
    use NetworkManagerEvent as E;
    Ok(match words {
        [P("starts")] => E::Starts,
        [P("stops")] => E::Stops,
        [
            P("lets"),
            P("go"),
            P("of"),
            P("the"),
            P("interface"),
            P("for"),
            P("a"),
            P("moment"),
        ] => E::LetsGoForAMoment,
        [P("lets"), P("go"), P("of"), P("the"), P("interface")] => E::LetsGo,
        [P("takes"), P("the"), P("interface")] => E::Takes,
        [P("connects"), Q(ssid)] => E::Connects(ssid.clone()),
        _ => return Err("not something that NetworkManager does".to_owned()),
    })
}

fn stranger_event(words: &[Word]) -> Result<StrangerEvent, String> {
    use StrangerEvent as E;
    Ok(match words {
        [P("sends"), P("nonsense")] => E::SendsNonsense,
        [P("falls"), P("silent")] => E::FallsSilent,
        [
            P("asks"),
            P("the"),
            P("station"),
            P("for"),
            P(ap),
            P("to"),
            P("measure"),
            Q(ssid),
        ] => E::AsksToMeasureFor {
            ap: (*ap).to_owned(),
            ssid: ssid.clone(),
        },
        [P("steers"), P("the"), P("station"), P("for"), P(ap)] => E::SteersFor((*ap).to_owned()),
        [P("disassociates"), P("the"), P("station"), P("for"), P(ap)] => {
            E::DisassociatesFor((*ap).to_owned())
        }
        [
            P("says"),
            P("goodbye"),
            P("for"),
            P(ap),
            P(count),
            P("times"),
            P("a"),
            P("second"),
            P("for"),
            P(n),
            P(unit),
        ] => E::SaysGoodbyeFor {
            ap: (*ap).to_owned(),
            a_second: number(count)?,
            during: duration(n, unit)?,
        },
        [
            P("announces"),
            P("a"),
            P("move"),
            P("of"),
            P(ap),
            P("to"),
            P("channel"),
            P(channel),
        ] => E::AnnouncesMoveOf {
            ap: (*ap).to_owned(),
            channel: number(channel)?,
        },
        [
            P("forges"),
            P("beacons"),
            P("of"),
            P(ap),
            P("for"),
            P(n),
            P(unit),
        ] => E::ForgesBeaconsOf {
            ap: (*ap).to_owned(),
            during: duration(n, unit)?,
        },
        [
            P("sends"),
            P("action"),
            P("frames"),
            P("for"),
            P(ap),
            P("for"),
            P(n),
            P(unit),
        ] => E::SendsActionFramesFor {
            ap: (*ap).to_owned(),
            during: duration(n, unit)?,
        },
        _ => return Err("not something that a stranger does".to_owned()),
    })
}

fn user_action(words: &[Word]) -> Result<UserAction, String> {
    use UserAction as A;
    Ok(match words {
        [P("scans")] => A::Scans,
        [P("scans"), P("with"), P("iw")] => A::ScansWithIw,
        [P("scans"), P("for"), Q(ssid)] => A::ScansFor(ssid.clone()),
        [P("selects"), Q(ssid)] => A::Selects(ssid.clone()),
        [P("disconnects")] => A::Disconnects,
        [P("reconnects")] => A::Reconnects,
        [P("reconfigures")] => A::Reconfigures,
        [P("roams"), P("to"), P(ap)] => A::RoamsTo((*ap).to_owned()),
        [
            P("adds"),
            P("a"),
            P("network"),
            Q(ssid),
            Colon,
            attributes @ ..,
        ] => A::Adds(network(ssid, attributes)?),
        _ => return Err("not something that a user does".to_owned()),
    })
}
