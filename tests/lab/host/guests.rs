//! A guest: QEMU without a network, its second serial line for our words.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::archive::Archive;
use super::paths;
use super::plan::{Run, Shelf};
use macveil_testkit::documented;
use macveil_testkit::lab_options::Options;
use macveil_testkit::scenarios::Story;

/// What a guest may take: those that are played only when named, more.
struct Allowance {
    /// One that says nothing for this long hangs: the longest quiet time takes about a tenth of it.
    silence: Duration,
    /// No guest's stories take half as long.
    lifetime: Duration,
    /// For what it hands out at the end of a story, above all.
    memory: &'static str,
}

const ALLOWANCE: Allowance = Allowance {
    silence: Duration::from_secs(120),
    lifetime: Duration::from_secs(900),
    memory: "512",
};
const LARGE_ALLOWANCE: Allowance = Allowance {
    silence: Duration::from_secs(1200),
    lifetime: Duration::from_secs(6 * 3600),
    memory: "1536",
};

static GUESTS: AtomicU32 = AtomicU32::new(0);

/// What a guest is to play.
pub struct Order<'a> {
    pub kernel: &'a str,
    pub runs: &'a [Run],
    pub purpose: Purpose,
}

/// Why stories are played.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Everything that may tell why a story failed is written down.
    Test,
    /// Frames are told as they are on the air.
    Show,
    /// What programs cost is noted, and nothing is written that costs more.
    Bench,
}

/// Boots a guest, plays the runs in their order and tells as each is played.
pub fn play(
    order: &Order,
    shelf: &Shelf,
    options: &Options,
    mut heard: impl FnMut(&str),
    mut played: impl FnMut(&Run, &Path),
) -> Result<(), Breakdown> {
    let number = GUESTS.fetch_add(1, Ordering::Relaxed);
    let folder = paths::results(&format!("guest-{number}"));
    let takes_long = |run: &Run| shelf.get(&run.story).story.is_played_only_when_named();
    let allowance = if order.purpose == Purpose::Bench || order.runs.iter().any(takes_long) {
        &LARGE_ALLOWANCE
    } else {
        &ALLOWANCE
    };
    let mut guest = fs::create_dir_all(folder.join("out"))
        .map_err(|e| e.to_string())
        .and_then(|()| write_initramfs(order, shelf, options, &folder))
        .and_then(|()| Guest::boot(order.kernel, allowance.memory, &folder))
        .map_err(Breakdown::before_boot)?;
    let outcome = follow(&guest, order.runs, allowance, &mut heard, |run| {
        played(run, &folder.join("out").join(run.method).join(&run.story));
    });
    guest.end();
    // Much larger than all the rest.
    let _ = fs::remove_file(folder.join("initramfs"));
    outcome.map_err(|problem| Breakdown { problem, folder })
}

/// A guest that did not get to its end.
#[derive(Debug)]
pub struct Breakdown {
    pub problem: String,
    /// Where its console is, and what QEMU said.
    pub folder: PathBuf,
}

impl Breakdown {
    pub const FILES: [&str; 2] = ["console", "qemu.log"];

    fn before_boot(problem: String) -> Self {
        let folder = PathBuf::new();
        Self { problem, folder }
    }
}

fn write_initramfs(
    order: &Order,
    shelf: &Shelf,
    options: &Options,
    folder: &Path,
) -> Result<(), String> {
    let read = |path: &Path| fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
    let mut archive = Archive::new();
    archive.directory("lab");
    archive.file("lab/runner", runner()?);
    archive.file("lab/macveil", &read(&paths::macveil(options))?);
    archive.directory("lab/stories");
    let mut plan = String::new();
    for run in order.runs {
        plan += &[run.method, " ", &run.story, "\n"].concat();
        let path = format!("lab/stories/{}.story", run.story);
        archive.file(&path, shelf.get(&run.story).text.as_bytes());
    }
    archive.file("lab/plan", plan.as_bytes());
    match order.purpose {
        Purpose::Test => {}
        Purpose::Show => archive.file("lab/live", &[]),
        Purpose::Bench => {
            archive.file("lab/bench", &[]);
            archive.overlay(&paths::lab().join("bench"))?;
            archive.file("lab/changes", &read(&paths::changes())?);
        }
    }
    let base = paths::kernel(order.kernel, "initramfs");
    let target = folder.join("initramfs");
    fs::copy(&base, &target).map_err(|e| format!("{}: {e}", base.display()))?;
    let any = |needs: fn(&Story) -> bool| {
        let mut runs = order.runs.iter();
        runs.any(|run| needs(&shelf.get(&run.story).story))
    };
    if any(Story::goes_online) {
        add_hooks(&mut archive)?;
    }
    let with_systemd = any(Story::has_systemd);
    if with_systemd {
        add_project(&mut archive)?;
    } else if any(Story::goes_online) {
        // For services of systems without systemd.
        archive.link("usr/bin/macveil", "/lab/macveil");
        archive.tree("lab/contrib", &paths::project().join("contrib"))?;
    }
    let mut files = archive.finish();
    // What systemd brings replaces what is there in place of it.
    if any(Story::goes_online) {
        files.extend(read(&paths::lab().join("online"))?);
    }
    if with_systemd {
        files.extend(read(&paths::lab().join("systemd"))?);
    }
    if any(|story| story.has_network_manager() || story.has_iwd() || story.has_connman()) {
        files.extend(read(&paths::lab().join("networkmanager"))?);
    }
    if any(Story::has_iwd) {
        files.extend(read(&paths::kernel(order.kernel, "iwd"))?);
    }
    if any(Story::has_debian13) {
        files.extend(read(&paths::lab().join("debian13"))?);
        if with_systemd {
            files.extend(read(&paths::lab().join("debian13-systemd"))?);
        }
    }
    let file = File::options().append(true).open(&target);
    file.and_then(|mut file| file.write_all(&files))
        .map_err(|e| e.to_string())
}

