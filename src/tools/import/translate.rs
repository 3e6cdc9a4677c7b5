//! Translates `NetworkManager`'s settings into macveil's.

use super::conf::{Conf, Section};
use super::leftovers;
use super::profile::{self, Profile, ProfileFile, ProfileTarget};
use super::report::ImportReport;
use super::toml_text::{List, Quoted, TomlText};
use super::value::{mask, needs_version};
use super::version::InstalledVersion;
use macveil_core::address::NmVersion;

/// Options of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Version of `NetworkManager`; `None` for the newest.
    pub version: Option<InstalledVersion>,
    /// The value of `NM_CONFIG_ENABLE_TAG` in the environment of `NetworkManager`.
    pub enable_tag: Option<String>,
    /// Its default for `cloned-mac-address`; `None` for that of the version.
    pub unset: Option<macveil_core::address::Policy>,
}

pub(super) const POLICY: &str = "cloned-mac-address";
pub(super) const MASK: &str = "generate-mac-address-mask";
pub(super) const STABLE_ID: &str = "stable-id";
/// The stable-id that is the default.
pub(super) const NO_ID: &str = "default${CONNECTION}";
pub(super) const RANDOMIZATION: &str = "wifi.mac-address-randomization";

/// The version to assume if it is unknown: the newest whose files this module was compared with.
pub(super) const NEWEST: NmVersion = NmVersion {
    major: 1,
    minor: 58,
};

/// Returns a configuration, as TOML, with the same addresses as `NetworkManager`.
///
/// `timestamps` is `NetworkManager`'s file of that name, with the time of the last use of each profile.
#[must_use]
pub fn translate(
    conf: &Conf,
    profiles: &[ProfileFile],
    timestamps: &[u8],
    options: &ImportOptions,
    report: &mut ImportReport,
) -> String {
    let version = options
        .version
        .map_or(NEWEST, |installed| installed.version);
    let unset = match options.unset {
        Some(policy) => policy.to_string(),
        None if version < NmVersion::PATTERNS => "permanent".to_owned(),
        None => "preserve".to_owned(),
    };
    let profiles = profile::read(profiles, timestamps, version, report);
    let sections = conf.sections("connection");
    let wired = |profile: &Profile| {
        matches!(profile.link, ProfileTarget::Wired) && profile.policy.is_some()
    };
    let mut translator = Translator {
        wired_matters: profiles.iter().any(wired)
            || is_set(&sections, "ethernet.cloned-mac-address"),
        wifi_policy_is_set: is_set(&sections, "wifi.cloned-mac-address")
            || is_set(&sections, RANDOMIZATION),
        sections,
        version,
        unset,
        toml: TomlText::default(),
        report,
    };
    translator.head();
    translator.managed(conf);
    translator.wired_profiles(&profiles);
    translator.defaults();
    translator.scanning(&conf.sections("device"));
    translator.networks(&profiles);
    leftovers::of_configuration(conf, translator.report);
    translator.toml.finish()
}

fn is_set(sections: &[Section], key: &str) -> bool {
    sections.iter().any(|section| section.value(key).is_some())
}

pub(super) struct Translator<'r> {
    pub(super) sections: Vec<Section>,
    pub(super) version: NmVersion,
    /// The policy where none is set.
    pub(super) unset: String,
    /// A section sets the policy for Wi-Fi.
    pub(super) wifi_policy_is_set: bool,
    /// A section or profile sets the policy for Ethernet.
    pub(super) wired_matters: bool,
    pub(super) toml: TomlText,
    pub(super) report: &'r mut ImportReport,
}

impl Translator<'_> {
    fn head(&mut self) {
        self.toml
            .comment("NetworkManager's addresses, written by `macveil import networkmanager`.");
        self.toml
            .comment("Another import replaces this file. Put your own settings in another file.");
    }

    pub(super) fn mask(&mut self, file: &str, setting: &str, text: &str) {
        let line = self.toml.key(MASK, Quoted(text));
        let choices = mask(text).map_or(0, |mask| mask.bases().len());
        let text = if choices > 1 {
            format!(
                "{MASK}; NetworkManager used another of its {choices} addresses each time, even for `stable`; macveil's stable addresses keep one of them"
            )
        } else {
            MASK.to_owned()
        };
        self.report.imported(file, setting, text, line);
    }

    pub(super) fn stable_id(&mut self, file: &str, setting: &str, id: &str) {
        let line = self.stable_id_key(id);
        let text = if needs_version(id, self.version) {
            format!(
                "{STABLE_ID} with stable-id-version = \"{}\", because macveil's own syntax differs",
                self.version
            )
        } else {
            STABLE_ID.to_owned()
        };
        self.report.imported(file, setting, text, line);
    }

    pub(super) fn stable_id_key(&mut self, id: &str) -> usize {
        let line = self.toml.key(STABLE_ID, Quoted(id));
        if needs_version(id, self.version) {
            let version = self.version.to_string();
            self.toml.key("stable-id-version", Quoted(&version));
        }
        line
    }

    pub(super) fn open_interface(&mut self, scope: &[String]) -> usize {
        self.toml.table("interface");
        self.toml.key("match", List(scope))
    }
}
