//! The configuration, read again.

use rand::RngExt;
use rand::rngs::StdRng;
use tracing::{info, warn};

use super::{Daemon, Error, service};
use crate::config::{self, Config, Layout};
use crate::log::{self, Redaction};
use macveil_core::address::Host;

impl Daemon {
    /// Reads the configuration again. With mistakes (the inner error) the old one remains active.
    pub(super) fn reload(&mut self) -> Result<Result<(), config::Errors>, Error> {
        let layout = Layout::of(self.environment.config_file.as_deref());
        match Config::read_and_copy(&layout) {
            Ok((config, copy)) => {
                self.environment.keep(&copy);
                self.adopt(config).map(Ok)
            }
            Err(errors) => {
                warn!(
                    "keeping the old configuration: {} (`macveil check` shows more)",
                    errors.on_one_line()
                );
                Ok(Err(errors))
            }
        }
    }

    pub(super) fn reconfigure(&mut self) {
        for managed in self.interfaces.managed.values_mut() {
            managed.reconfigure(&self.environment.config, &self.environment.host);
        }
    }

    pub(super) fn adopt(&mut self, config: Config) -> Result<(), Error> {
        self.environment.config = config;
        self.environment.problems.configuration = None;
        self.environment.problems.holds = false;
        self.environment.read_host();
        apply_redaction(
            &self.environment.config,
            &self.environment.host,
            &mut self.environment.rng,
        );
        info!("configuration read again");
        self.report_problems();
        for warning in &self.environment.config.warnings {
            warn!("{warning}");
        }
        self.reconfigure();
        self.release_unmanaged();
        for ifindex in self.interfaces.managed.keys().copied().collect::<Vec<_>>() {
            self.carry_out(ifindex);
        }
        self.admit();
        self.interfaces.ignored.clear();
        self.interfaces.held.clear();
        self.recheck_managers()
    }

    pub(super) fn report_problems(&self) {
        let problems = self.environment.problems.all();
        let first = problems.first().map_or("", String::as_str);
        service::status(first.lines().next().unwrap_or_default());
    }
}

/// Shows networks and addresses in the log as the configuration says.
pub(super) fn apply_redaction(config: &Config, host: &Host, rng: &mut StdRng) {
    let boot = host.boot_id.as_deref().unwrap_or_default();
    log::set_redaction(Redaction {
        off: config.log_identities,
        key: if host.key.is_there() {
            host.key.for_purpose(&format!("macveil log {boot}"))
        } else {
            rng.random()
        },
    });
}