/// This program without its symbols, which would fill the guest's memory.
fn runner() -> Result<&'static [u8], String> {
    static RUNNER: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let stripped = RUNNER.get_or_init(|| {
        let target = paths::lab().join("runner");
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let status = Command::new("strip")
            .arg("-o")
            .args([&target, &program])
            .status();
        match status {
            Ok(status) if status.success() => fs::read(&target).map_err(|e| e.to_string()),
            Ok(status) => Err(format!("strip: {status}")),
            Err(e) => Err(format!("strip: {e}")),
        }
    });
    stripped.as_deref().map_err(Clone::clone)
}

/// Programs that others run for macveil, where a package puts them.
fn add_hooks(archive: &mut Archive) -> Result<(), String> {
    for (source, target) in [
        ("contrib/hooks", "usr/lib/macveil/hooks.d"),
        ("contrib/ifupdown", "etc/network/if-pre-up.d"),
    ] {
        let (parent, _) = target.rsplit_once('/').unwrap_or_default();
        archive.directory(parent);
        archive.directory(target);
        let source = paths::project().join(source);
        for entry in fs::read_dir(&source).map_err(|e| format!("{}: {e}", source.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            let program = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            archive.file(&format!("{target}/{name}"), &program);
        }
    }
    Ok(())
}

/// What a user installs macveil from, and the lab's own units.
fn add_project(archive: &mut Archive) -> Result<(), String> {
    for folder in ["", "/target", "/target/release"] {
        archive.directory(&format!("lab/project{folder}"));
    }
    archive.link("lab/project/target/release/macveil", "/lab/macveil");
    archive.directory("lab/project/docs");
    for page in documented::pages(paths::project()) {
        let path = format!("lab/project/{}", page.name);
        archive.tree(&path, &paths::project().join(&page.name))?;
    }
    archive.tree("lab/project/contrib", &paths::project().join("contrib"))?;
    archive.tree("lab/systemd", &paths::project().join("tests/lab/systemd"))
}

struct Guest {
    qemu: Child,
    lines: Receiver<String>,
}

impl Guest {
    fn boot(kernel: &str, memory: &str, folder: &Path) -> Result<Self, String> {
        let at = |name: &str| folder.join(name).display().to_string();
        let mut qemu = Command::new("qemu-system-x86_64")
            // Time goes by the count of instructions, and idle time costs nothing.
            .args(["-accel", "tcg,thread=single", "-smp", "1", "-m", memory])
            .args(["-icount", "shift=1,sleep=off,align=off"])
            .arg("-kernel")
            .arg(paths::kernel(kernel, "vmlinux"))
            .args(["-initrd", &at("initramfs")])
            .args([
                "-append",
                // Nothing that an emulated processor takes long for.
                "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off cryptomgr.notests=1 init_on_alloc=0 hardened_usercopy=off lsm=landlock nowatchdog audit=0",
            ])
            .args(["-nodefaults", "-display", "none", "-no-reboot"])
            .args(["-device", "virtio-rng-pci"])
            .args([
                "-serial",
                &format!("file:{}", at("console")),
                "-serial",
                "stdio",
            ])
            .arg("-virtfs")
            .arg(format!(
                "local,path={},mount_tag=out,security_model=none",
                at("out")
            ))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.join("qemu.log")).map_err(|e| e.to_string())?)
            .spawn()
            .map_err(|e| format!("qemu-system-x86_64: {e}"))?;
        let output = BufReader::new(qemu.stdout.take().ok_or("QEMU has no output")?);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { qemu, lines })
    }

    fn end(&mut self) {
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

fn follow(
    guest: &Guest,
    runs: &[Run],
    allowance: &Allowance,
    heard: &mut impl FnMut(&str),
    mut played: impl FnMut(&Run),
) -> Result<(), String> {
    let deadline = Instant::now() + allowance.lifetime;
    let mut left = runs.iter();
    let mut playing = false;
    loop {
        if Instant::now() > deadline {
            return Err(format!(
                "the guest was not done after {} s",
                allowance.lifetime.as_secs()
            ));
        }
        match guest.lines.recv_timeout(allowance.silence) {
            Ok(line) => {
                heard(&line);
                playing |= line.starts_with("begin ");
                if line.starts_with("end ") {
                    playing = false;
                    let run = left.next().ok_or("the guest played more than its plan")?;
                    played(run);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!(
                    "the guest hung: no word for {} s",
                    allowance.silence.as_secs()
                ));
            }
            // After a story that it could not clear away a guest ends early.
            Err(RecvTimeoutError::Disconnected) if !playing && left.len() < runs.len() => {
                return Ok(());
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err("the guest ended in the middle of a story".to_owned());
            }
        }
    }
}
