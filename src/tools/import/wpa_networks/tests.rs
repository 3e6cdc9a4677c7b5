use super::*;
use crate::tools::import::{ProfileContents, ProfileDirectory};

/// The lines of the blocks, and the report.
fn written(profile: &str) -> (String, String) {
    let file = ProfileFile {
        path: "/etc/NetworkManager/system-connections/x.nmconnection".into(),
        directory: ProfileDirectory::Etc,
        changed: 0,
        contents: ProfileContents::Text(profile.as_bytes().to_vec()),
    };
    let mut report = ImportReport::default();
    let networks = wpa_networks(&[file], b"", &ImportOptions::default(), &mut report);
    let items = report.items().iter();
    let items: Vec<_> = items
        .map(|item| format!("{}: {}", item.setting, item.text))
        .collect();
    assert_eq!(networks.usable + networks.commented, 1);
    (networks.text, items.join("\n"))
}

fn profile(wifi: &str, more: &str) -> String {
    format!("[connection]\nid=x\nuuid=u\ntype=wifi\n[wifi]\n{wifi}\n{more}\n")
}

fn block_of(lines: &str) -> String {
    format!("network={{\n\t{}\n}}\n", lines.replace('\n', "\n\t"))
}

#[test]
fn profiles_become_network_blocks() {
    let psk = "[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\n";
    for (wifi, more, lines) in [
        ("ssid=Open", "", "ssid=\"Open\"\nkey_mgmt=NONE"),
        (
            "ssid=Home",
            psk,
            "ssid=\"Home\"\nkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\npsk=\"correct horse\"\nieee80211w=1",
        ),
        (
            "ssid=Den\nhidden=true\nbssid=00:11:22:33:44:55\nband=a\nchannel=36",
            &format!(
                "{psk}pmf=3\nproto=rsn;\npairwise=ccmp;\n[connection]\nautoconnect-priority=7\nautoconnect=false\n"
            ),
            "ssid=\"Den\"\nscan_ssid=1\nbssid=00:11:22:33:44:55\nfreq_list=5180\nkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\npsk=\"correct horse\"\nieee80211w=2\nproto=RSN\npairwise=CCMP\npriority=7\ndisabled=1",
        ),
        (
            "ssid=Café \"1\"",
            &format!(
                "[802-11-wireless-security]\nkey-mgmt=wpa-psk\npsk={}\n",
                "ab".repeat(32)
            ),
            &format!(
                "ssid=436166c3a920223122\nkey_mgmt=WPA-PSK WPA-PSK-SHA256\npsk={}\nieee80211w=1",
                "ab".repeat(32)
            ),
        ),
        (
            "ssid=Wpa2",
            &format!("{psk}pmf=0x1\n"),
            "ssid=\"Wpa2\"\nkey_mgmt=WPA-PSK WPA-PSK-SHA256\npsk=\"correct horse\"\nieee80211w=0",
        ),
        (
            "ssid=Three",
            "[wifi-security]\nkey-mgmt=sae\npsk=a\"b\n",
            "ssid=\"Three\"\nkey_mgmt=SAE\nsae_password=612262\nieee80211w=2",
        ),
        (
            "ssid=a\"b#c",
            &format!("{psk}group=wep40;tkip;ccmp;\nfils=2\n"),
            "ssid=6122622363\nkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\npsk=\"correct horse\"\nieee80211w=1\ngroup=TKIP CCMP",
        ),
        (
            "ssid=Bar\nhidden=yes",
            "[connection]\nautoconnect=no\nautoconnect-priority=1000\n",
            "ssid=\"Bar\"\nkey_mgmt=NONE",
        ),
        (
            "ssid=New\n[802-11-wireless]\nssid=Old",
            &format!("{psk}[802-11-wireless-security]\nkey-mgmt=sae\npsk=correct pony\n"),
            "ssid=\"Old\"\nkey_mgmt=SAE\nsae_password=\"correct pony\"\nieee80211w=2",
        ),
        (
            "ssid=Owe",
            "[wifi-security]\nkey-mgmt=owe\n",
            "ssid=\"Owe\"\nkey_mgmt=OWE\nowe_only=1\nieee80211w=2",
        ),
        (
            "ssid=Work",
            "[wifi-security]\nkey-mgmt=wpa-eap\n[802-1x]\neap=peap;\nidentity=me@x.org\nanonymous-identity=anonymous@x.org\npassword=s3cret\nphase1-peapver=0\nphase2-auth=mschapv2\nca-cert=file:///etc/ssl/x.pem\ndomain-suffix-match=radius.x.org\n",
            "ssid=\"Work\"\nkey_mgmt=WPA-EAP WPA-EAP-SHA256\nieee80211w=1\neap=PEAP\nidentity=\"me@x.org\"\nanonymous_identity=\"anonymous@x.org\"\ndomain_suffix_match=\"radius.x.org\"\nca_cert=\"/etc/ssl/x.pem\"\npassword=\"s3cret\"\nphase1=\"peapver=0\"\nphase2=\"auth=MSCHAPV2\"",
        ),
        (
            "ssid=Tls",
            "[wifi-security]\nkey-mgmt=wpa-eap-suite-b-192\n[802-1x]\neap=tls;\nidentity=host\nca-cert=47;99;97;0;\nclient-cert=/c.pem\nprivate-key=k.pem\nprivate-key-password=pw\nprivate-key-password-flags=0\n",
            "ssid=\"Tls\"\nkey_mgmt=WPA-EAP-SUITE-B-192\npairwise=GCMP-256\ngroup=GCMP-256\nieee80211w=2\neap=TLS\nidentity=\"host\"\nca_cert=\"/ca\"\nclient_cert=\"/c.pem\"\nprivate_key=\"/etc/NetworkManager/system-connections/k.pem\"\nprivate_key_passwd=\"pw\"",
        ),
        (
            "ssid=Pkcs12",
            "[wifi-security]\nkey-mgmt=wpa-eap\n[802-1x]\neap=tls;\nidentity=host\nca-cert=certs/ca.pem\nclient-cert=file:///me.P12\nprivate-key=file:///me.P12\nprivate-key-password=pw\npassword=b\npassword-raw=1;2;\n",
            "ssid=\"Pkcs12\"\nkey_mgmt=WPA-EAP WPA-EAP-SHA256\nieee80211w=1\neap=TLS\nidentity=\"host\"\nca_cert=\"/etc/NetworkManager/system-connections/ca.pem\"\nprivate_key=\"/me.P12\"\nprivate_key_passwd=\"pw\"\npassword=\"b\"",
        ),
    ] {
        let (text, report) = written(&profile(wifi, more));
        let block = block_of(lines);
        assert!(text.ends_with(&block), "{text}\nand not\n{block}\n{report}");
    }
}

