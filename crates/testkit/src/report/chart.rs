//! Bars in panels, as an SVG that is readable on a light and on a dark page: it brings its own background
//! and follows the reader's choice.

use std::fmt::Write;

pub struct Panel {
    pub title: String,
    /// What a bar is, in small letters.
    pub subtitle: String,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    pub name: String,
    pub value: f64,
    /// The value as it is written.
    pub text: String,
    /// macveil's, in one of its ways.
    pub ours: bool,
}

const PANEL_WIDTH: f64 = 470.0;
const MARGIN: f64 = 24.0;
/// Where bars begin, right of their names.
const NAMES: f64 = 196.0;
/// For a value at the end of the longest bar.
const VALUES: f64 = 62.0;
const BAR: f64 = 15.0;
const STEP: f64 = 22.0;
const HEAD: f64 = 54.0;
const COLUMNS: usize = 2;

const STYLE: &str = "
  .page { fill: #ffffff; stroke: #d0d7de; }
  text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12.5px; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 11.5px; fill: #59636e; }
  .ours { fill: #0a7f78; }
  .other { fill: #a3acb6; }
  .name-ours { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d; }
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .ours { fill: #2fb8ac; }
    .other { fill: #59636e; }
  }
";

/// All panels, two in a row.
pub fn chart(label: &str, panels: &[Panel]) -> String {
    let heights: Vec<f64> = panels
        .chunks(COLUMNS)
        .map(|row| row.iter().map(Panel::height).fold(0.0, f64::max))
        .collect();
    let width = MARGIN + COLUMNS as f64 * (PANEL_WIDTH + MARGIN);
    let height = MARGIN + heights.iter().map(|it| it + MARGIN).sum::<f64>();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">\n<style>{STYLE}</style>\n<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
        escaped(label),
        width - 1.0,
        height - 1.0
    );
    let mut y = MARGIN;
    for (row, height) in panels.chunks(COLUMNS).zip(heights) {
        for (column, panel) in row.iter().enumerate() {
            let x = MARGIN + column as f64 * (PANEL_WIDTH + MARGIN);
            svg += &panel.svg(x, y);
        }
        y += height + MARGIN;
    }
    svg + "</svg>\n"
}

impl Panel {
    fn height(&self) -> f64 {
        HEAD + self.bars.len() as f64 * STEP
    }

    fn svg(&self, x: f64, y: f64) -> String {
        let most = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let mut svg = format!(
            "<g transform=\"translate({x} {y})\">\n<text class=\"title\" y=\"16\">{}</text>\n<text class=\"small\" y=\"34\">{}</text>\n",
            escaped(&self.title),
            escaped(&self.subtitle)
        );
        for (index, bar) in self.bars.iter().enumerate() {
            let top = HEAD + index as f64 * STEP;
            let share = if most > 0.0 { bar.value / most } else { 0.0 };
            let length = share * (PANEL_WIDTH - NAMES - VALUES);
            let (kind, name) = if bar.ours {
                ("ours", "name-ours")
            } else {
                ("other", "name")
            };
            let base = top + BAR - 3.0;
            let _ = writeln!(
                svg,
                "<text class=\"{name}\" x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text><rect class=\"{kind}\" x=\"{NAMES}\" y=\"{top}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\"/><text x=\"{:.1}\" y=\"{base}\">{}</text>",
                NAMES - 8.0,
                escaped(&bar.name),
                NAMES + length + 6.0,
                escaped(&bar.text)
            );
        }
        svg + "</g>\n"
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
