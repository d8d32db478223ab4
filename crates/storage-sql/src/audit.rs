//! The audit trail.

use async_trait::async_trait;
use puente_domain::{
    AuditId, Subject, Timestamp,
    audit::{AuditEvent, Outcome},
};
use puente_storage::{AuditFilter, AuditRepository, Page, Result, Slice, StorageError};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    audit_filter::push_conditions,
    audit_insert::Texts,
    column, page,
    subject::{subject, subject_text},
    text::{fold, storable},
};

#[derive(sqlx::FromRow)]
struct Row {
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

impl SqlTransaction {
    /// The moment of an event, from which a page goes on.
    async fn event_at(&mut self, id: Uuid) -> Result<Option<Time>> {
        let at = sqlx::query_scalar!(r#"SELECT at AS "at!: Time" FROM audit_events WHERE id = $1"#, id);
        at.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))
    }
}

#[async_trait]
impl AuditRepository for SqlTransaction {
    async fn add(&mut self, events: &[AuditEvent]) -> Result<()> {
        self.insert_events(events).await
    }

    async fn complete(&mut self, event: &AuditEvent) -> Result<bool> {
        let texts = Texts::try_from(event)?;
        let completed = sqlx::query!(
            "UPDATE audit_events
             SET at = $1, subject = $2, principal = $3, principal_search = $4, action = $5, target = $6, server = $7,
                 arguments_hash = $8, arguments = $9, outcome = $10, detail = $11, duration_us = $12, source_us = $13,
                 bytes = $14, cached = $15, request_id = $16, address = $17
             WHERE id = $18 AND outcome = 'unknown'",
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
        let mut query = QueryBuilder::new(
            "SELECT id, at, subject, principal, action, target, server, arguments_hash, arguments, outcome, detail,
                    duration_us, source_us, bytes, cached, request_id, address
             FROM audit_events",
        );
        push_conditions(&mut query, filter)?;
        if page.after.is_some() {
            let after = page::after_id(page)?;
            let Some(at) = self.event_at(after).await? else {
                return Ok(Slice { items: Vec::new(), next: None });
            };
            query.push(" AND (at, id) < (").push_bind(at).push(", ").push_bind(after).push(")");
        }
        query.push(" ORDER BY at DESC, id DESC LIMIT ").push_bind(page::limit(page));
        let rows: Vec<Row> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |event: &AuditEvent| event.id.to_string())
    }

    async fn count(&mut self, filter: &AuditFilter, at_most: u64) -> Result<u64> {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM audit_events");
        push_conditions(&mut query, filter)?;
        query.push(" LIMIT ").push_bind(i64::try_from(at_most).unwrap_or(i64::MAX)).push(") AS matching");
        let count: i64 =
            query.build_query_scalar().fetch_one(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(count.unsigned_abs())
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
            "UPDATE audit_events SET subject = $1, principal = $2, principal_search = $3 WHERE subject = $4",
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
