//! Stories that are alike but for a few lines, told in one file.

/// Stands where each variant's own lines go, and between those for one such place and those for the next.
const GAP: &str = "...";
/// Before the name of a variant, whose lines follow.
const VARIANT: &str = "= ";

/// The stories of a file by their names: the file's, and with variants the variant's behind it.
pub fn variants(file: &str, text: &str) -> Vec<(String, String)> {
    let begin = format!("\n{VARIANT}");
    let mut parts = text.split(begin.as_str());
    let common = parts.next().unwrap_or_default();
    let told: Vec<_> = parts
        .map(|part| {
            let (name, lines) = part.split_once('\n').unwrap_or((part, ""));
            let between = format!("\n{GAP}\n");
            let mut gaps = lines.split(between.as_str());
            let own = |line: &str| match line {
                GAP => gaps.next().unwrap_or_default().trim_end().to_owned() + "\n",
                line => format!("{line}\n"),
            };
            (format!("{file}-{name}"), common.lines().map(own).collect())
        })
        .collect();
    if told.is_empty() {
        return vec![(file.to_owned(), text.to_owned())];
    }
    told
}
