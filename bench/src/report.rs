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

    /// What a load measured.
    pub(crate) fn measured(&mut self, what: impl Into<String>, measured: &Measured) {
        let Measured { per_second, p50, p99 } = measured;
        self.line(what, format!("{per_second:.0}/s, p50 {p50:.1?}, p99 {p99:.1?}"), "");
    }

    /// How much of one's throughput another has.
    pub(crate) fn ratio(&mut self, what: impl Into<String>, ours: &Measured, of: &Measured, aim: &str) {
        self.line(what, format!("{:.0} %", 100.0 * ours.per_second / of.per_second), aim);
    }

    /// Puente against the bare handler.
    pub(crate) fn compare(&mut self, backend: &str, limit: &Measured, ours: &Measured) {
        for (who, measured) in [("bare handler", limit), ("Puente", ours)] {
            self.measured(format!("{backend}, {who}"), measured);
        }
        self.ratio(format!("{backend}, Puente / bare handler"), ours, limit, ">= 70 %");
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
