//! The sentences a story may use.

use std::time::Duration;

use super::story::{
    AccessPoint, AccessPointEvent, Check, Event, Given, Lifecycle, Line, Mac, Network, Program,
    Security, Step, Story, UserAction,
};
use super::words::{Word, split};
use Word::{Colon, Comma, Plain as P, Quoted as Q};

/// Reads a story: a title, then one step a line. `and` goes on as the line before it.
pub fn parse(text: &str) -> Result<Story, String> {
    let mut title = None;
    let mut lines = Vec::new();
    let mut kind = None;
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        let text = raw.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if title.is_none() {
            title = Some(text.to_owned());
            continue;
        }
        let (keyword, sentence) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        kind = match keyword {
            "and" => kind,
            "given" | "when" | "then" => Some(keyword),
            _ => {
                return Err(format!(
                    "line {number}: {keyword:?} is not given, when, then or and"
                ));
            }
        };
        let at_line = |problem: String| format!("line {number}: {problem}: {text}");
        let words = split(sentence).map_err(at_line)?;
        let step = match kind {
            Some("given") => given(&words),
            Some("when") => event(&words).map(Step::When),
            Some("then") => check(&words).map(Step::Then),
            _ => Err("the first step cannot be an \"and\"".to_owned()),
        };
        lines.push(Line {
            number,
            text: format!("{} {}", kind.unwrap_or(keyword), sentence.trim()),
            step: step.map_err(at_line)?,
        });
    }
    let title = title.ok_or("the story is empty")?;
    Ok(Story { title, lines })
}

fn given(words: &[Word]) -> Result<Step, String> {
    let given = match words {
        [
            P("an"),
            P("access"),
            P("point"),
            P(name),
            Colon,
            attributes @ ..,
        ] => Given::AccessPoint(access_point(name, attributes)?),
        [P("a"), P("network"), Q(ssid), Colon, attributes @ ..] => {
            Given::Network(network(ssid, attributes)?)
        }
        [P("any"), P("masking"), P("method")] => Given::AnyMethod,
        [P(count), P("stations")] => Given::Stations(number(count)?),
        [P("macveil's"), P(table), P("settings"), P("have"), Q(line)] => Given::Setting {
            table: (*table).to_owned(),
            line: text(line)?,
        },
        [P("wpa_supplicant's"), P("settings"), P("have"), Q(line)] => {
            Given::SupplicantSetting(text(line)?)
        }
        [
            P("the"),
            P("interface"),
            P("has"),
            P("the"),
            P("address"),
            P(address),
        ] => Given::InterfaceAddress(mac(address)?),
        [subject @ .., P("is" | "are"), P("running")] => {
            return Ok(Step::When(Event::Program(
                program(subject)?,
                Lifecycle::Starts,
            )));
        }
        _ => return Err("not a sentence that \"given\" knows".to_owned()),
    };
    Ok(Step::Given(given))
}

