//! Which figure stands in which table.

use super::super::verdict::middle;
use super::contenders::{self, Contender};
use super::measure::{Figures, Measured};
use super::online::{self, Phase, Side};
use super::plan::RADIOS;
use macveil_testkit::report::{Bar, Column, Panel, Row, Section, Table, Unit, number};

const NEEDS_SUPPLICANT: &str =
    "macveil runs in addition to the supplicant: there is always one process more than without it.";

const IWD_SEARCHES: &str = "With iwd, iwd itself scans when macveil requests a search for a lost network, which is often: each of its scans calls the hidden network, under a random address, and asks by name for a network that has just gone.";
const SEARCHES: &str = "macveil looks for a lost network about once a second, which is why it is back sooner; without random scans in the driver each look is also a change of address.";
const ONE_PROGRAM: &str = "macveil's file has all backends and tools: wpa_supplicant, iwd and Ethernet, `doctor`, `audit` and the import.";
const OWN_CODE: &str = "Most of it is macveil's own code, which is in one file and counts as private; of iwd's, what is in libraries that others have loaded too does not.";

const NO_PROBES: &str = "The first time macveil listens on every channel, which takes longer than asking there; with iwd it ends iwd's scans while connected, and iwd stays where it is.";

type Take = fn(&Figures) -> Option<f64>;

