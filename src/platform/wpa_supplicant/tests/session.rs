//! Start, continuation and end of a session.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::SendFlags;

use super::fake::{Fake, Model, Turn};
use super::*;
use macveil_core::machine::wpa::Failure;
use macveil_core::types::Mac;

fn is_unreachable(reply: &Reply) -> bool {
    matches!(reply, Reply::Status(Err(Failure::Unreachable(_))))
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[test]
fn session_starts_with_existing_socket() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.request(Request::Status).await,
            Reply::Status(Ok(_))
        ));
        assert_eq!(fake.log(), ["ATTACH", "STATUS"]);
    });
}

#[test]
fn requests_fail_until_the_socket_exists() {
    story(async |mut scene| {
        assert!(is_unreachable(&scene.request(Request::Status).await));
        std::fs::create_dir_all(scene.control_dir()).unwrap();
        pause().await;
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect_no_event().await;
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn session_starts_before_the_main_loop_runs() {
    story(async |mut scene| {
        let mut fake = Fake::start_blocked(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        scene.requests.send(Request::Status).unwrap();
        scene.expect_no_event().await;
        fake.resume();
        assert!(matches!(
            scene.event().await,
            WpaEvent::Reply(Reply::Status(Ok(_)))
        ));
    });
}

#[test]
fn messages_are_forwarded_in_order() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        fake.broadcast("CTRL-EVENT-SCAN-RESULTS ");
        fake.broadcast(
            "SME: Trying to authenticate with 02:00:00:00:03:00 (SSID='x' freq=2412 MHz)",
        );
        fake.broadcast("CTRL-EVENT-SCAN-STARTED ");
        fake.broadcast("\u{fffd}");
        fake.broadcast("CTRL-EVENT-NETWORK-NOT-FOUND ");
        scene.expect(Supplicant::ScanResults).await;
        let bssid = Mac([2, 0, 0, 0, 3, 0]);
        scene.expect(Supplicant::Connecting { bssid }).await;
        scene.expect(Supplicant::NetworkNotFound).await;
        scene.expect_no_event().await;
    });
}

#[test]
fn message_before_an_answer_is_forwarded_first() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        for _ in 0..20 {
            fake.next("STATUS", Turn::Message("CTRL-EVENT-NETWORK-NOT-FOUND "));
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
fn message_during_a_command_is_forwarded() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        fake.next("STATUS", Turn::Delay(Duration::from_millis(100)));
        scene.requests.send(Request::Status).unwrap();
        pause().await;
        fake.broadcast("CTRL-EVENT-SCAN-RESULTS ");
        scene.expect(Supplicant::ScanResults).await;
        assert!(matches!(
            scene.event().await,
            WpaEvent::Reply(Reply::Status(Ok(_)))
        ));
    });
}

#[test]
fn session_resumes_after_exit_and_start() {
    story(async |mut scene| {
        for _ in 0..3 {
            let fake = Fake::start(&scene.control_dir(), Model::new());
            scene.expect(Supplicant::Appeared).await;
            pause().await;
            fake.stop();
            scene.expect(Supplicant::Terminating).await;
            scene.expect(Supplicant::Vanished).await;
            assert!(is_unreachable(&scene.request(Request::Status).await));
        }
    });
}

#[test]
fn recreated_socket_continues_the_session() {
    story(async |mut scene| {
        let mut fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        scene.request(Request::Attach).await;
        for _ in 0..3 {
            for _ in 0..10 {
                fake.recreate_socket();
            }
            assert_eq!(scene.event().await, WpaEvent::Overrun);
            fake.broadcast("CTRL-EVENT-SCAN-RESULTS ");
            scene.expect(Supplicant::ScanResults).await;
        }
        fake.next("STATUS", Turn::Silent);
        scene.requests.send(Request::Status).unwrap();
        pause().await;
        fake.recreate_socket();
        assert_eq!(scene.event().await, WpaEvent::Overrun);
        assert!(matches!(
            scene.event().await,
            WpaEvent::Reply(Reply::Status(Ok(_)))
        ));
        scene.expect_no_event().await;
    });
}

#[test]
fn new_process_without_mark_starts_a_new_session() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        scene.request(Request::Attach).await;
        fake.kill().await;
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Vanished).await;
        scene.expect(Supplicant::Appeared).await;
        scene.request(Request::Attach).await;
        fake.kill().await;
        let _not_in_its_loop = Fake::start_blocked(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Vanished).await;
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn exit_during_a_command_ends_the_session() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        fake.next("STATUS", Turn::Silent);
        scene.requests.send(Request::Status).unwrap();
        pause().await;
        fake.stop();
        scene.expect(Supplicant::Terminating).await;
        assert!(matches!(scene.event().await, WpaEvent::Reply(reply) if is_unreachable(&reply)));
        scene.expect(Supplicant::Vanished).await;
    });
}