/// Checks that a profile becomes a comment with this reason.
fn assert_commented(more: &str, why: &str) {
    let (text, report) = written(&profile("ssid=X", more));
    assert!(report.contains(why), "{more}\n{report}");
    assert!(
        text.lines()
            .all(|line| line.is_empty() || line.starts_with('#')),
        "{text}"
    );
}

#[test]
fn what_cannot_be_converted_is_a_comment_and_reported() {
    for (more, why) in [
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk-flags=1\n",
            "add psk=",
        ),
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk=short\n",
            "not a valid password",
        ),
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct\\nhorse\n",
            "not a valid password",
        ),
        ("[wifi-security]\nkey-mgmt=sae\n", "add sae_password="),
        (
            "[wifi-security]\nkey-mgmt=none\nwep-key0=abcde\n",
            "obsolete",
        ),
        ("[wifi-security]\nkey-mgmt=ieee8021x\n", "obsolete"),
        ("[wifi-security]\nkey-mgmt=none\n", "obsolete"),
        ("[802-1x]\neap=peap;\n", "would be open"),
        (
            "[wifi-security]\nkey-mgmt=none\nwep-key-flags=1\n",
            "obsolete",
        ),
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk=quote\" and #\n",
            "wpa_passphrase",
        ),
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\nproto=ccmp;\n",
            "proto has an unknown value",
        ),
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\npairwise=rsn;\n",
            "pairwise has an unknown value",
        ),
        ("[wifi-security]\nkey-mgmt=new\n", "key-mgmt=new is unknown"),
        (
            "[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\npairwise=x}\n",
            "unknown value",
        ),
    ] {
        assert_commented(more, why);
    }
}

