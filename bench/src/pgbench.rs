//! PostgreSQL's own benchmark on the same statement: what the database can do without HTTP.

use std::{process::Command, time::Duration};

use anyhow::{Context, ensure};

use crate::{report::Report, workload::COMPANIES};

/// Runs `pgbench` with prepared statements and as many connections as the loads have.
pub(crate) fn measure(url: &str, connections: usize, time: Duration, report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("expenses.sql");
    let statement = "SELECT id, category, description, amount, spent_on FROM expenses \
                     WHERE company_id = :company ORDER BY id LIMIT 20";
    std::fs::write(&script, format!("\\set company random(1, {COMPANIES})\n{statement};\n"))?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .args(["--client", &connections.to_string(), "--time", &time.as_secs().to_string(), "--file"])
        .args([script.as_os_str(), url.as_ref()])
        .output()
        .context("cannot run pgbench; scripts/install-test-tools.sh installs it")?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let figure = text.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench printed no figure")?;
    report.line("PostgreSQL, pgbench", figure.split('.').next().unwrap_or(figure).to_owned() + "/s", "");
    Ok(())
}
