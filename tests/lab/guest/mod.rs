//! What runs in the guest: plays the planned stories one after another and
//! hands each one's record, capture and logs out over the share.
//!
//! While a story plays everything stays in memory: time in the guest jumps to
//! the next timer whenever it waits for the host.

mod access_point;
mod background;
mod bench;
mod bus;
mod card;
mod checks;
mod commands;
mod connman;
mod control;
mod daemon;
mod datagrams;
mod doctor;
mod documentation;
mod echoes;
mod edits;
mod events;
mod hwsim;
mod iwd;
mod lan;
mod link_trace;
mod live;
mod machine;
mod network_manager;
mod other_interfaces;
mod process;
mod radios;
mod record;
mod share;
mod sleep;
mod station;
mod status;
mod strangers;
mod trouble;
mod witness;
mod world;

use std::fs;
use std::io::Write;
use std::path::Path;

use bench::{LinkLog, Meter};
use daemon::Configuration;
use live::Live;
use macveil_testkit::briefing;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{self, Story};
use process::run_words;
use record::Recorder;
use world::World;

const FOLDER: &str = "/tmp/story";

/// Plays every line of the plan, each a masking method and a story.
pub fn run() -> Result<(), String> {
    run_words("busybox stty -F /dev/ttyS1 raw -echo")?;
    share::mount()?;
    radios::make_namespace()?;
    let plan = fs::read_to_string("/lab/plan").map_err(|e| e.to_string())?;
    for line in plan.lines() {
        let (method, name) = line.split_once(' ').ok_or("the plan is malformed")?;
        tell_host(&format!("begin {line}"));
        let cleared = play_one(method, name);
        hand_out(&Path::new("/out").join(method).join(name))?;
        tell_host(&format!("end {line}"));
        cleared?;
    }
    Ok(())
}

fn tell_host(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").expect("the host listens");
}

/// Plays a story; an error means that no other can follow it in this guest.
fn play_one(method: &str, name: &str) -> Result<(), String> {
    let folder = Path::new(FOLDER);
    wipe(folder)?;
    let mut recorder = Recorder::open(folder)?;
    let path = format!("/lab/stories/{name}.story");
    let text = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    let story = scenarios::parse(&text)?;
    let cleared = World::create(&story, method, folder).and_then(|mut world| {
        if bench::is_on() {
            bench::note_versions(folder)?;
        }
        let live = live_if_asked(&story, folder)?;
        let links = bench::is_on().then(|| LinkLog::start(folder)).transpose()?;
        let outcome = play(&story, &mut world);
        if let Some(live) = live {
            live.finish();
        }
        drop(links);
        match outcome {
            Ok(()) => recorder.note(Fact::Over),
            Err(problem) => recorder.note(Fact::Failed(problem)),
        }
        world.remove()
    });
    match &cleared {
        Ok(()) => recorder.note(Fact::Played),
        Err(problem) => recorder.note(Fact::Failed(problem.clone())),
    }
    let kernel_log = run_words("busybox dmesg -c")?;
    fs::write(folder.join("kernel.log"), kernel_log).map_err(|e| e.to_string())?;
    cleared
}

fn play(story: &Story, world: &mut World) -> Result<(), String> {
    let mut meter = bench::is_on()
        .then(|| Meter::open(&world.folder))
        .transpose()?;
    for line in &story.lines {
        if let Some(meter) = &mut meter {
            meter.note(line.number, &world.programs())?;
        }
        world.note(Fact::Step(line.number));
        tell_host(&format!("step {} {}", record::now(), line.text));
        world.carry_out(&line.step)?;
    }
    if let Some(meter) = &mut meter {
        meter.note(0, &world.programs())?;
    }
    world.expect_daemon_running()
}

fn live_if_asked(story: &Story, folder: &Path) -> Result<Option<Live>, String> {
    if !is_live() {
        return Ok(None);
    }
    let brief = briefing::brief(story, &record::read(folder)?);
    Live::start(&folder.join("air.pcap"), brief).map(Some)
}

/// Whether frames are to be told as they are on the air.
fn is_live() -> bool {
    Path::new("/lab/live").exists()
}

fn wipe(folder: &Path) -> Result<(), String> {
    for path in [
        folder,
        Path::new("/var/lib/macveil"),
        Path::new(iwd::STATE),
        Path::new(connman::STATE),
        Path::new(connman::CONFIGURATION),
        Path::new("/run/macveil"),
        Path::new(Configuration::DIRECTORY),
    ] {
        if path.exists() {
            fs::remove_dir_all(path).map_err(|e| e.to_string())?;
        }
    }
    fs::create_dir_all(folder).map_err(|e| e.to_string())
}

fn hand_out(target: &Path) -> Result<(), String> {
    fs::create_dir_all(target).map_err(|e| e.to_string())?;
    for entry in fs::read_dir(FOLDER).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default();
            fs::copy(&path, target.join(name)).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(())
}
