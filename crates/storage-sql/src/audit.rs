//! The audit trail.

use async_trait::async_trait;
use puente_domain::{
    AuditId, Subject, Timestamp,
    audit::{AuditEvent, Outcome},
};
use puente_storage::{AuditFilter, AuditRepository, Marked, Page, Result, Slice, StorageError};
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    audit_insert::{Texts, batch_of, salt_of},
    column,
    subject::{subject, subject_text},
    text::{fold, storable},
};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    at: Time,
    subject: String,
    principal: String,
    action: String,
    target: String,
    server: Option<String>,
    arguments_hash: Option<String>,
    arguments: Option<String>,
    outcome: String,
    detail: Option<String>,
    duration_us: i64,
    source_us: i64,
    bytes: i64,
    cached: bool,
    request_id: Option<String>,
    address: Option<String>,
}

impl TryFrom<Row> for AuditEvent {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: AuditId(row.id),
            at: row.at.0,
            subject: subject("audit_events", &row.subject)?,
            principal: row.principal,
            action: row.action,
            target: row.target,
            server: row.server,
            arguments_hash: row.arguments_hash,
            arguments: row.arguments,
            outcome: outcome(&row.outcome)?,
            detail: row.detail,
            duration_us: row.duration_us,
            source_us: row.source_us,
            bytes: row.bytes,
            cached: row.cached,
            request_id: row.request_id,
            address: row.address,
        })
    }
}

fn outcome(text: &str) -> Result<Outcome> {
    Outcome::ALL
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
        .ok_or_else(|| column::inconsistent("audit_events", &format_args!("'{text}' is no outcome")))
}

#[async_trait]
impl AuditRepository for SqlTransaction {
    async fn add(&mut self, events: &[Marked]) -> Result<Vec<AuditId>> {
        self.insert_events(events).await
    }

    async fn complete(&mut self, marked: &Marked) -> Result<bool> {
        let event = &marked.event;
        let texts = Texts::try_from(event)?;
        let completed = sqlx::query!(
            "UPDATE audit_events
             SET at = $1, subject = $2, principal = $3, principal_search = $4, action = $5, target = $6, server = $7,
                 arguments_hash = $8, arguments = $9, outcome = $10, detail = $11, duration_us = $12, source_us = $13,
                 bytes = $14, cached = $15, request_id = $16, address = $17, batch = $18, salt = $19
             WHERE id = $20 AND outcome = 'unknown'",
            Time(event.at),
            subject_text(event.subject),
            texts.principal,
            fold(texts.principal),
            texts.action,
            texts.target,
            texts.server,
            texts.arguments_hash,
            texts.arguments,
            event.outcome.as_str(),
            texts.detail,
            event.duration_us,
            event.source_us,
            event.bytes,
            event.cached,
            texts.request_id,
            texts.address,
            batch_of(marked),
            salt_of(marked),
            event.id.0
        );
        let completed = completed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(completed.rows_affected() > 0)
    }

    async fn get(&mut self, id: AuditId) -> Result<Option<AuditEvent>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", at AS "at!: Time", subject, principal, action, target, server, arguments_hash,
                      arguments, outcome, detail, duration_us AS "duration_us!: i64", source_us AS "source_us!: i64",
                      bytes AS "bytes!: i64", cached AS "cached!: bool", request_id, address
               FROM audit_events WHERE id = $1"#,
            id.0
        );
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(AuditEvent::try_from).transpose()
    }

    async fn list(&mut self, filter: &AuditFilter, page: &Page) -> Result<Slice<AuditEvent>> {
        self.list_events(filter, page).await
    }

    async fn follow(
        &mut self,
        filter: &AuditFilter,
        after: Option<(Timestamp, AuditId)>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>> {
        self.follow_events(filter, after, limit).await
    }

    async fn count(&mut self, filter: &AuditFilter, at_most: u64) -> Result<u64> {
        self.count_events(filter, at_most).await
    }

    async fn totals(&mut self, since: Timestamp, limit: u32) -> Result<Vec<(String, u64, u64, u64)>> {
        let totals = sqlx::query!(
            r#"SELECT target, COUNT(*) AS "calls!: i64",
                      CAST(SUM(CASE WHEN outcome IN ('error', 'timed_out') THEN 1 ELSE 0 END) AS BIGINT) AS "errors!: i64",
                      CAST(SUM(duration_us) AS BIGINT) AS "duration_us!: i64"
               FROM audit_events WHERE at >= $1 AND action = 'tools/call'
               GROUP BY target ORDER BY COUNT(*) DESC, target LIMIT $2"#,
            Time(since),
            i64::from(limit)
        );
        let totals = totals.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok(totals
            .into_iter()
            .map(|row| (row.target, count(row.calls), count(row.errors), count(row.duration_us)))
            .collect())
    }

    async fn pseudonymise(&mut self, subject: Subject, pseudonym: &str) -> Result<u64> {
        let changed = sqlx::query!(
            "UPDATE audit_events SET subject = $1, principal = $2, principal_search = $3, salt = NULL WHERE subject = $4",
            subject_text(Subject::Anonymous),
            storable("audit.principal", pseudonym)?,
            fold(pseudonym),
            subject_text(subject)
        );
        let changed = changed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(changed.rows_affected())
    }

    async fn prune(&mut self, before: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!("DELETE FROM audit_events WHERE at < $1", Time(before));
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }
}
