//! `NetworkManager`'s settings, said in macveil's words.

use super::conf::{Conf, Section};
use super::profile::{self, Link, Profile, ProfileFile};
use super::report::Report;
use super::toml_text::{List, Quoted, TomlText};
use super::value::{mask, needs_version};
use macveil_core::address::NmVersion;

/// What is known besides the files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The version of `NetworkManager`; if it is not known, the newest.
    pub version: Option<NmVersion>,
    /// What its `cloned-mac-address` was where nothing is said; if not given, by the version.
    pub unset: Option<macveil_core::address::Policy>,
}

pub(super) const POLICY: &str = "cloned-mac-address";
pub(super) const MASK: &str = "generate-mac-address-mask";
pub(super) const STABLE_ID: &str = "stable-id";
/// The id that is none.
pub(super) const NO_ID: &str = "default${CONNECTION}";
pub(super) const RANDOMIZATION: &str = "wifi.mac-address-randomization";

/// The configuration that gives the addresses that `NetworkManager` gave, as TOML.
///
/// `timestamps` is `NetworkManager`'s file of that name: when each profile was used last.
#[must_use]
pub fn translate(
    conf: &Conf,
    profiles: &[ProfileFile],
    timestamps: &[u8],
    options: &Options,
    report: &mut Report,
) -> String {
    let version = options.version.unwrap_or(NmVersion::NETWORK_SSID);
    let unset = match options.unset {
        Some(policy) => policy.to_string(),
        None if version < NmVersion::PATTERNS => "permanent".to_owned(),
        None => "preserve".to_owned(),
    };
    let profiles = profile::read(profiles, timestamps, version, report);
    let sections = conf.sections("connection");
    let wired = |profile: &Profile| matches!(profile.link, Link::Wired) && profile.policy.is_some();
    let mut translator = Translator {
        wired_matters: profiles.iter().any(wired) || says(&sections, "ethernet.cloned-mac-address"),
        wifi_is_said: says(&sections, "wifi.cloned-mac-address") || says(&sections, RANDOMIZATION),
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
    translator.toml.finish()
}

fn says(sections: &[Section], key: &str) -> bool {
    sections.iter().any(|section| section.value(key).is_some())
}

pub(super) struct Translator<'r> {
    pub(super) sections: Vec<Section>,
    pub(super) version: NmVersion,
    /// The policy where nothing is said.
    pub(super) unset: String,
    /// Something is said of Wi-Fi's policy outside profiles.
    pub(super) wifi_is_said: bool,
    /// Something is said of Ethernet's policy at all.
    pub(super) wired_matters: bool,
    pub(super) toml: TomlText,
    pub(super) report: &'r mut Report,
}

impl Translator<'_> {
    fn head(&mut self) {
        self.toml
            .comment("NetworkManager's addresses, made by `macveil import networkmanager`.");
        self.toml.comment(
            "Importing again replaces this file; what you say yourself belongs into another one.",
        );
    }

    pub(super) fn mask(&mut self, file: &str, setting: &str, text: &str) {
        let line = self.toml.key(MASK, Quoted(text));
        let choices = mask(text).map_or(0, |mask| mask.bases().len());
        let text = if choices > 1 {
            format!(
                "{MASK}; NetworkManager took another one of its {choices} addresses each time, even for `stable`: macveil's stable addresses stay with one of them"
            )
        } else {
            MASK.to_owned()
        };
        self.report.taken(file, setting, text, line);
    }

    pub(super) fn stable_id(&mut self, file: &str, setting: &str, id: &str) {
        let line = self.stable_id_key(id);
        let text = if needs_version(id, self.version) {
            format!(
                "{STABLE_ID} with stable-id-version = \"{}\", as macveil by itself would read it otherwise",
                self.version
            )
        } else {
            STABLE_ID.to_owned()
        };
        self.report.taken(file, setting, text, line);
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
