//! From one installation to another.
//!
//! Lock both → look (nothing is changed yet) → empty the target → copy → put indexes and references back → read the
//! target again and compare → copy files → commit. The commit is the only moment in which the target changes; the source
//! never does.

use std::{path::PathBuf, time::Duration};

use puente_domain::{Clock, Timestamp};

use crate::{
    digest::Digest,
    disk,
    error::{Error, Result},
    explain::{Pair, explain},
    fault, files,
    flow::{self, Luggage},
    keys::{Keys, token_keys},
    plan::Plan,
    preflight,
    progress::Progress,
    report::{self, FilesReport, Replaced, Report},
    rules::{FILES, REPORT, TOKEN_KEYS},
    sequences,
    side::Place,
    source::Source,
    target::Target,
    uploads,
};

/// One end: a database, its keys and its files.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The database.
    pub place: Place,
    /// What its secrets are sealed with, and its tokens signed.
    pub keys: Keys,
    /// Its uploaded files.
    pub uploads: PathBuf,
    /// Where the report is written.
    pub data: PathBuf,
}

/// How to go about it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Look at everything, change nothing.
    pub dry_run: bool,
    /// Replace what the target holds, even if it is more than a fresh installation.
    pub replace: bool,
    /// How long replicas on the target get to leave.
    pub patience: Duration,
}

/// Moves everything. Failing or killed at any moment, it leaves the target as it was; run it again.
///
/// # Errors
/// In words for the operator: what is in the way, and what to do about it.
pub async fn transfer(
    from: &Installation,
    to: &Installation,
    options: Options,
    clock: &dyn Clock,
    progress: &Progress,
) -> Result<Report> {
    let started_at = clock.now();
    let id = uuid::Uuid::new_v4().to_string();
    progress.stage("opening", 0);
    let mut source = Source::open(&from.place).await?;
    let mut target = Target::open(&to.place, options.patience).await?;
    fault::point("transfer.opened").await;
    let moved = Move { from, to, id: &id, options, progress }.run(&mut source, &mut target, started_at, clock).await;
    let mut report = match moved {
        Ok(report) if !options.dry_run => {
            fault::point("transfer.committing").await;
            commit(target, report, to, &id, options).await?
        }
        moved => {
            target.discard().await;
            source.close().await;
            if !options.dry_run {
                uploads::take_back(&to.uploads, &id);
            }
            return moved;
        }
    };
    source.close().await;
    fault::point("transfer.committed").await;
    settle_folders(&mut report, from, to);
    Ok(report)
}

/// Commits. If that fails, its answer may be all that was lost, so the target is asked; where it does not tell, the next
/// transfer finds out, and takes the files back then.
async fn commit(target: Target, report: Report, to: &Installation, id: &str, options: Options) -> Result<Report> {
    let Err(failed) = target.commit().await else { return Ok(report) };
    let Ok(target) = Target::open(&to.place, options.patience).await else { return Err(failed) };
    let happened = target.files.as_deref() == Some(id);
    target.discard().await;
    if happened {
        let note = format!("the commit was done, but its answer was lost: {failed}");
        return Ok(Report { notes: vec![note], ..report });
    }
    uploads::take_back(&to.uploads, id);
    Err(failed)
}

/// What is left to do once everything is there. What fails here makes nothing undone.
fn settle_folders(report: &mut Report, from: &Installation, to: &Installation) {
    if let Err(error) = files::sweep(&to.uploads) {
        report.notes.push(format!("drafts are left in {}: {error}", to.uploads.display()));
    }
    if matches!(from.place, Place::Backup(_)) {
        return;
    }
    for folder in [&to.data, &from.data] {
        if let Err(error) = report::store(report, folder) {
            report.notes.push(format!("the report is in the database, but not in {}: {error}", folder.display()));
        }
    }
}

struct Move<'a> {
    from: &'a Installation,
    to: &'a Installation,
    /// Tells this transfer from others.
    id: &'a str,
    options: Options,
    progress: &'a Progress,
}

