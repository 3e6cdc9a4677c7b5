//! Fuzz targets for all parsers of untrusted data. Each target takes any bytes and panics if the result
//! breaks a guarantee.
//!
//! `make test` runs each target on its corpus and thousands of mutations; `make fuzz` runs it with
//! libFuzzer. Only these builds include this module.

use std::borrow::Cow;

/// Reads arbitrary bytes.
pub type Target = fn(&[u8]);

macro_rules! targets {
    ($($(#[$only:meta])* $name:ident: $target:path,)*) => {
        /// All targets with the names of their corpora.
        pub const TARGETS: &[(&str, Target)] = &[$($(#[$only])* (stringify!($name), $target)),*];

        #[cfg(test)]
        mod tests {
            $(
                $(#[$only])*
                #[test]
                fn $name() {
                    macveil_testkit::fuzz::run(stringify!($name), $target);
                }
            )*
        }
    };
}

targets! {
    #[cfg(feature = "audit")]
    audit_capture: crate::tools::audit::fuzzing::capture,
    address_words: macveil_core::address::fuzzing::words,
    config_file: crate::config::fuzzing::file,
    control_line: crate::protocol::fuzzing::lines,
    control_reply: crate::protocol::fuzzing::reply,
    control_request: crate::protocol::fuzzing::request,
    device_spec: crate::config::fuzzing::device_spec,
    doctor_files: crate::tools::doctor::fuzzing::files,
    history: crate::store::fuzzing::history,
    #[cfg(feature = "dbus")]
    iwd_configuration: crate::platform::iwd::fuzzing::configuration,
    log_line: crate::log::fuzzing::line,
    netlink: crate::platform::netlink::fuzzing::datagram,
    #[cfg(feature = "import")]
    network_manager: crate::tools::import::fuzzing::files,
    nl80211: crate::platform::netlink::fuzzing::nl80211,
    rtnetlink: crate::platform::netlink::fuzzing::rtnetlink,
    scan_elements: crate::platform::netlink::fuzzing::elements,
    stable_id: macveil_core::address::fuzzing::stable_id,
    #[cfg(any(feature = "audit", feature = "by-hand"))]
    vendor_list: crate::tools::vendors::fuzzing::list,
    wpa_event: crate::platform::wpa_supplicant::fuzzing::event,
    wpa_networks: crate::platform::wpa_supplicant::fuzzing::networks,
    wpa_ssid: crate::platform::wpa_supplicant::fuzzing::ssid,
    wpa_status: crate::platform::wpa_supplicant::fuzzing::status,
    wpa_table: crate::platform::wpa_supplicant::fuzzing::table,
    zone: macveil_core::address::fuzzing::zone,
}

/// Decodes text with invalid UTF-8 replaced, as for files.
pub(crate) fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Asserts that the text contains no terminal control characters or line breaks.
pub(crate) fn assert_harmless(text: &str) {
    assert!(!text.contains(char::is_control), "{text:?}");
}
