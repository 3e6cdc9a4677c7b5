//! The configuration: TOML files.
//!
//! `/etc/macveil/macveil.toml` is read first, then drop-ins in the order of their names; for each key,
//! a later file takes precedence. All problems are reported at once, each with its line. An invalid
//! value is never guessed.

mod document;
mod effective;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod last_valid;
mod network;
mod options;
mod problem;
mod section;
mod source;
mod spec;
#[cfg(test)]
mod tests;
mod value;
mod warnings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use document::BackendChoice;
pub(crate) use effective::quoted;
pub use effective::{EffectiveSection, EffectiveSetting, effective};
pub use files::{DEFAULT_FILE, Layout};
pub use last_valid::{Copy, LAST_VALID_FILE};
pub use problem::{Errors, Problem};
pub use source::{Excerpt, Position};
pub use spec::DeviceFacts;
#[cfg(any(test, fuzzing, feature = "import"))]
pub(crate) use spec::{is_spec, split as split_specs};
#[cfg(feature = "import")]
pub(crate) use {network::is_uuid, options::MIN_SCAN_MASK_FREE_BITS, source::harmless};

use document::{Document, InterfaceRule};
use network::ScopedRule;
use options::DeviceOptions;
use source::Source;
use spec::DeviceSpecs;

use macveil_core::address::{
    AddressPolicies, ConnectionOptions, Host, NetworkRule, Policy, Sourced,
};
use macveil_core::machine::{OnExit, Settings};
use macveil_core::types::DeviceKind;

/// The configuration from all files.
#[derive(Debug, Clone)]
pub struct Config {
    /// `state-dir`: directory of the key.
    pub state_dir: PathBuf,
    /// `runtime-dir`: directory of sockets.
    pub runtime_dir: PathBuf,
    /// `control-group`: the group that can control macveil, in addition to root.
    pub control_group: Option<String>,
    /// `metrics-file`: where metrics are written.
    pub metrics_file: Option<PathBuf>,
    /// `log-identities`: whether the log names networks and addresses.
    pub log_identities: bool,
    /// `dhcp-identity`: whether programs of `macveil events` change what DHCP clients tell about themselves. The
    /// daemon does not.
    pub dhcp_identity_follows: bool,
    /// `backend`: the supplicant to use.
    pub backend: BackendChoice,
    /// `ctrl-interface`: directory of `wpa_supplicant`'s sockets.
    pub ctrl_interface: PathBuf,
    /// The files that were read; later files take precedence.
    pub files: Vec<Arc<str>>,
    /// Options without effect, and similar likely mistakes.
    pub warnings: Vec<Problem>,
    /// `manage` and `control-group` as they were set, for warnings about this host.
    set_manage: Option<Sourced<DeviceSpecs>>,
    set_group: Option<Sourced<Option<String>>>,
    /// `on-exit` is `restore` for every interface, whatever the files say.
    pub(crate) hands_over: bool,
    manage: DeviceSpecs,
    device: DeviceOptions,
    connection: ConnectionOptions,
    /// Earlier rules take precedence.
    interfaces: Vec<InterfaceRule>,
    /// Earlier rules take precedence.
    networks: Vec<ScopedRule>,
}

