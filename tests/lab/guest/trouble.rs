//! What happens at random moments.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::world::World;
use super::{record, tell_host};
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{
    AccessPointEvent, Deed, Event, Lifecycle, Program, commands, timetable,
};

/// All commands that were drawn together.
const TYPED: &str = "the user types a command";

impl World {
    pub fn trouble(&mut self, during: Duration, seed: u64) -> Result<(), String> {
        let lanes = self.trouble.clone();
        let moments = timetable(&lanes, during, seed)?;
        let begin = Instant::now();
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        for moment in &moments {
            sleep((begin + moment.at).saturating_duration_since(Instant::now()));
            let words = moment.deed.words.as_str();
            self.note(Fact::Happens(words.to_owned()));
            tell_host(&format!("happens {} {words}", record::now()));
            let outcome = self.commit(&moment.deed);
            let is_typed = commands::typed(words).is_some();
            let words = if is_typed { TYPED } else { words };
            let count = counts.entry(words).or_default();
            match outcome {
                Ok(()) => count.done += 1,
                Err(_) if may_be_impossible(&moment.deed.event) => count.impossible += 1,
                Err(problem) => return Err(format!("{words}: {problem}")),
            }
        }
        sleep((begin + during).saturating_duration_since(Instant::now()));
        for (words, Count { done, impossible }) in counts {
            let text =
                format!("\"{words}\" happened {done} times, and was impossible {impossible}");
            self.note(Fact::Measured(text));
        }
        Ok(())
    }

    fn commit(&mut self, deed: &Deed) -> Result<(), String> {
        match deed.event.as_ref() {
            // It may be killed before it is ready.
            Event::Program(Program::Macveil, Lifecycle::Starts) => self.start_macveil(),
            Event::User(action) => self.user_action(action, Duration::ZERO),
            Event::CommandRun(words) => self.type_command(words),
            event => self.happen(event),
        }
    }
}

#[derive(Default)]
struct Count {
    done: u32,
    impossible: u32,
}

/// A wpa_supplicant that has just died does not answer, and an absent access point deauthenticates
/// no station.
fn may_be_impossible(event: &Event) -> bool {
    matches!(
        event,
        Event::User(_) | Event::CommandRun(_) | Event::AccessPoint(_, AccessPointEvent::Kicks)
    )
}
