//! What a program of a story has cost so far: noted by the guest out of `/proc`, read by the host.

use std::fmt;
use std::str::FromStr;

use crate::record::Micros;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When this step of the story began, by its line in the file; 0 is the story's end.
    pub at: Micros,
    pub step: usize,
    pub program: String,
    /// When its process began, in steps of 10 ms.
    pub started: Micros,
    /// In kB: resident memory, and the private part of it.
    pub resident: u64,
    pub private: u64,
    /// Processor time in microseconds, of all its threads.
    pub processor: u64,
    /// What of it was not in the kernel, as the kernel guesses at its ticks.
    pub user: u64,
    /// How often its threads went to sleep and were woken again.
    pub wakeups: u64,
    /// In bytes: its file, and that with all libraries that it has loaded.
    pub file: u64,
    pub loaded: u64,
}

impl Sample {
    fn numbers(&self) -> [u64; 8] {
        [
            self.started,
            self.resident,
            self.private,
            self.processor,
            self.user,
            self.wakeups,
            self.file,
            self.loaded,
        ]
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.at, self.step, self.program)?;
        self.numbers()
            .iter()
            .try_for_each(|number| write!(f, " {number}"))
    }
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let strange = || format!("a strange sample: {line}");
        let words: Vec<&str> = line.split(' ').collect();
        let [at, step, program, numbers @ ..] = words.as_slice() else {
            return Err(strange());
        };
        let numbers: Result<Vec<u64>, _> = numbers.iter().map(|word| word.parse()).collect();
        let numbers: [u64; 8] = numbers
            .ok()
            .and_then(|numbers| numbers.try_into().ok())
            .ok_or_else(strange)?;
        let [
            started,
            resident,
            private,
            processor,
            user,
            wakeups,
            file,
            loaded,
        ] = numbers;
        Ok(Self {
            at: at.parse().map_err(|_| strange())?,
            step: step.parse().map_err(|_| strange())?,
            program: (*program).to_owned(),
            started,
            resident,
            private,
            processor,
            user,
            wakeups,
            file,
            loaded,
        })
    }
}
