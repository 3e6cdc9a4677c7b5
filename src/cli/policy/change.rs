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
use macveil_core::address::{Policy, Sourced};
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
    Refused(NoChange),
    /// The files are as wished.
    Done {
        file: String,
        /// What is said of the network now.
        rules: Rules,
        daemon: Notified,
    },
}

#[derive(Debug)]
enum NoChange {
    /// The configuration would be wrong, or was so before.
    Wrong(Errors),
    /// Another rule comes first.
    Overruled(Sourced<Policy>),
    /// Nothing was set; this holds all the same.
    NothingSet(Sourced<Policy>),
}

/// What became of telling a running daemon.
#[derive(Debug)]
enum Notified {
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
            Outcome::Done { daemon, .. } => {
                !matches!(daemon, Notified::ReadsOther(_) | Notified::FindsItWrong(_))
            }
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
            Err(errors) => return Ok(Outcome::Refused(NoChange::Wrong(errors))),
            Ok(config) => config,
        };
        let rules = Rules::of(&config, &layout, Some(&self.ssid));
        let holds = rules.verdict().holds.clone();
        let path = file.path();
        match text {
            Some(_) if !is_in(&holds.origin, &path) => {
                return Ok(Outcome::Refused(NoChange::Overruled(holds)));
            }
            Some(text) => file
                .write(&text)
                .map_err(|error| not_changed(&path, error))?,
            None => {
                let removed = file.remove().map_err(|error| not_changed(&path, error))?;
                if !removed {
                    return Ok(Outcome::Refused(NoChange::NothingSet(holds)));
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
    fn tell(&self, config: &Config, file: &str) -> Result<Notified, Failure> {
        if !self.how.has_daemon() {
            return Ok(Notified::NotAsked);
        }
        let untold = |error: ClientError| {
            let tried = format!("{file} is as wished, but the running macveil could not be told");
            Failure::cannot(tried, error)
        };
        let path = self.how.daemon.path(Some(config));
        let mut daemon = match Client::connect(&path) {
            Err(ClientError::NoDaemon(_)) => return Ok(Notified::NotRunning),
            daemon => daemon.map_err(untold)?,
        };
        match daemon.ask(&Request::Reload) {
            Err(ClientError::Refused(fault)) if fault.kind == FaultKind::Configuration => {
                return Ok(Notified::FindsItWrong(fault.message));
            }
            Ok(Reply::Reloaded { files, .. }) => {
                if self.policy.is_some() && !files.iter().any(|read| read == file) {
                    return Ok(Notified::ReadsOther(files));
                }
            }
            other => drop(other.map_err(untold)?),
        }
        if !self.how.now {
            return Ok(Notified::Reloaded);
        }
        let ssid = self.ssid.clone();
        match daemon.ask(&Request::Rejoin { ssid }).map_err(untold)? {
            Reply::Rejoined { interfaces, .. } => Ok(Notified::Rejoined(interfaces)),
            _ => Ok(Notified::Reloaded),
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
            Outcome::Refused(NoChange::Wrong(errors)) => {
                writeln!(out, "{errors}")?;
                writeln!(
                    out,
                    "nothing was changed: the configuration has to be good first"
                )
            }
            Outcome::Refused(NoChange::Overruled(Sourced { value, origin })) => writeln!(
                out,
                "nothing was changed: {origin} comes first and says {value} for {ssid}"
            ),
            Outcome::Refused(NoChange::NothingSet(Sourced { value, origin })) => writeln!(
                out,
                "nothing was changed: `macveil policy` has set nothing for {ssid}, which gets {value} ({origin})"
            ),
            Outcome::Done { rules, daemon, .. } => {
                write!(out, "{rules}")?;
                self.write_told(daemon, out)
            }
        }
    }

    fn write_told(&self, daemon: &Notified, out: &mut impl Write) -> io::Result<()> {
        match daemon {
            Notified::NotAsked => Ok(()),
            Notified::NotRunning => writeln!(
                out,
                "macveil is not running: this takes effect when it runs"
            ),
            Notified::ReadsOther(files) => writeln!(
                out,
                "but the running macveil does not read it: it was started with --config {}, and a file that is named has no drop-ins",
                files.join(" ")
            ),
            Notified::FindsItWrong(message) => {
                writeln!(out, "{message}")?;
                writeln!(
                    out,
                    "but the running macveil finds its configuration wrong, and keeps the old one"
                )
            }
            Notified::Reloaded => writeln!(
                out,
                "this takes effect when the network is joined the next time (--now: at once)"
            ),
            Notified::Rejoined(interfaces) => {
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

fn refusal_to_json(refusal: &NoChange) -> [(&'static str, Json); 2] {
    let (error, of) = match refusal {
        NoChange::Wrong(errors) => ("configuration", ("message", Json::text(errors))),
        NoChange::Overruled(holds) => ("overruled", ("holds", said_to_json(holds))),
        NoChange::NothingSet(holds) => ("nothing-set", ("holds", said_to_json(holds))),
    };
    [("error", Json::text(error)), of]
}

fn told_to_json(daemon: &Notified) -> Vec<(&'static str, Json)> {
    let word = match daemon {
        Notified::NotAsked => "not-told",
        Notified::NotRunning => "not-running",
        Notified::ReadsOther(_) => "reads-other-files",
        Notified::FindsItWrong(_) => "finds-its-configuration-wrong",
        Notified::Reloaded | Notified::Rejoined(_) => "reloaded",
    };
    let mut entries = vec![("daemon", Json::text(word))];
    match daemon {
        Notified::NotAsked | Notified::NotRunning | Notified::Reloaded => {}
        Notified::ReadsOther(files) => {
            let files = files.iter().map(Json::text).collect();
            entries.push(("daemon_files", Json::List(files)));
        }
        Notified::FindsItWrong(message) => entries.push(("daemon_message", Json::text(message))),
        Notified::Rejoined(interfaces) => {
            let interfaces = interfaces.iter().map(Affected::to_json).collect();
            entries.push(("interfaces", Json::List(interfaces)));
        }
    }
    entries
}
