//! Which stories are played on which rigs, and how they are spread over guests.

use std::collections::BTreeMap;
use std::fs;

use super::paths;
use macveil_testkit::lab_options::Options;
use macveil_testkit::scenarios::{self, Story};

/// Kernels, and the masking methods that macveil has on each.
const RIGS: [(&str, &[&str]); 2] = [
    ("6.1", &["auto", "driver", "bounce"]),
    ("6.12", &["auto", "driver", "bounce", "powered"]),
];

/// Rigs on which `make test` plays all stories.
const WHOLE_RIGS: [(&str, &str); 2] = [("6.1", NO_MACVEIL), ("6.12", "powered")];

/// Rigs on which `make test` plays them by turns; with the others they run all the code that depends on the
/// method or on the kernel's age.
const RIGS_BY_TURNS: [(&str, &str); 2] = [("6.1", "driver"), ("6.1", "bounce")];

/// What `make test` plays on the others, where only the choice of the method differs.
const CORE: [&str; 8] = [
    "exit-restore",
    "nothing-in-range",
    "outage-40s",
    "roam-by-user",
    "start-hidden",
    "start-while-connected",
    "two-networks",
    "user-selects",
];

/// What `make test` plays with the newest kernel too, though the masking method does not matter to it: how
/// the machine comes up does, or whether a mask can be put on a link that is up.
const NEWEST: (&str, [&str; 3]) = (
    "6.12",
    ["iwd-scanned-always", "systemd-boot", "systemd-hot-plug"],
);

/// The kernel of Debian 13, which its programs run on.
const DEBIAN13: &str = "6.12";

/// The place of the method in a rig where macveil does not run.
const NO_MACVEIL: &str = "without";

/// Few enough that the guests end at about the same time, enough that booting
/// does not count.
const RUNS_A_GUEST: usize = 20;

/// All stories by their name, the name of the file.
#[derive(Default)]
pub struct Shelf(BTreeMap<String, Told>);

/// A story and the text it was read from.
pub struct Told {
    pub story: Story,
    pub text: String,
}

impl Shelf {
    pub fn add(&mut self, name: &str, text: String) -> Result<(), String> {
        let story = scenarios::parse(&text).map_err(|e| format!("{name}.story, {e}"))?;
        self.0.insert(name.to_owned(), Told { story, text });
        Ok(())
    }

    pub fn get(&self, name: &str) -> &Told {
        &self.0[name]
    }
}

/// One story on one rig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub kernel: &'static str,
    pub method: &'static str,
    pub story: String,
}

impl Run {
    pub fn has_macveil(&self) -> bool {
        self.method != NO_MACVEIL
    }

    pub fn rig(&self) -> String {
        format!("{}-{}", self.kernel, self.method)
    }
}

/// What one guest plays.
pub struct Job {
    pub kernel: &'static str,
    pub runs: Vec<Run>,
}

pub fn read_stories() -> Result<Shelf, String> {
    let mut shelf = Shelf::default();
    for entry in fs::read_dir(paths::stories()).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "story")
        {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
        for (name, text) in scenarios::variants(&name, &text) {
            shelf.add(&name, text)?;
        }
    }
    Ok(shelf)
}

/// Jobs in the reverse order of their start.
pub fn jobs(shelf: &Shelf, options: &Options) -> Result<Vec<Job>, String> {
    let mut jobs = Vec::new();
    for (kernel, methods) in RIGS {
        if !chosen(&options.kernels, kernel) {
            continue;
        }
        let stories = shelf.0.iter().zip(RIGS_BY_TURNS.iter().cycle());
        let stories = stories.filter(|((name, told), _)| {
            let parts = &options.stories;
            if told.story.has_debian13() && kernel != DEBIAN13 {
                return false;
            }
            if told.story.is_played_only_when_named() {
                return parts.contains(name);
            }
            parts.is_empty() || parts.iter().any(|part| name.contains(part))
        });
        let runs: Vec<_> = stories
            .flat_map(|((name, told), turn)| {
                let methods = methods_for(&told.story, methods, options);
                let wanted = move |method: &&str| {
                    options.plays_everything()
                        || WHOLE_RIGS.contains(&(kernel, *method))
                        || *turn == (kernel, *method)
                        || CORE.contains(&name.as_str())
                        || (kernel == NEWEST.0 && NEWEST.1.contains(&name.as_str()))
                        || (kernel == "6.1" && told.story.is_for_any_method())
                        || told.story.has_debian13()
                };
                methods.into_iter().filter(wanted).map(|method| Run {
                    kernel,
                    method,
                    story: name.clone(),
                })
            })
            .collect();
        let takes_long = |run: &Run| shelf.get(&run.story).story.is_played_only_when_named();
        let (long, runs): (Vec<_>, Vec<_>) = runs.into_iter().partition(takes_long);
        jobs.extend(long.into_iter().map(|run| Job {
            kernel,
            runs: vec![run],
        }));
        let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for run in runs {
            let kind = kind_of_guest(&shelf.get(&run.story).story);
            kinds.entry(kind).or_default().push(run);
        }
        for runs in kinds.values() {
            jobs.extend(dealt_out(kernel, runs));
        }
    }
    if jobs.is_empty() {
        return Err("no story matches".to_owned());
    }
    Ok(jobs)
}

/// Those that systemd boots are guests of another kind, and again those of them with DHCP clients, whose files
/// `doctor` reads, and those with the programs of another release.
fn kind_of_guest(story: &Story) -> (bool, bool, bool) {
    let with_systemd = story.has_systemd();
    (
        !with_systemd,
        with_systemd && !story.goes_online(),
        story.has_debian13(),
    )
}

/// Like cards, so that each guest gets some of the long ones.
fn dealt_out(kernel: &'static str, runs: &[Run]) -> impl Iterator<Item = Job> {
    let guests = runs.len().div_ceil(RUNS_A_GUEST);
    (0..guests).map(move |first| Job {
        kernel,
        runs: runs.iter().skip(first).step_by(guests).cloned().collect(),
    })
}

fn methods_for(story: &Story, methods: &[&'static str], options: &Options) -> Vec<&'static str> {
    let methods = if story.has_macveil() {
        methods
    } else {
        &[NO_MACVEIL]
    };
    let chosen = methods.iter().filter(|name| chosen(&options.methods, name));
    let count = if story.is_for_any_method() {
        1
    } else {
        methods.len()
    };
    chosen.take(count).copied().collect()
}

fn chosen(choice: &[String], name: &str) -> bool {
    choice.is_empty() || choice.iter().any(|it| it == name)
}
