//! What has to be so.

use Word::{Comma, Plain as P, Quoted as Q};
use std::time::Duration;

use super::super::story::Check;
use super::super::words::Word;
use super::values::{duration, mac, number, quoted_list, text};

pub fn check(words: &[Word]) -> Result<Check, String> {
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
        [
            P(address),
            P("was"),
            P("shown"),
            P("only"),
            P("to"),
            names @ ..,
        ] => Check::ShownOnlyTo(mac(address)?, name_list(names)?),
        [
            P("at"),
            P("most"),
            P(count),
            P("frames"),
            P("of"),
            P(address),
            P("went"),
            P("to"),
            P(ap),
        ] => Check::AtMostFrames {
            at_most: number(count)?,
            from: mac(address)?,
            to: (*ap).to_owned(),
        },
        [
            P("the"),
            P("judge"),
            P("finds"),
            P("at"),
            P("most"),
            P(count),
            P("of"),
            leaks @ ..,
        ] => Check::AtMostLeaks(number(count)?, quoted_list(leaks)?),
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
        [
            P("at"),
            P("most"),
            P(count),
            P("associations"),
            P("in"),
            P("that"),
            P("time"),
        ] => Check::AtMostAssociations(aps, number(count)?),
        [P(count), P("addresses")] => Check::Addresses(aps, number(count)?),
        [P("a"), P("new"), P("address"), P("each"), P("time")] => Check::NewAddressEachTime(aps),
        [P("the"), P("permanent"), P("address")] => Check::PermanentAddress(aps),
        [P("the"), P("same"), P("addresses"), P("as"), P("before")] => {
            Check::SameAddressesAsBefore(aps)
        }
        [P("only"), P(address)] => Check::OnlyAddress(aps, mac(address)?),
        _ => return Err("addresses are not seen that way".to_owned()),
    })
}

fn macveil_says(words: String, rest: &[Word]) -> Result<Check, String> {
    Ok(match rest {
        [] => Check::MacveilSays(words, Duration::from_secs(1)),
        [P("within"), P(n), P(unit)] => Check::MacveilSays(words, duration(n, unit)?),
        [P(count), P("times")] => Check::MacveilSaysTimes(words, number(count)?),
        _ => return Err("macveil says something, within a time or so many times".to_owned()),
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
        [P("macveil's"), P("status"), P("is"), P("true")] => Check::StatusIsTrue,
        [
            P("macveil's"),
            P("status"),
            P("was"),
            P("true"),
            P("all"),
            P("along"),
        ] => Check::StatusWasTrue,
        [P("macveil's"), P("log"), P("is"), P("clean")] => Check::LogIsClean,
        [P("macveil"), P("says"), Q(words), rest @ ..] => macveil_says(text(words)?, rest)?,
        [P("the"), P("command"), P("said"), Q(words)] => Check::CommandSaid(text(words)?),
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
        [P("macveil"), what @ .., P(size), P("kB")] => memory(what, number(size)?)?,
        _ => check_of_surroundings(words)?,
    })
}

fn memory(what: &[Word], at_most_kb: u64) -> Result<Check, String> {
    match what {
        [P("uses"), P("at"), P("most")] => Ok(Check::Memory { at_most_kb }),
        [P("has"), P("grown"), P("by"), P("at"), P("most")] => {
            Ok(Check::MemoryGrown { at_most_kb })
        }
        _ => Err("not something that is so of memory".to_owned()),
    }
}

fn check_of_surroundings(words: &[Word]) -> Result<Check, String> {
    Ok(match words {
        [
            P("the"),
            P("doctor"),
            P("finds"),
            P("what"),
            P("is"),
            P("planted"),
        ] => Check::DoctorFindsPlanted,
        [
            P("nothing"),
            P("was"),
            P("lost"),
            P("in"),
            P("at"),
            P("least"),
            P(edits),
            P("edits"),
        ] => Check::NothingLost {
            edits: number(edits)?,
        },
        [
            P("something"),
            P("was"),
            P("lost"),
            P("at"),
            P("least"),
            P(lost),
            P("times"),
            P("in"),
            P("at"),
            P("least"),
            P(edits),
            P("edits"),
        ] => Check::MuchLost {
            lost: number(lost)?,
            edits: number(edits)?,
        },
        [P("online"), P("at"), P(ap), P("within"), P(n), P(unit)] => Check::Online {
            ap: (*ap).to_owned(),
            within: duration(n, unit)?,
        },
        [
            P("online"),
            P("over"),
            P("IPv6"),
            P("at"),
            P(ap),
            P("within"),
            P(n),
            P(unit),
        ] => Check::OnlineOverIpv6 {
            ap: (*ap).to_owned(),
            within: duration(n, unit)?,
        },
        [P(ap), P("gave"), P(count), P("lease" | "leases")] => {
            Check::Leases((*ap).to_owned(), number(count)?)
        }
        [P(ap), P("gave"), P(count), P("IPv6"), P("lease" | "leases")] => {
            Check::Ipv6Leases((*ap).to_owned(), number(count)?)
        }
        [
            P(ap),
            P("gave"),
            P("the"),
            P("same"),
            P("lease"),
            P("in"),
            P(count),
            P("associations"),
        ] => Check::OneLease {
            ap: (*ap).to_owned(),
            associations: number(count)?,
        },
        [P("those"), P("interfaces"), P("are"), P("as"), P("noted")] => {
            Check::OtherInterfacesAsNoted
        }
        [
            P("addresses"),
            P("changed"),
            P("on"),
            P("live"),
            P("links"),
            P("only"),
            P("where"),
            P("the"),
            P("kernel"),
            P("can"),
        ] => Check::LiveChangesOnlyWherePossible,
        _ => return Err("not a sentence that \"then\" knows".to_owned()),
    })
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