/// Reads only the named file, else the system's configuration.
///
/// # Errors
///
/// A file cannot be read or is invalid. A named file must exist.
pub fn load(named: Option<&Path>) -> Result<Config, Errors> {
    Config::read(&Layout::of(named))
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn read(layout: &Layout) -> Result<Self, Errors> {
        let mut problems = Vec::new();
        let sources = layout.read(&mut problems);
        Self::of(sources, problems)
    }

    /// As [`Self::read`], with a copy for [`Self::last_valid`].
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn read_and_copy(layout: &Layout) -> Result<(Self, Copy), Errors> {
        let mut problems = Vec::new();
        let sources = layout.read(&mut problems);
        let copy = Copy::of(layout, &sources);
        Ok((Self::of(sources, problems)?, copy))
    }

    fn of(sources: Vec<Source>, mut problems: Vec<Problem>) -> Result<Self, Errors> {
        let mut document = Document::default();
        for source in &sources {
            document = Document::read(source, &mut problems).or(document);
        }
        Errors::unless_empty(problems)?;
        let warnings = warnings::warnings(&document);
        Ok(Self {
            files: sources.into_iter().map(|source| source.file).collect(),
            warnings,
            ..Self::from(document)
        })
    }

    /// Checks the text of a configuration file.
    ///
    /// # Errors
    ///
    /// Its problems.
    #[cfg(feature = "import")]
    pub(crate) fn check_text(file: &Path, text: &str) -> Result<(), Errors> {
        let mut problems = Vec::new();
        let source = Source::new(file.display().to_string().into(), text.to_owned());
        Document::read(&source, &mut problems);
        Errors::unless_empty(problems)
    }

    /// Settings that have no effect on a host with these interfaces and groups.
    pub fn warnings_on(
        &self,
        interfaces: &[String],
        has_group: impl Fn(&str) -> bool,
    ) -> Vec<Problem> {
        warnings::on_host(
            self.set_manage.as_ref(),
            self.set_group.as_ref(),
            interfaces,
            has_group,
        )
    }

    /// Whether macveil manages this interface. An interface that is neither Wi-Fi nor physical Ethernet
    /// must be listed by name.
    #[must_use]
    pub fn manages(&self, device: &DeviceFacts) -> bool {
        self.manage.matches(device)
            && (device.kind != DeviceKind::Other || self.manage.names(device))
    }

    /// The rules for networks, in order of precedence.
    pub fn network_rules(&self) -> impl Iterator<Item = &NetworkRule> {
        self.networks.iter().map(|scoped| &scoped.rule)
    }

    /// The policy of networks without a rule.
    #[must_use]
    pub fn default_policy(&self) -> Sourced<Policy> {
        let policy = self.connection.policy.clone();
        policy.unwrap_or(Sourced::built_in(Policy::StableSsid))
    }

    /// The settings of this interface.
    #[must_use]
    pub fn settings(&self, device: &DeviceFacts) -> Settings {
        let others_connect = self.backend == BackendChoice::None;
        let settings = self.device_options(device).settings(others_connect);
        if self.hands_over {
            return Settings {
                on_exit: OnExit::Restore,
                ..settings
            };
        }
        settings
    }

    /// The address policies of this interface.
    #[must_use]
    pub fn address_policies(&self, device: &DeviceFacts, host: Arc<Host>) -> AddressPolicies {
        let mut defaults = self
            .rules_about(device)
            .fold(ConnectionOptions::default(), |options, rule| {
                options.or(&rule.connection)
            })
            .or(&self.connection);
        if device.kind == DeviceKind::Wifi {
            // The UUID of an interface identifies its Ethernet connection, not every Wi-Fi network.
            defaults.uuid = None;
        }
        let options = self.device_options(device);
        AddressPolicies::new(
            device.name.to_owned(),
            host,
            options.scan_mask(),
            self.network_rules_on(device).collect(),
            defaults,
        )
        .with_hotspot(options.hotspot())
    }

    fn network_rules_on(&self, device: &DeviceFacts) -> impl Iterator<Item = NetworkRule> {
        self.networks.iter().filter_map(|scoped| scoped.on(device))
    }

    fn device_options(&self, device: &DeviceFacts) -> DeviceOptions {
        self.rules_about(device)
            .fold(DeviceOptions::default(), |options, rule| {
                options.or(&rule.device)
            })
            .or(&self.device)
    }

    fn rules_about(&self, device: &DeviceFacts) -> impl Iterator<Item = &InterfaceRule> {
        let about = |rule: &&InterfaceRule| {
            rule.matches
                .as_ref()
                .is_some_and(|specs| specs.matches(device))
        };
        self.interfaces.iter().filter(about)
    }
}

impl From<Document> for Config {
    fn from(document: Document) -> Self {
        let path = |path: Option<Sourced<PathBuf>>, default: &str| {
            path.map_or_else(|| PathBuf::from(default), |path| path.value)
        };
        Self {
            state_dir: path(document.state_dir, "/var/lib/macveil"),
            runtime_dir: path(document.runtime_dir, "/run/macveil"),
            control_group: document.control_group.clone().and_then(|group| group.value),
            metrics_file: document.metrics_file.and_then(|path| path.value),
            log_identities: document.log_identities.is_some_and(|log| log.value),
            dhcp_identity_follows: document.dhcp_identity.is_some_and(|it| it.value),
            backend: document
                .backend
                .map(|backend| backend.value)
                .unwrap_or_default(),
            ctrl_interface: path(document.ctrl_interface, "/run/wpa_supplicant"),
            files: Vec::new(),
            warnings: Vec::new(),
            set_manage: document.manage.clone(),
            set_group: document.control_group.clone(),
            hands_over: false,
            manage: document
                .manage
                .map_or_else(DeviceSpecs::wifi, |specs| specs.value),
            device: document.device,
            connection: document.connection,
            interfaces: document.interfaces,
            networks: document.networks,
        }
    }
}
