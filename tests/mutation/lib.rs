//! The pure modules alone, each of their mutants built in.
#![allow(dead_code)]

pub mod address;
/// As it is: the simulation reads its stories' settings with it.
pub mod config;
pub mod supervisor;
pub mod wifi;

pub mod supplicant {
    pub mod wpa {
        mod deny;
        mod event;
        mod network;
        mod status;
        mod table;
        mod text;
    }
}

/// The mutant to be; 0 is none.
pub(crate) fn mutant() -> u32 {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let number = || std::env::var("MACVEIL_MUTANT").map_or(0, |text| text.parse().unwrap());
    *CHOSEN.get_or_init(number)
}