#[test]
fn kill_is_detected_by_next_command_and_restart_at_once() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        fake.kill().await;
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect(Supplicant::Vanished).await;
        scene.expect_no_event().await;
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        fake.kill().await;
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Vanished).await;
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn session_resumes_when_wpa_supplicant_answers_again() {
    play(short_timeouts(), async |mut scene| {
        let mut fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.request(Request::Status).await,
            Reply::Status(Ok(_))
        ));
        fake.block();
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect(Supplicant::Vanished).await;
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect_no_event().await;
        fake.resume();
        scene.expect(Supplicant::Appeared).await;
        let Reply::Status(Ok(status)) = scene.request(Request::Status).await else {
            panic!("reachable again");
        };
        // The late answer to STATUS was not taken for the answer to PING, nor the reverse.
        assert_eq!(status.address, Some(Mac([2, 0, 0, 0, 0, 1])));
    });
}

#[test]
fn subscription_is_renewed() {
    play(short_timeouts(), async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        scene.request(Request::Status).await;
        pause().await;
        scene.request(Request::Status).await;
        assert_eq!(
            fake.log(),
            ["ATTACH", "ATTACH", "STATUS", "ATTACH", "STATUS"]
        );
    });
}

#[test]
fn failed_renewal_of_subscription_ends_the_session() {
    play(short_timeouts(), async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        fake.next("ATTACH", Turn::Silent);
        scene.request(Request::Status).await;
        pause().await;
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect(Supplicant::Vanished).await;
    });
}

#[test]
fn file_that_is_not_a_socket_is_ignored() {
    story(async |mut scene| {
        std::fs::create_dir_all(scene.control_dir()).unwrap();
        std::fs::write(scene.control_dir().join("wlan0"), "").unwrap();
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect_no_event().await;
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
    });
}

#[test]
fn malformed_answer_fails_only_its_request() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        let endless: &'static [u8] = vec![b'='; 8000].leak();
        for answer in [&b""[..], b"FAIL\n", b"\xff\0\n\n", endless, b"wpa_state=\n"] {
            fake.next("STATUS", Turn::Answer(answer));
            let reply = scene.request(Request::Status).await;
            assert!(
                matches!(reply, Reply::Status(Err(Failure::Refused { .. }))),
                "{reply:?}"
            );
        }
        // An answer in the form of a message is not taken for an answer.
        fake.next("STATUS", Turn::Answer(b"<3>CTRL-EVENT-SCAN-RESULTS "));
        scene.requests.send(Request::Status).unwrap();
        scene.expect_no_event().await;
        fake.stop();
        scene.expect(Supplicant::Terminating).await;
    });
}

#[test]
fn datagram_from_another_sender_is_ignored() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        pause().await;
        let other = std::os::unix::net::UnixDatagram::bind(scene.directory.path().join("wlan0"));
        let other = other.unwrap();
        for client in fake.clients() {
            for words in ["<3>CTRL-EVENT-TERMINATING ", "wpa_state=COMPLETED\n"] {
                let sent =
                    rustix::net::sendto(&other, words.as_bytes(), SendFlags::DONTWAIT, &client);
                assert_eq!(sent, Err(Errno::PERM));
            }
        }
        scene.expect_no_event().await;
        let Reply::Status(Ok(status)) = scene.request(Request::Status).await else {
            panic!("reachable");
        };
        assert_eq!(status.phase, macveil_core::machine::wpa::Phase::Scanning);
        drop(fake);
    });
}

#[test]
fn path_through_a_symbolic_link_is_accepted() {
    story(async |mut scene| {
        // wpa_supplicant uses /var/run, macveil /run.
        let real = scene.directory.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink(&real, scene.directory.path().join("run")).unwrap();
        let _fake = Fake::start(&real.join("wpa_supplicant"), Model::new());
        scene.expect(Supplicant::Appeared).await;
        assert!(matches!(
            scene.request(Request::Status).await,
            Reply::Status(Ok(_))
        ));
    });
}

#[test]
fn socket_without_listener_is_retried_when_its_mode_is_set() {
    story(async |mut scene| {
        // bind() creates the file first; only later does the socket accept datagrams.
        std::fs::create_dir_all(scene.control_dir()).unwrap();
        let path = scene.control_dir().join("wlan0");
        drop(std::os::unix::net::UnixDatagram::bind(&path).unwrap());
        assert!(is_unreachable(&scene.request(Request::Status).await));
        scene.expect_no_event().await;
        let elsewhere = scene.directory.path().join("elsewhere");
        let fake = Fake::start(&elsewhere, Model::new());
        std::fs::rename(elsewhere.join("wlan0"), &path).unwrap();
        scene.expect(Supplicant::Appeared).await;
        drop(fake);
    });
}