/// A row to be: what, how it is written, out of which story, which figure, and why if it is not the best.
struct Plan(&'static str, Unit, &'static str, Take, &'static str);

const AIR: [Plan; 7] = [
    Plan(
        "frames under the permanent address",
        Unit::Whole,
        "",
        |it| Some(it.air.permanent as f64),
        "",
    ),
    Plan(
        "probe requests under an address that a network knows",
        Unit::Whole,
        "",
        |it| Some(it.air.probes_known as f64),
        IWD_SEARCHES,
    ),
    Plan(
        "probe requests that name a network",
        Unit::Whole,
        "",
        |it| Some(it.air.naming as f64),
        IWD_SEARCHES,
    ),
    Plan(
        "... under an address that a network knows",
        Unit::Whole,
        "",
        |it| Some(it.air.naming_known as f64),
        IWD_SEARCHES,
    ),
    Plan(
        "probe requests with a UUID-E",
        Unit::Whole,
        "",
        |it| Some(it.air.uuid as f64),
        "",
    ),
    Plan(
        "addresses linked by sequence number",
        Unit::Whole,
        "",
        |it| it.air.linked.map(|it| it as f64),
        "",
    ),
    Plan(
        "authentications to an absent access point",
        Unit::Whole,
        "",
        |it| Some(it.air.into_the_void as f64),
        "",
    ),
];

const TIMES: [Plan; 3] = [
    Plan(
        "first association after the start, s",
        Unit::Fine,
        "idle",
        |it| it.first_association,
        "With iwd, iwd takes this time.",
    ),
    Plan(
        "first authentication after an outage, median, s",
        Unit::Fine,
        "outages",
        |it| median(&it.back_online),
        "",
    ),
    Plan(
        "first authentication after an outage, worst, s",
        Unit::Fine,
        "outages",
        |it| it.back_online.last().copied(),
        "",
    ),
];

const ROAMS: [Plan; 4] = [
    Plan(
        "at the stronger access point after, median, s",
        Unit::Fine,
        "",
        |it| median(&it.roams),
        NO_PROBES,
    ),
    Plan(
        "at the stronger access point after, worst, s",
        Unit::Fine,
        "",
        |it| it.roams.last().copied(),
        NO_PROBES,
    ),
    Plan(
        "probe requests under an address that a network knows",
        Unit::Whole,
        "",
        |it| Some(it.air.probes_known as f64),
        NO_PROBES,
    ),
    Plan(
        "... that name a network",
        Unit::Whole,
        "",
        |it| Some(it.air.naming_known as f64),
        NO_PROBES,
    ),
];

const COSTS: [Plan; 11] = [
    Plan(
        "resident memory, kB",
        Unit::Whole,
        "idle",
        |it| Some(it.idle_own.resident as f64),
        OWN_CODE,
    ),
    Plan(
        "private memory, kB",
        Unit::Whole,
        "idle",
        |it| Some(it.idle_own.private as f64),
        OWN_CODE,
    ),
    Plan(
        "resident memory with the supplicant, kB",
        Unit::Whole,
        "idle",
        |it| Some(it.idle_all.resident as f64),
        NEEDS_SUPPLICANT,
    ),
    Plan(
        "private memory with the supplicant, kB",
        Unit::Whole,
        "idle",
        |it| Some(it.idle_all.private as f64),
        NEEDS_SUPPLICANT,
    ),
    Plan(
        "processor time of the day, ms",
        Unit::Whole,
        "day",
        |it| Some(it.own.processor as f64 / 1e3),
        SEARCHES,
    ),
    Plan(
        "processor time of the day with the supplicant, ms",
        Unit::Whole,
        "day",
        |it| Some(it.all.processor as f64 / 1e3),
        NEEDS_SUPPLICANT,
    ),
    Plan(
        "wake-ups in ten minutes of nothing to do",
        Unit::Whole,
        "idle",
        |it| Some(it.idle_own.wakeups as f64),
        "",
    ),
    Plan(
        "... with the supplicant",
        Unit::Whole,
        "idle",
        |it| Some(it.idle_all.wakeups as f64),
        NEEDS_SUPPLICANT,
    ),
    Plan(
        "processor time of these ten minutes with the supplicant, ms",
        Unit::Fine,
        "idle",
        |it| Some(it.idle_all.processor as f64 / 1e3),
        NEEDS_SUPPLICANT,
    ),
    Plan(
        "program on disk, kB",
        Unit::Whole,
        "idle",
        |it| Some(it.file as f64 / 1e3),
        ONE_PROGRAM,
    ),
    Plan(
        "all programs and the libraries they load, kB",
        Unit::Whole,
        "idle",
        |it| Some(it.loaded as f64 / 1e3),
        NEEDS_SUPPLICANT,
    ),
];

fn median(sorted: &[f64]) -> Option<f64> {
    (!sorted.is_empty()).then(|| middle(sorted))
}

pub fn sections(results: &[Measured]) -> Vec<Section> {
    let text = |name: &str| -> (String, String) {
        let all = include_str!("../../../bench/sections.md");
        let part = all
            .split("\n# ")
            .find(|it| it.trim_start_matches("# ").starts_with(name));
        let part = part.unwrap_or_default();
        let (title, words) = part.split_once('\n').unwrap_or((part, ""));
        let title = title.split_once(": ").map_or(title, |(_, title)| title);
        (title.to_owned(), words.trim().to_owned())
    };
    let mut sections = Vec::new();
    let mut add = |name: &str, table: Option<Table>, after: String| {
        let (title, before) = text(name);
        sections.extend(table.map(|table| Section {
            title,
            before,
            table,
            after,
        }));
    };
    for story in ["day", "outages"] {
        add(
            story,
            side_by_side(results, &AIR, Some(story)),
            String::new(),
        );
    }
    add(
        "roam",
        side_by_side(results, &ROAMS, Some("roam")),
        String::new(),
    );
    add("online", online(results), String::new());
    add("times", side_by_side(results, &TIMES, None), String::new());
    add("costs", side_by_side(results, &COSTS, None), String::new());
    for contender in contenders::of_scale() {
        add(
            &format!("scale-{}", contender.key),
            scale(results, contender),
            an_interface(results, contender),
        );
    }
    add("changes", changes(results), ratios(results));
    sections
}

fn find<'a>(
    results: &'a [Measured],
    who: &Contender,
    story: &str,
    radios: usize,
) -> Option<&'a Figures> {
    let is_it = |it: &&Measured| {
        it.contender.is_some_and(|it| it.key == who.key) && it.story == story && it.radios == radios
    };
    results.iter().find(is_it)?.figures.as_ref()
}