impl Move<'_> {
    async fn run(
        &self,
        source: &mut Source,
        target: &mut Target,
        started_at: Timestamp,
        clock: &dyn Clock,
    ) -> Result<Report> {
        let plan = Plan::new(&source.schema, &target.schema).map_err(Error::Preflight)?;
        let rows = self.preflight(source, target, &plan).await?;
        let replaced = target.held.iter().map(|(table, &rows)| Replaced { table: table.clone(), rows }).collect();
        let mut report = Report {
            puente: env!("CARGO_PKG_VERSION").to_owned(),
            schema_version: source.schema.version,
            from: self.from.place.shown(),
            to: self.to.place.shown(),
            started_at,
            finished_at: started_at,
            tables: Vec::new(),
            files: FilesReport::default(),
            replaced,
            resealed: 0,
            notes: Vec::new(),
        };
        let digests = if self.options.dry_run {
            self.progress.stage("reading", rows);
            report.files = match &self.from.place {
                Place::Backup(archive) => archive.manifest.files.clone(),
                Place::Sqlite(_) | Place::Postgres(_) => files::compare(&self.from.uploads, &self.to.uploads)?.0,
            };
            flow::digests(&mut source.side, &plan.from, Some(&self.from.keys.vault), self.progress).await?
        } else {
            let digests = self.copy(source, target, &plan, rows).await?;
            self.progress.stage("copying files", 0);
            report.files = uploads::bring(self.from, self.to, self.id, target.files.clone()).await?;
            fault::point("transfer.files-copied").await;
            digests
        };
        report.tables = report::tables(&plan.from, &digests);
        report.resealed = report.tables.iter().find(|table| table.name == "secrets").map_or(0, |table| table.rows);
        report.finished_at = clock.now();
        if !self.options.dry_run {
            self.settle(source, target, &report).await?;
        }
        Ok(report)
    }

    /// Looks at everything; returns the number of rows.
    async fn preflight(&self, source: &mut Source, target: &Target, plan: &Plan) -> Result<u64> {
        let mut problems = Vec::new();
        if !target.is_fresh() && !self.options.replace {
            let held: Vec<String> = target.held.iter().map(|(table, rows)| format!("{rows} in {table}")).collect();
            problems.push(format!(
                "the target is not empty: rows {}; choose an empty database, or replace what it holds with --replace",
                held.join(", ")
            ));
        }
        self.progress.stage("looking", 0);
        let looked = preflight::look(&mut source.side, plan, &self.from.keys.vault, self.progress).await?;
        problems.extend(looked.problems);
        problems.extend(target.lacks_space(looked.bytes));
        problems.extend(disk::lacks(&self.to.uploads, uploads::missing(self.from, self.to)?));
        if problems.is_empty() { Ok(looked.rows) } else { Err(Error::Preflight(problems)) }
    }

    async fn copy(&self, source: &mut Source, target: &mut Target, plan: &Plan, rows: u64) -> Result<Vec<Digest>> {
        target.empty().await?;
        fault::point("transfer.emptied").await;
        self.progress.stage("copying", rows);
        let luggage =
            Luggage { from: self.from.keys.vault.clone(), to: self.to.keys.vault.clone(), seen: target.seen.clone() };
        let tables = (&plan.from[..], &plan.to[..]);
        let sent = flow::carry(&mut source.side, &mut target.side, tables, &luggage, self.progress).await?;
        fault::point("transfer.copied").await;
        self.progress.stage("checking references and making indexes", 0);
        let last = sequences::read(&mut source.side).await?;
        sequences::write(&mut target.side, &plan.to, &last).await?;
        target.complete().await?;
        fault::point("transfer.completed").await;
        self.progress.stage("verifying", rows);
        let vault = Some(&self.to.keys.vault);
        let received = flow::digests(&mut target.side, &plan.to, vault, self.progress).await?;
        self.compare(source, target, plan, (&sent, &received)).await?;
        fault::point("transfer.verified").await;
        Ok(sent)
    }

    async fn compare(
        &self,
        source: &mut Source,
        target: &mut Target,
        plan: &Plan,
        (sent, received): (&[Digest], &[Digest]),
    ) -> Result<()> {
        let mut differences = Vec::new();
        for index in (0..sent.len()).filter(|&index| sent[index] != received[index]) {
            let mut pair = Pair {
                first: (&mut source.side, Some(&self.from.keys.vault)),
                second: (&mut target.side, Some(&self.to.keys.vault)),
            };
            let tables = (&plan.from[index], &plan.to[index]);
            differences.extend(explain(&mut pair, tables, (&sent[index], &received[index])).await?.named);
        }
        if differences.is_empty() { Ok(()) } else { Err(Error::Different(differences)) }
    }

    /// What the target must know beyond the rows.
    async fn settle(&self, source: &mut Source, target: &mut Target, report: &Report) -> Result<()> {
        let stored = source.side.setting(TOKEN_KEYS).await?;
        if let Some(sealed) = token_keys(&self.from.keys, &self.to.keys, stored.as_deref())? {
            target.side.set_setting(TOKEN_KEYS, sealed).await?;
        }
        target.side.set_setting(FILES, self.id.to_owned()).await?;
        // A backup is no place to roll back to.
        if matches!(self.from.place, Place::Backup(_)) {
            return Ok(());
        }
        let text = serde_json::to_string(report).map_err(|_| Error::Interrupted)?;
        target.side.set_setting(REPORT, text).await
    }
}
