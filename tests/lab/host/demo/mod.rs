//! The demonstration: a story told as it happens, first with the supplicant
//! alone, then with macveil, and the judge's findings side by side.

mod stage;

use std::collections::BTreeSet;
use std::fs;

use super::options::Options;
use super::verdict::Evidence;
use super::{guests, paths, plan};
use crate::judge::Leak;
use stage::Stage;

const KERNEL: &str = "6.1";
const STORY: &str = "demo";
const ALONE: &str = "demo-alone";

/// True if macveil gave nothing away.
pub fn run(options: &Options) -> Result<bool, String> {
    let mut shelf = plan::read_stories()?;
    let text = &shelf.get(STORY).text;
    let alone = text.replace("macveil and wpa_supplicant are", "wpa_supplicant is");
    shelf.add(ALONE, alone)?;
    let runs = [ALONE, STORY].map(|story| plan::Run {
        kernel: KERNEL,
        method: "auto",
        story: story.to_owned(),
    });
    paths::clear_results()?;
    println!("Booting Linux {KERNEL} with virtual radios in warped time ...");
    let mut stage = Stage::default();
    let mut played = Vec::new();
    let order = guests::Order {
        kernel: KERNEL,
        runs: &runs,
        live: true,
    };
    let capture = paths::lab().join("demo.pcap");
    guests::play(
        &order,
        &shelf,
        options,
        |line| stage.hear(line),
        |run, folder| {
            played.push(Evidence::read(&shelf.get(&run.story).story, folder));
            fs::copy(folder.join("air.pcap"), &capture).expect("the capture can be kept");
        },
    )
    .map_err(|breakdown| breakdown.problem)?;
    let played: Result<Vec<_>, _> = played.into_iter().collect();
    let [alone, veiled] = played?.try_into().map_err(|_| "not all was played")?;
    for problem in veiled.failures() {
        println!("The story failed: {problem}");
    }
    tell_verdict(&alone, &veiled);
    println!("\nThe capture with macveil is {}", capture.display());
    Ok(veiled.failures().is_empty() && veiled.verdict.leaks.broken().next().is_none())
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
