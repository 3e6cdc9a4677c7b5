//! What another program does to a station's card.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use super::hwsim::Hwsim;
use super::process::{run_words, wait_until};
use super::station::Station;
use super::world::World;
use macveil_testkit::air::Mac;
use macveil_testkit::scenarios::{CardEvent, NewAddress};

impl World {
    pub fn card_event(&mut self, event: &CardEvent) -> Result<(), String> {
        let mut stations = self.stations.iter_mut();
        stations.try_for_each(|station| station.card_event(event))
    }
}

impl Station {
    fn card_event(&mut self, event: &CardEvent) -> Result<(), String> {
        match event {
            CardEvent::LinkDown => self.link("down"),
            CardEvent::LinkUp => self.link("up"),
            CardEvent::Address(new) => self.set_address(&self.choose(*new)),
            CardEvent::AddressLive(new) => self.set_address_live(&self.choose(*new)),
            CardEvent::Blocked => self.block("1"),
            CardEvent::Unblocked => self.block("0"),
            CardEvent::Removed => Hwsim::open()?.remove(&self.wiphy()?),
            CardEvent::Returns => self.plug_in(),
            CardEvent::Renamed(name) => {
                self.link("down")?;
                self.link(&format!("name {name}"))?;
                self.radio.interface.clone_from(name);
                self.link("up")
            }
        }
    }

    fn link(&self, change: &str) -> Result<(), String> {
        run_words(&format!("ip link set {} {change}", self.interface())).map(drop)
    }

    /// Between the commands macveil may bring the link up and scan.
    fn set_address(&self, address: &str) -> Result<(), String> {
        until_taken(|| {
            self.link("down")?;
            self.link(&format!("address {address}"))
        })?;
        self.link("up")
    }

    fn set_address_live(&self, address: &str) -> Result<(), String> {
        until_taken(|| self.link(&format!("address {address}")))
    }

    fn choose(&self, new: NewAddress) -> String {
        static FRESH: AtomicU16 = AtomicU16::new(0);
        match new {
            NewAddress::Permanent => self.radio.address.clone(),
            NewAddress::Fresh => {
                let [high, low] = FRESH.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                Mac([0x9a, 0x5b, 0x0d, 0x1e, high, low]).to_string()
            }
            NewAddress::This(address) => Mac(address).to_string(),
        }
    }

    fn block(&self, value: &str) -> Result<(), String> {
        let radio = self.radio.folder().ok_or("there is no radio")?;
        let switches = fs::read_dir(radio).map_err(|e| e.to_string())?;
        let mut switches = switches.filter_map(|entry| Some(entry.ok()?.path()));
        let is_switch = |path: &PathBuf| path.join("soft").exists();
        let switch = switches.find(is_switch).ok_or("no rfkill switch")?;
        fs::write(switch.join("soft"), value).map_err(|e| e.to_string())
    }

    /// The same radio under the same name, and another one for the kernel.
    fn plug_in(&self) -> Result<(), String> {
        let address: Mac = self.radio.address.parse()?;
        Hwsim::open()?.create(address.0)?;
        wait_until(Duration::from_secs(5), || {
            self.wiphy_folder().exists().then_some(())
        })
        .ok_or_else(|| format!("{} does not come back", self.radio.interface))
    }

    fn wiphy(&self) -> Result<String, String> {
        let name = fs::read_to_string(self.wiphy_folder().join("name"));
        name.map(|name| name.trim().to_owned())
            .map_err(|e| e.to_string())
    }

    fn wiphy_folder(&self) -> PathBuf {
        Path::new("/sys/class/net")
            .join(self.interface())
            .join("phy80211")
    }
}

/// The kernel refuses an address while a scan goes on (net/mac80211/iface.c): the caller retries.
fn until_taken(set: impl Fn() -> Result<(), String>) -> Result<(), String> {
    let mut refusal = String::new();
    wait_until(Duration::from_secs(5), || {
        set().map_err(|problem| refusal = problem).ok()
    })
    .ok_or(refusal)
}
