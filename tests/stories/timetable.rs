//! Trouble at random moments, and commands that are drawn at random.

use std::time::Duration;

use super::{TITLE, parse, problem, steps};
use macveil_testkit::scenarios::{Event, Given, Lane, Step, UserAction, commands, timetable};

const TROUBLE: &str = "given trouble: 20 times \"home vanishes\", after 1 s to 8 s \"home returns\", \
                       10 times \"home leaves\", after 5 s to 5 s \"home returns\"\n\
                       and trouble: 40 times \"the user scans\"";

fn lanes(text: &str) -> Vec<Lane> {
    let lanes = steps(text).into_iter().filter_map(|step| match step {
        Step::Given(Given::Trouble(lane)) => Some(lane),
        _ => None,
    });
    lanes.collect()
}

#[test]
fn trouble_is_a_list_of_events_with_their_ends() {
    let [aps, user] = &lanes(TROUBLE)[..] else {
        panic!("two lines, two lanes");
    };
    let [vanishes, leaves] = &aps[..] else {
        panic!("two troubles");
    };
    assert_eq!(vanishes.times, 20);
    let relief = leaves.relief.as_ref().expect("an end");
    assert_eq!(relief.deed.words, "home returns");
    assert_eq!(relief.shortest, Duration::from_secs(5));
    assert_eq!(
        *user[0].onset.event,
        Event::User(UserAction::Scans),
        "each event is a sentence of its own"
    );
    let comes = Event::TroubleComes {
        during: Duration::from_mins(2),
        seed: 7,
    };
    assert_eq!(
        steps("when trouble comes for 2 min, seed 7"),
        [Step::When(comes)]
    );
    for text in [
        "given trouble: after 1 s to 2 s \"home returns\"",
        "given trouble: 3 times \"home explodes\"",
        "given trouble: 3 times \"home vanishes\", after 3 s to 2 s \"home returns\"",
    ] {
        assert!(problem(text).starts_with("line 2: "), "{text}");
    }
}

#[test]
fn timetable_has_every_event_and_one_trouble_of_a_line_at_once() {
    let lanes = lanes(TROUBLE);
    let during = Duration::from_mins(10);
    let moments = timetable(&lanes, during, 1).expect("there is time enough");
    let happens = |words: &str| {
        moments
            .iter()
            .filter(move |it| it.deed.words == words)
            .count()
    };
    assert_eq!(
        [
            happens("home vanishes"),
            happens("home leaves"),
            happens("home returns")
        ],
        [20, 10, 30]
    );
    assert_eq!(happens("the user scans"), 40);
    assert!(
        moments.is_sorted_by_key(|it| it.at) && moments.last().is_some_and(|it| it.at <= during)
    );
    let of_home = moments
        .iter()
        .filter(|it| it.deed.words.starts_with("home"));
    for (index, moment) in of_home.enumerate() {
        assert_eq!(moment.deed.words == "home returns", index % 2 == 1);
    }
}

#[test]
fn a_timetable_is_its_seeds_and_its_pauses_are_of_all_lengths() {
    let lanes = lanes("given trouble: 50 times \"home kicks the station\"");
    let table = |seed| timetable(&lanes, Duration::from_mins(5), seed).expect("time enough");
    assert_eq!(table(1), table(1));
    assert_ne!(table(1), table(2));
    let moments = table(1);
    let pauses = moments
        .windows(2)
        .map(|pair| pair[1].at.saturating_sub(pair[0].at));
    let short = pauses
        .clone()
        .filter(|it| *it < Duration::from_secs(1))
        .count();
    let long = pauses.filter(|it| *it > Duration::from_secs(10)).count();
    assert!(short >= 10 && long >= 5, "{short} short, {long} long");
}

#[test]
fn trouble_that_takes_longer_than_there_is_time_is_refused() {
    assert!(timetable(&lanes(TROUBLE), Duration::from_secs(60), 1).is_err());
}

const COMMANDS: &str = "given trouble: 400 times \"a user of iwd types a command\"\n\
                        and trouble: 400 times \"a user of wpa_supplicant types a command\"";

fn typed(seed: u64) -> Vec<String> {
    let lanes = lanes(COMMANDS);
    let moments = timetable(&lanes, Duration::from_secs(3600), seed).expect("time enough");
    let words = moments.iter().map(|it| it.deed.words.clone());
    words.collect()
}

#[test]
fn commands_are_drawn_by_a_seed_and_told() {
    let words = typed(1);
    assert_eq!(words, typed(1));
    assert_ne!(words, typed(2));
    for told in words {
        let command = commands::typed(&told).expect(&told);
        let choice = |word: &String| word.contains(['{', '}', '|']);
        assert!(!command.iter().any(choice), "{told}");
    }
    assert_eq!(commands::typed("home leaves"), None);
    let lanes = lanes("given trouble: 1 times \"a user of nothing types a command\"");
    let problem = timetable(&lanes, Duration::from_secs(60), 1);
    assert_eq!(problem, Err("no table for nothing".to_owned()));
}

#[test]
fn story_has_any_commands_if_they_are_typed_at_random() {
    let has = |steps: &str| parse(&format!("{TITLE}{steps}")).map(|it| it.has_any_commands());
    assert_eq!(has(COMMANDS), Ok(true));
    assert_eq!(has(TROUBLE), Ok(false));
}

#[test]
fn tables_have_many_kinds_of_commands_and_all_are_drawn() {
    for (supplicant, at_least) in [("wpa_supplicant", 150), ("iwd", 75)] {
        let mut kinds = commands::kinds(supplicant).expect("a table");
        let in_a_deck = kinds.len();
        kinds.sort_unstable();
        kinds.dedup();
        assert!(kinds.len() >= at_least, "{}", kinds.len());
        let sentence =
            format!("given trouble: {in_a_deck} times \"a user of {supplicant} types a command\"");
        let lanes = lanes(&sentence);
        let moments = timetable(&lanes, Duration::from_secs(3600), 1).expect("time enough");
        for kind in kinds {
            let start = kind.split('{').next().unwrap_or_default();
            let is_it = |told: &str| told.contains(start);
            assert!(moments.iter().any(|it| is_it(&it.deed.words)), "{kind}");
        }
    }
}
