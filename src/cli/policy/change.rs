//! A network's policy is set or taken away.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use super::How;
use super::drop_in::{self, DropIn};
use super::rules::{Rules, is_in, said_to_json};
use crate::cli::failure::{Failure, NO};
use crate::config::{Config, Errors};
use crate::json::Json;
use crate::protocol::{Affected, Client, ClientError, Effect, FaultKind, Reply, Request};
use macveil_core::address::{Policy, Said};
use macveil_core::types::Ssid;

/// What is to be changed, and how.
#[derive(Debug)]
pub(in crate::cli) struct Change<'a> {
    ssid: Ssid,
    /// `None`: what was set is to be removed.
    policy: Option<Policy>,
    how: &'a How,
}

/// What a change has come to.
#[derive(Debug)]
enum Outcome {
    /// The files would not say what they should, and are as they were.
    Refused(KernelError),
    /// The files are as wished.
    Done {
        file: String,
        /// What is said of the network now.
        rules: Rules,
        daemon: BackendEvent,
    },
}

#[derive(Debug)]
enum KernelError {
    /// The configuration would be wrong, or was so before.
    Wrong(Errors),
    /// Another rule comes first.
    Overruled(Said<Policy>),
    /// Nothing was set; this holds all the same.
    NothingSet(Said<Policy>),
}

/// What became of telling a running daemon.
#[derive(Debug)]
enum BackendEvent {
    /// It was not to be told.
    NotAsked,
    NotRunning,
    /// It reads these files and no others.
    ReadsOther(Vec<String>),
    /// It finds its configuration wrong, and keeps the old one.
    FindsItWrong(String),
    /// It takes effect at the next association.
    Reloaded,
    /// With what comes of it at once on each interface.
    Rejoined(Vec<Affected>),
}

impl<'a> Change<'a> {
    pub(in crate::cli) fn new(ssid: Ssid, policy: Option<Policy>, how: &'a How) -> Self {
        Self { ssid, policy, how }
    }

    /// Why a file that is named on the command line is not changed.
    pub(super) fn by_hand(&self, file: &Path) -> Failure {
        let file = file.display();
        Failure::usage(match self.policy {
            Some(policy) => format!(
                "a configuration file that is named has no drop-ins; write this into {file}:\n\n{}",
                drop_in::rule(&self.ssid, policy)
            ),
            None => format!(
                "a configuration file that is named has no drop-ins; remove the rule from {file}"
            ),
        })
    }

    /// Makes the change, and writes what has come of it.
    pub(in crate::cli) fn make(&self, out: &mut impl Write) -> Result<ExitCode, Failure> {
        if self.how.now && !self.how.has_daemon() {
            let why = "--now is for a running macveil: say its --socket, or leave out --root";
            return Err(Failure::usage(why));
        }
        let outcome = self.carry_out()?;
        if self.how.json {
            writeln!(out, "{}", self.to_json(&outcome))?;
        } else {
            self.write(&outcome, out)?;
        }
        let good = match &outcome {
            Outcome::Refused(_) => false,
            Outcome::Done { daemon, .. } => !matches!(
                daemon,
                BackendEvent::ReadsOther(_) | BackendEvent::FindsItWrong(_)
            ),
        };
        Ok(if good {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(NO)
        })
    }

    fn carry_out(&self) -> Result<Outcome, Failure> {
        let layout = self.how.layout();
        let directory = layout.own_drop_ins().unwrap_or(Path::new("")).to_owned();
        let file = DropIn::of(&self.ssid, &directory);
        let text = self.policy.map(|policy| drop_in::text(&self.ssid, policy));
        let layout = layout.supposing(&file.path(), text.clone());
        let config = match Config::read(&layout) {
            Err(errors) if errors.are_about_files() => {
                return Err(Failure::cannot("cannot read the configuration", errors));
            }
            Err(errors) => return Ok(Outcome::Refused(KernelError::Wrong(errors))),
            Ok(config) => config,
        };
        let rules = Rules::of(&config, &layout, Some(&self.ssid));
        let holds = rules.verdict().holds.clone();
        let path = file.path();
        match text {
            Some(_) if !is_in(&holds.place, &path) => {
                return Ok(Outcome::Refused(KernelError::Overruled(holds)));
            }
            Some(text) => file
                .write(&text)
                .map_err(|error| not_changed(&path, error))?,
            None => {
                let removed = file.remove().map_err(|error| not_changed(&path, error))?;
                if !removed {
                    return Ok(Outcome::Refused(KernelError::NothingSet(holds)));
                }
            }
        }
        let file = path.display().to_string();
        let daemon = self.tell(&config, &file)?;
        Ok(Outcome::Done {
            file,
            rules,
            daemon,
        })
    }

    /// Lets a running daemon take the change.
    fn tell(&self, config: &Config, file: &str) -> Result<BackendEvent, Failure> {
        if !self.how.has_daemon() {
            return Ok(BackendEvent::NotAsked);
        }
        let untold = |error: ClientError| {
            let tried = format!("{file} is as wished, but the running macveil could not be told");
            Failure::cannot(tried, error)
        };
        let path = self.how.daemon.path(Some(config));
        let mut daemon = match Client::connect(&path) {
            Err(ClientError::NoDaemon(_)) => return Ok(BackendEvent::NotRunning),
            daemon => daemon.map_err(untold)?,
        };
        match daemon.ask(&Request::Reload) {
            Err(ClientError::Refused(fault)) if fault.kind == FaultKind::Configuration => {
                return Ok(BackendEvent::FindsItWrong(fault.message));
            }
            Ok(Reply::Reloaded { files, .. }) => {
                if self.policy.is_some() && !files.iter().any(|read| read == file) {
                    return Ok(BackendEvent::ReadsOther(files));
                }
            }
            other => drop(other.map_err(untold)?),
        }
        if !self.how.now {
            return Ok(BackendEvent::Reloaded);
        }
        let ssid = self.ssid.clone();
        match daemon.ask(&Request::Rejoin { ssid }).map_err(untold)? {
            Reply::Rejoined { interfaces, .. } => Ok(BackendEvent::Rejoined(interfaces)),
            _ => Ok(BackendEvent::Reloaded),
        }
    }
}

