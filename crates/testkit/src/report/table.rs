//! Rows of figures, and who is ahead in each. Less is better in all of them.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the table's head has it.
    pub name: String,
    /// macveil's, in one of its ways.
    pub ours: bool,
}

/// What a figure counts, and so how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole things: frames, bytes, kB.
    Whole,
    /// Seconds or milliseconds, in two digits after the point.
    Fine,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub what: String,
    pub unit: Unit,
    /// One a column; none where there is nothing to measure, and infinite where what was to come never came.
    pub values: Vec<Option<f64>>,
    /// Why it is as it is where macveil is not ahead.
    pub reason: &'static str,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// How one of macveil's columns compares with the best of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Ahead,
    Level,
    Behind,
}

impl Row {
    /// As it is written: what is not told apart in writing is level.
    pub fn text(&self, column: usize) -> String {
        match self.values.get(column).copied().flatten() {
            Some(value) => number(value, self.unit),
            None => "–".to_owned(),
        }
    }

    /// As whole numbers, so that what is written alike is equal.
    fn written(&self, column: usize) -> Option<i64> {
        let value = self.values.get(column).copied().flatten()?;
        Some(match self.unit {
            Unit::Whole => value.round() as i64,
            Unit::Fine => (value * 100.0).round() as i64,
        })
    }

    /// The column of the best of the others.
    pub fn best_other(&self, columns: &[Column]) -> Option<usize> {
        let others = (0..columns.len()).filter(|at| !columns[*at].ours);
        let known = others.filter_map(|at| Some((at, self.written(at)?)));
        known.min_by_key(|(_, it)| *it).map(|(at, _)| at)
    }

    /// Of macveil's columns that have a figure.
    pub fn standings(&self, columns: &[Column]) -> Vec<(usize, Standing)> {
        let best = self.best_other(columns).and_then(|at| self.written(at));
        let ours = (0..columns.len()).filter(|at| columns[*at].ours);
        let stand = |at| {
            let value = self.written(at)?;
            let standing = match best {
                Some(best) if value > best => Standing::Behind,
                Some(best) if value == best => Standing::Level,
                _ => Standing::Ahead,
            };
            Some((at, standing))
        };
        ours.filter_map(stand).collect()
    }

    /// A few words: macveil's standing, each of its columns apart where they differ.
    pub fn verdict(&self, columns: &[Column]) -> String {
        let standings = self.standings(columns);
        let mut kinds: Vec<Standing> = standings.iter().map(|(_, it)| *it).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let words = |kind: Standing| match (kind, self.best_other(columns)) {
            (Standing::Level, Some(at)) => format!("level with {}", columns[at].name),
            (Standing::Behind, Some(at)) => format!("**behind {}**", columns[at].name),
            _ => "ahead".to_owned(),
        };
        let part = |kind: &Standing| {
            let who = standings.iter().filter(|(_, it)| it == kind);
            let who: Vec<_> = who.map(|(at, _)| short(&columns[*at].name)).collect();
            match kinds.len() {
                1 => words(*kind),
                _ => format!("{}: {}", who.join(", "), words(*kind)),
            }
        };
        kinds.iter().map(part).collect::<Vec<_>>().join("; ")
    }
}

/// Without what all of macveil's columns have.
fn short(name: &str) -> &str {
    name.trim_start_matches("macveil")
        .trim_start_matches([',', ' '])
}

/// With commas between thousands.
pub fn number(value: f64, unit: Unit) -> String {
    if value.is_infinite() {
        return "never".to_owned();
    }
    let text = match unit {
        Unit::Whole => format!("{value:.0}"),
        Unit::Fine => format!("{value:.2}"),
    };
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(whole.len() - whole.trim_start_matches('-').len());
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    let groups: Vec<_> = groups
        .iter()
        .map(|it| String::from_utf8_lossy(it))
        .collect();
    [sign, &groups.join(","), rest].concat()
}
