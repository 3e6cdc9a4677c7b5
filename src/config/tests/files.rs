//! Which files are read, and which takes precedence.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::config::{Config, Errors, Layout, Problem};

struct Root(TempDir);

impl Root {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    fn read(&self) -> Result<Config, Errors> {
        Config::read(&Layout::below(self.0.path()))
    }

    fn state_dir(&self) -> String {
        self.read().unwrap().state_dir.display().to_string()
    }
}

fn state_dir(name: &str) -> String {
    format!("state-dir = '/{name}'")
}

#[test]
fn defaults_apply_without_files() {
    assert_eq!(Root::new().state_dir(), "/var/lib/macveil");
}

#[test]
fn named_file_must_exist_and_has_no_drop_ins() {
    let root = Root::new()
        .with("etc/macveil/conf.d/a.toml", state_dir("drop-in"))
        .with("named.toml", "runtime-dir = '/named'");
    let named = Config::read(&Layout::only(&root.0.path().join("named.toml"))).unwrap();
    assert_eq!(named.state_dir, Path::new("/var/lib/macveil"));
    assert_eq!(named.runtime_dir, Path::new("/named"));
    let missing = crate::config::load(Some(Path::new("/nowhere/macveil.toml"))).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "/nowhere/macveil.toml: cannot read: No such file or directory (os error 2)"
    );
}

#[test]
fn drop_ins_override_the_file_in_name_order() {
    let root = Root::new().with("etc/macveil/macveil.toml", state_dir("main"));
    assert_eq!(root.state_dir(), "/main");
    let root = root.with("etc/macveil/conf.d/20.toml", state_dir("etc-20"));
    assert_eq!(root.state_dir(), "/etc-20");
    let root = root.with("usr/lib/macveil/conf.d/30.toml", state_dir("usr-30"));
    assert_eq!(root.state_dir(), "/usr-30", "names sort before directories");
    let root = root.with("run/macveil/conf.d/30.toml", state_dir("run-30"));
    assert_eq!(
        root.state_dir(),
        "/run-30",
        "the later directory hides the earlier"
    );
    let root = root.with("etc/macveil/conf.d/30.toml", "");
    assert_eq!(
        root.state_dir(),
        "/etc-20",
        "an empty file takes a drop-in away"
    );
}

#[test]
fn drop_in_can_be_replaced_or_removed_for_a_check() {
    let path = "etc/macveil/conf.d/20.toml";
    let root = Root::new()
        .with("usr/lib/macveil/conf.d/20.toml", state_dir("usr"))
        .with("etc/macveil/conf.d/10.toml", state_dir("earlier"))
        .with(path, state_dir("there"));
    let read = |text: Option<String>| {
        let layout = Layout::below(root.0.path());
        assert_eq!(
            layout.own_drop_ins(),
            Some(root.0.path().join("etc/macveil/conf.d").as_path())
        );
        let config = Config::read(&layout.with_drop_in(&root.0.path().join(path), text));
        config.map(|config| config.state_dir.display().to_string())
    };
    assert_eq!(
        read(Some(state_dir("supposed"))),
        Ok("/supposed".to_owned())
    );
    assert_eq!(read(None), Ok("/usr".to_owned()), "it hid this one");
    let wrong = read(Some("nonsense".to_owned())).unwrap_err();
    assert!(wrong.problems()[0].file().ends_with(path));
    assert_eq!(root.state_dir(), "/there");
}

#[test]
fn hidden_and_other_files_are_ignored() {
    let root = Root::new()
        .with("etc/macveil/conf.d/.hidden.toml", "nonsense")
        .with("etc/macveil/conf.d/a.toml~", "nonsense")
        .with("etc/macveil/conf.d/a.conf", "nonsense");
    assert_eq!(root.state_dir(), "/var/lib/macveil");
}

