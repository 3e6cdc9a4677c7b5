//! Runs one test in a network namespace, by running it again inside `unshare --net`.

use std::env;
use std::process::Command;

/// Set for the test process inside the namespace.
const INSIDE: &str = "MACVEIL_TEST_INSIDE_NAMESPACE";

/// The emulator for test programs of another architecture (`make arm64`).
const RUNNER: &str = "MACVEIL_TEST_RUNNER";

/// Runs a test's body in a separate network namespace; fails if none can be created.
///
/// A thread can change its namespace only with unsafe code, so this starts the test program again, with
/// only this test selected.
pub(super) fn in_namespace(test: &str, body: impl FnOnce()) {
    run_in_namespace(&format!("links::{test}"), body);
}

/// The same with the name of the test's module before the test's.
pub(super) fn run_in_namespace(test: &str, body: impl FnOnce()) {
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let name = format!("platform::netlink::tests::{test}");
    let output = Command::new("unshare")
        .arg("--net")
        .args(env::var_os(RUNNER))
        .arg(env::current_exe().expect("this program"))
        .args(["--exact", &name, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare (util-linux) is required");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{name} in a separate network namespace (requires root):\n{stdout}\n{stderr}"
    );
}

/// Runs `ip` (iproute2) with these space-separated arguments.
pub(super) fn ip(words: &str) -> String {
    iproute2("ip", words)
}

/// Runs `tc` (iproute2) with these space-separated arguments.
pub(super) fn tc(words: &str) -> String {
    iproute2("tc", words)
}

fn iproute2(program: &str, words: &str) -> String {
    let output = Command::new(program)
        .args(words.split_whitespace())
        .output()
        .expect("iproute2 is required");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {words}: {stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
