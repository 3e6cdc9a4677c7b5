//! A confined daemon on the system bus.

use std::fs;
use std::path::Path;
use std::process::Command;

use zbus::connection::Builder;

use crate::{assert_confined, status};
use macveil_testkit::bus::BusDaemon;
use macveil_testkit::namespace::{INITIAL, World, alone, until};

const SOCKET: &str = "/run/dbus/system_bus_socket";

/// A program that owns NetworkManager's name while this lives.
async fn network_manager() -> zbus::Result<zbus::Connection> {
    let address = format!("unix:path={SOCKET}");
    let builder = Builder::address(address.as_str()).name("org.freedesktop.NetworkManager");
    builder.build().await
}

#[test]
fn confined_daemon_detects_network_manager_on_new_bus() {
    let test = "bus::confined_daemon_detects_network_manager_on_new_bus";
    alone(test, || {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "tmpfs", "/run"])
            .status();
        assert!(mount.expect("mount is needed").success());
        fs::create_dir_all("/run/dbus").expect("a directory");
        let mut world = World::new();
        let ifindex = fs::read_to_string("/sys/class/net/card/ifindex").expect("an interface");
        fs::create_dir_all("/run/NetworkManager/devices").expect("a directory");
        let note = format!("/run/NetworkManager/devices/{}", ifindex.trim());
        fs::write(note, "[device]\nmanaged=true\n").expect("a note");
        world.start("[\"interface-name:card\"]", "");
        until("the assigned address", || world.address() != INITIAL);
        until("its sandbox", || world.log().contains("sandbox: seccomp"));

        let _bus = BusDaemon::start(Path::new(SOCKET), &world.path("bus.conf"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let manager = runtime.block_on(network_manager()).expect("a connection");
        until("the interface's release", || {
            world.log().contains("controlled by NetworkManager")
        });
        assert_confined(&world);

        drop((manager, runtime));
        until("the interface's return", || {
            world.log().matches("now managed").count() == 2
        });
        assert_eq!(status(world.id(), "Threads"), "1");
        world.end();
    });
}
