//! A configuration file, and how several files are merged.

use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::network::{self, ScopedRule};
use super::options::{DeviceOptions, take_connection};
use super::problem::{Problem, Wrong};
use super::section::{MAX_PROBLEMS, Section};
use super::source::Source;
use super::spec::DeviceSpecs;
use super::value::{absolute_path, boolean, choice, one_or_more, text};
use macveil_core::address::{ConnectionOptions, Sourced};
use macveil_core::types::Words;

/// `backend`: the supplicant to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BackendChoice {
    /// The one that is running.
    #[default]
    Auto,
    /// `wpa_supplicant`.
    WpaSupplicant,
    /// iwd.
    Iwd,
    /// None: mask addresses only.
    None,
}

const BACKENDS: Words<BackendChoice> = &[
    ("auto", BackendChoice::Auto),
    ("wpa_supplicant", BackendChoice::WpaSupplicant),
    ("iwd", BackendChoice::Iwd),
    ("none", BackendChoice::None),
];

/// `dhcp-identity`: whether what a DHCP client tells about itself follows the address.
const DHCP_IDENTITIES: Words<bool> = &[("leave", false), ("follow", true)];

/// The contents of one file, or of several merged files.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    pub(super) manage: Option<Sourced<DeviceSpecs>>,
    pub(super) state_dir: Option<Sourced<PathBuf>>,
    pub(super) runtime_dir: Option<Sourced<PathBuf>>,
    pub(super) control_group: Option<Sourced<Option<String>>>,
    pub(super) metrics_file: Option<Sourced<Option<PathBuf>>>,
    pub(super) log_identities: Option<Sourced<bool>>,
    pub(super) dhcp_identity: Option<Sourced<bool>>,
    pub(super) backend: Option<Sourced<BackendChoice>>,
    pub(super) ctrl_interface: Option<Sourced<PathBuf>>,
    pub(super) device: DeviceOptions,
    pub(super) connection: ConnectionOptions,
    pub(super) interfaces: Vec<InterfaceRule>,
    pub(super) networks: Vec<ScopedRule>,
}

/// An `[[interface]]` section.
#[derive(Debug, Clone)]
pub(super) struct InterfaceRule {
    /// `None` only after an error.
    pub(super) matches: Option<DeviceSpecs>,
    pub(super) device: DeviceOptions,
    pub(super) connection: ConnectionOptions,
}

impl Document {
    /// Parses a file; appends its problems in file order.
    pub(super) fn read(source: &Source, problems: &mut Vec<Problem>) -> Self {
        let mut found = Vec::new();
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        let errors = errors.iter().take(MAX_PROBLEMS);
        found.extend(errors.map(|error| syntax_problem(source, error)));
        let document = if found.is_empty() {
            let file = Section::new(source, "", 0..0, table.into_inner(), &mut found);
            Self::parse(file)
        } else {
            Self::default()
        };
        found.sort_by_key(Problem::position);
        problems.extend(found);
        document
    }

    fn parse(mut file: Section) -> Self {
        let supplicant = file.take_table("supplicant", read_supplicant);
        let (backend, ctrl_interface) = supplicant.unwrap_or_default();
        let device = file.take_table("device", read_device);
        let connection = file.take_table("connection", read_connection);
        let document = Self {
            manage: file.take("manage", device_specs),
            state_dir: file.take("state-dir", absolute_path),
            runtime_dir: file.take("runtime-dir", absolute_path),
            control_group: file.take("control-group", group),
            metrics_file: file.take("metrics-file", optional_path),
            log_identities: file.take("log-identities", boolean),
            dhcp_identity: file.take("dhcp-identity", choice(DHCP_IDENTITIES)),
            backend,
            ctrl_interface,
            device: device.unwrap_or_default(),
            connection: connection.unwrap_or_default(),
            interfaces: file.take_tables("interface", read_interface),
            networks: file.take_tables("network", network::read),
        };
        file.finish();
        document
    }

    /// Fills keys that are not set here from an earlier file. Rules of the later file take precedence.
    pub(super) fn or(self, earlier: Self) -> Self {
        Self {
            manage: self.manage.or(earlier.manage),
            state_dir: self.state_dir.or(earlier.state_dir),
            runtime_dir: self.runtime_dir.or(earlier.runtime_dir),
            control_group: self.control_group.or(earlier.control_group),
            metrics_file: self.metrics_file.or(earlier.metrics_file),
            log_identities: self.log_identities.or(earlier.log_identities),
            dhcp_identity: self.dhcp_identity.or(earlier.dhcp_identity),
            backend: self.backend.or(earlier.backend),
            ctrl_interface: self.ctrl_interface.or(earlier.ctrl_interface),
            device: self.device.or(&earlier.device),
            connection: self.connection.or(&earlier.connection),
            interfaces: self
                .interfaces
                .into_iter()
                .chain(earlier.interfaces)
                .collect(),
            networks: self.networks.into_iter().chain(earlier.networks).collect(),
        }
    }
}

fn syntax_problem(source: &Source, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or_default();
    Problem::at(source, &span, Wrong::new(error.message()))
}

/// Name or number of a group; `None` for an empty string.
fn group(value: &DeValue) -> Result<Option<String>, Wrong> {
    match text(value)? {
        "" => Ok(None),
        name if name.contains([':', '/', ' ']) || name.contains(char::is_control) => {
            Err(Wrong::new("expected the name or number of one group"))
        }
        name => Ok(Some(name.to_owned())),
    }
}

/// `None` for an empty string.
fn optional_path(value: &DeValue) -> Result<Option<PathBuf>, Wrong> {
    match text(value)? {
        "" => Ok(None),
        _ => absolute_path(value).map(Some),
    }
}

pub(super) fn device_specs(value: &DeValue) -> Result<DeviceSpecs, Wrong> {
    let texts = one_or_more(|value| text(value).map(str::to_owned))(value)?;
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    DeviceSpecs::read(&texts)
}

fn read_supplicant(
    mut section: Section,
) -> (Option<Sourced<BackendChoice>>, Option<Sourced<PathBuf>>) {
    let backend = section.take("backend", choice(BACKENDS));
    let ctrl_interface = section.take("ctrl-interface", absolute_path);
    section.finish();
    (backend, ctrl_interface)
}

fn read_device(mut section: Section) -> DeviceOptions {
    let device = DeviceOptions::take(&mut section);
    section.finish();
    device
}

fn read_connection(mut section: Section) -> ConnectionOptions {
    let connection = take_connection(&mut section);
    section.finish();
    connection
}

fn read_interface(mut section: Section) -> InterfaceRule {
    if !section.has_any(&["match"]) {
        section.report_header(Wrong::new(
            "[[interface]] needs `match`, for example match = \"driver:brcmfmac\"",
        ));
    }
    let matches = section.take("match", device_specs).map(|specs| specs.value);
    let device = DeviceOptions::take(&mut section);
    let connection = ConnectionOptions {
        uuid: section.take("uuid", network::uuid),
        ..take_connection(&mut section)
    };
    section.finish();
    InterfaceRule {
        matches,
        device,
        connection,
    }
}
