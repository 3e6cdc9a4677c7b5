//! Programs the story starts, each with its output in a file of its own.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

pub struct Process {
    name: String,
    child: Child,
}

impl Process {
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self, String> {
        let out = File::options().create(true).append(true).open(log);
        let out = out.map_err(|e| format!("{}: {e}", log.display()))?;
        let err = out.try_clone().map_err(|e| e.to_string())?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        Ok(Self {
            name: name.to_owned(),
            child: child.map_err(|e| format!("{name} cannot be started: {e}"))?,
        })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn signal(&mut self, signal: Signal) -> Result<(), String> {
        if let Some(status) = self.ended() {
            return Err(format!("{} had ended by itself with {status}", self.name));
        }
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).map_err(|e| format!("{}: {e}", self.name))
    }

    /// Asks it to end and waits until it has.
    pub fn stop(&mut self) -> Result<(), String> {
        self.signal(Signal::TERM)?;
        match wait_until(Duration::from_secs(10), || self.ended()) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("{} ended with {status}", self.name)),
            None => Err(format!("{} has not ended 10 s after SIGTERM", self.name)),
        }
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// An error if it is not running any more.
    pub fn expect_running(&mut self) -> Result<(), String> {
        match self.ended() {
            Some(status) => Err(format!("{} ended by itself with {status}", self.name)),
            None => Ok(()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a command to its end; its words on failure are the error.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {} {}", output.status, words.trim()))
}

/// Runs a command given as one line of words.
pub fn run_words(line: &str) -> Result<String, String> {
    let mut words = line.split_whitespace();
    let program = words.next().unwrap_or_default();
    run(Command::new(program).args(words))
}

/// Asks until there is an answer or the time is over.
pub fn wait_until<T>(limit: Duration, ask: impl FnMut() -> Option<T>) -> Option<T> {
    wait_asking_every(Duration::from_millis(20), limit, ask)
}

pub fn wait_asking_every<T>(
    pause: Duration,
    limit: Duration,
    mut ask: impl FnMut() -> Option<T>,
) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        sleep(pause);
    }
}