/// None if nothing of it was played.
fn side_by_side(results: &[Measured], plans: &[Plan], story: Option<&str>) -> Option<Table> {
    let columns = contenders::ALL.iter().map(|it| Column {
        name: it.name.to_owned(),
        ours: it.has_macveil(),
    });
    let rows: Vec<Row> = plans
        .iter()
        .map(|Plan(what, unit, own, take, reason)| {
            let story = story.unwrap_or(own);
            let value = |it: &Contender| find(results, it, story, 1).and_then(take);
            Row {
                what: (*what).to_owned(),
                unit: *unit,
                values: contenders::ALL.iter().map(value).collect(),
                reason,
            }
        })
        .collect();
    let any = rows
        .iter()
        .any(|row| row.values.iter().any(Option::is_some));
    any.then(|| Table {
        columns: columns.collect(),
        rows,
    })
}

/// A row for each moment and client. Who has a client of its own is compared with all of them.
fn online(results: &[Measured]) -> Option<Table> {
    let value = |side: Side, client: &str, phase: Phase| {
        let figures = find(results, online::who(side, client)?, "online", 1)?;
        let times = figures.online.iter();
        times
            .filter(|(it, _)| *it == phase)
            .map(|(_, time)| *time)
            .next()
    };
    let row = |(phase, moment): &(Phase, &str), (client, reason): &(&str, &'static str)| Row {
        what: format!("{moment}: {client}"),
        unit: Unit::Fine,
        values: online::SIDES
            .iter()
            .map(|(side, _)| value(*side, client, *phase))
            .collect(),
        reason: online::reason(*phase, reason),
    };
    let rows: Vec<Row> = online::PHASES
        .iter()
        .flat_map(|phase| online::CLIENTS.iter().map(move |client| row(phase, client)))
        .collect();
    let any = rows
        .iter()
        .any(|row| row.values.iter().any(Option::is_some));
    any.then(|| Table {
        columns: online::SIDES
            .iter()
            .map(|(side, name)| Column {
                name: (*name).to_owned(),
                ours: *side == Side::Macveil,
            })
            .collect(),
        rows,
    })
}

/// With each number of radios, a column each.
fn scale(results: &[Measured], who: &Contender) -> Option<Table> {
    let plans: [Plan; 6] = [
        Plan(
            "resident memory, kB",
            Unit::Whole,
            "",
            |it| Some(it.own.resident as f64),
            "",
        ),
        Plan(
            "private memory, kB",
            Unit::Whole,
            "",
            |it| Some(it.own.private as f64),
            "",
        ),
        Plan(
            "processor time of the story, ms",
            Unit::Whole,
            "",
            |it| Some(it.own.processor as f64 / 1e3),
            "",
        ),
        Plan(
            "... outside the kernel, ms",
            Unit::Whole,
            "",
            |it| Some(it.own.user as f64 / 1e3),
            "",
        ),
        Plan(
            "all have left the permanent address after, s",
            Unit::Fine,
            "",
            |it| it.masked,
            "",
        ),
        Plan(
            "all have left the lost network's address after, s",
            Unit::Fine,
            "",
            |it| it.reacted,
            "",
        ),
    ];
    let figures: Vec<_> = RADIOS
        .iter()
        .map(|radios| find(results, who, "scale", *radios))
        .collect();
    figures.iter().any(Option::is_some).then(|| Table {
        columns: RADIOS
            .iter()
            .map(|radios| Column {
                name: format!("{radios} {}", if *radios == 1 { "radio" } else { "radios" }),
                ours: who.has_macveil(),
            })
            .collect(),
        rows: plans
            .iter()
            .map(|Plan(what, unit, _, take, reason)| Row {
                what: (*what).to_owned(),
                unit: *unit,
                values: figures.iter().map(|it| it.and_then(take)).collect(),
                reason,
            })
            .collect(),
    })
}

/// What each radio more costs, between one number of them and the next.
fn an_interface(results: &[Measured], who: &Contender) -> String {
    let all = RADIOS
        .iter()
        .filter_map(|radios| Some((*radios, find(results, who, "scale", *radios)?.own)));
    let all: Vec<_> = all.collect();
    let sentences: Vec<_> = all
        .windows(2)
        .map(|pair| {
            let (fewer, more) = (&pair[0], &pair[1]);
            let radios = (more.0 - fewer.0) as f64;
            let each = |take: fn(&super::costs::Cost) -> u64| {
                (take(&more.1) as f64 - take(&fewer.1) as f64) / radios
            };
            format!(
                "from {} to {}, {} kB and {} ms, {} of them outside the kernel",
                fewer.0,
                more.0,
                number(each(|it| it.resident), Unit::Fine),
                number(each(|it| it.processor) / 1e3, Unit::Fine),
                number(each(|it| it.user) / 1e3, Unit::Fine)
            )
        })
        .collect();
    if sentences.is_empty() {
        String::new()
    } else {
        format!(
            "Each radio more costs resident memory and processor time: {}.",
            sentences.join("; ")
        )
    }
}

