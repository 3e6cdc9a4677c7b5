//! What happens at random moments, as a seed has it.

use std::borrow::Cow;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::commands::Hand;
use super::story::Event;

/// Troubles that come one after the other, never two at once.
pub type Lane = Vec<Trouble>;

/// Something that happens so many times.
#[derive(Debug, Clone, PartialEq)]
pub struct Trouble {
    pub times: u32,
    pub onset: Deed,
    /// What ends it.
    pub relief: Option<Relief>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Relief {
    /// It comes so long after the onset.
    pub shortest: Duration,
    pub longest: Duration,
    pub deed: Deed,
}

/// An event, and the words it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    pub words: String,
    pub event: Box<Event>,
}

/// When what happens, since the beginning of the trouble.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment<'a> {
    pub at: Duration,
    pub deed: Cow<'a, Deed>,
}

/// The shortest of a lane's pauses is so much shorter than its longest.
const VARIETY: f64 = 1000.0;

/// All that happens in that time. The same seed has the same happen at the same moments.
pub fn timetable(lanes: &[Lane], during: Duration, seed: u64) -> Result<Vec<Moment<'_>>, String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut moments = Vec::new();
    for lane in lanes {
        moments.extend(spread(lane, during, &mut rng)?);
    }
    moments.sort_by_key(|moment| moment.at);
    let mut hand = Hand::default();
    for moment in &mut moments {
        if let Event::SomeCommandRun(supplicant) = moment.deed.event.as_ref() {
            moment.deed = Cow::Owned(hand.draw(supplicant, &mut rng)?);
        }
    }
    Ok(moments)
}

fn spread<'a>(
    lane: &'a Lane,
    during: Duration,
    rng: &mut StdRng,
) -> Result<Vec<Moment<'a>>, String> {
    let mut turns: Vec<_> = lane
        .iter()
        .flat_map(|trouble| (0..trouble.times).map(move |_| trouble))
        .map(|trouble| (trouble, lasts(trouble, rng)))
        .collect();
    turns.shuffle(rng);
    let busy: Duration = turns.iter().map(|(_, lasts)| *lasts).sum();
    let free = during.checked_sub(busy);
    let free = free.ok_or_else(|| format!("so much trouble takes {} s", busy.as_secs()))?;
    let mut moments = Vec::new();
    let mut at = Duration::ZERO;
    for ((trouble, lasts), pause) in turns.iter().zip(pauses(turns.len(), free, rng)) {
        at += pause;
        let deed = Cow::Borrowed(&trouble.onset);
        moments.push(Moment { at, deed });
        at += *lasts;
        if let Some(Relief { deed, .. }) = &trouble.relief {
            let deed = Cow::Borrowed(deed);
            moments.push(Moment { at, deed });
        }
    }
    Ok(moments)
}

fn lasts(trouble: &Trouble, rng: &mut StdRng) -> Duration {
    trouble.relief.as_ref().map_or(Duration::ZERO, |relief| {
        let between = relief.longest.saturating_sub(relief.shortest);
        relief.shortest + between.mul_f64(rng.random_range(0.0..1.0))
    })
}

/// Pauses before, between and after, of every order of magnitude: what is begun is to be met at its
/// beginning as often as when it has long been done.
fn pauses(count: usize, free: Duration, rng: &mut StdRng) -> Vec<Duration> {
    let shares: Vec<f64> = (0..=count)
        .map(|_| VARIETY.powf(rng.random_range(0.0..1.0)))
        .collect();
    let all: f64 = shares.iter().sum();
    shares
        .iter()
        .map(|share| free.mul_f64(share / all))
        .collect()
}
