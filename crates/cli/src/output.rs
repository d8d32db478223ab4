//! What people and scripts read: data on standard output, everything else on standard error, colours on terminals only.

use std::fmt::Display;

use anstream::{eprintln, println};
use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const STRONG: Style = Style::new().bold();

/// Prints a failure with its causes, each once.
pub(crate) fn error(error: &anyhow::Error) {
    let mut said = error.to_string();
    failure(&said);
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !said.contains(&text) {
            eprintln!("  {ERROR}caused by{ERROR:#}: {}", clean_lines(&text));
        }
        said.push_str(&text);
    }
}

/// Something that does not work.
pub(crate) fn failure(message: impl Display) {
    eprintln!("{ERROR}error{ERROR:#}: {}", clean_lines(&message.to_string()));
}

/// Something that works, but should not stay so.
pub(crate) fn warning(message: impl Display) {
    eprintln!("{WARNING}warning{WARNING:#}: {}", clean_lines(&message.to_string()));
}

/// What to do next.
pub(crate) fn hint(message: impl Display) {
    eprintln!("{HINT}hint{HINT:#}: {}", clean_lines(&message.to_string()));
}

/// What was done: `Created user ana@example.com`.
pub(crate) fn done(verb: &str, what: impl Display) {
    eprintln!("{GOOD}{verb}{GOOD:#} {}", clean_lines(&what.to_string()));
}

/// One line of data.
pub(crate) fn line(text: impl Display) {
    println!("{}", clean_lines(&text.to_string()));
}

/// Data for scripts.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// The widest cell of a table; `--json` has all of it.
const WIDEST: usize = 200;

/// A list for people: columns as wide as their widest cell.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(|cell| short(&cell))).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let aligned = |cells: [&str; N]| {
        let padded: Vec<String> = (0..N).map(|column| format!("{:1$}", cells[column], widths[column])).collect();
        padded.join("  ").trim_end().to_owned()
    };
    println!("{STRONG}{}{STRONG:#}", aligned(header));
    for row in &rows {
        println!("{}", aligned(std::array::from_fn(|column| row[column].as_str())));
    }
}

fn short(cell: &str) -> String {
    let cell = clean(cell);
    match cell.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell,
    }
}

/// Text from elsewhere must not drive the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_cannot_drive_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\u{9b}c\r\n"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}\u{fffd}");
        assert_eq!(clean_lines("a\nb\u{7}"), "a\nb\u{fffd}");
    }

    #[test]
    fn cells_are_cut_before_they_are_aligned() {
        table(["A"], [["x".repeat(70_000)]]);
        assert_eq!(short(&"ä".repeat(70_000)).chars().count(), WIDEST + 1);
        assert_eq!(short("short"), "short");
    }
}
