//! The demonstration: a story told as it happens, first with the supplicant
//! alone, then with macveil, and the judge's findings side by side. And pictures
//! of both, with one of NetworkManager next to them.

mod pictures;
mod stage;

use std::collections::BTreeSet;

use super::verdict::Evidence;
use super::{guests, paths, plan};
use macveil_testkit::judge::Leak;
use macveil_testkit::lab_options::Options;
use stage::Stage;

const KERNEL: &str = "6.1";
const STORY: &str = "demo";
const ALONE: &str = "demo-alone";
const NETWORK_MANAGER: &str = "control-networkmanager";

/// True if macveil gave nothing away.
pub fn run(options: &Options) -> Result<bool, String> {
    let mut shelf = plan::read_stories()?;
    let text = &shelf.get(STORY).text;
    let alone = text.replace("macveil and wpa_supplicant are", "wpa_supplicant is");
    shelf.add(ALONE, alone)?;
    paths::clear_results()?;
    println!(
        "The same evening twice. Each line is what one radio sends: seconds, address, whose it is (permanent: the card's \
         own; mask: a random one; assigned: the network's), and what. Lines with --- are the story's.\n\
         Booting Linux {KERNEL} with virtual radios in warped time ..."
    );
    let mut stage = Stage::default();
    let both = [(ALONE, "wpa_supplicant-alone"), (STORY, "macveil")];
    let hear = |line: &str| stage.hear(line);
    let played = play(&both, guests::Purpose::Show, hear, &shelf, options)?;
    let [(alone, drawn_alone), (veiled, drawn_veiled)] =
        played.try_into().map_err(|_| "not all was played")?;
    for problem in veiled.failures() {
        println!("The story failed: {problem}");
    }
    tell_verdict(&alone, &veiled);
    println!(
        "\nFor the pictures: NetworkManager after a moment in which it did not manage the card ..."
    );
    let theirs = [(NETWORK_MANAGER, "networkmanager")];
    let played = play(&theirs, guests::Purpose::Test, |_| {}, &shelf, options)?;
    let [(_, drawn_theirs)] = played.try_into().map_err(|_| "not all was played")?;
    pictures::show(&[drawn_alone, drawn_veiled, drawn_theirs])?;
    Ok(veiled.failures().is_empty() && veiled.verdict.leaks.broken().next().is_none())
}

type Played = (Evidence, (&'static str, String));

/// Plays stories in a guest, and has each drawn under its name.
fn play(
    stories: &[(&str, &'static str)],
    purpose: guests::Purpose,
    heard: impl FnMut(&str),
    shelf: &plan::Shelf,
    options: &Options,
) -> Result<Vec<Played>, String> {
    let run = |(story, _): &(&str, &str)| plan::Run {
        kernel: KERNEL,
        method: "auto",
        story: (*story).to_owned(),
    };
    let runs: Vec<_> = stories.iter().map(run).collect();
    let order = guests::Order {
        kernel: KERNEL,
        runs: &runs,
        purpose,
    };
    let mut played = Vec::new();
    guests::play(&order, shelf, options, heard, |run, folder| {
        let (_, name) = stories[played.len()];
        let story = &shelf.get(&run.story).story;
        let seen = Evidence::read(story, folder).and_then(|evidence| {
            let drawn = pictures::draw(name, &folder.join("air.pcap"), &evidence, options)?;
            Ok((evidence, (name, drawn)))
        });
        played.push(seen);
    })
    .map_err(|breakdown| breakdown.problem)?;
    played.into_iter().collect()
}

fn tell_verdict(alone: &Evidence, veiled: &Evidence) {
    let row = |what: &str, one: &str, other: &str| println!("{what:<46} {one:>9} {other:>9}");
    println!("\nThe judge's verdict");
    row("", "alone", "macveil");
    for leak in Leak::ALL.into_iter().filter(|leak| !leak.is_tolerated()) {
        let count = |evidence: &Evidence| evidence.verdict.leaks.count(leak).to_string();
        row(&leak.to_string(), &count(alone), &count(veiled));
    }
    let addresses = |evidence: &Evidence| {
        let frames = evidence.frames.iter();
        let stations = frames.filter_map(|frame| evidence.brief.station(frame));
        stations.collect::<BTreeSet<_>>().len().to_string()
    };
    row("addresses used", &addresses(alone), &addresses(veiled));
    let scans = |evidence: &Evidence| evidence.verdict.scans.len().to_string();
    row("scans", &scans(alone), &scans(veiled));
    let worst = |evidence: &Evidence| {
        let all = evidence
            .verdict
            .outages
            .iter()
            .map(|outage| outage.back_after);
        all.max()
            .map_or_else(|| "-".to_owned(), |it| format!("{:.1} s", it as f64 / 1e6))
    };
    row(
        "slowest return of a connection",
        &worst(alone),
        &worst(veiled),
    );
}
