//! The picture: time goes from left to right, each address has a lane, and what leaks is underlined.

mod rows;

use std::fmt::Write as _;

use super::svg::{Place, Svg};
use super::{Act, Cell, LONGEST, Timeline, axis};
use crate::tools::audit::{Leak, Link, Micros, Verdict};
use macveil_core::types::Mac;
use rows::Row;

/// Tenths of a pixel, as all lengths here.
const WIDTH: u64 = 10_000;
const MARGIN: u64 = 240;
/// Where time begins, and where it ends.
const FROM: u64 = 1_680;
const TO: u64 = 7_300;
const RIGHT: u64 = TO + 140;
const LEGEND: u64 = 900;
const TOP: u64 = 1_180;
const ROW: u64 = 190;
const LINE: u64 = 200;
/// What is narrower is hard to see.
const NARROWEST: u64 = 26;
/// What is nearer to each other is one.
const NEAR: u64 = 30;

/// In the light and in the dark.
const STYLE: &str = "<style>\
    text{font:120px system-ui,sans-serif;fill:#1f2328}\
    .name{font-size:190px;font-weight:600}\
    .address{font-family:ui-monospace,monospace;font-size:115px}\
    .muted{fill:#656d76}.end{text-anchor:end}.middle{text-anchor:middle}\
    .said{font-weight:600;fill:#fff;text-anchor:middle}\
    rect{rx:14px}.page{fill:#fff;rx:0}.grid{stroke:#d8dee4;stroke-width:8;fill:none}.life{fill:#d0d7de}\
    .other{fill:#8c959f}.data{fill:#2da44e}.probe{fill:#1f6feb}.join{fill:#bf8700}.goodbye{fill:#8250df}\
    .leak,.bad{fill:#cf222e}.row{fill:#cf222e;opacity:.08}.good{fill:#1a7f37}\
    .card{stroke:#cf222e;stroke-width:12;stroke-dasharray:40 30;fill:none}\
    @media(prefers-color-scheme:dark){\
    text{fill:#e6edf3}.muted{fill:#9198a1}\
    .page{fill:#0d1117}.grid{stroke:#262c36}.life{fill:#3d444d}\
    .other{fill:#6e7681}.data{fill:#3fb950}.probe{fill:#58a6ff}.join{fill:#e3b341}.goodbye{fill:#bc8cff}\
    text.leak{fill:#ff7b72}.leak{fill:#ff6a61}.row{fill:#ff6a61;opacity:.13}\
    .bad{fill:#b62324}.good{fill:#238636}.card{stroke:#ff6a61}}\
    text.said{fill:#fff}</style>\n";

impl Act {
    /// How it is drawn, and what it is called.
    const fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Other => ("other", "beacons and others"),
            Self::Data => ("data", "data"),
            Self::Probe => ("probe", "probe requests"),
            Self::Join => ("join", "association"),
            Self::Goodbye => ("goodbye", "goodbyes"),
        }
    }

    /// Where in its row, from where, and how high.
    const fn height(self) -> (u64, u64) {
        match self {
            Self::Other | Self::Data => (70, 50),
            Self::Probe | Self::Join | Self::Goodbye => (30, 115),
        }
    }
}

/// Draws what was heard and judged. The name is the picture's.
#[must_use]
pub fn draw(verdict: &Verdict, timeline: &Timeline, name: &str) -> String {
    let (rows, left_out) = rows::choose(verdict, timeline);
    let bottom = TOP + ROW * rows.len() as u64;
    let mut picture = Picture {
        svg: Svg::default(),
        begin: timeline.begin.unwrap_or_default(),
        width: timeline.width,
        span: verdict.lasted().clamp(1, LONGEST),
    };
    let conclusion = conclusion(verdict, left_out);
    let height = bottom + 480 + LINE * conclusion.len() as u64;
    let _ = write!(
        picture.svg.0,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{}\" height=\"{}\" role=\"img\">\n{STYLE}",
        WIDTH / 10,
        height / 10
    );
    let page = place((0, WIDTH), 0, height);
    picture.svg.rectangle("page", page, "");
    picture.heading(verdict, name);
    picture.legend();
    picture.axis(bottom);
    for (index, row) in (0..).zip(&rows) {
        picture.row(row, TOP + ROW * index);
    }
    for link in &verdict.links {
        picture.link(link, &rows);
    }
    for (index, (class, line)) in (0..).zip(&conclusion) {
        let y = bottom + 560 + LINE * index;
        picture.svg.text(class, (MARGIN, y), line);
    }
    picture.svg.0.push_str("</svg>\n");
    picture.svg.0
}

struct Picture {
    svg: Svg,
    begin: Micros,
    /// How long a column is.
    width: Micros,
    /// How long it all is.
    span: Micros,
}

impl Picture {
    fn heading(&mut self, verdict: &Verdict, name: &str) {
        self.svg.text("name", (MARGIN, 380), name);
        let counts = format!(
            "frames: {} in {} s, addresses of stations: {}, access points: {}",
            verdict.counts.packets,
            seconds(verdict.lasted()),
            verdict.stations.len(),
            verdict.access_points,
        );
        self.svg.text("muted", (MARGIN, 610), &counts);
        let (class, said) = if verdict.leaks() {
            ("bad", "LEAKS FOUND")
        } else {
            ("good", "NO LEAK FOUND")
        };
        let end = WIDTH - MARGIN;
        let badge = place((end - 1_500, end), 200, 300);
        self.svg.rectangle(class, badge, "");
        self.svg.text("said", (end - 750, 392), said);
    }

