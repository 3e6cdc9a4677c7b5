//! The whole machine sleeps.
//!
//! It goes to sleep as a laptop does (suspend to RAM), with all that the kernel does to radios before and
//! after, but for the last step: the firmware is not asked, and the kernel wakes up by itself
//! (`pm_test`). Its clocks go on by as much as that took on the host.

use std::fs;

use super::share;
use super::world::World;

const SETTINGS: [(&str, &str); 4] = [
    ("/sys/power/mem_sleep", "deep"),
    ("/sys/power/pm_test", "core"),
    // Seconds; the processor is busy all the time.
    ("/sys/module/suspend/parameters/pm_test_delay", "2"),
    ("/sys/module/printk/parameters/console_suspend", "N"),
];

impl World {
    pub fn sleep(&mut self) -> Result<(), String> {
        for (path, value) in SETTINGS {
            write(path, value)?;
        }
        self.network_manager.machine_sleeps(true)?;
        let share = share::give_up()?;
        write("/sys/power/state", "mem")?;
        share.take_again()?;
        self.network_manager.machine_sleeps(false)?;
        // They are other machines, which were not asleep; but they live in this one.
        let on_air = self.access_points.iter_mut().filter(|ap| ap.is_on_air());
        on_air.into_iter().try_for_each(|ap| {
            ap.vanish()?;
            ap.start()
        })
    }
}

fn write(path: &str, value: &str) -> Result<(), String> {
    fs::write(path, value).map_err(|e| format!("{path}: {e}"))
}
