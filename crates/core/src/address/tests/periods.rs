//! Addresses that depend on the local time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::bench::{Bench, ssid};
use crate::address::period::{Period, Reading, format_length, parse_length, parse_reading};
use crate::address::{AssignError, NetworkFacts, StableId, Zone};
use crate::types::Mac;

const BERLIN: &[u8] = include_bytes!("../../../../../tests/vectors/zones/Berlin.tzif");
const APIA: &[u8] = include_bytes!("../../../../../tests/vectors/zones/Apia.tzif");

fn berlin() -> Zone {
    Zone::from_tzif(BERLIN).unwrap()
}

/// Parses UTC, such as `2016-10-24 04:00:00`.
fn utc(text: &str) -> SystemTime {
    Zone::utc().instant(reading(text))
}

fn reading(text: &str) -> Reading {
    let (date, time) = text.split_once(' ').unwrap();
    parse_reading(date, time).unwrap()
}

fn second_before(time: SystemTime) -> SystemTime {
    time - Duration::from_secs(1)
}

/// The addresses of a network under an id, in Berlin.
fn addresses(id: &str) -> impl Fn(SystemTime) -> Mac {
    let mut bench = Bench::new().stable_id(id);
    bench.zone = berlin();
    move |time| {
        let home = ssid("Home");
        bench.assign(&NetworkFacts::new(&home).at(time)).unwrap()
    }
}

#[track_caller]
fn changes_only_at(id: &str, instants: &[&str]) {
    let address = addresses(id);
    let mut former = address(second_before(utc(instants[0])));
    for instant in instants {
        let instant = utc(instant);
        assert_eq!(
            address(second_before(instant)),
            former,
            "one second before {instant:?}"
        );
        assert_ne!(address(instant), former, "at {instant:?}");
        former = address(instant);
    }
}

#[test]
fn durations_survive_printing_and_parsing() {
    for (seconds, text) in [
        (1, "1s"),
        (90, "90s"),
        (300, "5m"),
        (86_400, "1d"),
        (90_000, "25h"),
        (1_209_600, "2w"),
        (0, "0s"),
    ] {
        assert_eq!(format_length(seconds), text);
        assert_eq!(parse_length(text), Ok(seconds));
    }
}

#[test]
fn time_form_changes_at_local_time_across_daylight_saving() {
    changes_only_at(
        "time: 2016-08-22 6:00:00 7d",
        &[
            "2016-10-24 04:00:00",
            "2016-10-31 05:00:00",
            "2016-11-07 05:00:00",
        ],
    );
    changes_only_at(
        "time: 2016-08-22 6:00 1w",
        &["2020-02-24 05:00:00", "2020-03-02 05:00:00"],
    );
}

#[test]
fn time_form_applies_before_its_start() {
    changes_only_at(
        "time: 2016-08-22 6:00:00 7d",
        &[
            "2016-08-08 04:00:00",
            "2016-08-15 04:00:00",
            "2016-08-22 04:00:00",
        ],
    );
}

#[test]
fn days_change_at_midnight_and_weeks_on_monday() {
    changes_only_at(
        "${NETWORK_SSID}/${PERIOD:24h}",
        &[
            "2024-02-28 23:00:00",
            "2024-02-29 23:00:00",
            "2024-03-01 23:00:00",
        ],
    );
    changes_only_at(
        "${NETWORK_SSID}/${PERIOD:7d}",
        &["2026-03-22 23:00:00", "2026-03-29 22:00:00"],
    );
}

#[test]
fn period_in_the_skipped_hour_begins_with_the_skip() {
    changes_only_at(
        "time: 2017-03-20 2:30:00 1d",
        &[
            "2017-03-25 01:30:00",
            "2017-03-26 01:00:00",
            "2017-03-27 00:30:00",
        ],
    );
}

#[test]
fn period_in_the_repeated_hour_begins_once() {
    changes_only_at(
        "time: 2016-10-20 2:30:00 1d",
        &[
            "2016-10-29 00:30:00",
            "2016-10-30 00:30:00",
            "2016-10-31 01:30:00",
        ],
    );
    let address = addresses("time: 2016-10-20 2:30:00 1d");
    let begun = address(utc("2016-10-30 00:30:00"));
    for minutes in 0..240 {
        let later = utc("2016-10-30 00:30:00") + Duration::from_secs(60 * minutes);
        assert_eq!(address(later), begun, "{minutes}");
    }
}

#[test]
fn skipped_day_is_counted() {
    let apia = Zone::from_tzif(APIA).unwrap();
    let day = Period::every(24 * 60 * 60).unwrap();
    let number = |time: &str| day.number(apia.reading(utc(time)));
    // 2011-12-29 23:59:59 local was followed by 2011-12-31 00:00:00.
    assert_eq!(
        number("2011-12-30 10:00:00") - number("2011-12-30 09:59:59"),
        2
    );
}

