//! The virtual radios: the first ones are the stations', the others belong to
//! access points and strangers and live in network namespaces of their own, so that all
//! traffic between the two crosses the air and no program uses them as stations.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::process::{Process, run_words, wait_until};

const NAMESPACE: &str = "aps";
/// Where the kernel has a folder for each radio, once debugfs is mounted.
const DEBUGFS: &str = "/sys/kernel/debug";
const RADIOS_IN_DEBUGFS: &str = "/sys/kernel/debug/ieee80211";
/// It is in the namespace of the stations.
const FIRST_PROCESS: u32 = 1;

pub struct Radio {
    pub number: u32,
    pub interface: String,
    pub address: String,
}

/// Whether the stations' radios are there from the beginning, or appear later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    PluggedIn,
    Apart,
}

pub struct Radios {
    pub stations: Vec<Radio>,
    pub access_points: Vec<Radio>,
    pub strangers: Vec<Radio>,
    sniffer: Process,
    events: Process,
}

/// Once a boot.
pub fn make_namespace() -> Result<(), String> {
    run_words(&format!("ip netns add {NAMESPACE}")).map(drop)
}

/// Runs something in the access points' namespace.
pub fn next_to_access_points<T: Send>(
    job: impl FnOnce() -> Result<T, String> + Send,
) -> Result<T, String> {
    within(NAMESPACE, job)
}

/// Runs something in a network namespace.
pub fn within<T: Send>(
    namespace: &str,
    job: impl FnOnce() -> Result<T, String> + Send,
) -> Result<T, String> {
    thread::scope(|scope| {
        let job = scope.spawn(|| {
            enter_namespace(namespace)?;
            job()
        });
        job.join().map_err(|_| "a thread panicked".to_owned())?
    })
}

/// Moves the calling thread, and the processes it starts.
fn enter_namespace(name: &str) -> Result<(), String> {
    let file = fs::File::open(format!("/run/netns/{name}")).map_err(|e| e.to_string())?;
    move_into_link_name_space(
        std::os::fd::AsFd::as_fd(&file),
        Some(LinkNameSpaceType::Network),
    )
    .map_err(|e| format!("entering the namespace: {e}"))
}

impl Radio {
    /// The interface that it has now, whatever its name.
    pub fn interface_now(&self) -> Option<String> {
        let interfaces = fs::read_dir(self.folder()?.join("device/net")).ok()?;
        let interfaces = interfaces.flatten().map(|entry| entry.file_name());
        // iwd may leave the one that was there before.
        let is_in_use = |name: &str| {
            let state = fs::read_to_string(format!("/sys/class/net/{name}/flags"));
            state.is_ok_and(|flags| flags.trim().ends_with('3'))
        };
        let names = interfaces.map(|name| name.to_string_lossy().into_owned());
        names.max_by_key(|name| is_in_use(name))
    }

    /// Where the kernel tells of it.
    pub fn folder(&self) -> Option<PathBuf> {
        let mut radios = fs::read_dir("/sys/class/ieee80211").ok()?.flatten();
        let is_it = |entry: &fs::DirEntry| {
            let address = fs::read_to_string(entry.path().join("macaddress"));
            address.is_ok_and(|address| address.trim() == self.address)
        };
        Some(radios.find(is_it)?.path())
    }

    /// The signal, in dBm, with which all others hear what it sends with 0 dBm (`hwsim_fops_rx_rssi`,
    /// `mac80211_hwsim.c`).
    pub fn is_heard_with(&self, signal: i32) -> Result<(), String> {
        let radios = Path::new(RADIOS_IN_DEBUGFS);
        if !radios.exists() {
            run_words(&format!("busybox mount -t debugfs debugfs {DEBUGFS}"))?;
        }
        let file = radios.join(format!("phy{}/hwsim/rx_rssi", self.number));
        // The kernel reads an unsigned number, and makes a signed one of its last 32 bits.
        let number = signal.cast_unsigned().to_string();
        fs::write(&file, number).map_err(|e| format!("{}: {e}", file.display()))
    }

    /// Brings one that is apart to where the stations are: an interface that is new there.
    pub fn plug_in(&self) -> Result<(), String> {
        let number = self.number;
        let line = format!("iw phy#{number} set netns {FIRST_PROCESS}");
        next_to_access_points(|| run_words(&line).map(drop))
    }
}

impl Radios {
    /// New radios, numbered from nought, and a sniffer that hears all of them.
    pub fn create(
        stations: usize,
        access_points: usize,
        strangers: usize,
        beginning: Beginning,
        folder: &Path,
    ) -> Result<Self, String> {
        let count = stations + access_points + strangers;
        let there = match beginning {
            Beginning::PluggedIn => stations,
            Beginning::Apart => 0,
        };
        run_words(&format!(
            "busybox insmod /modules/mac80211_hwsim.ko radios={count}"
        ))?;
        let mut phys: Vec<(u32, PathBuf)> = fs::read_dir("/sys/class/ieee80211")
            .map_err(|e| e.to_string())?
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let number = path.file_name()?.to_str()?.strip_prefix("phy")?.parse();
                Some((number.ok()?, path))
            })
            .collect();
        phys.sort();
        let mut radios = Vec::new();
        for (number, path) in &phys {
            let radio = radio(*number, path)?;
            if radios.len() >= there {
                run_words(&format!("iw phy phy{number} set netns name {NAMESPACE}"))?;
            }
            radios.push(radio);
        }
        if radios.len() != count {
            return Err(format!("{} radios came, not {count}", radios.len()));
        }
        run_words("ip link set hwsim0 up")?;
        let strangers = radios.split_off(stations + access_points);
        let access_points = radios.split_off(stations);
        Ok(Self {
            stations: radios,
            access_points,
            strangers,
            sniffer: sniff(folder)?,
            events: Process::start(
                "iw event",
                Command::new("iw").args(["event", "-t"]),
                &folder.join("nl80211.log"),
            )?,
        })
    }

    /// Lets the sniffer hear what is under way, then takes the radios away.
    pub fn remove(mut self) -> Result<(), String> {
        thread::sleep(Duration::from_millis(1500));
        self.sniffer.stop()?;
        self.events.kill();
        wait_until(Duration::from_secs(10), || {
            run_words("rmmod mac80211_hwsim").ok()
        })
        .ok_or("the radios cannot be removed")?;
        Ok(())
    }
}

fn radio(number: u32, phy: &Path) -> Result<Radio, String> {
    let address = fs::read_to_string(phy.join("macaddress")).map_err(|e| e.to_string())?;
    let mut interfaces = fs::read_dir(phy.join("device/net")).map_err(|e| e.to_string())?;
    let interface = interfaces.next().and_then(Result::ok);
    let interface = interface.ok_or_else(|| format!("{} has no interface", phy.display()))?;
    Ok(Radio {
        number,
        interface: interface.file_name().to_string_lossy().into_owned(),
        address: address.trim().to_owned(),
    })
}

fn sniff(folder: &Path) -> Result<Process, String> {
    let log = folder.join("tcpdump.log");
    let mut command = Command::new("tcpdump");
    command.args(["-Z", "root", "-i", "hwsim0", "-U", "-s", "400"]);
    if super::is_live() {
        // Costly in the long run.
        command.arg("--immediate-mode");
    }
    command.arg("-w").arg(folder.join("air.pcap"));
    let sniffer = Process::start("tcpdump", &mut command, &log)?;
    wait_until(Duration::from_secs(10), || {
        let words = fs::read_to_string(&log).unwrap_or_default();
        words.contains("listening on").then_some(())
    })
    .ok_or("tcpdump does not listen")?;
    Ok(sniffer)
}
