//! What the benchmark makes of its figures: a page that hides nothing, and a chart. Measuring is the lab's.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test program: it may fail loudly"
)]

use macveil_testkit::{air, links, report, sample};

use std::collections::BTreeMap;

use air::Mac;
use report::{Bar, Column, Panel, Report, Row, Section, Table, Unit, chart, number};
use sample::Sample;

const OURS: bool = true;
const OTHERS: bool = false;

fn columns() -> Vec<Column> {
    let column = |(name, ours): &(&str, bool)| Column {
        name: (*name).to_owned(),
        ours: *ours,
    };
    [
        ("macveil, `driver`", OURS),
        ("macveil with iwd", OURS),
        ("NetworkManager", OTHERS),
        ("iwd", OTHERS),
    ]
    .iter()
    .map(column)
    .collect()
}

fn row(what: &str, unit: Unit, values: [Option<f64>; 4]) -> Row {
    Row {
        what: what.to_owned(),
        unit,
        values: values.to_vec(),
        reason: "It does more.",
    }
}

fn verdict(unit: Unit, values: [f64; 4]) -> String {
    row("", unit, values.map(Some)).verdict(&columns())
}

#[test]
fn the_least_is_ahead_in_each_of_our_columns() {
    assert_eq!(verdict(Unit::Whole, [0.0, 1.0, 7.0, 2.0]), "ahead");
}

#[test]
fn what_is_written_alike_is_level() {
    let level = "level with iwd";
    assert_eq!(verdict(Unit::Whole, [2.0, 1.6, 7.0, 2.4]), level);
    assert_eq!(verdict(Unit::Fine, [0.501, 0.499, 7.0, 0.5]), level);
    let apart = verdict(Unit::Fine, [0.51, 0.5, 7.0, 0.5]);
    assert_eq!(apart, "with iwd: level with iwd; `driver`: **behind iwd**");
}

#[test]
fn our_columns_are_told_apart_where_they_differ() {
    assert_eq!(
        verdict(Unit::Whole, [0.0, 9.0, 1.0, 3.0]),
        "`driver`: ahead; with iwd: **behind NetworkManager**"
    );
}

#[test]
fn who_has_no_figure_stands_nowhere() {
    let some = row("", Unit::Whole, [None, Some(3.0), None, Some(4.0)]);
    assert_eq!(some.verdict(&columns()), "ahead");
    assert_eq!(
        (some.text(0), some.text(1)),
        ("–".to_owned(), "3".to_owned())
    );
    let alone = row("", Unit::Whole, [Some(1.0), None, None, None]);
    assert_eq!(alone.verdict(&columns()), "ahead");
    let without = row("", Unit::Whole, [None, None, Some(1.0), None]);
    assert_eq!(without.verdict(&columns()), "");
}

#[test]
fn what_never_comes_is_later_than_anything() {
    let never = f64::INFINITY;
    assert_eq!(number(never, Unit::Fine), "never");
    let verdict = |values| verdict(Unit::Fine, values);
    assert_eq!(verdict([9.0, 9.0, never, never]), "ahead");
    assert_eq!(verdict([never, never, never, 1e6]), "**behind iwd**");
    let both = "level with NetworkManager";
    assert_eq!(verdict([never, never, never, never]), both);
}

#[test]
fn thousands_are_told_apart() {
    assert_eq!(number(1_234_567.4, Unit::Whole), "1,234,567");
    assert_eq!(number(999.0, Unit::Whole), "999");
    assert_eq!(number(1234.567, Unit::Fine), "1,234.57");
    assert_eq!(number(-0.5, Unit::Fine), "-0.50");
    assert_eq!(number(-1000.0, Unit::Whole), "-1,000");
}

fn report(rows: Vec<Row>, troubles: Vec<String>) -> Report {
    let table = Table {
        columns: columns(),
        rows,
    };
    Report {
        date: "2026-01-31".to_owned(),
        versions: vec![("iwd".to_owned(), "2.3".to_owned())],
        introduction: "Words.\n".to_owned(),
        sections: vec![Section {
            title: "A day".to_owned(),
            before: "Before.\n".to_owned(),
            table,
            after: "After.\n".to_owned(),
        }],
        troubles,
        repeat: "Again.\n".to_owned(),
    }
}

#[test]
fn the_page_says_where_it_is_not_ahead() {
    let rows = vec![
        row("frames", Unit::Whole, [0.0, 0.0, 5.0, 6.0].map(Some)),
        row("time, s", Unit::Fine, [1.0, 2.0, 3.0, 1.5].map(Some)),
        row("probes", Unit::Whole, [2.0, 1.0, 5.0, 2.0].map(Some)),
        row("names", Unit::Whole, [0.0, 0.0, 5.0, 0.0].map(Some)),
    ];
    let page = report(rows, vec!["iwd, day: it hung".to_owned()]).markdown();
    let expected = "# Measurements

Words.

Measured on 2026-01-31 with iwd 2.3.

## A day

Before.

| | macveil, `driver` | macveil with iwd | NetworkManager | iwd | macveil is |
|---|--:|--:|--:|--:|---|
| frames | 0 | 0 | 5 | 6 | ahead |
| time, s | 1.00 | 2.00 | 3.00 | 1.50 | `driver`: ahead; with iwd: **behind iwd** |
| probes | 2 | 1 | 5 | 2 | with iwd: ahead; `driver`: level with iwd |
| names | 0 | 0 | 5 | 0 | level with iwd |

After.

## Where macveil is not ahead

- A day, time, s: macveil with iwd 2.00 against iwd 1.50. It does more.

Level with the best of the others:

- A day, probes: macveil, `driver` 2 against iwd 2.

## What went wrong

- iwd, day: it hung

## Repeat it

Again.
";
    assert_eq!(page, expected);
}

