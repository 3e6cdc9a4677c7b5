//! The small archive that brings the runner, macveil and the plan into a
//! guest: cpio in the kernel's own format, appended to the prepared one.

use std::fs;
use std::path::Path;

pub struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

const DIRECTORY: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const LINK: u32 = 0o120_777;
const TEXT: u32 = 0o100_644;

impl Archive {
    pub fn new() -> Self {
        Self {
            bytes: Vec::new(),
            entries: 0,
        }
    }

    pub fn directory(&mut self, path: &str) {
        self.entry(path, DIRECTORY, &[]);
    }

    pub fn file(&mut self, path: &str, content: &[u8]) {
        self.entry(path, PROGRAM, content);
    }

    pub fn link(&mut self, path: &str, target: &str) {
        self.entry(path, LINK, target.as_bytes());
    }

    /// A text of the project, or a directory of them.
    pub fn tree(&mut self, path: &str, source: &Path) -> Result<(), String> {
        let told = |e| format!("{}: {e}", source.display());
        if !source.is_dir() {
            let text = fs::read(source).map_err(told)?;
            self.entry(path, TEXT, &text);
            return Ok(());
        }
        self.directory(path);
        for entry in fs::read_dir(source).map_err(told)? {
            let source = entry.map_err(told)?.path();
            let name = source.file_name().unwrap_or_default().to_string_lossy();
            self.tree(&format!("{path}/{name}"), &source)?;
        }
        Ok(())
    }

    /// A directory's files, at its own place in the guest.
    pub fn overlay(&mut self, source: &Path) -> Result<(), String> {
        self.overlay_below("", source)
    }

    fn overlay_below(&mut self, path: &str, source: &Path) -> Result<(), String> {
        let told = |e| format!("{}: {e}", source.display());
        for entry in fs::read_dir(source).map_err(told)? {
            let source = entry.map_err(told)?.path();
            let name = source.file_name().unwrap_or_default().to_string_lossy();
            let path = format!("{path}{name}");
            if source.is_dir() {
                self.directory(&path);
                self.overlay_below(&format!("{path}/"), &source)?;
            } else {
                self.file(&path, &fs::read(&source).map_err(told)?);
            }
        }
        Ok(())
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, content: &[u8]) {
        self.entries += 1;
        let (inode, links, time, device) = (self.entries, 1, 0, 0);
        let (size, name_size) = (content.len() as u32, path.len() as u32 + 1);
        self.bytes.extend(b"070701");
        for field in [
            inode, mode, 0, 0, links, time, size, device, device, device, device, name_size, 0,
        ] {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(path.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(content);
        self.pad();
    }

    fn pad(&mut self) {
        let length = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(length, 0);
    }
}
