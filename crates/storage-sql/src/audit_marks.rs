//! Events with what stands beside them, for those who prove the trail.

use puente_domain::{AuditBatchId, AuditId, Subject, Timestamp, audit::AuditEvent};
use puente_storage::{Marked, Result, Whereabouts};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    audit_chain_row::MarkedRow,
    audit_insert::{batch_of, salt_of},
    subject::subject_text,
    text::{fold, storable},
};
use crate::{Db, dialect::FOR_UPDATE};

const MARKED: &str =
    "SELECT id, at, subject, principal, action, target, server, arguments_hash, arguments, outcome, detail,
            duration_us, source_us, bytes, cached, request_id, address, batch, salt
     FROM audit_events WHERE ";

impl SqlTransaction {
    pub(super) async fn marked_of(&mut self, batches: &[AuditBatchId], limit: u32) -> Result<Vec<Marked>> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::new(MARKED);
        query.push("batch IN (");
        batches.iter().fold(&mut query.separated(", "), |list, id| list.push_bind(id.0));
        query.push(") LIMIT ").push_bind(i64::from(limit));
        self.marked_rows(query).await
    }

    pub(super) async fn locked_event(&mut self, event: AuditId) -> Result<Option<Marked>> {
        let mut query = QueryBuilder::new(MARKED);
        query.push("id = ").push_bind(event.0).push(FOR_UPDATE);
        Ok(self.marked_rows(query).await?.pop())
    }

    pub(super) async fn locked_of(&mut self, subject: Subject, limit: u32) -> Result<Vec<Marked>> {
        let mut query = QueryBuilder::new(MARKED);
        query.push("subject = ").push_bind(subject_text(subject)).push(" AND batch IS NOT NULL ORDER BY at, id LIMIT ");
        query.push_bind(i64::from(limit)).push(FOR_UPDATE);
        self.marked_rows(query).await
    }

    pub(super) async fn locked_unlisted(&mut self, limit: u32) -> Result<Vec<AuditEvent>> {
        let mut query = QueryBuilder::new(MARKED);
        query.push("batch IS NULL LIMIT ").push_bind(i64::from(limit)).push(FOR_UPDATE);
        Ok(self.marked_rows(query).await?.into_iter().map(|row| row.event).collect())
    }

    async fn marked_rows(&mut self, mut query: QueryBuilder<Db>) -> Result<Vec<Marked>> {
        let rows: Vec<MarkedRow> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(Marked::try_from).collect()
    }

    pub(super) async fn find_events(&mut self, events: &[AuditId]) -> Result<Vec<Whereabouts>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::new(
            "SELECT audit_events.id, audit_events.batch, audit_batches.seal
             FROM audit_events LEFT JOIN audit_batches ON audit_batches.id = audit_events.batch
             WHERE audit_events.id IN (",
        );
        events.iter().fold(&mut query.separated(", "), |list, id| list.push_bind(id.0));
        query.push(")");
        let rows: Vec<(Uuid, Option<Uuid>, Option<i64>)> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        let found = |(event, batch, seal): (Uuid, Option<Uuid>, Option<i64>)| Whereabouts {
            event: AuditId(event),
            batch: batch.map(AuditBatchId),
            seal,
        };
        Ok(rows.into_iter().map(found).collect())
    }

    pub(super) async fn stray_events(&mut self, limit: u32) -> Result<Vec<AuditId>> {
        let stray = sqlx::query_scalar!(
            r#"SELECT id AS "id!: Uuid" FROM audit_events WHERE batch IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM audit_batches WHERE audit_batches.id = audit_events.batch) LIMIT $1"#,
            i64::from(limit)
        );
        let stray = stray.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(stray.into_iter().map(AuditId).collect())
    }

    pub(super) async fn count_unlisted(&mut self, before: Timestamp) -> Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT COUNT(*) AS "count!: i64" FROM audit_events WHERE batch IS NULL AND at < $1"#,
            Time(before)
        );
        let count = count.fetch_one(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(count.unsigned_abs())
    }

    pub(super) async fn unlisted_events(&mut self, since: Option<Timestamp>, limit: u32) -> Result<Vec<AuditEvent>> {
        let mut query = QueryBuilder::new(MARKED);
        query.push("batch IS NULL");
        if let Some(since) = since {
            query.push(" AND at >= ").push_bind(Time(since));
        }
        query.push(" LIMIT ").push_bind(i64::from(limit));
        Ok(self.marked_rows(query).await?.into_iter().map(|row| row.event).collect())
    }

    pub(super) async fn remark_events(&mut self, events: &[Marked]) -> Result<()> {
        for marked in events {
            let event = &marked.event;
            let principal = storable("audit.principal", &event.principal)?;
            let remarked = sqlx::query!(
                "UPDATE audit_events SET subject = $1, principal = $2, principal_search = $3, batch = $4, salt = $5
                 WHERE id = $6",
                subject_text(event.subject),
                principal,
                fold(principal),
                batch_of(marked),
                salt_of(marked),
                event.id.0
            );
            remarked.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        }
        Ok(())
    }
}
