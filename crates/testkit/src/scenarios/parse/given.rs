//! What a story starts from.

use Word::{Colon, Comma, Plain as P, Quoted as Q};

use super::super::story::{AccessPoint, Event, Given, Ipv6, Lifecycle, Network, Security, Step};
use super::super::words::Word;
use super::trouble::lane;
use super::values::{mac, number, parse_subnet, program, quoted_list, text};

pub fn given(words: &[Word]) -> Result<Step, String> {
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
        [
            P("a"),
            P("networkmanager"),
            P("profile"),
            Q(ssid),
            Colon,
            attributes @ ..,
        ] => Given::Profile(profile(ssid, attributes)?),
        [
            P("networkmanager's"),
            P(section),
            P("settings"),
            P("have"),
            Q(line),
        ] => Given::NetworkManagerSetting {
            section: (*section).to_owned(),
            line: text(line)?,
        },
        [P("connman's"), P("settings"), P("have"), Q(line)] => Given::ConnManSetting(text(line)?),
        [P("any"), P("masking"), P("method")] => Given::AnyMethod,
        [P("the"), P("masking"), P("method"), P(method)] => Given::Method((*method).to_owned()),
        [P("links"), P("are"), P("traced")] => Given::LinksTraced,
        [
            P("it"),
            P("is"),
            P("played"),
            P("only"),
            P("when"),
            P("named"),
        ] => Given::OnlyWhenNamed,
        [P("trouble"), Colon, items @ ..] => Given::Trouble(lane(items)?),
        [P("a"), P("stranger"), P("on"), P("channel"), P(channel)] => Given::Stranger {
            channel: number(channel)?,
        },
        [
            P("a"),
            P("crowd"),
            P("of"),
            P(count),
            P("access"),
            P("points"),
        ] => Given::Crowd(number(count)?),
        [P(count), P("stations")] => Given::Stations(number(count)?),
        [P("macveil's"), P(table), P("settings"), P("have"), Q(line)] => Given::Setting {
            table: (*table).to_owned(),
            line: text(line)?,
        },
        [
            P("macveil"),
            P("has"),
            P("a"),
            P("network"),
            P("rule"),
            Colon,
            lines @ ..,
        ] => Given::Rule(quoted_list(lines)?),
        [P("wpa_supplicant's"), P("settings"), P("have"), Q(line)] => {
            Given::SupplicantSetting(text(line)?)
        }
        [
            P("macveil"),
            P("reads"),
            P("the"),
            P("system's"),
            P("configuration"),
        ] => Given::SystemConfiguration,
        [
            P("the"),
            P("interface"),
            P("has"),
            P("the"),
            P("address"),
            P(address),
        ] => Given::InterfaceAddress(mac(address)?),
        [P("iwd"), P("is"), P("running")] => {
            return Ok(Step::When(Event::Iwd(Lifecycle::Starts)));
        }
        [subject @ .., P("is" | "are"), P("running")] => {
            return Ok(Step::When(Event::Program(
                program(subject)?,
                Lifecycle::Starts,
            )));
        }
        _ => of_the_machine(words)?,
    };
    Ok(Step::Given(given))
}

fn of_the_machine(words: &[Word]) -> Result<Given, String> {
    Ok(match words {
        [P("iwd's"), P(group), P("settings"), P("have"), Q(line)] => Given::IwdSetting {
            group: (*group).to_owned(),
            line: text(line)?,
        },
        [
            P("iwd"),
            P("drives"),
            P("the"),
            P("first"),
            P("card"),
            P("only"),
        ] => Given::IwdDrivesFirstCard,
        [
            P("all"),
            P("stations"),
            P("have"),
            P("one"),
            P("wpa_supplicant"),
        ] => Given::OneSupplicant,
        [
            P("wpa_supplicant"),
            P("has"),
            P("a"),
            P("global"),
            P("control"),
            P("socket"),
        ] => Given::GlobalSocket,
        [P("the"), P("machine"), P("runs"), P("systemd")] => Given::Systemd,
        [
            P("the"),
            P("machine"),
            P("has"),
            P("Debian"),
            P("13's"),
            P("programs"),
        ] => Given::Debian13,
        [P("a"), P("file"), Q(path), Colon, lines @ ..] => Given::File {
            path: text(path)?,
            lines: quoted_list(lines)?,
        },
        [
            P("macveil"),
            P("is"),
            P("installed"),
            P("as"),
            P("the"),
            P("README"),
            P("tells"),
        ] => Given::Installed,
        [
            P("something"),
            P("scans"),
            P("at"),
            P("boot"),
            P("before"),
            P("macveil"),
        ] => Given::EarlyScan,
        _ => return Err("not a sentence that \"given\" knows".to_owned()),
    })
}

fn access_point(name: &str, attributes: &[Word]) -> Result<AccessPoint, String> {
    let mut ap = AccessPoint {
        name: name.to_owned(),
        ssid: name.into(),
        channel: 1,
        security: Security::Open,
        hidden: false,
        high_throughput: false,
        off_at_first: false,
        power: None,
        subnet: None,
        ipv6: Ipv6::Made,
        extra: Vec::new(),
    };
    for attribute in attributes.split(|word| *word == Comma) {
        match attribute {
            [P("ssid"), Q(ssid)] => ap.ssid.clone_from(ssid),
            [P("channel"), P(channel)] => ap.channel = number(channel)?,
            [P("hidden")] => ap.hidden = true,
            [P("802.11n")] => ap.high_throughput = true,
            [P("off"), P("at"), P("first")] => ap.off_at_first = true,
            [P("power"), P(power), P("dBm")] => ap.power = Some(number(power)?),
            [P("subnet"), P(subnet), dhcpv6 @ ..]
                if matches!(dhcpv6, [] | [P("with"), P("DHCPv6")]) =>
            {
                ap.subnet = Some(parse_subnet(subnet)?);
                ap.ipv6 = if dhcpv6.is_empty() {
                    Ipv6::Made
                } else {
                    Ipv6::Leased
                };
            }
            [P("with"), Q(line)] => ap.extra.push(text(line)?),
            _ => ap.security = security(attribute)?,
        }
    }
    Ok(ap)
}

pub fn network(ssid: &[u8], attributes: &[Word]) -> Result<Network, String> {
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

fn profile(ssid: &[u8], attributes: &[Word]) -> Result<Network, String> {
    const POLICY: &str = "wifi.cloned-mac-address=";
    let mut profile = network(ssid, attributes)?;
    let mut policies = profile
        .extra
        .iter()
        .filter_map(|line| line.strip_prefix(POLICY));
    profile.policy = policies.next().map(str::to_owned);
    Ok(profile)
}

fn security(attribute: &[Word]) -> Result<Security, String> {
    match attribute {
        [P("open")] => Ok(Security::Open),
        [P("wpa2"), Q(passphrase)] => Ok(Security::Wpa2(text(passphrase)?)),
        [P("wpa3"), Q(passphrase)] => Ok(Security::Wpa3(text(passphrase)?)),
        _ => Err("unknown property".to_owned()),
    }
}
