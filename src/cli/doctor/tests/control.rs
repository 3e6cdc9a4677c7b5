//! What wpa_supplicant answers.

use std::os::unix::net::UnixDatagram;

use super::*;

#[test]
fn a_control_socket_without_a_server_is_unreachable() {
    let root = tempfile::tempdir().unwrap();
    let socket = root.path().join("wlan0");
    assert_eq!(supplicant::query(&socket), Control::Absent);
    drop(UnixDatagram::bind(&socket).unwrap());
    assert_eq!(
        supplicant::query(&socket),
        Control::Unreachable("Connection refused (os error 111)".to_owned())
    );
}

#[test]
fn a_supplicant_that_does_not_reply_is_unreachable() {
    let root = tempfile::tempdir().unwrap();
    let socket = root.path().join("wlan0");
    let _stopped = UnixDatagram::bind(&socket).unwrap();
    assert_eq!(
        supplicant::query(&socket),
        Control::Unreachable("no reply within 1 s".to_owned())
    );
}

#[test]
fn values_that_a_supplicant_knows_are_read() {
    let root = tempfile::tempdir().unwrap();
    let socket = root.path().join("wlan0");
    let listener = UnixDatagram::bind(&socket).unwrap();
    let server = std::thread::spawn(move || {
        for reply in ["v2.10\n", "0", "FAIL\n"] {
            let mut buffer = [0; 64];
            let (length, client) = listener.recv_from(&mut buffer).unwrap();
            assert!(buffer[..length].starts_with(b"GET "));
            listener.send_to_addr(reply.as_bytes(), &client).unwrap();
        }
    });
    let expected = [
        ("version", "v2.10".to_owned()),
        ("mac_addr", "0".to_owned()),
    ];
    assert_eq!(
        supplicant::query(&socket),
        Control::Answers(expected.into())
    );
    server.join().unwrap();
}