#[test]
fn rules_of_a_later_file_take_precedence() {
    use macveil_core::address::{NetworkFacts, Policy};
    let network = |ssid: &str, rest: &str| format!("[[network]]\nssid = '{ssid}'\n{rest}\n");
    let root = Root::new()
        .with(
            "etc/macveil/macveil.toml",
            network(
                "Home",
                "cloned-mac-address = 'random'\nstable-binding = 'host'",
            ),
        )
        .with(
            "etc/macveil/conf.d/a.toml",
            network("Home", "cloned-mac-address = 'permanent'")
                + &network("Home", "cloned-mac-address = 'stable'"),
        );
    let config = root.read().unwrap();
    let device = crate::config::DeviceFacts {
        name: "wlan0",
        permanent: None,
        driver: "",
        kind: macveil_core::types::DeviceKind::Wifi,
    };
    let host = macveil_core::address::Host {
        key: macveil_core::address::HostKey::from_host_id(b"key1"),
        boot_id: None,
        zone: macveil_core::address::Zone::utc(),
    };
    let ssid = macveil_core::types::Ssid::new(b"Home").unwrap();
    let policies = config.address_policies(&device, host.into());
    let resolved = policies.resolve(&NetworkFacts::new(&ssid)).unwrap();
    assert_eq!(resolved.policy.value, Policy::Permanent);
    assert!(resolved.policy.origin.to_string().ends_with("a.toml:3"));
    assert!(
        resolved
            .binding
            .origin
            .to_string()
            .ends_with("macveil.toml:4")
    );
}

#[test]
fn errors_of_all_files_are_reported_at_once() {
    let root = Root::new()
        .with("etc/macveil/macveil.toml", "a = 1\nb = 2\n")
        .with("etc/macveil/conf.d/x.toml", "\n\n  c = 3\n");
    let errors = root.read().unwrap_err();
    let positions: Vec<_> = errors.problems().iter().map(Problem::position).collect();
    let lines: Vec<_> = positions
        .iter()
        .map(|position| position.unwrap().line)
        .collect();
    assert_eq!(lines, [1, 2, 3]);
    assert!(errors.problems()[2].file().ends_with("x.toml"));
}

#[test]
fn invalid_utf8_has_a_position() {
    let root = Root::new().with("etc/macveil/macveil.toml", b"# fine\nstate-dir = '/\xff'\n");
    let errors = root.read().unwrap_err().to_string();
    assert!(
        errors.contains("macveil.toml:2:15: this byte is not UTF-8"),
        "{errors}"
    );
}

/// What is wrong with a file of the configuration.
fn refused(root: &Root) -> String {
    root.read().unwrap_err().to_string()
}

#[test]
fn anything_but_a_file_is_an_error_at_once() {
    use std::os::unix::fs::symlink;
    let pipe = |path: &Path| {
        let (fifo, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
        rustix::fs::mknodat(rustix::fs::CWD, path, fifo, mode, 0).unwrap();
    };
    for path in ["etc/macveil/macveil.toml", "etc/macveil/conf.d/a.toml"] {
        let root = Root::new().with(path, "");
        let file = root.0.path().join(path);
        fs::remove_file(&file).unwrap();
        pipe(&file);
        let wrong = "cannot read: it is a pipe, a socket or a device, not a file";
        assert!(refused(&root).ends_with(wrong), "{}", refused(&root));
        fs::remove_file(&file).unwrap();
        symlink("/dev/zero", &file).unwrap();
        assert!(refused(&root).ends_with(wrong), "{}", refused(&root));
    }
}

#[test]
fn too_much_is_an_error() {
    let text = "#".repeat(1024 * 1024);
    let root = Root::new().with("etc/macveil/macveil.toml", &text);
    assert!(root.read().is_ok());
    let root = root.with("etc/macveil/macveil.toml", text + "#");
    assert!(refused(&root).ends_with("cannot read: it has more than 1048576 bytes"));
    let mut root = Root::new();
    for number in 0..1024 {
        root = root.with(&format!("etc/macveil/conf.d/{number}.toml"), "");
    }
    assert!(root.read().is_ok());
    let root = root.with("etc/macveil/conf.d/more.toml", "");
    assert!(refused(&root).ends_with("conf.d: cannot read: there are more than 1024 files"));
}

#[test]
fn file_that_others_could_have_written_is_refused() {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let path = "etc/macveil/macveil.toml";
    let root = Root::new().with(path, "");
    let file = root.0.path().join(path);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let why = "other users can write it (mode 666): run `chmod o-w`";
    assert!(refused(&root).contains(why), "{}", refused(&root));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    assert!(root.read().is_ok());
    chown(&file, Some(4711), None).expect("this needs root");
    assert!(refused(&root).contains("belongs to user 4711"));
}

#[test]
fn link_to_nothing_hides_a_drop_in() {
    let root = Root::new()
        .with("usr/lib/macveil/conf.d/20.toml", state_dir("usr"))
        .with("etc/macveil/conf.d/10.toml", state_dir("earlier"));
    assert_eq!(root.state_dir(), "/usr");
    let link = root.0.path().join("etc/macveil/conf.d/20.toml");
    std::os::unix::fs::symlink("/dev/null", link).unwrap();
    assert_eq!(root.state_dir(), "/earlier");
}
