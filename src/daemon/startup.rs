//! What macveil starts with: the configuration, or the last valid one, or none, and the locks.

use std::path::Path;
use std::time::{Duration, Instant};

use tracing::warn;

use super::managers;
use super::{Environment, Error};
use crate::config::{Config, Copy, Errors, Layout};
use crate::platform::managers::InstanceLock;
use crate::store::{self, RuntimeDir};

/// A daemon that was killed may still be on its way out.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_RETRY: Duration = Duration::from_millis(50);

/// The configuration to start with.
pub(super) struct Start {
    pub(super) config: Config,
    /// To be kept, if it is the present one and valid.
    pub(super) copy: Option<Copy>,
    pub(super) problems: Problems,
}

/// What keeps macveil from doing what its configuration says, on every interface.
#[derive(Debug, Default)]
pub(super) struct Problems {
    /// The present configuration has mistakes.
    pub(super) configuration: Option<String>,
    /// There is no valid configuration at all: every station is held down.
    pub(super) holds: bool,
    /// There is no key.
    pub(super) key: Option<String>,
}

impl Problems {
    /// In sentences, each with the remedy.
    pub(super) fn all(&self) -> Vec<String> {
        let parts = [&self.configuration, &self.key];
        parts.into_iter().flatten().cloned().collect()
    }
}

impl Start {
    pub(super) fn read(config_file: Option<&Path>) -> Self {
        let layout = Layout::of(config_file);
        let errors = match Config::read_and_copy(&layout) {
            Ok((config, copy)) => {
                return Self {
                    config,
                    copy: Some(copy),
                    problems: Problems::default(),
                };
            }
            Err(errors) => errors,
        };
        let directories = Config::of_directories(&layout);
        let last = Config::last_valid(&layout, &directories.state_dir);
        let problems = Problems {
            configuration: Some(mistake(&errors, last.is_some())),
            holds: last.is_none(),
            key: None,
        };
        Self {
            config: last.unwrap_or(directories),
            copy: None,
            problems,
        }
    }
}

fn mistake(errors: &Errors, last_valid: bool) -> String {
    let result = if last_valid {
        "the configuration is not valid, so the last valid one is in force"
    } else {
        "the configuration is not valid, and there is no earlier one: every Wi-Fi station is held down"
    };
    format!(
        "{result}; fix it (`macveil check` shows the mistakes) and reload macveil: {}",
        errors.on_one_line()
    )
}

/// Locks the runtime directory and the network namespace.
pub(super) fn lock(path: &Path) -> Result<(RuntimeDir, Option<InstanceLock>), Error> {
    let begin = Instant::now();
    loop {
        let runtime_dir = RuntimeDir::lock(path).map_err(|source| Error::runtime_dir(path, source));
        let both = runtime_dir.and_then(|locked| Ok((locked, managers::be_alone()?)));
        match both {
            Err(Error::AlreadyRunning(_) | Error::InstanceLock)
                if begin.elapsed() < LOCK_PATIENCE =>
            {
                std::thread::sleep(LOCK_RETRY);
            }
            both => return both,
        }
    }
}

impl Environment {
    /// Keeps the valid configuration for a start with mistakes.
    pub(super) fn keep(&self, copy: &Copy) {
        if let Err(error) = copy.write(&self.config.state_dir) {
            let path = self.config.state_dir.display();
            warn!(
                "cannot keep a copy of the valid configuration in {path}: {error}; a mistake at the next start holds every Wi-Fi station down"
            );
        }
    }

    /// Reads the key and the rest again. A key that is lost while macveil runs stays in use.
    pub(super) fn read_host(&mut self) {
        if store::is_host_denied() {
            warn!(
                "the machine id or the time zone was replaced, and the sandbox refuses the new file: it takes effect when macveil is restarted"
            );
            return;
        }
        let (host, error) = store::read_host(&self.config.state_dir, &mut self.rng);
        match error {
            None => {
                self.host = host.into();
                self.problems.key = None;
            }
            Some(error) if self.host.key.is_there() => {
                warn!("keeping the previous key: {}", store::with_causes(&error));
            }
            Some(error) => {
                self.host = host.into();
                self.problems.key = Some(no_key(&error));
            }
        }
    }
}

/// What it means that there is no key.
pub(super) fn no_key(error: &store::KeyError) -> String {
    let why = store::with_causes(error);
    format!(
        "there is no secret key, so networks with a stable address are not joined: {why}; afterwards, reload macveil"
    )
}
