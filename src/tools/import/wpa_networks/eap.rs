//! `[802-1x]`.

use super::Settings;
use super::block::{Block, text_or_hex};
use crate::tools::import::profile::{Profile, octets};
use crate::tools::import::report::{ImportOutcome, ImportReport};

const GROUP: &str = "802-1x";

/// Settings that are text in both programs.
const TEXTS: [(&str, &str); 12] = [
    ("identity", "identity"),
    ("anonymous-identity", "anonymous_identity"),
    ("domain-suffix-match", "domain_suffix_match"),
    ("domain-match", "domain_match"),
    ("subject-match", "subject_match"),
    ("phase2-domain-suffix-match", "domain_suffix_match2"),
    ("phase2-domain-match", "domain_match2"),
    ("phase2-subject-match", "subject_match2"),
    ("ca-path", "ca_path"),
    ("phase2-ca-path", "ca_path2"),
    ("pac-file", "pac_file"),
    ("openssl-ciphers", "openssl_ciphers"),
];
const LISTS: [(&str, &str); 2] = [
    ("altsubject-matches", "altsubject_match"),
    ("phase2-altsubject-matches", "altsubject_match2"),
];
/// Certificates and keys: a path.
const FILES: [(&str, &str); 6] = [
    ("ca-cert", "ca_cert"),
    ("client-cert", "client_cert"),
    ("private-key", "private_key"),
    ("phase2-ca-cert", "ca_cert2"),
    ("phase2-client-cert", "client_cert2"),
    ("phase2-private-key", "private_key2"),
];
const KEY_PASSWORDS: [(&str, &str); 2] = [
    ("private-key-password", "private_key_passwd"),
    ("phase2-private-key-password", "private_key2_passwd"),
];
/// `NetworkManager`'s that `wpa_supplicant` 2.10 of Debian has, too. It refuses a file with an unknown method.
const METHODS: [&str; 6] = ["peap", "ttls", "tls", "fast", "pwd", "md5"];
/// Settings that the code below handles, or that change nothing.
const OTHERS: [&str; 12] = [
    "eap",
    "password",
    "password-raw",
    "phase1-peapver",
    "phase1-peaplabel",
    "phase1-fast-provisioning",
    "phase1-auth-flags",
    "phase2-auth",
    "phase2-autheap",
    "system-ca-certs",
    "auth-timeout",
    "optional",
];

pub(super) fn add(
    profile: &Profile,
    settings: &Settings,
    block: &mut Block,
    report: &mut ImportReport,
) {
    let methods = settings.list(GROUP, "eap");
    let is_known = |method: &String| METHODS.contains(&method.as_str());
    if methods.is_empty() || !methods.iter().all(is_known) {
        block.problem(format!("eap={} is missing or unknown", methods.join(";")));
        return;
    }
    block.set("eap", &methods.join(" ").to_ascii_uppercase());
    for (key, name) in TEXTS {
        if let Some(text) = settings.text(GROUP, key) {
            block.set(name, &text_or_hex(text.as_bytes()));
        }
    }
    for (key, name) in LISTS {
        let words = settings.list(GROUP, key);
        if !words.is_empty() {
            block.set(name, &text_or_hex(words.join(";").as_bytes()));
        }
    }
    for (key, name) in FILES {
        file(profile, settings, (key, name), block);
    }
    for (key, name) in KEY_PASSWORDS {
        if let Some(password) = settings.secret(GROUP, key) {
            block.set(name, &text_or_hex(password.as_bytes()));
        } else if settings.is_elsewhere(GROUP, key) {
            block.problem(format!("{key} is not in the profile: add {name}="));
        }
    }
    if methods.iter().any(|method| method == "fast") && settings.text(GROUP, "pac-file").is_none() {
        block.problem("eap=fast needs a file: add pac_file=");
    }
    password(settings, &methods, block);
    phases(settings, block);
    let is_listed = |key: &str| {
        let all = TEXTS
            .iter()
            .chain(&LISTS)
            .chain(&FILES)
            .chain(&KEY_PASSWORDS);
        OTHERS.contains(&key) || all.clone().any(|(known, _)| *known == key)
    };
    for key in settings.keys(GROUP) {
        if !is_listed(key) && !key.ends_with("-flags") {
            block.problem(format!("[{GROUP}] {key} is not converted"));
        }
    }
    advice(profile, settings, report);
}

