//! The figures, as a table.

use std::time::Duration;

use crate::load::Measured;

/// Collects lines while the measurements run, and prints them at the end.
#[derive(Default)]
pub(crate) struct Report(Vec<[String; 3]>);

impl Report {
    /// A figure, and what is aimed at.
    pub(crate) fn line(&mut self, what: impl Into<String>, figure: impl Into<String>, aim: &str) {
        let line = [what.into(), figure.into(), aim.to_owned()];
        eprintln!("{}: {}", line[0], line[1]);
        self.0.push(line);
    }

    /// Puente against the bare handler.
    pub(crate) fn compare(&mut self, backend: &str, limit: &Measured, ours: &Measured) {
        for (who, measured) in [("bare handler", limit), ("Puente", ours)] {
            let Measured { per_second, p50, p99 } = measured;
            self.line(format!("{backend}, {who}"), format!("{per_second:.0}/s, p50 {p50:.1?}, p99 {p99:.1?}"), "");
        }
        let ratio = 100.0 * ours.per_second / limit.per_second;
        self.line(format!("{backend}, Puente / bare handler"), format!("{ratio:.0} %"), ">= 70 %");
    }

    /// Wall time minus the source's, as Puente measured it.
    pub(crate) fn gateway_time(&mut self, backend: &str, (p50, p99): &(Duration, Duration)) {
        let figure = format!("p50 {p50:.1?}, p99 {p99:.1?}");
        self.line(format!("{backend}, gateway time at half of saturation"), figure, "p50 <= 100 us, p99 < 1 ms");
    }

    pub(crate) fn print(&self) {
        println!("| what | figure | aim |\n|---|---|---|");
        for [what, figure, aim] in &self.0 {
            println!("| {what} | {figure} | {aim} |");
        }
    }
}