/// The ways, by the words in which they are told.
const WAYS: [(&str, &str); 6] = [
    ("bounce", "macveil, `bounce`: a mask or an assigned address"),
    ("live", "macveil, `powered`: a mask"),
    ("netlink", "bare netlink calls: down, address, up"),
    ("macveil", "`macveil set`"),
    ("ip", "`ip link set` three times"),
    ("macchanger", "`macchanger` between two `ip link set`"),
];

fn changes(results: &[Measured]) -> Option<Table> {
    let found = results.iter().find(|it| !it.changes.is_empty())?;
    let take = |which: fn(&[f64]) -> f64| {
        let value = |way: &str| {
            let mut times = found.changes.get(way)?.clone();
            times.sort_by(f64::total_cmp);
            Some(which(&times) / 1e6)
        };
        WAYS.iter().map(|(way, _)| value(way)).collect()
    };
    let row = |what: &str, values| Row {
        what: what.to_owned(),
        unit: Unit::Fine,
        values,
        reason: "",
    };
    Some(Table {
        columns: WAYS
            .iter()
            .map(|(_, name)| Column {
                name: (*name).to_owned(),
                ours: true,
            })
            .collect(),
        rows: vec![
            row("mean, ms", take(mean)),
            row("median, ms", take(middle)),
            row("nine in ten within, ms", take(|it| it[it.len() * 9 / 10])),
        ],
    })
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}

/// Each of macveil's, compared with the bare calls and with macchanger.
fn ratios(results: &[Measured]) -> String {
    let Some(table) = changes(results) else {
        return String::new();
    };
    let value = |way: &str| {
        let at = WAYS.iter().position(|(it, _)| *it == way)?;
        table.rows[0].values[at]
    };
    let ratio = |one: &str, other: &str| {
        let both = value(one).zip(value(other));
        both.map_or("nothing".to_owned(), |(one, other)| {
            number(one / other, Unit::Fine)
        })
    };
    format!(
        "Of the bare netlink calls' mean time `bounce` takes {} and `powered` {}; `macveil set` takes {} of macchanger's.",
        ratio("bounce", "netlink"),
        ratio("live", "netlink"),
        ratio("macveil", "macchanger")
    )
}

pub fn panels(results: &[Measured]) -> Vec<Panel> {
    let panel =
        |title: &str, subtitle: &str, unit, take: &dyn Fn(&Contender) -> Option<f64>| Panel {
            title: title.to_owned(),
            subtitle: subtitle.to_owned(),
            bars: contenders::ALL
                .iter()
                .filter_map(|who| {
                    let value = take(who)?;
                    Some(Bar {
                        name: who.name.replace('`', ""),
                        value,
                        text: number(value, unit),
                        ours: who.has_macveil(),
                    })
                })
                .collect(),
        };
    let both = |who: &Contender, take: Take| {
        Some(
            find(results, who, "day", 1).and_then(take)?
                + find(results, who, "outages", 1).and_then(take)?,
        )
    };
    vec![
        panel(
            "Frames under the permanent address",
            "a day and twenty outages",
            Unit::Whole,
            &|who| both(who, AIR[0].3),
        ),
        panel(
            "Probes under an address that a network knows",
            "a day and twenty outages",
            Unit::Whole,
            &|who| both(who, AIR[1].3),
        ),
        panel(
            "First authentication after an outage",
            "seconds, median of twenty",
            Unit::Fine,
            &|who| find(results, who, "outages", 1).and_then(TIMES[1].3),
        ),
        panel(
            "Private memory",
            "kB, with the supplicant that it needs",
            Unit::Whole,
            &|who| find(results, who, "idle", 1).and_then(COSTS[3].3),
        ),
    ]
}
