//! What the sandbox forbids.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::process::Command;

use macveil::platform::sandbox::{AllowedPaths, enter};
use macveil_testkit::namespace::alone;

#[test]
fn the_sandbox_allows_only_the_listed_access() {
    alone(
        "forbidden::the_sandbox_allows_only_the_listed_access",
        || {
            let home = tempfile::tempdir().expect("a directory");
            let at = |name: &str| home.path().join(name);
            for directory in ["read", "create", "bind", "other"] {
                fs::create_dir(at(directory)).expect("a directory");
                fs::write(at(directory).join("file"), "text").expect("a file");
            }
            fs::create_dir(at("write")).expect("a directory");
            fs::write(at("write/file"), "text").expect("a file");
            let _sandbox = enter(&AllowedPaths {
                read: vec![at("read"), at("other/not-there-yet"), "/proc/self".into()]
                    .into_iter()
                    .chain(macveil::store::host_files())
                    .collect(),
                write: vec![at("write")],
                create: vec![at("create")],
                bind: vec![at("bind")],
            });

            let denied = |result: std::io::Result<()>| {
                result.err().map(|error| error.kind()) == Some(ErrorKind::PermissionDenied)
            };
            let read = |name: &str| fs::read(at(name)).map(drop);
            let write = |name: &str| fs::write(at(name), "text");
            let bind = |name: &str| UnixDatagram::bind(at(name)).map(drop);

            assert!(read("read/file").is_ok());
            assert!(denied(write("read/file")));
            assert!(write("write/file").is_ok());
            assert!(denied(write("write/new")));
            assert!(write("create/new").is_ok());
            assert!(fs::rename(at("create/new"), at("create/file")).is_ok());
            assert!(fs::remove_file(at("create/file")).is_ok());
            assert!(denied(bind("create/socket")));
            assert!(bind("bind/socket").is_ok());
            assert!(UnixListener::bind(at("bind/listener")).is_ok());
            assert!(denied(read("other/file")));
            assert!(denied(write("other/file")));
            assert!(denied(fs::remove_file(at("other/file"))));
            assert!(denied(fs::create_dir(at("bind/directory"))));
            assert!(denied(File::open("/dev/null").map(drop)));

            // The nearest directory above is not allowed instead.
            assert!(denied(read("other/file")));
            assert!(File::open("/etc/machine-id").is_ok() || !at("/etc/machine-id").exists());
            assert!(denied(File::open("/etc/shadow").map(drop)));
            let mode =
                |name: &str, mode| fs::set_permissions(at(name), fs::Permissions::from_mode(mode));
            assert!(mode("bind/listener", 0o660).is_ok());
            for forbidden in [0o4755, 0o2755, 0o777, 0o666] {
                assert!(mode("other/file", forbidden).is_err(), "{forbidden:o}");
                assert!(mode("create/file", forbidden).is_err(), "{forbidden:o}");
            }
            let mut special = fs::OpenOptions::new();
            special.write(true).create(true).mode(0o4755);
            assert!(special.open(at("create/special")).is_err());

            let not_implemented = Some(rustix::io::Errno::NOSYS.raw_os_error());
            let number = |result: std::io::Result<()>| result.err().and_then(|e| e.raw_os_error());
            assert_eq!(
                number(UdpSocket::bind("127.0.0.1:0").map(drop)),
                not_implemented
            );
            assert_eq!(
                number(TcpListener::bind("127.0.0.1:0").map(drop)),
                not_implemented
            );
            assert_eq!(
                number(Command::new("/bin/true").spawn().map(drop)),
                not_implemented
            );
            let thread = std::thread::Builder::new().spawn(|| ());
            assert!(thread.is_err());
        },
    );
}
