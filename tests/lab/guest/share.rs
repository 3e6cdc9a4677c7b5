//! The folder through which the guest hands out what it has.

use std::fs;

use super::process::run_words;

const DRIVER: &str = "/sys/bus/virtio/drivers/9pnet_virtio";

pub fn mount() -> Result<(), String> {
    run_words("busybox mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 out /out")
        .map(drop)
}

/// Its device, which would not survive a sleep, without its driver.
pub struct GivenUp(String);

pub fn give_up() -> Result<GivenUp, String> {
    run_words("busybox umount /out")?;
    let devices = fs::read_dir(DRIVER).map_err(|e| e.to_string())?;
    let mut names = devices.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let device = names.find(|name| name.starts_with("virtio"));
    let device = device.ok_or("there is no share")?;
    tell("unbind", &device)?;
    Ok(GivenUp(device))
}

impl GivenUp {
    pub fn take_again(self) -> Result<(), String> {
        tell("bind", &self.0)?;
        mount()
    }
}

fn tell(file: &str, device: &str) -> Result<(), String> {
    let path = format!("{DRIVER}/{file}");
    fs::write(&path, device).map_err(|e| format!("{path}: {e}"))
}
