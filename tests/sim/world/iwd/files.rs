//! The files of known networks, which iwd, macveil and the user write.

use macveil_core::machine::iwd::{IwdEvent, KnownNetwork, NetworkId};
use macveil_core::types::Mac;

use super::{Due, World};

/// The address that iwd makes of the network's name where no file has one.
pub(super) fn made_up(id: &NetworkId) -> Mac {
    let bytes = id.ssid.as_bytes();
    let sum = bytes
        .iter()
        .fold(7, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte));
    Mac([0x7a, 0x71, 0x37, 0xef, 0xf6, sum & 0xfe])
}

impl World {
    /// A file changed: iwd and macveil's client notice it in their time.
    pub(super) fn files_changed(&mut self) {
        let life = self.iwd.life;
        self.iwd_later(10_000, 150_000, Due::ReadsFiles(life));
        let life = self.daemon.life();
        self.iwd_later(1_000, 20_000, Due::Reports(life));
    }

    pub(super) fn client_reads_files(&mut self, asker: u32) {
        if asker == self.daemon.life() && self.iwd.has_device() {
            self.tell_of_iwd(IwdEvent::Known(self.iwd.files.clone()));
        }
    }

    /// As macveil's client does it.
    pub(super) fn file_is_written(&mut self, network: NetworkId, address: Mac) {
        let mut files = self.iwd.files.iter_mut();
        let result = match files.find(|known| known.id == network) {
            Some(known) => {
                known.address = Some(address);
                self.files_changed();
                Ok(())
            }
            None => Err("iwd no longer knows this network".to_owned()),
        };
        self.tell_of_iwd(IwdEvent::Written { network, result });
    }

    /// A network has a file from the first connection on.
    pub(super) fn iwd_keeps(&mut self, id: &NetworkId) {
        if self.iwd.files.iter().any(|known| known.id == *id) {
            return;
        }
        self.iwd.files.push(KnownNetwork {
            id: id.clone(),
            autoconnect: true,
            hidden: false,
            address: None,
            problem: None,
        });
        self.iwd.read.clone_from(&self.iwd.files);
        self.files_changed();
    }

    /// The card is connected under the address that its network's file names.
    pub fn has_address_of_file(&self) -> bool {
        let connected = self.kernel.association.as_ref();
        let mut files = self.iwd.files.iter();
        connected.is_some_and(|it| {
            files.any(|known| {
                known.id.ssid == it.ssid && known.address == Some(self.kernel.link.address)
            })
        })
    }

    /// The user's editor keeps nothing of what macveil wrote.
    pub fn user_edits_files(&mut self) {
        for known in &mut self.iwd.files {
            known.address = None;
        }
        self.files_changed();
    }
}
