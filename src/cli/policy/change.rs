//! Sets or removes the policy of a network.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use super::How;
use super::drop_in::{self, DropIn, Keys};
use super::rules::{HeldPolicy, Rules, is_in};
use crate::cli::failure::{Failure, NO};
use crate::config::{Config, Errors};
use crate::protocol::{Affected, Client, ClientError, Effect, FaultKind, Reply, Request, to_json};
use macveil_core::address::{Policy, Sourced};
use macveil_core::types::Ssid;
use serde::Serialize;

/// A requested change.
#[derive(Debug)]
pub(in crate::cli) struct Change<'a> {
    ssid: Ssid,
    kind: Kind,
    how: &'a How,
}

#[derive(Debug)]
enum Kind {
    /// Replaces the rule of the network.
    Set(Keys),
    /// Sets these keys and keeps the others.
    Amend(Vec<(&'static str, String)>),
    Remove,
}

/// The result of a change.
#[derive(Debug)]
enum Outcome {
    /// The files are unchanged.
    Refused(NoChange),
    /// The files are changed.
    Done {
        file: String,
        /// The rules that match the network now.
        rules: Rules,
        daemon: Notified,
    },
    /// What would be written; `None`: the file would be removed.
    Tried {
        file: String,
        text: Option<String>,
        rules: Rules,
    },
}

/// Why nothing was changed.
#[derive(Debug)]
enum NoChange {
    /// The configuration is invalid.
    Wrong(Errors),
    /// Another rule takes precedence.
    Overruled(Sourced<Policy>),
    /// There is no policy to remove; this one applies.
    NothingSet(Sourced<Policy>),
}

/// The result of notifying a running daemon.
#[derive(Debug)]
enum Notified {
    /// Not requested.
    NotAsked,
    NotRunning,
    /// It reads only these other files.
    ReadsOther(Vec<String>),
    /// It rejects the configuration and keeps the old one.
    FindsItWrong(String),
    /// It takes effect at the next association.
    Reloaded,
    /// It reloaded and reconnects; the effect on each interface.
    Rejoined(Vec<Affected>),
}

impl<'a> Change<'a> {
    /// Another policy with these further keys, in TOML.
    pub(in crate::cli) fn to(
        ssid: Ssid,
        policy: Policy,
        settings: Vec<(&'static str, String)>,
        how: &'a How,
    ) -> Self {
        let mut keys = Keys::default();
        keys.set(drop_in::POLICY, format!("\"{policy}\""));
        for (key, value) in settings {
            keys.set(key, value);
        }
        let kind = Kind::Set(keys);
        Self { ssid, kind, how }
    }

    /// The same rule with these keys changed.
    pub(super) fn amending(
        ssid: Ssid,
        settings: Vec<(&'static str, String)>,
        how: &'a How,
    ) -> Self {
        let kind = Kind::Amend(settings);
        Self { ssid, kind, how }
    }

    /// No rule of its own any longer.
    pub(super) fn removing(ssid: Ssid, how: &'a How) -> Self {
        let kind = Kind::Remove;
        Self { ssid, kind, how }
    }

    /// The keys of the rule after the change; `None`: no rule.
    fn keys(&self, file: &Path) -> Option<Keys> {
        match &self.kind {
            Kind::Remove => None,
            Kind::Set(keys) => Some(keys.clone()),
            Kind::Amend(settings) => {
                let mut keys = Keys::of_file(file);
                for (key, value) in settings {
                    keys.set(key, value.clone());
                }
                Some(keys)
            }
        }
    }

    /// Why a file named on the command line is not changed.
    pub(super) fn by_hand(&self, file: &Path) -> Failure {
        let file = file.display();
        Failure::usage(match self.keys(Path::new("")) {
            Some(keys) => format!(
                "a named configuration file has no drop-ins; add this to {file}:\n\n{}",
                drop_in::rule(&self.ssid, &keys)
            ),
            None => {
                format!("a named configuration file has no drop-ins; remove the rule from {file}")
            }
        })
    }

    /// Makes the change and writes its result.
    pub(in crate::cli) fn make(&self, out: &mut impl Write) -> Result<ExitCode, Failure> {
        if self.how.now && !self.how.has_daemon() {
            let why = "--now needs a running macveil: add --socket, or remove --root";
            return Err(Failure::usage(why));
        }
        let outcome = self.carry_out()?;
        if self.how.json {
            writeln!(out, "{}", self.to_json(&outcome))?;
        } else {
            self.write(&outcome, out)?;
        }
        if !self.how.json && !matches!(outcome, Outcome::Refused(_)) {
            self.how.hint(&self.ssid);
        }
        let good = match &outcome {
            Outcome::Refused(_) => false,
            Outcome::Tried { .. } => true,
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
        let keys = self.keys(&file.path());
        let text = keys.as_ref().map(|keys| drop_in::text(&self.ssid, keys));
        let layout = layout.with_drop_in(&file.path(), text.clone());
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
        let sets_policy = keys.is_some_and(|keys| keys.has_policy());
        if sets_policy && !is_in(&holds.origin, &path) {
            return Ok(Outcome::Refused(NoChange::Overruled(holds)));
        }
        if self.how.dry_run {
            let file = path.display().to_string();
            return Ok(Outcome::Tried { file, text, rules });
        }
        let changed = match text {
            Some(text) => file.write(&text).map(|()| true),
            None => file.remove(),
        };
        if !changed.map_err(|error| not_changed(&path, error))? {
            return Ok(Outcome::Refused(NoChange::NothingSet(holds)));
        }
        let file = path.display().to_string();
        let daemon = self.tell(&config, &file)?;
        Ok(Outcome::Done {
            file,
            rules,
            daemon,
        })
    }

    /// Notifies a running daemon.
    fn tell(&self, config: &Config, file: &str) -> Result<Notified, Failure> {
        if !self.how.has_daemon() {
            return Ok(Notified::NotAsked);
        }
        let cannot_notify = |error: ClientError| {
            let tried = format!("{file} is changed, but the running macveil could not be notified");
            Failure::cannot(tried, error)
        };
        let path = self.how.daemon.path(Some(config));
        let mut daemon = match Client::connect(&path) {
            Err(ClientError::NoDaemon(_)) => return Ok(Notified::NotRunning),
            daemon => daemon.map_err(cannot_notify)?,
        };
        match daemon.ask(&Request::Reload) {
            Err(ClientError::Refused(fault)) if fault.kind == FaultKind::Configuration => {
                return Ok(Notified::FindsItWrong(fault.message));
            }
            Ok(Reply::Reloaded { files, .. }) => {
                if !matches!(self.kind, Kind::Remove) && !files.iter().any(|read| read == file) {
                    return Ok(Notified::ReadsOther(files));
                }
            }
            other => {
                other.map_err(cannot_notify)?;
            }
        }
        if !self.how.now {
            return Ok(Notified::Reloaded);
        }
        let ssid = self.ssid.clone();
        match daemon
            .ask(&Request::Rejoin { ssid })
            .map_err(cannot_notify)?
        {
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

/// Text output.
impl Change<'_> {
    fn write(&self, outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
        let ssid = &self.ssid;
        match outcome {
            Outcome::Refused(NoChange::Wrong(errors)) => {
                writeln!(out, "{errors}")?;
                writeln!(out, "no changes made: fix the configuration first")
            }
            Outcome::Refused(NoChange::Overruled(Sourced { value, origin })) => writeln!(
                out,
                "no changes made: {origin} takes precedence and sets {value} for {ssid}"
            ),
            Outcome::Refused(NoChange::NothingSet(Sourced { value, origin })) => writeln!(
                out,
                "no changes made: `macveil policy` has not set a policy for {ssid}, which gets {value} ({origin})"
            ),
            Outcome::Done { rules, daemon, .. } => {
                write!(out, "{rules}")?;
                self.write_notified(daemon, out)
            }
            Outcome::Tried { file, text, rules } => {
                write!(out, "{rules}")?;
                match text {
                    Some(text) => {
                        write!(out, "not written, because of --dry-run: {file}:\n\n{text}")
                    }
                    None => writeln!(out, "not removed, because of --dry-run: {file}"),
                }
            }
        }
    }

    fn write_notified(&self, daemon: &Notified, out: &mut impl Write) -> io::Result<()> {
        match daemon {
            Notified::NotAsked => Ok(()),
            Notified::NotRunning => writeln!(
                out,
                "macveil is not running: the change applies when it starts"
            ),
            Notified::ReadsOther(files) => writeln!(
                out,
                "but the running macveil does not read this file: it was started with --config {}, which has no drop-ins",
                files.join(" ")
            ),
            Notified::FindsItWrong(message) => {
                writeln!(out, "{message}")?;
                writeln!(
                    out,
                    "but the running macveil rejects its configuration and keeps the old one"
                )
            }
            Notified::Reloaded => writeln!(
                out,
                "the change applies from the next association on (with --now: immediately)"
            ),
            Notified::Rejoined(interfaces) => {
                for Affected {
                    interface, effect, ..
                } in interfaces
                {
                    match effect {
                        Effect::Now => {
                            writeln!(out, "{interface}: reconnecting to {} now", self.ssid)?;
                        }
                        Effect::NextAssociation | Effect::None | Effect::Unknown => writeln!(
                            out,
                            "{interface}: not connected to {}; the change applies when it connects",
                            self.ssid
                        )?,
                    }
                }
                Ok(())
            }
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    ssid: &'a Ssid,
    changed: bool,
    #[serde(flatten)]
    outcome: OutcomeReport<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum OutcomeReport<'a> {
    Wrong {
        error: &'a str,
        message: String,
    },
    Unchanged {
        error: &'a str,
        holds: HeldPolicy<'a>,
    },
    Tried {
        dry_run: bool,
        file: &'a str,
        text: Option<&'a str>,
        holds: HeldPolicy<'a>,
    },
    Changed {
        file: &'a str,
        holds: HeldPolicy<'a>,
        daemon: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        daemon_files: Option<&'a [String]>,
        #[serde(skip_serializing_if = "Option::is_none")]
        daemon_message: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        interfaces: Option<&'a [Affected]>,
    },
}

impl Change<'_> {
    fn to_json(&self, outcome: &Outcome) -> String {
        to_json(&Report {
            ssid: &self.ssid,
            changed: matches!(outcome, Outcome::Done { .. }),
            outcome: match outcome {
                Outcome::Refused(NoChange::Wrong(errors)) => OutcomeReport::Wrong {
                    error: "configuration",
                    message: errors.to_string(),
                },
                Outcome::Refused(NoChange::Overruled(holds)) => OutcomeReport::Unchanged {
                    error: "overruled",
                    holds: HeldPolicy::of(holds),
                },
                Outcome::Refused(NoChange::NothingSet(holds)) => OutcomeReport::Unchanged {
                    error: "nothing-set",
                    holds: HeldPolicy::of(holds),
                },
                Outcome::Tried { file, text, rules } => OutcomeReport::Tried {
                    dry_run: true,
                    file,
                    text: text.as_deref(),
                    holds: HeldPolicy::of(rules.verdict().holds),
                },
                Outcome::Done {
                    file,
                    rules,
                    daemon,
                } => OutcomeReport::Changed {
                    file,
                    holds: HeldPolicy::of(rules.verdict().holds),
                    daemon: daemon.word(),
                    daemon_files: match daemon {
                        Notified::ReadsOther(files) => Some(files),
                        _ => None,
                    },
                    daemon_message: match daemon {
                        Notified::FindsItWrong(message) => Some(message),
                        _ => None,
                    },
                    interfaces: match daemon {
                        Notified::Rejoined(interfaces) => Some(interfaces),
                        _ => None,
                    },
                },
            },
        })
    }
}

impl Notified {
    const fn word(&self) -> &'static str {
        match self {
            Self::NotAsked => "not-notified",
            Self::NotRunning => "not-running",
            Self::ReadsOther(_) => "reads-other-files",
            Self::FindsItWrong(_) => "finds-its-configuration-wrong",
            Self::Reloaded | Self::Rejoined(_) => "reloaded",
        }
    }
}
