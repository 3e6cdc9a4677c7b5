//! The same with a real wpa_supplicant, as far as one goes without a radio.
//!
//! ```sh
//! WPA_SUPPLICANT=/sbin/wpa_supplicant unshare -n cargo test --lib real_wpa_supplicant -- --ignored
//! ```

use std::process::{Child, Command, Stdio};

use super::*;
use crate::supervisor::{Failure, Phase};
use crate::wifi::Ssid;

const CONFIGURATION: &str = r#"
preassoc_mac_addr=1
scan_res_valid_for_connect=7
network={
    ssid="it's "Home""
    psk="not so secret"
    priority=3
}
network={
    ssid=c3a900
    key_mgmt=NONE
    scan_ssid=1
    mac_addr=1
}
network={
    key_mgmt=NONE
    wep_key0=0102030405
    disabled=1
}
"#;

struct Process(Child);

impl Process {
    /// One that drives nothing (`-Dnone`) on the loopback interface.
    fn start(scene: &Scene) -> Self {
        let file = scene.directory.path().join("wpa_supplicant.conf");
        std::fs::create_dir_all(scene.directory.path().join("run")).unwrap();
        let interface = format!("ctrl_interface={}", scene.control_dir().display());
        std::fs::write(&file, format!("{interface}\n{CONFIGURATION}")).unwrap();
        let program = std::env::var_os("WPA_SUPPLICANT").unwrap();
        let mut command = Command::new(program);
        command.args(["-Dnone", "-ilo", "-c"]).arg(file);
        Self(command.stdout(Stdio::null()).spawn().unwrap())
    }

    fn terminate(&self) {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks as another client would.
fn other_client(scene: &Scene, command: &str) -> String {
    let path = scene.directory.path().join("other");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.connect(scene.control_dir().join("lo")).unwrap();
    socket.send(command.as_bytes()).unwrap();
    let mut answer = [0; 4096];
    let length = socket.recv(&mut answer).unwrap();
    std::fs::remove_file(path).unwrap();
    String::from_utf8(answer[..length].to_vec()).unwrap()
}

fn settings(scene: &Scene) -> Vec<String> {
    [
        "GET ap_scan",
        "GET passive_scan",
        "GET p2p_disabled",
        "GET scan_res_valid_for_connect",
        "GET mac_addr",
        "GET preassoc_mac_addr",
        "GET_NETWORK 0 mac_addr",
        "GET_NETWORK 1 mac_addr",
    ]
    .map(|command| other_client(scene, command))
    .to_vec()
}

#[test]
#[ignore = "needs WPA_SUPPLICANT, the path of one, and a network namespace of its own"]
fn real_wpa_supplicant() {
    play_on("lo", Pace::default(), async |mut scene| {
        let mut process = Process::start(&scene);
        scene.expect(Supplicant::Appeared).await;
        let before = settings(&scene);

        let Reply::Quiet(Ok(quieted)) = scene.ask(Request::Attach).await else {
            panic!("quiet");
        };
        assert!(quieted.had_own_randomization);
        assert_eq!(settings(&scene), ["1", "1", "1", "20", "0", "0", "-1", "0"]);
        let Reply::Status(Ok(status)) = scene.ask(Request::Status).await else {
            panic!("status");
        };
        assert_eq!(status.phase, Phase::Idle);
        assert!(status.address.is_some());

        let Reply::Survey(Ok(survey)) = scene.ask(Request::Survey { bssids: vec![] }).await else {
            panic!("survey");
        };
        let networks: Vec<_> = survey
            .networks
            .into_iter()
            .map(|n| (n.ssid, n.enabled, n.hidden, n.priority, n.open))
            .collect();
        let (home, hidden) = (Ssid::new(b"it's \"Home\""), Ssid::new(b"\xc3\xa9\0"));
        assert_eq!(
            networks,
            [
                (home.clone(), true, false, 3, false),
                (hidden, true, true, 0, true),
                (None, false, false, 0, false),
            ]
        );

        let home = home.unwrap();
        let except = vec![crate::address::Mac([2, 0, 0, 0, 3, 0])];
        let pin = Request::Pin {
            ssid: home.clone(),
            except,
        };
        assert_eq!(scene.ask(pin).await, Reply::Done(Ok(())));
        let reply = scene.ask(Request::Disarm).await;
        let Reply::Done(Err(Failure::Refused { answer, .. })) = reply else {
            panic!("{reply:?}");
        };
        assert_eq!(answer, "no BSS to associate to");
        assert_eq!(other_client(&scene, "RADIO_WORK show"), "");
        assert_eq!(other_client(&scene, "GET ap_scan"), "1");
        assert_eq!(scene.ask(Request::Connect).await, Reply::Done(Ok(())));
        assert_eq!(other_client(&scene, "GET ap_scan"), "0");
        assert!(matches!(
            scene.ask(Request::Quiet).await,
            Reply::Quiet(Ok(_))
        ));
        let settle = Request::Settle { ssid: home };
        assert_eq!(scene.ask(settle).await, Reply::Done(Ok(())));

        let release = || Request::Release { resume: false };
        assert_eq!(scene.ask(release()).await, Reply::Done(Ok(())));
        assert_eq!(settings(&scene), before);

        process.kill();
        let reply = scene.ask(Request::Status).await;
        assert!(matches!(reply, Reply::Status(Err(Failure::Unreachable(_)))));
        scene.expect(Supplicant::Vanished).await;
        process = Process::start(&scene);
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.ask(Request::Attach).await,
            Reply::Quiet(Ok(_))
        ));
        process.terminate();
        // It takes its networks down first.
        for _ in 0..3 {
            scene.expect(Supplicant::NetworksChanged).await;
        }
        scene.expect(Supplicant::Terminating).await;
        scene.expect(Supplicant::Vanished).await;
        process.0.wait().unwrap();
        assert!(!scene.control_dir().exists());
    });
}
