//! Device specs, compared with `NetworkManager`.

use crate::config::spec::{DeviceFacts, DeviceSpecs};
use macveil_core::types::{DeviceKind, Mac};

const WIFI: DeviceFacts = DeviceFacts {
    name: "wlan0",
    permanent: Some(Mac([0, 1, 2, 3, 4, 0xab])),
    driver: "iwlwifi",
    kind: DeviceKind::Wifi,
};
const ETHERNET: DeviceFacts = DeviceFacts {
    name: "eth0",
    permanent: None,
    driver: "",
    kind: DeviceKind::Ethernet,
};

const BRIDGE: DeviceFacts = DeviceFacts {
    name: "br0",
    permanent: None,
    driver: "bridge",
    kind: DeviceKind::Other,
};

fn matching(spec: &str) -> (bool, bool) {
    let specs = DeviceSpecs::read(&[spec]).unwrap();
    (specs.matches(&WIFI), specs.matches(&ETHERNET))
}

#[test]
fn each_kind_of_spec_matches() {
    for (spec, wifi, ethernet) in [
        ("*", true, true),
        ("wlan0", true, false),
        ("wlan", false, false),
        ("wlan*", false, false),
        ("00:01:02:03:04:AB", true, false),
        ("mac:0:1:2:3:4:ab", true, false),
        ("MAC:00-01-02-03-04-AB", true, false),
        ("mac:00:01:02:03:04:ac", false, false),
        ("interface-name:wlan0", true, false),
        ("interface-name:wl*", true, false),
        ("interface-name:~wl*", true, false),
        ("interface-name:?????", true, false),
        ("interface-name:????", false, true),
        ("interface-name:*0", true, true),
        ("interface-name:w*a*0*", true, false),
        (
            "interface-name:*****************************x",
            false,
            false,
        ),
        ("interface-name:=wlan0", true, false),
        ("interface-name:=wl*", false, false),
        ("Interface-Name:wlan0", true, false),
        ("type:wifi", true, false),
        ("type:ethernet", false, true),
        ("type:bridge", false, false),
        ("driver:iwlwifi", true, false),
        ("driver:iwlwifi/*", true, false),
        ("driver:iwl*", false, false),
        ("wlan1,eth0", false, true),
        ("wlan0 ; eth0", true, true),
        (" wlan0;;", true, false),
    ] {
        assert_eq!(matching(spec), (wifi, ethernet), "{spec}");
    }
}

#[test]
fn exceptions_take_precedence() {
    for (spec, wifi, ethernet) in [
        ("*,except:wlan0", false, true),
        ("except:wlan0", false, true),
        ("except:wlan0;except:eth0", false, false),
        ("except:type:wifi", false, true),
        ("EXCEPT:interface-name:eth*,*", true, false),
        ("except:wlan0,type:wifi", false, false),
    ] {
        assert_eq!(matching(spec), (wifi, ethernet), "{spec}");
    }
}

#[test]
fn virtual_link_is_managed_only_by_name() {
    for (manage, managed) in [
        ("*", false),
        ("type:bridge", false),
        ("driver:bridge", false),
        ("interface-name:br*", false),
        ("except:wlan0", false),
        ("br0", true),
        ("interface-name:br0", true),
        ("interface-name:=br0", true),
        ("type:wifi;br0", true),
        ("br0,except:interface-name:br*", false),
    ] {
        let config = super::read(&format!("manage = \"{manage}\"")).unwrap();
        assert_eq!(config.manages(&BRIDGE), managed, "{manage}");
    }
}

#[test]
fn backslash_escapes_a_separator() {
    let facts = DeviceFacts {
        name: "a,b;c",
        ..WIFI
    };
    let specs = DeviceSpecs::read(&[r"a\,b\;c"]).unwrap();
    assert!(specs.matches(&facts));
}

#[test]
fn several_strings_are_one_list() {
    let specs = DeviceSpecs::read(&["wlan0", "eth0, except:wlan0"]).unwrap();
    assert!(specs.matches(&ETHERNET) && !specs.matches(&WIFI));
}

#[test]
fn invalid_spec_is_an_error() {
    for spec in [
        "",
        " ; ",
        "type:wify",
        "typ:wifi",
        "mac:00:01:02",
        "dhcp-plugin:internal",
        "a name",
        "a/b",
        "sixteen-letters-",
        "interface-name:=",
        "except:",
    ] {
        assert!(DeviceSpecs::read(&[spec]).is_err(), "{spec}");
    }
}

/// Simple reference implementation, slow with many `*`.
fn simply_matches(glob: &[u8], text: &[u8]) -> bool {
    match (glob, text) {
        ([], text) => text.is_empty(),
        ([b'*', rest @ ..], text) => {
            (0..=text.len()).any(|skipped| simply_matches(rest, &text[skipped..]))
        }
        ([wanted, glob @ ..], [found, text @ ..]) => {
            (*wanted == b'?' || wanted == found) && simply_matches(glob, text)
        }
        (_, []) => false,
    }
}

proptest::proptest! {
    #[test]
    fn glob_matches_like_the_reference(glob in "[ab*?]{1,8}", name in "[ab]{0,8}") {
        let specs = DeviceSpecs::read(&[&format!("interface-name:~{glob}")]).unwrap();
        let device = DeviceFacts { name: &name, ..WIFI };
        let expected = glob == name || simply_matches(glob.as_bytes(), name.as_bytes());
        proptest::prop_assert_eq!(specs.matches(&device), expected);
    }
}
