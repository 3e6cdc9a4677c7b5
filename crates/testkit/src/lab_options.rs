//! What to play: `--kernel 6.1 --method driver --story outage`, each repeatable.

use std::path::PathBuf;

#[derive(Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct Options {
    pub kernels: Vec<String>,
    pub methods: Vec<String>,
    /// Parts of stories' names.
    pub stories: Vec<String>,
    /// Keep the captures and logs of stories that passed too.
    pub keep: bool,
    pub demo: bool,
    pub bench: bool,
    /// Every story on every rig; otherwise the choice of `make test`.
    pub all: bool,
    pub verbose: bool,
    pub guests: usize,
    pub binary: Option<String>,
    /// Where to write what the air shows, story by story, instead of comparing it.
    pub digest: Option<PathBuf>,
}

const USAGE: &str = "lab [demo|bench] [--all] [--kernel NAME] [--method NAME] [--story PART_OF_NAME] [--keep] \
                     [--verbose] [--guests COUNT] [--binary MACVEIL] [--digest FOLDER]";

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            kernels: Vec::new(),
            methods: Vec::new(),
            stories: Vec::new(),
            keep: std::env::var_os("LAB_KEEP").is_some(),
            demo: false,
            bench: false,
            all: false,
            verbose: false,
            guests: std::thread::available_parallelism().map_or(2, usize::from),
            binary: std::env::var("MACVEIL_BINARY").ok(),
            digest: None,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().cloned().ok_or(USAGE);
            match argument.as_str() {
                "--kernel" => options.kernels.push(value()?),
                "--method" => options.methods.push(value()?),
                "--story" => options.stories.push(value()?),
                "--guests" => options.guests = value()?.parse().map_err(|_| USAGE)?,
                "--digest" => options.digest = Some(value()?.into()),
                "--binary" => options.binary = Some(value()?),
                "demo" => options.demo = true,
                "bench" => options.bench = true,
                "--all" => options.all = true,
                "--keep" => options.keep = true,
                "--verbose" => options.verbose = true,
                other => return Err(format!("unknown argument {other}; {USAGE}")),
            }
        }
        Ok(options)
    }

    /// A named rig or story selects only that one.
    pub fn plays_everything(&self) -> bool {
        self.all || !(self.kernels.is_empty() && self.methods.is_empty() && self.stories.is_empty())
    }
}