#[test]
fn a_page_on_which_all_is_ahead_says_so() {
    let rows = vec![row("frames", Unit::Whole, [0.0, 0.0, 5.0, 6.0].map(Some))];
    let page = report(rows, Vec::new()).markdown();
    assert!(page.contains("Nowhere in these tables."), "{page}");
    assert!(!page.contains("went wrong"), "{page}");
}

#[test]
fn bars_are_as_long_as_their_values() {
    let bar = |name: &str, value: f64, ours| Bar {
        name: name.to_owned(),
        value,
        text: number(value, Unit::Whole),
        ours,
    };
    let panel = Panel {
        title: "Frames & <probes>".to_owned(),
        subtitle: "in a day".to_owned(),
        bars: vec![
            bar("macveil", 0.0, OURS),
            bar("iwd", 500.0, OTHERS),
            bar("nm", 1000.0, OTHERS),
        ],
    };
    let svg = chart("a \"chart\"", &[panel]);
    let lengths: Vec<f64> = svg
        .split("<rect class=\"o")
        .skip(1)
        .map(|bar| {
            let width = bar.split_once("width=\"").expect("a width").1;
            width
                .split('"')
                .next()
                .and_then(|it| it.parse().ok())
                .expect("a number")
        })
        .collect();
    let [none, half, whole] = lengths[..] else {
        panic!("three bars, not {lengths:?}");
    };
    assert!(none == 0.0 && whole > 100.0, "{lengths:?}");
    assert!((whole - 2.0 * half).abs() < 0.2, "{lengths:?}");
    assert!(
        svg.contains("class=\"ours\"") && svg.contains(">1,000</text>"),
        "{svg}"
    );
    assert!(svg.contains("Frames &amp; &lt;probes&gt;") && svg.contains("a &quot;chart&quot;"));
    assert!(svg.contains("prefers-color-scheme: dark"));
    for name in ["svg", "g", "text", "style"] {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        assert_eq!(
            svg.matches(&open).count(),
            svg.matches(&close).count(),
            "{name}"
        );
    }
}

const LINKS: &str = "\
[2026-11-25T01:20:30.123456] 3: wlan0: <BROADCAST,UP> mtu 1500 \\    link/ether 02:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff
[2026-11-25T01:20:30.123457] 4: wlan1@wlan0: <UP> mtu 1500 \\    link/ether 02:00:00:00:01:00 brd ff:ff:ff:ff:ff:ff
[2026-11-25T01:20:31.000000] 3: wlan0: <UP> mtu 1500 \\    link/ether 06:00:00:00:00:07 brd ff:ff:ff:ff:ff:ff
something else
[2026-11-25T01:20:32.500000] Deleted 4: wlan1: <UP> mtu 1500 \\    link/ether 06:00:00:00:00:08 brd ff:ff:ff:ff:ff:ff
";
/// 2026-11-25T01:20:30Z.
const HALF_MINUTE: u64 = 1_795_569_630_000_000;

fn mac(text: &str) -> Mac {
    text.parse().expect("an address")
}

#[test]
fn links_tell_when_the_last_address_changed() {
    let events = links::read(LINKS);
    let first: Vec<_> = events
        .iter()
        .map(|it| (it.at, it.interface.as_str()))
        .collect();
    assert_eq!(
        first,
        [
            (HALF_MINUTE + 123_456, "wlan0"),
            (HALF_MINUTE + 123_457, "wlan1"),
            (HALF_MINUTE + 1_000_000, "wlan0"),
            (HALF_MINUTE + 2_500_000, "wlan1"),
        ]
    );
    let before = BTreeMap::from([
        ("wlan0".to_owned(), mac("02:00:00:00:00:00")),
        ("wlan1".to_owned(), mac("02:00:00:00:01:00")),
    ]);
    let changed = |from, until| links::all_changed(&events, from, until, &before);
    assert_eq!(
        changed(HALF_MINUTE, u64::MAX),
        Some(HALF_MINUTE + 2_500_000)
    );
    assert_eq!(changed(HALF_MINUTE, HALF_MINUTE + 2_000_000), None);
    let later = links::addresses(&events, HALF_MINUTE + 1_500_000, &before);
    assert_eq!(later["wlan0"], mac("06:00:00:00:00:07"));
    assert_eq!(later["wlan1"], mac("02:00:00:00:01:00"));
}

#[test]
fn a_sample_is_read_as_it_was_written() {
    let sample = Sample {
        at: 1,
        step: 2,
        program: "macveil".to_owned(),
        started: 3,
        resident: 4,
        private: 5,
        processor: 6,
        user: 7,
        wakeups: 8,
        file: 9,
        loaded: 10,
    };
    assert_eq!(sample.to_string().parse(), Ok(sample));
    assert!("1 2 macveil 3 4".parse::<Sample>().is_err());
}
