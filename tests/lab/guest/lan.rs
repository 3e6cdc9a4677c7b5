//! What is behind an access point that gives leases: a network namespace of its own, so that the station
//! reaches it over the air only, with a DHCP server, an address behind it, and a capture of what arrives.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{Process, run_words, wait_until};
use super::radios::{Radio, next_to_access_points, within};
use macveil_testkit::scenarios::{AccessPoint, Ipv6, Subnet};

pub struct Lan {
    subnet: Subnet,
    ipv6: Ipv6,
    name: String,
    interface: String,
    folder: PathBuf,
    /// Once the access point is on the air.
    programs: Vec<Process>,
}

impl Lan {
    /// Takes the access point's radio to its namespace.
    pub fn create(
        subnet: Subnet,
        story: &AccessPoint,
        radio: &Radio,
        folder: &Path,
    ) -> Result<Self, String> {
        let lan = Self {
            subnet,
            ipv6: story.ipv6,
            name: story.name.clone(),
            interface: radio.interface.clone(),
            folder: folder.to_owned(),
            programs: Vec::new(),
        };
        let namespace = lan.namespace();
        // It stays for the stories that follow.
        if !Path::new("/run/netns").join(&namespace).exists() {
            run_words(&format!("ip netns add {namespace}"))?;
        }
        let line = format!("iw phy#{} set netns name {namespace}", radio.number);
        next_to_access_points(|| run_words(&line).map(drop))?;
        Ok(lan)
    }

    pub fn namespace(&self) -> String {
        format!("ap-{}", self.name)
    }

    /// The link of an access point that was away has lost some of its addresses.
    pub fn serve(&mut self) -> Result<(), String> {
        within(&self.namespace(), || {
            let Self { interface, .. } = self;
            let (gateway, prefix) = (self.subnet.gateway(), self.subnet.prefix());
            run_words("ip link set lo up")?;
            run_words(&format!("ip address replace {}/32 dev lo", Subnet::FAR))?;
            run_words(&format!("ip address replace {}/128 dev lo", Subnet::FAR6))?;
            if self.ipv6 == Ipv6::Leased {
                // Else its neighbours hear that it is a router no more, and remove their default route (RFC 4861, 7.2.5).
                fs::write("/proc/sys/net/ipv6/conf/all/forwarding", "1")
                    .map_err(|e| e.to_string())?;
            }
            run_words(&format!("ip address replace {gateway}/24 dev {interface}"))?;
            run_words(&format!(
                "ip address replace {prefix}::1/64 dev {interface} nodad"
            ))?;
            Ok(())
        })?;
        if self.programs.is_empty() {
            let (capture, server) =
                within(&self.namespace(), || Ok((self.listen()?, self.dnsmasq()?)))?;
            self.programs.extend([capture, server]);
        }
        Ok(())
    }

    fn listen(&self) -> Result<Process, String> {
        let mut command = Command::new("tcpdump");
        command
            .args(["-Z", "root", "-p", "-U", "--immediate-mode", "-s", "400"])
            .args(["-i", &self.interface, "-w"])
            .arg(self.file("ap", "pcap"));
        self.start("tcpdump", &mut command, "listening on")
    }

    /// Without the ping before each offer, which takes three seconds.
    fn dnsmasq(&self) -> Result<Process, String> {
        let (subnet, prefix) = (self.subnet, self.subnet.prefix());
        let range = [subnet.host(100), subnet.host(200)].map(|it| it.to_string());
        // So large that two networks hardly ever give addresses with the same end.
        let range6 = if self.ipv6 == Ipv6::Leased {
            format!("{prefix}::1000:0,{prefix}::1fff:ffff,slaac,64,1h")
        } else {
            format!("{prefix}::,ra-only,64,1h")
        };
        let mut command = Command::new("dnsmasq");
        command
            .args([
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file",
            ])
            .args(["--user=root", "--log-facility=-", "--log-dhcp", "--port=0"])
            .args(["--dhcp-authoritative", "--no-ping", "--enable-ra"])
            .args([
                "--bind-interfaces",
                &format!("--interface={}", self.interface),
            ])
            .arg(format!("--dhcp-range={},1h", range.join(",")))
            .arg(format!("--dhcp-range={range6}"))
            .arg(format!(
                "--dhcp-leasefile={}",
                self.file("leases", "").display()
            ));
        self.start("dnsmasq", &mut command, "started")
    }

    /// Until it says that it has.
    fn start(&self, name: &str, command: &mut Command, word: &str) -> Result<Process, String> {
        let log = self.file(name, "log");
        let process = Process::start(name, command, &log)?;
        let words = || fs::read_to_string(&log).unwrap_or_default();
        let says = || words().contains(word).then_some(());
        wait_until(Duration::from_secs(10), says)
            .ok_or_else(|| format!("{name} does not start: {}", words().trim()))?;
        Ok(process)
    }

    fn file(&self, what: &str, extension: &str) -> PathBuf {
        let path = self.folder.join(format!("{what}-{}", self.name));
        path.with_extension(extension)
    }
}
