//! A network namespace for one test: the test runs once more, inside `unshare --net`.

use std::env;
use std::process::Command;

/// Set for the copy of the test that runs inside.
const INSIDE: &str = "MACVEIL_TEST_INSIDE_NAMESPACE";

/// What runs this program, where the machine is of another architecture (`make arm64`).
const RUNNER: &str = "MACVEIL_TEST_RUNNER";

/// Runs a test's body in a network namespace of its own; fails if there can be none.
///
/// Threads may change namespaces only through unsafe code, so a process is started: this very program,
/// asked for this test alone.
pub(super) fn alone(test: &str, body: impl FnOnce()) {
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let name = format!("platform::netlink::tests::links::{test}");
    let output = Command::new("unshare")
        .arg("--net")
        .args(env::var_os(RUNNER))
        .arg(env::current_exe().expect("this program"))
        .args(["--exact", &name, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare (util-linux) is needed");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{name} in a network namespace of its own (this needs root):\n{said}\n{complained}"
    );
}

/// Runs `ip` (iproute2) with these words.
pub(super) fn ip(words: &str) -> String {
    let output = Command::new("ip")
        .args(words.split_whitespace())
        .output()
        .expect("ip (iproute2) is needed");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {words}: {complained}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
