//! iwd and another program edit a known network's file at the same time, hundreds of times each: iwd because
//! `AutoConnect` is switched on and off over D-Bus, the other one because the network gets another address
//! each time. What is lost thereby is told.

mod careless;
mod pace;
mod settings;
mod watch;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};
use std::{fs, iter};

use super::access_point::hex;
use super::bus::{Client, Property};
use super::daemon::{Daemon, PROGRAM};
use super::iwd;
use super::process::{run, wait_asking_every};
use super::status::value;
use super::witness::SOCKET;
use super::world::World;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::Editor;
use pace::Pace;
use settings::{ADDRESS, AUTOCONNECT, Settings};
use watch::{Watch, Watched};

/// Between two looks at what iwd reports.
const LOOK: Duration = Duration::from_millis(1);
/// In which macveil has written its last address again, if iwd has just written over it.
const LAST_WORD: Duration = Duration::from_secs(1);

/// What came of it.
pub struct Edits {
    /// Files that each put in the place of the one before.
    by_iwd: usize,
    by_other: usize,
    /// A sentence each.
    lost: Vec<String>,
}

impl World {
    pub fn edit(&mut self, editor: Editor, ssid: &[u8], times: [u32; 2]) -> Result<(), String> {
        let name = self.known_file(ssid)?;
        let path = Path::new(iwd::STATE).join(&name);
        let others = || other_files(&name);
        let (before, others_before) = (Settings::read(&path)?, others()?);
        let pace = Arc::new(Pace::new(editor, times));
        let watch = Watch::begin(Watched {
            suffix: editor.suffix(),
            held: self.daemon.as_ref().and_then(Daemon::pid),
            pace: pace.clone(),
            path: path.clone(),
            foreign: before.foreign(),
        })?;
        let mut toggling = Toggling::begin(&name, ssid)?;
        let interface = self.stations[0].interface();
        scope(|scope| {
            let other = scope.spawn(|| {
                let result = match editor {
                    Editor::Macveil => reroll(ssid, &pace),
                    Editor::Careless => careless::edit(&path, &pace),
                };
                pace.ends_if(result.is_err());
                result
            });
            while pace.goes_on() {
                if pace.is_turn_of_iwd() {
                    let result = toggling.toggle(pace.patience);
                    pace.ends_if(result.is_err());
                    result?;
                    pace.iwd_has_edited();
                }
            }
            other.join().map_err(|_| "the other editor broke")?
        })?;
        toggling.end_switched_on(pace.patience)?;
        let mut lost = toggling.lost;
        if editor == Editor::Macveil {
            lost.extend(address_missing(&path, &interface, ssid)?);
        }
        let after = Settings::read(&path)?;
        if after.get(AUTOCONNECT) != Some("true") {
            lost.push(format!("iwd's last value: {:?}", after.get(AUTOCONNECT)));
        }
        if others()? != others_before {
            lost.push("something in another network's file".to_owned());
        }
        let seen = watch.end()?;
        lost.extend(seen.lost);
        self.note(Fact::Measured(format!(
            "{} edits by iwd, {} by {}, {} times something was lost",
            seen.by_iwd,
            seen.by_other,
            editor.words(),
            lost.len()
        )));
        self.edits = Some(Edits {
            by_iwd: seen.by_iwd,
            by_other: seen.by_other,
            lost,
        });
        Ok(())
    }

    pub fn nothing_lost(&self, at_least: usize) -> Result<(), String> {
        let edits = self.edits.as_ref().ok_or("no edits were made")?;
        edits.expect_both(at_least)?;
        match &edits.lost[..] {
            [] => Ok(()),
            [first, ..] => Err(format!("{} times, at first {first}", edits.lost.len())),
        }
    }

    pub fn much_lost(&self, lost: usize, at_least: usize) -> Result<(), String> {
        let edits = self.edits.as_ref().ok_or("no edits were made")?;
        edits.expect_both(at_least)?;
        let count = edits.lost.len();
        if count < lost {
            return Err(format!("{count} times only"));
        }
        Ok(())
    }

    /// The name of a network's file.
    fn known_file(&self, ssid: &[u8]) -> Result<String, String> {
        let mut networks = self.networks.iter();
        let network = networks.find(|network| network.ssid == ssid);
        network
            .map(iwd::file_name)
            .ok_or_else(|| "the story has no such network".to_owned())
    }
}

impl Edits {
    /// Neither may have been idle.
    fn expect_both(&self, at_least: usize) -> Result<(), String> {
        let Self {
            by_iwd, by_other, ..
        } = self;
        let fewest = at_least / 5;
        if by_iwd + by_other < at_least || *by_iwd.min(by_other) < fewest {
            return Err(format!("{by_iwd} edits by iwd and {by_other} by the other"));
        }
        Ok(())
    }
}