#[test]
fn distant_times_follow_the_rule_of_the_zone() {
    changes_only_at("time: 2016-08-22 6:00 7d", &["2099-07-06 04:00:00"]);
    changes_only_at("time: 2016-08-22 6:00 7d", &["2099-12-07 05:00:00"]);
}

#[test]
fn local_time_never_goes_back() {
    let zone = berlin();
    let mut last = Reading::MIN;
    for minutes in 0..(3 * 24 * 60) {
        let time = utc("2016-10-29 00:00:00") + Duration::from_secs(60 * minutes);
        let shown = zone.reading(time);
        assert!(shown >= last);
        last = shown;
    }
}

#[test]
fn instant_is_the_first_with_that_local_time() {
    for (local, expected) in [
        ("2016-08-22 06:00:00", "2016-08-22 04:00:00"),
        ("2016-10-30 02:30:00", "2016-10-30 00:30:00"),
        ("2017-03-26 02:30:00", "2017-03-26 01:00:00"),
        ("1969-07-20 21:17:40", "1969-07-20 20:17:40"),
    ] {
        assert_eq!(berlin().instant(reading(local)), utc(expected), "{local}");
    }
    assert_eq!(utc("1970-01-01 00:00:00"), UNIX_EPOCH);
}

#[test]
fn association_can_outlive_its_period() {
    let mut bench = Bench::new().stable_id("${NETWORK_SSID}/${PERIOD:24h}");
    bench.zone = berlin();
    let home = ssid("Home");
    let at = |time: &str| NetworkFacts::new(&home).at(utc(time));
    let begun = bench.assign(&at("2024-01-01 12:00:00")).unwrap();
    let later = at("2024-01-09 12:00:00");
    assert!(bench.accepts(&later, begun));
    assert_ne!(bench.assign(&later), Ok(begun));
    assert!(
        !bench.accepts(&at("2023-12-31 12:00:00"), begun),
        "an address of a later period"
    );
}

#[test]
fn period_without_time_is_an_error() {
    let home = ssid("Home");
    let bench = Bench::new().stable_id("${NETWORK_SSID}/${PERIOD:24h}");
    let refused = bench.assign(&NetworkFacts::new(&home));
    assert!(matches!(refused, Err(AssignError::NoClock { .. })));
}

#[test]
fn time_form_differs_by_network() {
    let bench = Bench::new().stable_id("time: 2016-08-22 6:00:00 7d");
    let (home, office) = (ssid("Home"), ssid("Office"));
    let time = utc("2020-01-01 00:00:00");
    let assign = |ssid| bench.assign(&NetworkFacts::new(ssid).at(time)).unwrap();
    assert_ne!(assign(&home), assign(&office));
}

#[test]
fn invalid_time_or_period_is_rejected() {
    for id in [
        "time: 2016-08-22 7d",
        "time: 2016-13-22 6:00:00 7d",
        "time: 2016-02-30 6:00:00 7d",
        "time: 2016-08-22 24:00:00 7d",
        "time: 2016-08-22 6:00:00 7",
        "time: 2016-08-22 6:00:00 0d",
        "time: 2016-08-22 6:00:00 7d x",
        "time: 2016-08-22 +6:00:00 7d",
        "time:",
        "${PERIOD}",
        "${PERIOD:}",
        "${PERIOD:24}",
        "${PERIOD:24h",
        "${PERIOD:-1h}",
        "${PERIOD:0h}",
        "${PERIOD:99999999999999999999w}",
        "${PERIOD:9999999999999999w}",
        "",
        "a\0b",
    ] {
        assert!(id.parse::<StableId>().is_err(), "{id:?}");
    }
    assert!("${PERIODS:24h}".parse::<StableId>().is_ok());
}

#[test]
fn durations_need_a_unit() {
    for (text, seconds) in [
        ("0s", Some(0)),
        ("300s", Some(300)),
        ("5m", Some(300)),
        ("24h", Some(86_400)),
        ("7d", Some(604_800)),
        ("2w", Some(1_209_600)),
        ("", None),
        ("5", None),
        ("m", None),
        ("5 m", None),
        ("5M", None),
        ("1.5h", None),
        ("5é", None),
    ] {
        assert_eq!(parse_length(text).ok(), seconds, "{text}");
    }
}

#[test]
fn unknown_patterns_are_listed() {
    let unknown = |id: &str| {
        let id: StableId = id.parse().unwrap();
        id.unknown_patterns()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(unknown("${SSID}/${BOOT}${Boot}"), ["${SSID}", "${Boot}"]);
    assert!(unknown("$${SSID}${PERIOD:1h}${RANDOM}$x${").is_empty());
}

#[test]
fn leap_second_is_rejected() {
    assert_eq!(parse_reading("2016-12-31", "23:59:60"), None);
    assert!(parse_reading("2016-12-31", "23:59:59").is_some());
}
