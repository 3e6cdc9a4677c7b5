//! What the supervisor has to say, as lines of the log.

use std::time::Duration;

use tracing::{debug, info, warn};

use crate::log::Name;
use crate::supervisor::Notice;

pub(super) fn write(interface: &str, notice: Notice) {
    match notice {
        Notice::Masked { address } => debug!("{interface}: masked as {address}"),
        Notice::Associating {
            ssid,
            bssid,
            address,
        } => {
            info!("{interface}: associating to {}", Name(&ssid));
            debug!("{interface}: access point {bssid}, assigned address {address}");
        }
        Notice::Connected {
            ssid,
            address,
            adopted,
        } => {
            let how = if adopted {
                "was connected already to"
            } else {
                "connected to"
            };
            info!("{interface}: {how} {}", Name(&ssid));
            debug!("{interface}: assigned address {address}");
        }
        Notice::Lost { ssid, why } => info!("{interface}: connection to {} {why}", Name(&ssid)),
        Notice::Failed {
            ssid,
            why,
            retry_ms,
        } => {
            let pause = seconds(retry_ms);
            let network = Name(&ssid);
            warn!("{interface}: no connection to {network}: {why}; not tried again for {pause}");
        }
        Notice::Held {
            why,
            retry_ms: Some(retry_ms),
        } => {
            let pause = seconds(retry_ms);
            warn!(
                "{interface}: held silent: {why}; trying again in {pause}, then ever more rarely"
            );
        }
        Notice::Held {
            why,
            retry_ms: None,
        } => info!("{interface}: silent: {why}"),
        Notice::Assigned { address } => debug!("{interface}: assigned address {address}"),
        Notice::Wired { address, adopted } => {
            let how = if adopted {
                "was connected already"
            } else {
                "connected"
            };
            info!("{interface}: {how} by cable, under the assigned address");
            debug!("{interface}: assigned address {address}");
        }
        Notice::Parked => info!("{interface}: disconnected by the user; masked and silent"),
        Notice::ForeignScan {
            exposed: Some(address),
        } => {
            warn!("{interface}: another program scanned and showed the assigned address");
            debug!("{interface}: the address shown was {address}");
        }
        Notice::ForeignScan { exposed: None } => {
            debug!("{interface}: another program scanned; the mask is changed");
        }
        Notice::About { ssid, remark } => info!("{interface}: {}: {remark}", Name(&ssid)),
        Notice::Remark(text) => info!("{interface}: {text}"),
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{} s", Duration::from_millis(milliseconds).as_secs_f32())
}
