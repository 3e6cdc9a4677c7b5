//! Prints what a guest tells of its air, in the order of time.

use std::io::IsTerminal;

use macveil_testkit::judge::BURST_PAUSE;
use macveil_testkit::record::Micros;

/// Steps are told at once, frames when their burst is over.
const LATEST: Micros = BURST_PAUSE + 1_000_000;

#[derive(Default)]
pub struct Stage {
    waiting: Vec<(Micros, String)>,
    begin: Option<Micros>,
}

impl Stage {
    pub fn hear(&mut self, line: &str) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "begin" => {
                self.begin = None;
                let who = if rest.ends_with("alone") {
                    "wpa_supplicant alone"
                } else {
                    "macveil and wpa_supplicant"
                };
                println!("\n=== {} ===", style("1", who));
            }
            "step" => self.keep(rest, |text| style("1", &format!("--- {text}"))),
            "air" => self.keep(rest, |text| {
                let mut words = text.splitn(4, ' ');
                let mut word = || words.next().unwrap_or_default();
                let (role, address, name, what) = (word(), word(), word(), word());
                let who = style(colour(role), &format!("{address}  {name:<18}"));
                format!("    {who} {what}")
            }),
            "end" => self.tell_before(Micros::MAX),
            _ => {}
        }
    }

    fn keep(&mut self, line: &str, tell: impl FnOnce(&str) -> String) {
        let (at, text) = line.split_once(' ').unwrap_or((line, ""));
        let Ok(at) = at.parse() else { return };
        self.begin.get_or_insert(at);
        self.waiting.push((at, tell(text)));
        self.tell_before(at.saturating_sub(LATEST));
    }

    fn tell_before(&mut self, until: Micros) {
        self.waiting.sort_by_key(|(at, _)| *at);
        let later = self
            .waiting
            .split_off(self.waiting.partition_point(|(at, _)| *at < until));
        for (at, text) in std::mem::replace(&mut self.waiting, later) {
            let seconds = (at as f64 - self.begin.unwrap_or(at) as f64) / 1e6;
            println!("{seconds:>8.2}  {text}");
        }
    }
}

/// Red for the permanent address, yellow for assigned ones, green for masks.
fn colour(role: &str) -> &'static str {
    match role {
        "permanent" => "31",
        "assigned" => "33",
        "mask" => "32",
        _ => "2",
    }
}

fn style(code: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}
