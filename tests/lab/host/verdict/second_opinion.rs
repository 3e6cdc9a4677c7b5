//! What `macveil audit` says of the same capture. The judge knows the story and shares no code with it:
//! where both look at the same thing they have to agree.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use macveil_testkit::judge::{Brief, Leak};
use macveil_testkit::scenarios::{Check, Step, Story};
use macveil_testkit::verdict::Evidence;

/// Where it contradicts: a leak in a story that has none, or none where there are.
pub fn contradictions(
    story: &Story,
    capture: &Path,
    evidence: &Evidence,
    macveil: &Path,
) -> Vec<String> {
    let mut steps = story.lines.iter().map(|line| &line.step);
    let wants_leaks = steps.any(|step| match step {
        Step::Then(Check::Leaks(leaks)) => leaks.iter().any(|it| !Leak::is_above_the_link(it)),
        _ => false,
    });
    match audit(capture, evidence, macveil) {
        Err(problem) => vec![format!("macveil audit: {problem}")],
        Ok(leaks) if wants_leaks && leaks.is_empty() => {
            vec!["macveil audit finds no leak".to_owned()]
        }
        Ok(_) if wants_leaks => Vec::new(),
        Ok(leaks) => leaks
            .iter()
            .filter(|leak| !may_be(leak, &evidence.brief) && !is_tolerated(leak, story))
            .map(|leak| format!("macveil audit finds {leak}"))
            .collect(),
    }
}

/// The leaks of its verdict, a line each.
fn audit(capture: &Path, evidence: &Evidence, macveil: &Path) -> Result<Vec<String>, String> {
    let bytes = fs::read(capture).map_err(|e| e.to_string())?;
    let watched = watched(&bytes, evidence).ok_or("the capture is cut off")?;
    let mut command = Command::new(macveil);
    command.args(["audit", "-"]);
    for mac in evidence.brief.permanent.keys() {
        command.arg(format!("--permanent={mac}"));
    }
    for mac in evidence.brief.explicit.keys() {
        command.arg(format!("--assigned={mac}"));
    }
    let output = given(command, &watched).map_err(|e| e.to_string())?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let verdict = answer.rsplit_once("VERDICT: ").map(|(_, verdict)| verdict);
    match (output.status.code(), verdict) {
        (Some(0), Some(verdict)) if verdict.starts_with("no leak found") => Ok(Vec::new()),
        (Some(1), Some(leaks)) => Ok(leaks
            .lines()
            .skip(1)
            .map(|it| it.trim().to_owned())
            .collect()),
        _ => Err(format!("{}: {output:?}", output.status)),
    }
}

/// The capture without what the judge does not look at.
fn watched(capture: &[u8], evidence: &Evidence) -> Option<Vec<u8>> {
    const HEADER: usize = 24;
    const RECORD: usize = 16;
    let (header, mut rest) = capture.split_at_checked(HEADER)?;
    let mut watched = header.to_vec();
    let brief = &evidence.brief;
    for frame in &evidence.frames {
        let length = u32::from_le_bytes(rest.get(8..12)?.try_into().ok()?);
        let (record, after) = rest.split_at_checked(RECORD + length as usize)?;
        let stranger = frame.transmitter.is_some_and(|it| brief.is_stranger(it));
        if brief.is_watched(frame.at) && !stranger {
            watched.extend(record);
        }
        rest = after;
    }
    Some(watched)
}

fn given(mut command: Command, input: &[u8]) -> std::io::Result<Output> {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    // It says nothing before it has read everything.
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    child.wait_with_output()
}

/// What the story says of the judge holds for both.
fn is_tolerated(leak: &str, story: &Story) -> bool {
    const WORDS: [(&str, &str); 5] = [
        (
            "address reused for another scan",
            "mask address in two scans",
        ),
        (
            "probe request with a WPS or P2P element",
            "WPS or P2P element in a probe request",
        ),
        (
            "probe request with an assigned address",
            "probe request under an assigned address",
        ),
        (
            "probe request with an SSID",
            "probe request naming a network not hidden",
        ),
        (
            "probe request with an SSID and an assigned address",
            "network named under an assigned address",
        ),
    ];
    let kind = leak.split_once(": ").map_or(leak, |(kind, _)| kind);
    let tolerated = story.tolerated_leaks();
    let mut words = WORDS.iter().filter(|(own, _)| *own == kind);
    words.any(|(_, judge)| tolerated.contains(judge))
        // By the elements of its probe requests, which are iwd's.
        || (kind == "addresses linked to another address" && story.has_iwd())
}

/// What only the story can allow.
fn may_be(leak: &str, brief: &Brief) -> bool {
    let allows_permanent = || {
        let mut aps = brief.access_points.values();
        // An association from before may still be ending.
        !brief.away.is_empty() || aps.any(|ap| !ap.may_see_permanent.is_empty())
    };
    match leak.split_once(": ").map(|(kind, _)| kind) {
        Some("frame with a permanent address") => allows_permanent(),
        Some("probe request with a WPS or P2P element" | "address reused for another scan") => {
            !brief.wps.is_empty()
        }
        // What a command asked for: the judge looks at the times.
        Some(
            "probe request with an assigned address"
            | "probe request with an SSID and an assigned address"
            | "query with an assigned address to another access point",
        ) => !brief.typed.is_empty(),
        Some("probe request with an SSID" | "addresses linked to another address") => {
            !brief.hidden.is_empty()
        }
        _ => false,
    }
}