fn not_changed(path: &Path, error: io::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::PermissionDenied => "; run this as root",
        _ => "",
    };
    Failure::cannot(format!("cannot change {}{hint}", path.display()), error)
}

/// The answer for people.
impl Change<'_> {
    fn write(&self, outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
        let ssid = &self.ssid;
        match outcome {
            Outcome::Refused(KernelError::Wrong(errors)) => {
                writeln!(out, "{errors}")?;
                writeln!(
                    out,
                    "nothing was changed: the configuration has to be good first"
                )
            }
            Outcome::Refused(KernelError::Overruled(Said { value, place })) => writeln!(
                out,
                "nothing was changed: {place} comes first and says {value} for {ssid}"
            ),
            Outcome::Refused(KernelError::NothingSet(Said { value, place })) => writeln!(
                out,
                "nothing was changed: `macveil policy` has set nothing for {ssid}, which gets {value} ({place})"
            ),
            Outcome::Done { rules, daemon, .. } => {
                write!(out, "{rules}")?;
                self.write_told(daemon, out)
            }
        }
    }

    fn write_told(&self, daemon: &BackendEvent, out: &mut impl Write) -> io::Result<()> {
        match daemon {
            BackendEvent::NotAsked => Ok(()),
            BackendEvent::NotRunning => writeln!(
                out,
                "macveil is not running: this takes effect when it runs"
            ),
            BackendEvent::ReadsOther(files) => writeln!(
                out,
                "but the running macveil does not read it: it was started with --config {}, and a file that is named has no drop-ins",
                files.join(" ")
            ),
            BackendEvent::FindsItWrong(message) => {
                writeln!(out, "{message}")?;
                writeln!(
                    out,
                    "but the running macveil finds its configuration wrong, and keeps the old one"
                )
            }
            BackendEvent::Reloaded => writeln!(
                out,
                "this takes effect when the network is joined the next time (--now: at once)"
            ),
            BackendEvent::Rejoined(interfaces) => {
                for Affected {
                    interface, effect, ..
                } in interfaces
                {
                    match effect {
                        Effect::Now => {
                            writeln!(out, "{interface}: joins {} again now", self.ssid)?;
                        }
                        Effect::NextAssociation | Effect::None | Effect::Unknown => writeln!(
                            out,
                            "{interface}: not connected to {}; this takes effect when it is",
                            self.ssid
                        )?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// The answer for programs.
impl Change<'_> {
    fn to_json(&self, outcome: &Outcome) -> Json {
        let mut entries = vec![
            ("ssid", Json::text(&self.ssid)),
            ("ssid_hex", Json::text(self.ssid.to_hex())),
        ];
        match outcome {
            Outcome::Refused(refusal) => {
                entries.push(("changed", Json::Bool(false)));
                entries.extend(refusal_to_json(refusal));
            }
            Outcome::Done {
                file,
                rules,
                daemon,
            } => {
                entries.push(("changed", Json::Bool(true)));
                entries.push(("file", Json::text(file)));
                entries.push(("holds", said_to_json(rules.verdict().holds)));
                entries.extend(told_to_json(daemon));
            }
        }
        Json::Object(entries)
    }
}

fn refusal_to_json(refusal: &KernelError) -> [(&'static str, Json); 2] {
    let (error, of) = match refusal {
        KernelError::Wrong(errors) => ("configuration", ("message", Json::text(errors))),
        KernelError::Overruled(holds) => ("overruled", ("holds", said_to_json(holds))),
        KernelError::NothingSet(holds) => ("nothing-set", ("holds", said_to_json(holds))),
    };
    [("error", Json::text(error)), of]
}

fn told_to_json(daemon: &BackendEvent) -> Vec<(&'static str, Json)> {
    let word = match daemon {
        BackendEvent::NotAsked => "not-told",
        BackendEvent::NotRunning => "not-running",
        BackendEvent::ReadsOther(_) => "reads-other-files",
        BackendEvent::FindsItWrong(_) => "finds-its-configuration-wrong",
        BackendEvent::Reloaded | BackendEvent::Rejoined(_) => "reloaded",
    };
    let mut entries = vec![("daemon", Json::text(word))];
    match daemon {
        BackendEvent::NotAsked | BackendEvent::NotRunning | BackendEvent::Reloaded => {}
        BackendEvent::ReadsOther(files) => {
            let files = files.iter().map(Json::text).collect();
            entries.push(("daemon_files", Json::List(files)));
        }
        BackendEvent::FindsItWrong(message) => {
            entries.push(("daemon_message", Json::text(message)))
        }
        BackendEvent::Rejoined(interfaces) => {
            let interfaces = interfaces.iter().map(Affected::to_json).collect();
            entries.push(("interfaces", Json::List(interfaces)));
        }
    }
    entries
}
