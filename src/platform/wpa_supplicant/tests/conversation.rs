//! Beginning, going on and ending.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::fake::{Fake, Model, Turn};
use super::*;
use macveil_core::machine::wpa::Failure;
use macveil_core::types::Mac;

fn is_unreachable(reply: &Reply) -> bool {
    matches!(reply, Reply::Status(Err(Failure::Unreachable(_))))
}

async fn settled() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[test]
fn begins_with_a_socket_that_is_there() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.ask(Request::Status).await,
            Reply::Status(Ok(_))
        ));
        assert_eq!(fake.log(), ["ATTACH", "STATUS"]);
    });
}

#[test]
fn waits_for_directory_and_socket_and_declines_meanwhile() {
    story(async |mut scene| {
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        std::fs::create_dir_all(scene.control_dir()).unwrap();
        settled().await;
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.silence().await;
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn appears_before_wpa_supplicant_is_in_its_loop() {
    story(async |mut scene| {
        let mut fake = Fake::start_blocked(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        scene.requests.send(Request::Status).unwrap();
        scene.silence().await;
        fake.resume();
        assert!(matches!(
            scene.event().await,
            WpaEvent::Reply(Reply::Status(Ok(_)))
        ));
    });
}

#[test]
fn passes_on_what_is_said_in_order() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        fake.say("CTRL-EVENT-SCAN-RESULTS ");
        fake.say("SME: Trying to authenticate with 02:00:00:00:03:00 (SSID='x' freq=2412 MHz)");
        fake.say("CTRL-EVENT-SCAN-STARTED ");
        fake.say("\u{fffd}");
        fake.say("CTRL-EVENT-NETWORK-NOT-FOUND ");
        scene.expect(Supplicant::ScanResults).await;
        let bssid = Mac([2, 0, 0, 0, 3, 0]);
        scene.expect(Supplicant::Connecting { bssid }).await;
        scene.expect(Supplicant::NetworkNotFound).await;
        scene.silence().await;
    });
}

#[test]
fn what_was_said_before_an_answer_is_passed_on_before_it() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        for _ in 0..20 {
            fake.next("STATUS", Turn::Says("CTRL-EVENT-NETWORK-NOT-FOUND "));
            scene.requests.send(Request::Status).unwrap();
            scene.expect(Supplicant::NetworkNotFound).await;
            assert!(matches!(
                scene.event().await,
                WpaEvent::Reply(Reply::Status(Ok(_)))
            ));
        }
    });
}

#[test]
fn passes_on_what_is_said_while_an_answer_is_awaited() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        fake.next("STATUS", Turn::Waits(Duration::from_millis(100)));
        scene.requests.send(Request::Status).unwrap();
        settled().await;
        fake.say("CTRL-EVENT-SCAN-RESULTS ");
        scene.expect(Supplicant::ScanResults).await;
        assert!(matches!(
            scene.event().await,
            WpaEvent::Reply(Reply::Status(Ok(_)))
        ));
    });
}

#[test]
fn an_orderly_end_and_a_new_start() {
    story(async |mut scene| {
        for _ in 0..3 {
            let fake = Fake::start(&scene.control_dir(), Model::new());
            scene.expect(Supplicant::Appeared).await;
            settled().await;
            fake.stop();
            scene.expect(Supplicant::Terminating).await;
            scene.expect(Supplicant::Vanished).await;
            assert!(is_unreachable(&scene.ask(Request::Status).await));
        }
    });
}

#[test]
fn a_socket_that_is_made_anew_is_no_new_wpa_supplicant() {
    story(async |mut scene| {
        let mut fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        scene.ask(Request::Attach).await;
        for _ in 0..3 {
            for _ in 0..10 {
                fake.make_socket_anew();
            }
            assert_eq!(scene.event().await, WpaEvent::Overrun);
            fake.say("CTRL-EVENT-SCAN-RESULTS ");
            scene.expect(Supplicant::ScanResults).await;
        }
        fake.next("STATUS", Turn::Silent);
        scene.requests.send(Request::Status).unwrap();
        settled().await;
        fake.make_socket_anew();
        assert_eq!(scene.event().await, WpaEvent::Overrun);
        assert!(matches!(
            scene.event().await,
            WpaEvent::Reply(Reply::Status(Ok(_)))
        ));
        scene.silence().await;
    });
}

#[test]
fn one_that_knows_nothing_of_us_is_another_however_soon_it_comes() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        scene.ask(Request::Attach).await;
        fake.kill().await;
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Vanished).await;
        scene.expect(Supplicant::Appeared).await;
        scene.ask(Request::Attach).await;
        fake.kill().await;
        let _not_in_its_loop = Fake::start_blocked(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Vanished).await;
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn an_end_while_an_answer_is_awaited() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        fake.next("STATUS", Turn::Silent);
        scene.requests.send(Request::Status).unwrap();
        settled().await;
        fake.stop();
        scene.expect(Supplicant::Terminating).await;
        assert!(matches!(scene.event().await, WpaEvent::Reply(reply) if is_unreachable(&reply)));
        scene.expect(Supplicant::Vanished).await;
    });
}

