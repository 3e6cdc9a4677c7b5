//! How the user says it: TOML files, read without ever guessing what a mistake was to mean.
//!
//! `/etc/macveil/macveil.toml` first, then drop-ins by their names; what a later file says holds over
//! what an earlier one says, key by key. All that is wrong is found at once, each with its line.

mod connection;
mod device;
mod document;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod network;
mod problem;
mod section;
mod source;
mod spec;
mod suggest;
#[cfg(test)]
mod tests;
mod value;
mod warnings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use device::SCAN_MASK_FREE_BITS;
pub use document::Backend;
pub use files::{DEFAULT_FILE, Layout};
pub(crate) use network::is_uuid;
pub use problem::{Errors, Problem};
pub(crate) use source::harmless;
pub use source::{Excerpt, Position};
pub use spec::DeviceFacts;
pub(crate) use spec::{is_spec, split as split_specs};

use device::DeviceOptions;
use document::{Document, InterfaceRule};
use network::ScopedRule;
use source::Source;
use spec::DeviceSpecs;

use macveil_core::address::{
    AddressPolicies, ConnectionOptions, Host, NetworkRule, Policy, Sourced,
};
use macveil_core::machine::Settings;
use macveil_core::types::DeviceKind;

/// What the user wants, all files together.
#[derive(Debug, Clone)]
pub struct Config {
    /// `state-dir`: where the key is.
    pub state_dir: PathBuf,
    /// `runtime-dir`: where sockets are.
    pub runtime_dir: PathBuf,
    /// `control-group`: who may command macveil besides root.
    pub control_group: Option<String>,
    /// `metrics-file`: where whoever collects metrics finds them.
    pub metrics_file: Option<PathBuf>,
    /// `log-identities`: whether the log names networks and addresses.
    pub log_identities: bool,
    /// `backend`: which supplicant to work with.
    pub backend: Backend,
    /// `ctrl-interface`: where `wpa_supplicant`'s sockets are.
    pub ctrl_interface: PathBuf,
    /// The files that were read, in the order in which they hold.
    pub files: Vec<Arc<str>>,
    /// What hardly says what was meant.
    pub warnings: Vec<Problem>,
    manage: DeviceSpecs,
    device: DeviceOptions,
    connection: ConnectionOptions,
    /// In the order in which they are asked.
    interfaces: Vec<InterfaceRule>,
    /// In the order in which they are asked.
    networks: Vec<ScopedRule>,
}

/// Reads the configuration: the file that was named and nothing else, or the system's own.
///
/// # Errors
///
/// A file cannot be read, or anything in it is wrong. A file that was named must be there.
pub fn load(named: Option<&Path>) -> Result<Config, Errors> {
    Config::read(&Layout::of(named))
}

impl Config {
    /// Reads the configuration from where it is.
    ///
    /// # Errors
    ///
    /// As [`load`].
    pub fn read(layout: &Layout) -> Result<Self, Errors> {
        let mut problems = Vec::new();
        let mut document = Document::default();
        let sources = layout.read(&mut problems);
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

    /// Whether a text would be good as a configuration file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn check_text(file: &Path, text: &str) -> Result<(), Errors> {
        let mut problems = Vec::new();
        let source = Source::new(file.display().to_string().into(), text.to_owned());
        Document::read(&source, &mut problems);
        Errors::unless_empty(problems)
    }

    /// Whether macveil is to care for this interface. One that is neither Wi-Fi nor physical Ethernet
    /// has to be called by its name.
    #[must_use]
    pub fn manages(&self, device: &DeviceFacts) -> bool {
        self.manage.matches(device)
            && (device.kind != DeviceKind::Other || self.manage.names(device))
    }

    /// What is said of networks, in the order in which it is asked.
    pub fn network_rules(&self) -> impl Iterator<Item = &NetworkRule> {
        self.networks.iter().map(|scoped| &scoped.rule)
    }

    /// Which address a network gets that no rule is about.
    #[must_use]
    pub fn default_policy(&self) -> Sourced<Policy> {
        let said = self.connection.policy.clone();
        said.unwrap_or(Sourced::built_in(Policy::StableSsid))
    }

    /// How this interface is to be treated.
    #[must_use]
    pub fn settings(&self, device: &DeviceFacts) -> Settings {
        self.device_wishes(device).settings()
    }

    /// Which addresses networks get on this interface.
    #[must_use]
    pub fn address_policies(&self, device: &DeviceFacts, host: Arc<Host>) -> AddressPolicies {
        let mut defaults = self
            .rules_about(device)
            .fold(ConnectionOptions::default(), |options, rule| {
                options.or(&rule.connection)
            })
            .or(&self.connection);
        if device.kind == DeviceKind::Wifi {
            // An interface's UUID stands for what its wire leads to, not for every network alike.
            defaults.uuid = None;
        }
        AddressPolicies::new(
            device.name.to_owned(),
            host,
            self.device_wishes(device).scan_mask(),
            self.network_rules_on(device).collect(),
            defaults,
        )
    }

    fn network_rules_on(&self, device: &DeviceFacts) -> impl Iterator<Item = NetworkRule> {
        self.networks.iter().filter_map(|scoped| scoped.on(device))
    }

    fn device_wishes(&self, device: &DeviceFacts) -> DeviceOptions {
        self.rules_about(device)
            .fold(DeviceOptions::default(), |options, rule| {
                options.or(&rule.device)
            })
            .or(&self.device)
    }

    fn rules_about(&self, device: &DeviceFacts) -> impl Iterator<Item = &InterfaceRule> {
        let about = |rule: &&InterfaceRule| {
            rule.about
                .as_ref()
                .is_some_and(|specs| specs.matches(device))
        };
        self.interfaces.iter().filter(about)
    }
}

impl From<Document> for Config {
    fn from(document: Document) -> Self {
        let path = |said: Option<Sourced<PathBuf>>, default: &str| {
            said.map_or_else(|| PathBuf::from(default), |said| said.value)
        };
        Self {
            state_dir: path(document.state_dir, "/var/lib/macveil"),
            runtime_dir: path(document.runtime_dir, "/run/macveil"),
            control_group: document.control_group.and_then(|said| said.value),
            metrics_file: document.metrics_file.and_then(|said| said.value),
            log_identities: document.log_identities.is_some_and(|said| said.value),
            backend: document.backend.map(|said| said.value).unwrap_or_default(),
            ctrl_interface: path(document.ctrl_interface, "/run/wpa_supplicant"),
            files: Vec::new(),
            warnings: Vec::new(),
            manage: document
                .manage
                .map_or_else(DeviceSpecs::wifi, |said| said.value),
            device: document.device,
            connection: document.connection,
            interfaces: document.interfaces,
            networks: document.networks,
        }
    }
}
