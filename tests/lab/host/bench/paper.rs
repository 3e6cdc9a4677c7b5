//! What was measured as the page and the chart of docs/.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::super::paths;
use super::measure::Measured;
use super::tables;
use macveil_testkit::report::{Report, chart};

const PAGE: &str = "docs/benchmarks.md";
const CHART: &str = "docs/images/benchmarks.svg";

/// Into docs/.
pub fn write(results: &[Measured]) -> Result<(), String> {
    let report = Report {
        date: today()?,
        versions: versions(results),
        introduction: include_str!("../../../bench/introduction.md").to_owned(),
        sections: tables::sections(results),
        troubles: troubles(results),
        repeat: include_str!("../../../bench/repeat.md").to_owned(),
    };
    let picture = chart("macveil and other programs", &tables::panels(results));
    for (path, text) in [(PAGE, report.markdown()), (CHART, picture)] {
        let path = paths::project().join(path);
        fs::create_dir_all(path.parent().unwrap_or(&path))
            .and_then(|()| fs::write(&path, text))
            .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    println!("written: {PAGE} and {CHART}");
    Ok(())
}

fn today() -> Result<String, String> {
    let output = Command::new("date").args(["-u", "+%F"]).output();
    let output = output.map_err(|e| format!("date: {e}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn versions(results: &[Measured]) -> Vec<(String, String)> {
    let all: BTreeMap<_, _> = results.iter().flat_map(|it| it.versions.clone()).collect();
    all.into_iter().collect()
}

fn troubles(results: &[Measured]) -> Vec<String> {
    let failed = results
        .iter()
        .filter_map(|it| Some((it, it.failure.as_ref()?)));
    failed
        .map(|(it, problem)| format!("{}: {problem}", it.name))
        .collect()
}