    fn legend(&mut self) {
        let mut x = MARGIN;
        let acts = Act::ALL.map(Act::look);
        let leak = ("leak", "a leak");
        for (class, meaning) in acts.into_iter().chain([leak]) {
            let (y, height) = if class == "leak" { (50, 35) } else { (0, 100) };
            let swatch = place((x, x + 140), LEGEND - 95 + y, height);
            self.svg.rectangle(class, swatch, "");
            self.svg.text("muted", (x + 200, LEGEND), meaning);
            x += 380 + 66 * meaning.len() as u64;
        }
        self.svg
            .path("card", &[(x, LEGEND - 45), (x + 260, LEGEND - 45)], "");
        self.svg.text("muted", (x + 320, LEGEND), "one card");
    }

    fn axis(&mut self, bottom: u64) {
        let step = axis::step(self.span);
        let mut at = 0;
        while at <= self.span {
            let x = self.x(at);
            self.svg
                .path("grid", &[(x, TOP - 60), (x, bottom + 40)], "");
            let label = axis::label(at, step);
            self.svg.text("muted middle", (x, bottom + 210), &label);
            at += step;
        }
    }

    fn row(&mut self, row: &Row, y: u64) {
        let mut class = "address".to_owned();
        if row.leaks {
            self.svg
                .rectangle("row", place((MARGIN - 60, WIDTH - MARGIN + 60), y, ROW), "");
            class.push_str(" leak");
        }
        self.svg
            .text(&class, (MARGIN, y + 130), &row.address.to_string());
        let class = if row.leaks { "leak" } else { "muted" };
        self.svg.text(class, (RIGHT, y + 130), &row.few_words());
        let cells = &row.lane.cells;
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
            return;
        };
        let life = (
            self.x(first.column * self.width),
            self.x(last.column * self.width),
        );
        self.svg.rectangle("life", place(life, y + 88, 12), "");
        // What matters most is drawn last.
        for act in Act::ALL.into_iter().rev() {
            let (class, meaning) = act.look();
            let (top, height) = act.height();
            let of_act = |cell: &Cell| (cell.count(act) > 0).then(|| cell.count(act).into());
            for run in self.runs(cells, &of_act) {
                let title = format!("{meaning}: {}, {}", run.count, run.when());
                self.svg
                    .rectangle(class, place(run.x, y + top, height), &title);
            }
        }
        let leaking = |cell: &Cell| row.leaking(cell);
        for run in self.runs(cells, &leaking) {
            let title = format!("LEAK, {}: {}", run.when(), row.all_words());
            self.svg
                .rectangle("leak", place(run.x, y + 152, 30), &title);
        }
    }

    fn link(&mut self, link: &Link, rows: &[Row]) {
        let y = |address: Mac| {
            let index = rows.iter().position(|row| row.address == address)?;
            Some(TOP + ROW * index as u64 + ROW / 2)
        };
        if let (Some(earlier), Some(later)) = (y(link.earlier), y(link.later)) {
            let x = self.x(link.moment.at.saturating_sub(self.begin));
            let title = format!("{} and {} are one card", link.earlier, link.later);
            self.svg.path("card", &[(x, earlier), (x, later)], &title);
        }
    }

    /// What lies so near that it is drawn as one.
    fn runs(&self, cells: &[Cell], wanted: &dyn Fn(&Cell) -> Option<u64>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for cell in cells {
            let Some(count) = wanted(cell) else { continue };
            let (from, to) = (cell.column * self.width, (cell.column + 1) * self.width);
            let x = (self.x(from), self.x(to).max(self.x(from) + NARROWEST));
            match runs.last_mut() {
                Some(run) if x.0 <= run.x.1 + NEAR => {
                    run.count += count;
                    (run.x.1, run.to) = (x.1, to);
                }
                _ => runs.push(Run { x, from, to, count }),
            }
        }
        runs
    }

    fn x(&self, at: Micros) -> u64 {
        let along = u128::from(at.min(self.span)) * u128::from(TO - FROM) / u128::from(self.span);
        FROM + u64::try_from(along).unwrap_or_default()
    }
}

/// Frames of a kind that follow each other.
struct Run {
    x: (u64, u64),
    from: Micros,
    to: Micros,
    count: u64,
}

impl Run {
    fn when(&self) -> String {
        format!("{} to {} s", seconds(self.from), seconds(self.to))
    }
}

/// What is said below, each line with how it looks.
fn conclusion(verdict: &Verdict, left_out: usize) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if left_out > 0 {
        lines.push((
            "muted",
            format!("... and {left_out} more addresses, which are not drawn"),
        ));
    }
    for leak in Leak::ALL.into_iter().filter(|it| !it.is_note()) {
        let (count, addresses) = verdict.total(leak);
        if count > 0 {
            lines.push(("leak", format!("{leak}: {count}, addresses: {addresses}")));
        }
    }
    let linked = verdict.links.len();
    if linked > 0 {
        lines.push(("leak", format!("addresses linked to another: {linked}")));
    }
    lines
}

fn seconds(micros: Micros) -> String {
    format!("{}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000)
}

const fn place((from, to): (u64, u64), y: u64, height: u64) -> Place {
    Place {
        x: from,
        y,
        width: to.saturating_sub(from),
        height,
    }
}