fn event(words: &[Word]) -> Result<Event, String> {
    Ok(match words {
        [P(n), P(unit), P("pass" | "passes")] => Event::Pass(duration(n, unit)?),
        [P("the"), P("judge"), P("looks"), P("away")] => Event::JudgeLooksAway,
        [P("the"), P("judge"), P("looks"), P("again")] => Event::JudgeLooksAgain,
        [P("wpa_supplicant's"), P("settings"), P("are"), P("noted")] => Event::SettingsNoted,
        [P("numbered"), P("datagrams"), P("flow"), P("to"), P(ap)] => {
            Event::DatagramsFlow((*ap).to_owned())
        }
        [P("the"), P("user"), action @ ..] => Event::User(user_action(action)?),
        [subject @ .., P("starts" | "start")] => {
            Event::Program(program(subject)?, Lifecycle::Starts)
        }
        [subject @ .., P("stops" | "stop")] => Event::Program(program(subject)?, Lifecycle::Stops),
        [subject @ .., P("is"), P("killed")] => {
            Event::Program(program(subject)?, Lifecycle::Killed)
        }
        [P(ap), event @ ..] => Event::AccessPoint((*ap).to_owned(), access_point_event(event)?),
        _ => return Err("not a sentence that \"when\" knows".to_owned()),
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
        [P("kicks"), P("the"), P("station")] => E::Kicks,
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

fn user_action(words: &[Word]) -> Result<UserAction, String> {
    use UserAction as A;
    Ok(match words {
        [P("scans")] => A::Scans,
        [P("scans"), P("with"), P("iw")] => A::ScansWithIw,
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

fn check(words: &[Word]) -> Result<Check, String> {
    let mut around_saw = words.splitn(2, |word| *word == P("saw"));
    if let (Some(names), Some(what)) = (around_saw.next(), around_saw.next()) {
        return addresses_seen(names, what);
    }
    Ok(match words {
        [P("connected"), P("to"), P(ap), P("within"), P(n), P(unit)] => Check::Connected {
            ap: (*ap).to_owned(),
            within: duration(n, unit)?,
        },
        [P("disconnected"), P("within"), P(n), P(unit)] => Check::Disconnected {
            within: duration(n, unit)?,
        },
        [P("not"), P("connected"), P("for"), P(n), P(unit)] => Check::StaysDisconnected {
            during: duration(n, unit)?,
        },
        [
            P("still"),
            P("connected"),
            P("to"),
            P(ap),
            P("for"),
            P(n),
            P(unit),
        ] => Check::StaysConnected {
            ap: (*ap).to_owned(),
            during: duration(n, unit)?,
        },
        [P("the"), P("address"), P("stays"), P("for"), P(n), P(unit)] => Check::AddressStays {
            during: duration(n, unit)?,
        },
        [
            P("a"),
            P("scan"),
            P("under"),
            P("fresh"),
            P("addresses"),
            P("within"),
            P(n),
            P(unit),
        ] => Check::FreshScan {
            within: duration(n, unit)?,
        },
        [
            P("no"),
            P("probe"),
            P("request"),
            P("was"),
            P("sent"),
            P("in"),
            P("that"),
            P("time"),
        ] => Check::NoProbeRequest,
        [
            P("the"),
            P("interface"),
            P("carries"),
            P("its"),
            P("permanent"),
            P("address"),
        ] => Check::CarriesPermanent,
        [P("the"), P("judge"), P("finds"), leaks @ ..] => Check::Leaks(quoted_list(leaks)?),
        _ => check_of_programs(words)?,
    })
}

/// Which addresses access points saw associate.
fn addresses_seen(names: &[Word], what: &[Word]) -> Result<Check, String> {
    let aps = name_list(names)?;
    Ok(match what {
        [P("one"), P("address")] => Check::OneAddress(aps),
        [P("different"), P("addresses")] => Check::DifferentAddresses(aps),
        [P(count), P("addresses")] => Check::Addresses(aps, number(count)?),
        [P("a"), P("new"), P("address"), P("each"), P("time")] => Check::NewAddressEachTime(aps),
        [P("the"), P("permanent"), P("address")] => Check::PermanentAddress(aps),
        [P("only"), P(address)] => Check::OnlyAddress(aps, mac(address)?),
        _ => return Err("addresses are not seen that way".to_owned()),
    })
}

fn check_of_programs(words: &[Word]) -> Result<Check, String> {
    Ok(match words {
        [
            P("at"),
            P("most"),
            P(share),
            P("%"),
            P("of"),
            P("that"),
            P("time"),
            P("was"),
            P("spent"),
            P("scanning"),
        ] => Check::Scanning {
            at_most_percent: number(share)?,
        },
        [
            P("macveil"),
            P("uses"),
            P("at"),
            P("most"),
            P(size),
            P("kB"),
        ] => Check::Memory {
            at_most_kb: number(size)?,
        },
        [
            P("macveil"),
            P("wakes"),
            P("at"),
            P("most"),
            P(count),
            P("times"),
            P("in"),
            P(n),
            P(unit),
        ] => Check::Wakeups {
            at_most: number(count)?,
            during: duration(n, unit)?,
        },
        [P("every"), P("datagram"), P("arrived")] => Check::EveryDatagramArrived,
        [
            P("wpa_supplicant's"),
            P("settings"),
            P("are"),
            P("as"),
            P("noted"),
        ] => Check::SettingsAsNoted,
        [P("macveil"), P("says"), Q(words)] => Check::MacveilSays(text(words)?),
        [
            P("back"),
            P("online"),
            P("within"),
            P(n),
            P(unit),
            P("after"),
            P("each"),
            P("outage"),
        ] => Check::BackOnline {
            worst: duration(n, unit)?,
            median: None,
        },
        [
            P("back"),
            P("online"),
            P("within"),
            P(worst),
            P(unit),
            P("after"),
            P("each"),
            P("outage"),
            Comma,
            P("and"),
            P(median),
            P(unit2),
            P("after"),
            P("half"),
            P("of"),
            P("them"),
        ] => Check::BackOnline {
            worst: duration(worst, unit)?,
            median: Some(duration(median, unit2)?),
        },
        [
            P("macveil's"),
            P("start"),
            P("is"),
            P("no"),
            P("slower"),
            P("than"),
            P("wpa_supplicant's"),
            P("alone"),
        ] => Check::StartNoSlower,
        _ => return Err("not a sentence that \"then\" knows".to_owned()),
    })
}

fn access_point(name: &str, attributes: &[Word]) -> Result<AccessPoint, String> {
    let mut ap = AccessPoint {
        name: name.to_owned(),
        ssid: name.into(),
        channel: 1,
        security: Security::Open,
        hidden: false,
        off_at_first: false,
    };
    for attribute in attributes.split(|word| *word == Comma) {
        match attribute {
            [P("ssid"), Q(ssid)] => ap.ssid.clone_from(ssid),
            [P("channel"), P(channel)] => ap.channel = number(channel)?,
            [P("hidden")] => ap.hidden = true,
            [P("off"), P("at"), P("first")] => ap.off_at_first = true,
            _ => ap.security = security(attribute)?,
        }
    }
    Ok(ap)
}

fn network(ssid: &[u8], attributes: &[Word]) -> Result<Network, String> {
    let mut network = Network {
        ssid: ssid.to_vec(),
        security: Security::Open,
        hidden: false,
        priority: 0,
        policy: None,
        extra: Vec::new(),
    };
    for attribute in attributes.split(|word| *word == Comma) {
        match attribute {
            [P("hidden")] => network.hidden = true,
            [P("priority"), P(priority)] => network.priority = number(priority)?,
            [P("policy"), Q(policy)] => network.policy = Some(text(policy)?),
            [P("with"), Q(line)] => network.extra.push(text(line)?),
            _ => network.security = security(attribute)?,
        }
    }
    Ok(network)
}

fn security(attribute: &[Word]) -> Result<Security, String> {
    match attribute {
        [P("open")] => Ok(Security::Open),
        [P("wpa2"), Q(passphrase)] => Ok(Security::Wpa2(text(passphrase)?)),
        [P("wpa3"), Q(passphrase)] => Ok(Security::Wpa3(text(passphrase)?)),
        _ => Err("unknown property".to_owned()),
    }
}

fn program(subject: &[Word]) -> Result<Program, String> {
    match subject {
        [P("macveil")] => Ok(Program::Macveil),
        [P("wpa_supplicant")] => Ok(Program::Supplicant),
        [P("macveil"), P("and"), P("wpa_supplicant")] => Ok(Program::Both),
        _ => Err("the programs are macveil, wpa_supplicant, or both".to_owned()),
    }
}

fn name_list(words: &[Word]) -> Result<Vec<String>, String> {
    words
        .iter()
        .filter(|word| !matches!(word, P("and") | Comma))
        .map(|word| match word {
            P(name) => Ok((*name).to_owned()),
            _ => Err("a list of access points is expected".to_owned()),
        })
        .collect()
}

fn quoted_list(words: &[Word]) -> Result<Vec<String>, String> {
    words
        .iter()
        .filter(|word| !matches!(word, P("and") | Comma))
        .map(|word| match word {
            Q(bytes) => text(bytes),
            _ => Err("a list of quoted words is expected".to_owned()),
        })
        .collect()
}

fn text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "not text".to_owned())
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{word:?} is no such number"))
}

fn duration(count: &str, unit: &str) -> Result<Duration, String> {
    let seconds = match unit {
        "s" => 1.0,
        "ms" => 0.001,
        "min" => 60.0,
        _ => return Err(format!("{unit:?} is not s, ms or min")),
    };
    Ok(Duration::from_secs_f64(number::<f64>(count)? * seconds))
}

fn mac(word: &str) -> Result<Mac, String> {
    let bytes: Result<Vec<u8>, _> = word
        .split(':')
        .map(|part| u8::from_str_radix(part, 16))
        .collect();
    bytes
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| format!("{word:?} is not a hardware address"))
}