#[test]
fn a_kill_is_noticed_by_the_next_command_and_a_restart_at_once() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        fake.kill().await;
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.expect(Supplicant::Vanished).await;
        scene.silence().await;
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        fake.kill().await;
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Vanished).await;
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn after_a_silence_it_appears_again_when_it_answers() {
    play(impatient(), async |mut scene| {
        let mut fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.ask(Request::Status).await,
            Reply::Status(Ok(_))
        ));
        fake.block();
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.expect(Supplicant::Vanished).await;
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.silence().await;
        fake.resume();
        scene.expect(Supplicant::Appeared).await;
        let Reply::Status(Ok(status)) = scene.ask(Request::Status).await else {
            panic!("reachable again");
        };
        // The answer to the forgotten STATUS was not taken for one to PING, nor the other way.
        assert_eq!(status.address, Some(Mac([2, 0, 0, 0, 0, 1])));
    });
}

#[test]
fn stays_attached() {
    play(impatient(), async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        scene.ask(Request::Status).await;
        settled().await;
        scene.ask(Request::Status).await;
        assert_eq!(
            fake.log(),
            ["ATTACH", "ATTACH", "STATUS", "ATTACH", "STATUS"]
        );
    });
}

#[test]
fn begins_anew_if_nothing_is_said_to_us_any_more() {
    play(impatient(), async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        fake.next("ATTACH", Turn::Silent);
        scene.ask(Request::Status).await;
        settled().await;
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.expect(Supplicant::Vanished).await;
    });
}

#[test]
fn something_that_is_no_socket_is_waited_out() {
    story(async |mut scene| {
        std::fs::create_dir_all(scene.control_dir()).unwrap();
        std::fs::write(scene.control_dir().join("wlan0"), "").unwrap();
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.silence().await;
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn survives_whatever_is_said() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        let endless: &'static [u8] = vec![b'='; 8000].leak();
        for answer in [&b""[..], b"FAIL\n", b"\xff\0\n\n", endless, b"wpa_state=\n"] {
            fake.next("STATUS", Turn::Answers(answer));
            let reply = scene.ask(Request::Status).await;
            assert!(
                matches!(reply, Reply::Status(Err(Failure::Refused { .. }))),
                "{reply:?}"
            );
        }
        // An answer that looks like a message is none; the real one would be late.
        fake.next("STATUS", Turn::Answers(b"<3>CTRL-EVENT-SCAN-RESULTS "));
        scene.requests.send(Request::Status).unwrap();
        scene.silence().await;
        fake.stop();
        scene.expect(Supplicant::Terminating).await;
    });
}

#[test]
fn a_stranger_is_not_believed() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        settled().await;
        let stranger =
            std::os::unix::net::UnixDatagram::bind(scene.directory.path().join("x")).unwrap();
        for socket in std::fs::read_dir(scene.client_dir()).unwrap() {
            let socket = socket.unwrap().path();
            // The kernel keeps him from the one that is connected.
            let _ = stranger.send_to(b"<3>CTRL-EVENT-TERMINATING ", &socket);
            let _ = stranger.send_to(b"wpa_state=COMPLETED\n", &socket);
        }
        scene.silence().await;
        let Reply::Status(Ok(status)) = scene.ask(Request::Status).await else {
            panic!("reachable");
        };
        assert_eq!(status.phase, macveil_core::machine::wpa::Phase::Scanning);
        drop(fake);
    });
}

#[test]
fn leaves_no_socket_behind_and_removes_those_of_the_dead() {
    let directory = tempfile::tempdir().unwrap();
    // The highest process id that Linux gives out is 2^22.
    for name in ["wpa-4194305-0", "wpa-4194305-x", "wpa-1-0", "other"] {
        std::fs::write(directory.path().join(name), "").unwrap();
    }
    super::super::endpoint::remove_stale(directory.path());
    let mut left: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["other", "wpa-1-0", "wpa-4194305-x"]);
    let endpoint = super::super::endpoint::Endpoint::bind;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let server = directory.path().join("server");
        let sockets = [(); 3].map(|()| endpoint(directory.path(), &server).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 6);
        drop(sockets);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 3);
    });
}

#[test]
fn a_path_through_a_symbolic_link_is_the_same() {
    story(async |mut scene| {
        // wpa_supplicant says /var/run, macveil /run.
        let real = scene.directory.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink(&real, scene.directory.path().join("run")).unwrap();
        let _fake = Fake::start(&real.join("wpa_supplicant"), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.ask(Request::Status).await,
            Reply::Status(Ok(_))
        ));
    });
}

#[test]
fn sockets_of_the_dead_are_removed_at_the_start() {
    story(async |mut scene| {
        let stale = scene.client_dir().join("wpa-4194305-0");
        std::fs::write(&stale, "").unwrap();
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(!stale.exists());
    });
}

#[test]
fn a_socket_that_is_not_listened_on_yet_is_tried_again_when_its_mode_is_set() {
    story(async |mut scene| {
        // bind() makes the file first, and only then is it a socket that can be reached.
        std::fs::create_dir_all(scene.control_dir()).unwrap();
        let path = scene.control_dir().join("wlan0");
        drop(std::os::unix::net::UnixDatagram::bind(&path).unwrap());
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.silence().await;
        let elsewhere = scene.directory.path().join("elsewhere");
        let fake = Fake::start(&elsewhere, Model::new());
        std::fs::rename(elsewhere.join("wlan0"), &path).unwrap();
        scene.expect(Supplicant::Appeared).await;
        drop(fake);
    });
}

#[test]
fn without_a_client_directory_everything_is_declined() {
    story(async |mut scene| {
        std::fs::remove_dir(scene.client_dir()).unwrap();
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        assert!(is_unreachable(&scene.ask(Request::Status).await));
        scene.silence().await;
    });
}
