//! Who is who: every transmitter gets a name a reader can follow.

use std::collections::BTreeMap;

use super::associations::Association;
use super::brief::Brief;
use crate::air::{Frame, Kind, Mac};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Permanent(String),
    /// The address of one network, by its name or the access point it was first used with.
    Assigned(String),
    /// Numbered in the order of appearance.
    Mask(usize),
    AccessPoint(String),
    Stranger,
}

#[derive(Debug, Clone, Default)]
pub struct Names {
    roles: BTreeMap<Mac, Role>,
    masks: usize,
}

impl Names {
    /// With hindsight: an address counts as assigned from its first frame on.
    pub fn of(frames: &[Frame], brief: &Brief, associations: &[Association]) -> Self {
        let mut names = Self::new(brief);
        for association in associations {
            if association.granted.is_some() || !brief.user_associates {
                names.learn_assigned(association.station, association.bssid, brief);
            }
        }
        for frame in frames {
            names.learn(frame, brief);
        }
        names
    }

    /// Without hindsight.
    pub fn new(brief: &Brief) -> Self {
        let mut names = Self::default();
        for (mac, name) in &brief.permanent {
            names.roles.insert(*mac, Role::Permanent(name.clone()));
        }
        for (mac, ap) in &brief.access_points {
            names.roles.insert(*mac, Role::AccessPoint(ap.name.clone()));
        }
        for (mac, network) in &brief.explicit {
            let role = Role::Assigned(network.clone());
            names.roles.entry(*mac).or_insert(role);
        }
        names
    }

    /// An address that was not met before is a mask.
    pub fn learn(&mut self, frame: &Frame, brief: &Brief) {
        let Some(mac) = frame.transmitter else { return };
        if brief.is_stranger(mac) {
            self.roles.insert(mac, Role::Stranger);
        } else if !self.roles.contains_key(&mac) {
            self.masks += 1;
            self.roles.insert(mac, Role::Mask(self.masks));
        }
    }

    /// One that first appears by authenticating is assigned.
    pub fn learn_as_it_comes(&mut self, frame: &Frame, brief: &Brief) {
        if frame.kind == Kind::Authentication
            && let Some(station) = frame.transmitter
        {
            self.learn_assigned(station, frame.receiver, brief);
        }
        self.learn(frame, brief);
    }

    fn learn_assigned(&mut self, station: Mac, bssid: Mac, brief: &Brief) {
        let to = brief.access_points.get(&bssid);
        let name = to.map_or_else(|| bssid.to_string(), |ap| ap.name.clone());
        self.roles.entry(station).or_insert(Role::Assigned(name));
    }

    pub fn role(&self, mac: Mac) -> Option<&Role> {
        self.roles.get(&mac)
    }

    pub fn is_permanent(&self, mac: Mac) -> bool {
        matches!(self.role(mac), Some(Role::Permanent(_)))
    }

    pub fn is_assigned(&self, mac: Mac) -> bool {
        matches!(self.role(mac), Some(Role::Assigned(_)))
    }

    pub fn is_mask(&self, mac: Mac) -> bool {
        matches!(self.role(mac), Some(Role::Mask(_)))
    }

    pub fn role_word(&self, mac: Mac) -> &'static str {
        match self.role(mac) {
            Some(Role::Permanent(_)) => "permanent",
            Some(Role::Assigned(_)) => "assigned",
            Some(Role::Mask(_)) => "mask",
            Some(Role::AccessPoint(_)) => "access-point",
            Some(Role::Stranger) => "stranger",
            None => "unknown",
        }
    }

    pub fn name(&self, mac: Mac) -> String {
        match self.role(mac) {
            Some(Role::Permanent(name)) => format!("permanent({name})"),
            Some(Role::Assigned(name)) => format!("assigned({name})"),
            Some(Role::Mask(number)) => format!("mask-{number}"),
            Some(Role::AccessPoint(name)) => name.clone(),
            Some(Role::Stranger) => "stranger".to_owned(),
            None => mac.to_string(),
        }
    }
}
