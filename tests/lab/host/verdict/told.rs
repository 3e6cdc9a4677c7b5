//! What the guest's witnesses wrote down of macveil's status and of the kernel's link.

use std::fs;
use std::path::Path;

use macveil_testkit::air::Mac;
use macveil_testkit::judge::{Link, Testimony, Told, status_contradictions};
use macveil_testkit::record::Micros;
use macveil_testkit::verdict::Evidence;

/// More would not be read.
const SHOWN: usize = 4;

/// Where the status was not what was so, in a story that has witnesses.
pub fn contradictions(evidence: &Evidence, folder: &Path, random_scans: bool) -> Vec<String> {
    match testimony(evidence, folder, random_scans) {
        Ok(testimony) => {
            let all = status_contradictions(&testimony, &evidence.frames);
            let count = all.len();
            let more = (count > SHOWN).then(|| format!("{} more", count - SHOWN));
            all.into_iter()
                .take(SHOWN)
                .chain(more)
                .map(|it| format!("status: {it}"))
                .collect()
        }
        Err(problem) => vec![format!("what was told cannot be read: {problem}")],
    }
}

fn testimony(evidence: &Evidence, folder: &Path, random_scans: bool) -> Result<Testimony, String> {
    let text =
        |name: &str| fs::read_to_string(folder.join(name)).map_err(|e| format!("{name}: {e}"));
    let told = text("told")?;
    let told = told.lines().map(|line| read_told(line).ok_or(line));
    let mut told: Vec<_> = told.collect::<Result<_, _>>().map_err(str::to_owned)?;
    told.sort_by_key(|told| told.answered);
    let links = text("links")?;
    let mut links: Vec<_> = links.lines().filter_map(read_link).collect();
    links.sort_by_key(|link| link.at);
    let brief = &evidence.brief;
    Ok(Testimony {
        told,
        links,
        permanent: brief.permanent.keys().copied().collect(),
        access_points: brief.access_points.keys().copied().collect(),
        random_scans,
    })
}

/// A line of the guest's witness.
fn read_told(line: &str) -> Option<Told> {
    let words: Vec<_> = line.split(' ').collect();
    let [asked, answered, how, address, kind, state, up, permanent] = words[..] else {
        return None;
    };
    Some(Told {
        asked: asked.parse().ok()?,
        answered: answered.parse().ok()?,
        by_event: how == "event",
        address: address.parse().ok()?,
        kind: kind.to_owned(),
        state: state.to_owned(),
        up: up.parse().ok()?,
        permanent: permanent.parse().ok()?,
    })
}

/// `ip -o`'s way to say what a link is like; it says other things, too.
fn read_link(line: &str) -> Option<Link> {
    let (at, said) = line.split_once(' ')?;
    let at: Micros = at.parse().ok()?;
    let (_, flags) = said.split_once('<')?;
    let (flags, _) = flags.split_once('>')?;
    let (_, address) = said.split_once("link/ether ")?;
    let address: Mac = address.split(' ').next()?.parse().ok()?;
    let is_set = |flag| flags.split(',').any(|it| it == flag);
    Some(Link {
        at,
        address,
        up: is_set("UP"),
        carrier: is_set("LOWER_UP"),
    })
}
