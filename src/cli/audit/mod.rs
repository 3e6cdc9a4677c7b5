//! `macveil audit`: finds frames in a capture that identify a card.

mod json;
mod progress;
#[cfg(test)]
mod tests;
mod text;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::progress::Progress;
use super::failure::{Failure, NO};
use crate::tools::audit::{
    Audit, Capture, CaptureError, KnownAddresses, Timeline, Verdict, between, draw, unpack,
};
use crate::tools::vendors::{Vendors, installed};
use macveil_core::types::Mac;

/// Exit status if no leak was found, but a limit kept a part of the capture from being examined.
const PARTIAL: u8 = 4;

/// Check a capture file for frames that identify a Wi-Fi card.
///
/// CAPTURE is a pcap or pcapng file of any size, from an interface in monitor mode. It can be
/// compressed with gzip, zstd or xz. Every station in it is judged. Exits with status 1 if any
/// station leaks, and with 4 if none does but a part of the capture could not be examined.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil audit air.pcap
  macveil audit air.pcapng --permanent 00:16:ea:12:34:56 --json
  macveil audit air.pcap --svg air.svg
  macveil audit home.pcap cafe.pcap
  tcpdump -i mon0 -c 10000 -w - | macveil audit -")]
pub struct Args {
    /// Capture file, or `-` for standard input. With a second one, taken at another place or time,
    /// also what links the two.
    #[arg(num_args = 1..=2, required = true, value_name = "CAPTURE")]
    captures: Vec<PathBuf>,
    /// Permanent address of the card: no frame may have it. If specified, other globally
    /// administered addresses are notes, not leaks.
    #[arg(long, value_name = "MAC")]
    permanent: Vec<Mac>,
    /// Assigned address: no probe request may have it. Addresses that associate are detected.
    #[arg(long, value_name = "MAC")]
    assigned: Vec<Mac>,
    /// Also count likely links between addresses as leaks, not only certain ones.
    #[arg(long)]
    strict: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Also draw a picture as SVG: when each address sent what, with the leaks.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Judges a capture and prints the result.
///
/// # Errors
///
/// If the capture cannot be read or the picture cannot be written.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let unusable = args.permanent.iter().chain(&args.assigned);
    if let Some(address) = unusable.copied().find(|address| !address.is_usable()) {
        return Err(Failure::usage(format!(
            "{address} is not a valid station address"
        )));
    }
    if let [one, other] = args.captures.as_slice() {
        return two_places(args, [one, other], out);
    }
    let path = args.captures.first().map(PathBuf::as_path);
    let path = path.unwrap_or_else(|| Path::new("-"));
    let is_capture = |file: &PathBuf| path.canonicalize().ok() == file.canonicalize().ok();
    if args
        .svg
        .as_ref()
        .is_some_and(|picture| picture.exists() && is_capture(picture))
    {
        return Err(Failure::usage("the picture would replace the capture"));
    }
    let Judged {
        verdict,
        ends_early,
        timeline,
    } = judge(args, path)?;
    if let (Some(file), Some(timeline)) = (&args.svg, timeline) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        fs::write(file, draw(&verdict, &timeline, &name))
            .map_err(|error| Failure::cannot(format!("cannot write {}", file.display()), error))?;
    }
    let answer = if args.json {
        format!("{}\n", json::answer(&verdict, ends_early))
    } else {
        text::answer(&verdict, ends_early, &vendors(&verdict))
    };
    write(out, &answer)?;
    Ok(status(verdict.leaks(), verdict.is_partial()))
}

/// Judges two captures, and what links them.
fn two_places(
    args: &Args,
    paths: [&PathBuf; 2],
    out: &mut impl Write,
) -> Result<ExitCode, Failure> {
    if args.svg.is_some() {
        return Err(Failure::usage("a picture shows one capture only"));
    }
    let [one, other] = paths;
    let judged = [judge(args, one)?, judge(args, other)?];
    let verdicts = judged.each_ref().map(|it| &it.verdict);
    let [here, there] = verdicts;
    let links = between(here, there);
    let is_linked = links.iter().any(|link| here.is_leak(link));
    let leaks = is_linked || verdicts.iter().any(|it| it.leaks());
    let answer = if args.json {
        format!("{}\n", json::places(&judged, &links, leaks))
    } else {
        let names = paths.map(|path| path.display().to_string().escape_debug().to_string());
        let mut text = String::new();
        for (name, judged) in names.iter().zip(&judged) {
            let Judged {
                verdict,
                ends_early,
                ..
            } = judged;
            let answer = text::answer(verdict, *ends_early, &vendors(verdict));
            text.extend(["CAPTURE ", name, "\n\n", &answer, "\n"]);
        }
        let [here, there] = &names;
        text + &text::between(&judged, &links, [here, there], args.strict)
    };
    write(out, &answer)?;
    Ok(status(leaks, verdicts.iter().any(|it| it.is_partial())))
}

fn write(out: &mut impl Write, answer: &str) -> Result<(), Failure> {
    match out.write_all(answer.as_bytes()).and_then(|()| out.flush()) {
        // The verdict is valid even if the reader of the output has stopped.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn status(leaks: bool, is_partial: bool) -> ExitCode {
    match (leaks, is_partial) {
        (true, _) => ExitCode::from(NO),
        (false, true) => ExitCode::from(PARTIAL),
        (false, false) => ExitCode::SUCCESS,
    }
}

/// A capture and its verdict.
struct Judged {
    verdict: Verdict,
    ends_early: bool,
    timeline: Option<Timeline>,
}

fn judge(args: &Args, path: &Path) -> Result<Judged, Failure> {
    read(args, path)
        .map_err(|error| Failure::cannot(format!("cannot read {}", path.display()), error))
}

fn read(args: &Args, path: &Path) -> Result<Judged, CaptureError> {
    let (source, length): (Box<dyn Read>, _) = if path == OsStr::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path)?;
        let facts = file.metadata()?;
        (Box::new(file), facts.is_file().then_some(facts.len()))
    };
    let unpacked = unpack(source)?;
    let length = length.filter(|_| !unpacked.was_compressed);
    let mut capture = Capture::new(unpacked.source)?;
    let mut audit = Audit::new(KnownAddresses {
        permanent: args.permanent.clone(),
        assigned: args.assigned.clone(),
    })
    .strict(args.strict);
    if args.svg.is_some() {
        audit = audit.with_timeline();
    }
    let mut progress = Progress::new(length);
    audit.read(&mut capture, |bytes| progress.reach(bytes))?;
    progress.clear();
    let timeline = audit.take_timeline();
    Ok(Judged {
        verdict: audit.judge(),
        ends_early: capture.ends_early(),
        timeline,
    })
}

/// The vendor list of this machine, if any address needs it.
fn vendors(verdict: &Verdict) -> Vendors {
    let addresses = verdict.stations.iter().map(|report| report.address);
    let universal: Vec<_> = addresses.filter(|address| !address.is_local()).collect();
    if universal.is_empty() {
        return Vendors::default();
    }
    installed(Path::new("/")).map_or_else(
        |_| Vendors::default(),
        |vendors| vendors.vendors_of(&universal),
    )
}

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing {
    use crate::fuzzing::assert_harmless;
    use crate::tools::audit::Verdict;
    use crate::tools::vendors::Vendors;

    /// Neither output may contain control characters from frames.
    pub(crate) fn answers(verdict: &Verdict) {
        let text = super::text::answer(verdict, true, &Vendors::default());
        text.lines().for_each(assert_harmless);
        assert_harmless(&super::json::answer(verdict, true));
    }
}