/// The name of an editor, and of the files that it writes.
trait EditorFiles {
    /// What it adds to the name of the file that it is about to put in another one's place.
    fn suffix(self) -> &'static str;
    fn words(self) -> &'static str;
}

impl EditorFiles for Editor {
    fn suffix(self) -> &'static str {
        match self {
            Self::Macveil => ".macveil.tmp",
            Self::Careless => careless::SUFFIX,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Macveil => "macveil",
            Self::Careless => "a careless editor",
        }
    }
}

/// Has iwd edit a file.
struct Toggling {
    bus: Client,
    property: Property,
    /// What was set last.
    value: bool,
    lost: Vec<String>,
}

impl Toggling {
    fn begin(file: &str, ssid: &[u8]) -> Result<Self, String> {
        let kind = file.rsplit('.').next().unwrap_or_default();
        let property = Property {
            destination: "net.connman.iwd",
            path: format!("/net/connman/iwd/{}_{kind}", hex(ssid)),
            interface: "net.connman.iwd.KnownNetwork",
            name: "AutoConnect",
        };
        let mut bus = Client::connect()?;
        Ok(Self {
            value: bus.get(&property)?,
            bus,
            property,
            lost: Vec::new(),
        })
    }

    /// Again, and waits until iwd has read it: iwd itself loses one of two quick edits.
    fn toggle(&mut self, patience: Duration) -> Result<(), String> {
        let now = self.bus.get(&self.property)?;
        if now != self.value {
            self.lost
                .push(format!("iwd's {}, after a while", self.value));
        }
        self.value = !now;
        self.bus.set(&self.property, self.value)?;
        let deadline = Instant::now() + patience;
        while self.bus.get(&self.property)? != self.value {
            if Instant::now() >= deadline {
                self.lost.push(format!("iwd's {}", self.value));
                self.value = !self.value;
                break;
            }
            sleep(LOOK);
        }
        Ok(())
    }

    fn end_switched_on(&mut self, patience: Duration) -> Result<(), String> {
        let turns = if self.value { 2 } else { 1 };
        iter::repeat_n((), turns).try_for_each(|()| self.toggle(patience))
    }
}

/// Gives the network another address, again and again.
fn reroll(ssid: &[u8], pace: &Pace) -> Result<(), String> {
    let told = |e: std::io::Error| format!("macveil's socket: {e}");
    let mut socket = BufReader::new(UnixStream::connect(SOCKET).map_err(told)?);
    let digits = hex(ssid);
    let request = format!("{{\"request\":\"reroll\",\"ssid_hex\":\"{digits}\",\"now\":false}}\n");
    while pace.goes_on() {
        if !pace.is_turn_of_other() {
            continue;
        }
        socket
            .get_mut()
            .write_all(request.as_bytes())
            .map_err(told)?;
        let mut answer = String::new();
        socket.read_line(&mut answer).map_err(told)?;
        if !answer.contains("\"effect\":\"next-association\"") {
            return Err(format!("reroll was answered with {answer}"));
        }
        let turn = pace.other_has_edited();
        // At all distances from what iwd does meanwhile.
        sleep(Duration::from_micros(u64::from(turn * 170 % 2000)));
    }
    Ok(())
}

/// What macveil says that the network's address is now, if the file does not come to say so, too.
fn address_missing(path: &Path, interface: &str, ssid: &[u8]) -> Result<Option<String>, String> {
    let mut explain = Command::new(PROGRAM);
    let name = hex(ssid);
    explain.args(["explain", "--hex", &name, "--iface", interface, "--json"]);
    let explanation = run(&mut explain)?;
    let address = value(&explanation, "address")?;
    let is_there = || {
        let settings = Settings::read(path).ok()?;
        (settings.get(ADDRESS) == Some(address)).then_some(())
    };
    let found = wait_asking_every(Duration::from_millis(20), LAST_WORD, is_there);
    Ok(found
        .is_none()
        .then(|| format!("macveil's last address, {address}")))
}

/// Until another file is in this one's place, where only iwd may put one.
fn wait_for_iwd(path: &Path, patience: Duration) {
    let file = || fs::metadata(path).map(|it| it.ino()).ok();
    let before = file();
    wait_asking_every(LOOK, patience, || (file() != before).then_some(()));
}

/// What is in the files of the other networks.
fn other_files(name: &str) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let told = |e: std::io::Error| format!("{}: {e}", iwd::STATE);
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(iwd::STATE).map_err(told)? {
        let path = entry.map_err(told)?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let is_network = [".psk", ".open"].iter().any(|end| file.ends_with(end));
        if is_network && file != name {
            let bytes = fs::read(&path).map_err(told)?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}
