//! The page.

use std::fmt::Write;

use super::table::{Standing, Table, Unit};

/// A part of the page: words, a table, words.
pub struct Section {
    pub title: String,
    pub before: String,
    pub table: Table,
    pub after: String,
}

pub struct Report {
    /// As in 2026-01-31.
    pub date: String,
    pub versions: Vec<(String, String)>,
    /// Words between the title and the sections.
    pub introduction: String,
    pub sections: Vec<Section>,
    /// What went wrong while it was measured, in sentences.
    pub troubles: Vec<String>,
    pub repeat: String,
}

impl Report {
    pub fn markdown(&self) -> String {
        let versions: Vec<_> = self
            .versions
            .iter()
            .map(|(name, it)| format!("{name} {it}"))
            .collect();
        let mut page = format!(
            "# Measurements\n\n{}\n\nMeasured on {} with {}.\n",
            self.introduction.trim(),
            self.date,
            versions.join(", ")
        );
        for section in &self.sections {
            let _ = write!(
                page,
                "\n## {}\n\n{}\n\n",
                section.title,
                section.before.trim()
            );
            page += &section.table.markdown();
            if !section.after.is_empty() {
                let _ = write!(page, "\n{}\n", section.after.trim());
            }
        }
        page += "\n## Where macveil is not ahead\n\n";
        let lines = |standing| {
            self.sections
                .iter()
                .flat_map(move |it| it.rows_that_are(standing))
        };
        let (behind, level): (Vec<_>, Vec<_>) = (
            lines(Standing::Behind).collect(),
            lines(Standing::Level).collect(),
        );
        if behind.is_empty() && level.is_empty() {
            page += "Nowhere in these tables.\n";
        }
        page += &behind.concat();
        if !level.is_empty() {
            let _ = write!(
                page,
                "\nLevel with the best of the others:\n\n{}",
                level.concat()
            );
        }
        if !self.troubles.is_empty() {
            page += "\n## What went wrong\n\n";
            for trouble in &self.troubles {
                let _ = writeln!(page, "- {trouble}");
            }
        }
        let _ = write!(
            page,
            "\n## Repeat it\n\n{}\n",
            self.repeat.trim_matches('\n')
        );
        page
    }
}

impl Section {
    /// A line for each row whose worst of macveil's columns stands so; without other values there is no lead.
    fn rows_that_are(&self, standing: Standing) -> Vec<String> {
        let columns = &self.table.columns;
        let line = |row: &super::table::Row| {
            let standings = row.standings(columns);
            let worst = standings.iter().map(|(_, it)| *it).max()?;
            let best = row.best_other(columns)?;
            let nothing = whole_and_none(row, best);
            if worst != standing || (worst == Standing::Level && nothing) {
                return None;
            }
            let told = |at: usize| format!("{} {}", columns[at].name, row.text(at));
            let whom = standings.iter().filter(|(_, it)| *it == worst);
            let whom: Vec<_> = whom.map(|(at, _)| told(*at)).collect();
            let reason = match (worst, row.reason) {
                (Standing::Behind, reason) if !reason.is_empty() => format!(" {reason}"),
                _ => String::new(),
            };
            Some(format!(
                "- {}, {}: {} against {}.{reason}\n",
                self.title,
                row.what,
                whom.join(", "),
                told(best)
            ))
        };
        self.table.rows.iter().filter_map(line).collect()
    }
}

fn whole_and_none(row: &super::table::Row, column: usize) -> bool {
    row.unit == Unit::Whole && row.text(column) == "0"
}

impl Table {
    pub fn markdown(&self) -> String {
        let has_others =
            self.columns.iter().any(|it| it.ours) && self.columns.iter().any(|it| !it.ours);
        let verdict = if has_others { " macveil is |" } else { "" };
        let names: Vec<_> = self.columns.iter().map(|it| it.name.as_str()).collect();
        let rules = "--:|".repeat(names.len()) + if has_others { "---|" } else { "" };
        let mut text = format!("| | {} |{verdict}\n|---|{rules}\n", names.join(" | "));
        for row in &self.rows {
            let cells: Vec<_> = (0..names.len()).map(|at| row.text(at)).collect();
            let _ = write!(text, "| {} | {} |", row.what, cells.join(" | "));
            if has_others {
                let _ = write!(text, " {} |", row.verdict(&self.columns));
            }
            text.push('\n');
        }
        text
    }
}