#[test]
fn eap_that_cannot_be_converted_is_a_comment_and_reported() {
    for (more, why) in [
        (
            "[wifi-security]\nkey-mgmt=wpa-eap\nfils=3\n[802-1x]\neap=ttls;\npassword=x\n",
            "fils is not converted",
        ),
        (
            &format!("@eap=ttls;\npassword=x\nidentity={}\n", "i".repeat(1987)),
            "identity is too long",
        ),
        ("@eap=sim;\n", "eap=sim"),
        ("@eap=teap;\npassword=x\n", "eap=teap"),
        (
            "@eap=ttls;\nidentity=x\npassword-flags=2\n",
            "add password=",
        ),
        ("@eap=tls;\nca-cert=data:;base64,AAAA\n", "save it as one"),
        ("@eap=tls;\nca-cert=48;130;3;80;\n", "ca-cert is not a file"),
        (
            "@eap=tls;\nca-cert=45;45;66;69;71;73;78;10;77;\n",
            "ca-cert is not a file",
        ),
        (
            "@eap=tls;\nprivate-key=/k\nprivate-key-password-flags=1\n",
            "add private_key_passwd=",
        ),
        (
            "@eap=fast;\npassword=x\nphase1-fast-provisioning=1\n",
            "add pac_file=",
        ),
        (
            "@eap=ttls;\npassword=x\nphase1-auth-flags=0x20\n",
            "phase1-auth-flags is not converted",
        ),
        ("@eap=tls;\nsystem-ca-certs=true\n", "add ca_cert="),
        ("@eap=tls;\nnew-restriction=1\n", "new-restriction"),
        ("@eap=ttls;\npassword=x\nphase2-auth=x\"\n", "inner method"),
    ] {
        let eap = "[wifi-security]\nkey-mgmt=wpa-eap\n[802-1x]\n";
        assert_commented(&more.replace('@', eap), why);
    }
}

#[test]
fn values_cannot_add_lines() {
    let evil = "[connection]\nid=a\\n}\\nnetwork={\n[wifi]\nssid=x\\n}\n[wifi-security]\nkey-mgmt=wpa-eap\n[802-1x]\neap=peap;\nidentity=a\\n}\\nctrl_interface=/x\npassword=\\n\n";
    let (text, _) = written(evil);
    assert_eq!(text.matches("\nnetwork={").count(), 1, "{text}");
    assert!(
        !text.contains("\nctrl_interface") && text.matches("\n}").count() == 1,
        "{text}"
    );
}

#[test]
fn unsafe_or_bound_networks_are_reported() {
    let eap = "[wifi-security]\nkey-mgmt=wpa-eap\n[802-1x]\neap=peap;\nidentity=me\npassword=x\nsystem-ca-certs=false\n[connection]\ninterface-name=wlan0\n";
    let (text, report) = written(&profile("ssid=Work", eap));
    for why in ["add anonymous_identity=", "add ca_cert=", "every interface"] {
        assert!(report.contains(why), "{why}: {report}");
    }
    assert!(
        text.contains("# NetworkManager used it on these interfaces only: interface-name:=wlan0\n")
    );
}
