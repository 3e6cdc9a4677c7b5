//! A user's shell.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::PROJECT;
use crate::guest::process::{run_words, wait_until};
use crate::guest::radios::next_to_access_points;
use macveil_testkit::documented::{Command as Documented, Conduct, End, Situation, shape};

/// None takes longer, but for those that do not end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Until what is typed meanwhile, and from then on.
const A_MOMENT: Duration = Duration::from_secs(1);
const A_WHILE: Duration = Duration::from_secs(3);

pub struct Shell {
    /// Where programs are looked for.
    path: String,
    /// What was typed, and what was said.
    transcript: PathBuf,
    /// What the last command has said.
    said: PathBuf,
}

struct Outcome {
    /// None if it ran on.
    code: Option<i32>,
    said: String,
}

impl Shell {
    pub fn open(folder: &Path) -> Result<Self, String> {
        let told = |e: std::io::Error| format!("the shell's files: {e}");
        let tools = folder.join("tools");
        let spare = folder.join("spare");
        for path in [&tools, &spare] {
            fs::create_dir_all(path).map_err(told)?;
        }
        // Stories run as root.
        let sudo = tools.join("sudo");
        fs::write(&sudo, "#!/bin/busybox sh\nexec \"$@\"\n").map_err(told)?;
        fs::set_permissions(&sudo, fs::Permissions::from_mode(0o755)).map_err(told)?;
        add_user("tcpdump")?;
        // A guest has few of coreutils; where it has the real program, that is taken.
        run_words(&format!("busybox --install -s {}", spare.display()))?;
        fs::create_dir_all(Path::new(PROJECT).join("IMAGE/usr/bin")).map_err(told)?;
        let built = Path::new(PROJECT).join("target/macveil");
        if !built.exists() {
            symlink(crate::guest::daemon::PROGRAM, built).map_err(told)?;
        }
        Ok(Self {
            path: format!(
                "{}:/usr/sbin:/usr/bin:/sbin:/bin:{}",
                tools.display(),
                spare.display()
            ),
            transcript: folder.join("documented.log"),
            said: folder.join("said"),
        })
    }

    pub fn note(&self, line: &str) -> Result<(), String> {
        let now = crate::guest::record::now();
        let line = format!("{now} {line}");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&self.transcript);
        file.and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|e| e.to_string())
    }

    /// Types it, and holds what comes of it against what the page implies.
    pub fn follow(&self, command: &Documented, conduct: &Conduct) -> Result<(), String> {
        let is_apart = conduct.situation == Situation::OtherMachine;
        for before in &conduct.before {
            // It puts away what may not be there.
            self.run(before, is_apart, &End::Code(0), None)?;
        }
        let text = conduct.text(command);
        let meanwhile = conduct.meanwhile.as_deref();
        let Outcome { code, said } = self.run(&text, is_apart, &conduct.end, meanwhile)?;
        self.note(&format!("{said}=> {code:?}"))?;
        let wanted = match conduct.end {
            End::Code(code) => Some(code),
            End::Never => None,
        };
        if code != wanted {
            return Err(format!(
                "ends with {code:?}, not {wanted:?}, and says {said:?}"
            ));
        }
        if wanted.is_none() && said.trim().is_empty() {
            return Err("says nothing".to_owned());
        }
        if let Some(words) = conduct.says.iter().find(|words| !said.contains(*words)) {
            return Err(format!("does not say {words:?}, but {said:?}"));
        }
        let shapes = |text: &str| text.lines().map(shape).collect::<Vec<_>>();
        let shown = shapes(&command.shown.join("\n"));
        let is_as_shown = shown.is_empty() || shown == shapes(&said);
        if is_as_shown {
            Ok(())
        } else {
            Err(format!("says other than is shown: {said:?}"))
        }
    }

    /// A command of the lab's own, which has to succeed.
    pub fn must(&self, line: &str) -> Result<(), String> {
        match self.run(line, false, &End::Code(0), None)? {
            Outcome { code: Some(0), .. } => Ok(()),
            Outcome { code, said } => Err(format!("{line}: {code:?}: {said}")),
        }
    }

    fn run(
        &self,
        line: &str,
        is_apart: bool,
        end: &End,
        meanwhile: Option<&str>,
    ) -> Result<Outcome, String> {
        let mut child = if is_apart {
            next_to_access_points(|| self.start(line, &self.said))
        } else {
            self.start(line, &self.said)
        }?;
        let ended = match end {
            End::Code(_) => wait_until(PATIENCE, || child.try_wait().ok()?),
            End::Never => {
                sleep(A_MOMENT);
                if let Some(meanwhile) = meanwhile {
                    let log = self.said.with_extension("meanwhile");
                    let mut other = self.start(meanwhile, &log)?;
                    let _ = other.wait();
                }
                sleep(A_WHILE);
                child.try_wait().map_err(|e| e.to_string())?
            }
        };
        if ended.is_none() {
            stop(&mut child)?;
        }
        let said = fs::read(&self.said).map_err(|e| e.to_string())?;
        Ok(Outcome {
            code: ended.map(|status| status.code().unwrap_or(-1)),
            said: String::from_utf8_lossy(&said).into_owned(),
        })
    }

    fn start(&self, line: &str, log: &Path) -> Result<Child, String> {
        let out = File::create(log).map_err(|e| e.to_string())?;
        let err = out.try_clone().map_err(|e| e.to_string())?;
        Command::new("bash")
            .args(["-o", "pipefail", "-c", line])
            .current_dir(PROJECT)
            .env("PATH", &self.path)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .map_err(|e| format!("bash: {e}"))
    }
}

/// As a package does when it is installed.
fn add_user(name: &str) -> Result<(), String> {
    let line = format!("u {name} - -");
    run_words("busybox mkdir -p /etc/sysusers.d")?;
    fs::write("/etc/sysusers.d/lab.conf", line).map_err(|e| e.to_string())?;
    run_words("systemd-sysusers lab.conf").map(drop)
}

/// As Ctrl-C does.
fn stop(child: &mut Child) -> Result<(), String> {
    let group = Pid::from_child(child);
    for signal in [Signal::INT, Signal::KILL] {
        kill_process_group(group, signal).map_err(|e| e.to_string())?;
        let ended = wait_until(Duration::from_secs(5), || child.try_wait().ok()?);
        if ended.is_some() {
            break;
        }
    }
    Ok(())
}
