//! The picture: time from left to right, one lane for each address, leaks underlined.

mod rows;

use std::fmt::Write as _;

use super::svg::{Place, Svg};
use super::{Cell, FrameGroup, MAX_SPAN, Timeline, axis};
use crate::tools::audit::{Confidence, Leak, LinkedAddresses, Micros, Verdict};
use macveil_core::types::Mac;
use rows::Row;

/// In tenths of a pixel, like all lengths here.
const WIDTH: u64 = 10_000;
const MARGIN: u64 = 240;
/// Left and right end of the time axis.
const FROM: u64 = 1_680;
const TO: u64 = 7_300;
const RIGHT: u64 = TO + 140;
const LEGEND: u64 = 900;
const TOP: u64 = 1_180;
const ROW: u64 = 190;
const LINE: u64 = 200;
/// Minimum width of a bar that is easy to see.
const MIN_WIDTH: u64 = 26;
/// Bars with a smaller gap are merged.
const MAX_GAP: u64 = 30;

/// For light and dark pages.
const STYLE: &str = "<style>\
    text{font:120px system-ui,sans-serif;fill:#1f2328}\
    .name{font-size:190px;font-weight:600}\
    .address{font-family:ui-monospace,monospace;font-size:115px}\
    .muted{fill:#656d76}.end{text-anchor:end}.middle{text-anchor:middle}\
    .said{font-weight:600;fill:#fff;text-anchor:middle}\
    rect{rx:14px}.page{fill:#fff;rx:0}.grid{stroke:#d8dee4;stroke-width:8;fill:none}.life{fill:#d0d7de}\
    .other{fill:#8c959f}.data{fill:#2da44e}.probe{fill:#1f6feb}.join{fill:#bf8700}.deauth{fill:#8250df}\
    .leak,.bad{fill:#cf222e}.row{fill:#cf222e;opacity:.08}.good{fill:#1a7f37}\
    .card{stroke:#cf222e;stroke-width:12;stroke-dasharray:40 30;fill:none}\
    .likely{stroke-width:6;stroke-dasharray:12 24}\
    @media(prefers-color-scheme:dark){\
    text{fill:#e6edf3}.muted{fill:#9198a1}\
    .page{fill:#0d1117}.grid{stroke:#262c36}.life{fill:#3d444d}\
    .other{fill:#6e7681}.data{fill:#3fb950}.probe{fill:#58a6ff}.join{fill:#e3b341}.deauth{fill:#bc8cff}\
    text.leak{fill:#ff7b72}.leak{fill:#ff6a61}.row{fill:#ff6a61;opacity:.13}\
    .bad{fill:#b62324}.good{fill:#238636}.card{stroke:#ff6a61}}\
    text.said{fill:#fff}</style>\n";

impl FrameGroup {
    /// CSS class and label.
    const fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Other => ("other", "beacons and others"),
            Self::Data => ("data", "data"),
            Self::Probe => ("probe", "probe requests"),
            Self::Join => ("join", "association"),
            Self::Deauthentication => ("deauth", "deauthentication"),
        }
    }

    /// Top and height of a bar within its row.
    const fn height(self) -> (u64, u64) {
        match self {
            Self::Other | Self::Data => (70, 50),
            Self::Probe | Self::Join | Self::Deauthentication => (30, 115),
        }
    }
}

/// Draws the picture as SVG, with this title.
#[must_use]
pub fn draw(verdict: &Verdict, timeline: &Timeline, name: &str) -> String {
    let (rows, left_out) = rows::choose(verdict, timeline);
    let bottom = TOP + ROW * rows.len() as u64;
    let mut picture = Picture {
        svg: Svg::default(),
        begin: timeline.begin.unwrap_or_default(),
        width: timeline.width,
        span: verdict.lasted().clamp(1, MAX_SPAN),
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
    /// Duration of a column.
    width: Micros,
    /// Duration of the capture.
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
        let groups = FrameGroup::ALL.map(FrameGroup::look);
        let leak = ("leak", "a leak");
        for (class, meaning) in groups.into_iter().chain([leak]) {
            let (y, height) = if class == "leak" { (50, 35) } else { (0, 100) };
            let swatch = place((x, x + 140), LEGEND - 95 + y, height);
            self.svg.rectangle(class, swatch, "");
            self.svg.text("muted", (x + 200, LEGEND), meaning);
            x += 380 + 66 * meaning.len() as u64;
        }
        self.svg
            .path("card", &[(x, LEGEND - 45), (x + 260, LEGEND - 45)], "");
        self.svg.text("muted", (x + 320, LEGEND), "one card");
        x += 900;
        self.svg.path(
            "card likely",
            &[(x, LEGEND - 45), (x + 260, LEGEND - 45)],
            "",
        );
        self.svg
            .text("muted", (x + 320, LEGEND), "probably one card");
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
        // The most important group is drawn last.
        for group in FrameGroup::ALL.into_iter().rev() {
            let (class, meaning) = group.look();
            let (top, height) = group.height();
            let of_group = |cell: &Cell| (cell.count(group) > 0).then(|| cell.count(group).into());
            for run in self.runs(cells, &of_group) {
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

    fn link(&mut self, link: &LinkedAddresses, rows: &[Row]) {
        let y = |address: Mac| {
            let index = rows.iter().position(|row| row.address == address)?;
            Some(TOP + ROW * index as u64 + ROW / 2)
        };
        if let (Some(earlier), Some(later)) = (y(link.earlier), y(link.later)) {
            let x = self.x(link.moment.at.saturating_sub(self.begin));
            let (class, belong) = match link.confidence {
                Confidence::Certain => ("card", "belong"),
                Confidence::Likely => ("card likely", "probably belong"),
            };
            let title = format!("{} and {} {belong} to one card", link.earlier, link.later);
            self.svg.path(class, &[(x, earlier), (x, later)], &title);
        }
    }

    /// Cells that are drawn as one bar because they are close together.
    fn runs(&self, cells: &[Cell], wanted: &dyn Fn(&Cell) -> Option<u64>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for cell in cells {
            let Some(count) = wanted(cell) else { continue };
            let (from, to) = (cell.column * self.width, (cell.column + 1) * self.width);
            let x = (self.x(from), self.x(to).max(self.x(from) + MIN_WIDTH));
            match runs.last_mut() {
                Some(run) if x.0 <= run.x.1 + MAX_GAP => {
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

/// A bar.
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

/// The text below, as CSS class and line.
fn conclusion(verdict: &Verdict, left_out: usize) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if left_out > 0 {
        lines.push((
            "muted",
            format!("... and {left_out} more addresses (not drawn)"),
        ));
    }
    for leak in Leak::ALL.into_iter().filter(|leak| !leak.is_note()) {
        let (count, addresses) = verdict.total(leak);
        if count > 0 {
            lines.push(("leak", format!("{leak}: {count}, addresses: {addresses}")));
        }
    }
    for (confidence, kind) in [
        (Confidence::Certain, "addresses linked to another"),
        (Confidence::Likely, "addresses probably linked to another"),
    ] {
        let linked = verdict.links_that_are(confidence);
        if linked > 0 {
            let is_leak = verdict.is_strict || confidence == Confidence::Certain;
            let class = if is_leak { "leak" } else { "muted" };
            lines.push((class, format!("{kind}: {linked}")));
        }
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
