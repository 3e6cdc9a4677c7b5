//! Targets of a fuzzer: everything that reads what strangers send, each a function that takes any bytes
//! and panics if what comes of them breaks a promise.
//!
//! `make test` gives each its corpus and some thousand mutations of it; `make fuzz` gives it what
//! libFuzzer makes up. No build but those has this module.

use std::borrow::Cow;

#[cfg(test)]
#[path = "../tests/fuzz/short.rs"]
mod short;

/// Reads what may be anything.
pub type Target = fn(&[u8]);

macro_rules! targets {
    ($($(#[$only:meta])* $name:ident: $target:path,)*) => {
        /// Every target with the name of its corpus.
        pub const TARGETS: &[(&str, Target)] = &[$($(#[$only])* (stringify!($name), $target)),*];

        #[cfg(test)]
        mod tests {
            $(
                $(#[$only])*
                #[test]
                fn $name() {
                    super::short::run(stringify!($name), $target);
                }
            )*
        }
    };
}

targets! {
    audit_capture: crate::audit::fuzzing::capture,
    address_words: crate::address::fuzzing::words,
    config_file: crate::config::fuzzing::file,
    control_line: crate::control::fuzzing::lines,
    control_reply: crate::control::fuzzing::reply,
    control_request: crate::control::fuzzing::request,
    dbus_messages: crate::dbus::fuzzing::messages,
    device_spec: crate::config::fuzzing::device_spec,
    doctor_files: crate::doctor::fuzzing::files,
    history: crate::store::fuzzing::history,
    #[cfg(feature = "iwd")]
    iwd_configuration: crate::supplicant::iwd::fuzzing::configuration,
    log_line: crate::log::fuzzing::line,
    netlink: crate::kernel::fuzzing::datagram,
    network_manager: crate::import::fuzzing::files,
    nl80211: crate::kernel::fuzzing::nl80211,
    rtnetlink: crate::kernel::fuzzing::rtnetlink,
    scan_elements: crate::kernel::fuzzing::elements,
    stable_id: crate::address::fuzzing::stable_id,
    vendor_list: crate::vendors::fuzzing::list,
    wpa_event: crate::supplicant::wpa::fuzzing::event,
    wpa_networks: crate::supplicant::wpa::fuzzing::networks,
    wpa_ssid: crate::supplicant::wpa::fuzzing::ssid,
    wpa_status: crate::supplicant::wpa::fuzzing::status,
    wpa_table: crate::supplicant::wpa::fuzzing::table,
    zone: crate::address::fuzzing::zone,
}

/// What is no UTF-8 is replaced, as in files that are read so.
pub(crate) fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Nothing in it steers a terminal or begins another line of a log.
pub(crate) fn assert_harmless(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}
