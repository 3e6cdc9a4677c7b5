//! What happens at random: a list of events, each of them a sentence of its own.

use Word::{Comma, Plain as P, Quoted as Q};

use super::super::trouble::{Deed, Lane, Relief, Trouble};
use super::super::words::{Word, split};
use super::event::event;
use super::values::{duration, number, text};

/// `3 times "home vanishes", after 1 s to 8 s "home returns", 5 times "the user scans"`.
pub fn lane(items: &[Word]) -> Result<Lane, String> {
    let mut lane = Lane::new();
    for item in items.split(|word| *word == Comma) {
        match item {
            [P(times), P("times"), Q(sentence)] => lane.push(Trouble {
                times: number(times)?,
                onset: deed(&text(sentence)?)?,
                relief: None,
            }),
            [
                P("after"),
                P(n),
                P(unit),
                P("to"),
                P(n2),
                P(unit2),
                Q(sentence),
            ] => {
                let last = lane.last_mut().ok_or("nothing has happened yet")?;
                let (shortest, longest) = (duration(n, unit)?, duration(n2, unit2)?);
                if shortest > longest || last.relief.is_some() {
                    return Err("that cannot be an end".to_owned());
                }
                last.relief = Some(Relief {
                    shortest,
                    longest,
                    deed: deed(&text(sentence)?)?,
                });
            }
            _ => return Err("not a trouble".to_owned()),
        }
    }
    Ok(lane)
}

/// An event in its own words, as a step that begins with "when" has them.
fn deed(words: &str) -> Result<Deed, String> {
    let event = event(&split(words)?).map_err(|problem| format!("{problem}: {words}"))?;
    Ok(Deed {
        words: words.to_owned(),
        event: Box::new(event),
    })
}