fn file(profile: &Profile, settings: &Settings, (key, name): (&str, &str), block: &mut Block) {
    let Some(text) = certificate(settings, key) else {
        return;
    };
    // wpa_supplicant.conf: "When PKCS#12/PFX file (.p12/.pfx) is used, client_cert should be commented out."
    let private_key = key.replace("client-cert", "private-key");
    if private_key != key && certificate(settings, &private_key).is_some_and(|key| is_pkcs12(&key))
    {
        return;
    }
    let path = text.strip_prefix("file://").unwrap_or(&text);
    let is_binary = |c: char| c == char::REPLACEMENT_CHARACTER || c.is_control();
    let path = if path.contains(is_binary) || (!path.starts_with('/') && path.contains(':')) {
        block.problem(format!(
            "{key} is not a file: save it as one, and add {name}="
        ));
        return;
    } else if path.starts_with('/') {
        path.to_owned()
    } else {
        // The last component only (`get_cert_path`, nm-keyfile.c).
        let directory = profile
            .path
            .rsplit_once('/')
            .map_or("", |(directory, _)| directory);
        let last = path.rsplit('/').next().unwrap_or_default();
        format!("{directory}/{last}")
    };
    block.set(name, &text_or_hex(path.as_bytes()));
}

fn certificate(settings: &Settings, key: &str) -> Option<String> {
    let bytes = octets(&settings.text(GROUP, key)?);
    let text = String::from_utf8_lossy(&bytes);
    Some(text.trim_end_matches('\0').to_owned())
}

fn is_pkcs12(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".p12", ".pfx"].iter().any(|end| path.ends_with(end))
}

fn password(settings: &Settings, methods: &[String], block: &mut Block) {
    if let Some(password) = settings.secret(GROUP, "password") {
        block.set("password", &text_or_hex(password.as_bytes()));
    } else if let Some(raw) = settings.text(GROUP, "password-raw") {
        block.set("password", &base16ct::lower::encode_string(&octets(&raw)));
    } else if methods.iter().any(|method| method != "tls") {
        block.set("password", "\"\"");
        block.problem("the password is not in the profile: add password=");
    }
}

fn phases(settings: &Settings, block: &mut Block) {
    let mut phase1 = Vec::new();
    for (key, name) in [
        ("phase1-peapver", "peapver"),
        ("phase1-peaplabel", "peaplabel"),
        ("phase1-fast-provisioning", "fast_provisioning"),
    ] {
        if let Some(number) = settings.number(GROUP, key) {
            phase1.push(format!("{name}={number}"));
        }
    }
    if !phase1.is_empty() {
        block.set("phase1", &format!("\"{}\"", phase1.join(" ")));
    }
    if settings
        .number(GROUP, "phase1-auth-flags")
        .is_some_and(|flags| flags != 0)
    {
        block.problem("phase1-auth-flags is not converted");
    }
    let inner = [("phase2-auth", "auth"), ("phase2-autheap", "autheap")].map(|(key, name)| {
        let method = settings.text(GROUP, key)?.to_ascii_uppercase();
        Some((name, method))
    });
    let mut phase2 = Vec::new();
    for (name, method) in inner.into_iter().flatten() {
        if method.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            phase2.push(format!("{name}={method}"));
        } else {
            block.problem("the inner method is not valid");
        }
    }
    if !phase2.is_empty() {
        block.set("phase2", &format!("\"{}\"", phase2.join(" ")));
    }
    if settings.flag(GROUP, "system-ca-certs") == Some(true) {
        block.problem("NetworkManager used the system's certificates: add ca_cert= with their file, such as \"/etc/ssl/certs/ca-certificates.crt\"");
    }
}

/// What was already unsafe.
fn advice(profile: &Profile, settings: &Settings, report: &mut ImportReport) {
    let title = format!("network block of \"{}\"", profile.id);
    let has = |key| settings.text(GROUP, key).is_some();
    if has("identity") && !has("anonymous-identity") {
        let why = "the user name is sent unencrypted, as before: add anonymous_identity=";
        report.add(
            &profile.path,
            title.as_str(),
            ImportOutcome::NotPossible,
            why,
        );
    }
    let has_system_certificates = settings.flag(GROUP, "system-ca-certs") == Some(true);
    if !has("ca-cert") && !has("ca-path") && !has_system_certificates {
        let why = "the server is not verified, as before: add ca_cert= and domain_suffix_match=";
        report.add(
            &profile.path,
            title.as_str(),
            ImportOutcome::NotPossible,
            why,
        );
    }
}
