//! Batches, seals, the head of the chain, and their keys.

use async_trait::async_trait;
use puente_domain::{AuditBatchId, AuditId, Subject, Timestamp, audit::AuditEvent};
use puente_storage::{AuditChainRepository, AuditKey, Batch, Claimed, Head, Marked, Result, Seal, Whereabouts};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    audit_chain_row::{BatchRow, HeadRow, KeyRow, SealRow},
};

/// The one head.
const TRAIL: &str = "trail";

#[async_trait]
impl AuditChainRepository for SqlTransaction {
    async fn keys(&mut self) -> Result<Vec<AuditKey>> {
        let keys = sqlx::query_as!(
            KeyRow,
            r#"SELECT id AS "id!: Uuid", sealed AS "sealed!: Vec<u8>", created_at AS "created_at!: Time"
               FROM audit_keys ORDER BY id"#
        );
        let keys = keys.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(keys.into_iter().map(AuditKey::from).collect())
    }

    async fn put_key(&mut self, key: &AuditKey) -> Result<()> {
        let put = sqlx::query!(
            "INSERT INTO audit_keys (id, sealed, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
            key.id.0,
            &key.sealed[..],
            Time(key.created_at)
        );
        put.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn add_batch(&mut self, batch: &Batch) -> Result<()> {
        let added = sqlx::query!(
            "INSERT INTO audit_batches (id, key_id, entries, newest, mac) VALUES ($1, $2, $3, $4, $5)",
            batch.id.0,
            batch.key.0,
            &batch.entries[..],
            Time(batch.newest),
            &batch.mac[..]
        );
        let added = added.execute(self.connection()).await;
        added.map_err(|error| self.fail_reference(error, "the audit trail's key"))?;
        Ok(())
    }

    async fn batches(&mut self, ids: &[AuditBatchId]) -> Result<Vec<Batch>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query =
            QueryBuilder::new("SELECT id, key_id, entries, newest, mac, seal FROM audit_batches WHERE id IN (");
        ids.iter().fold(&mut query.separated(", "), |list, id| list.push_bind(id.0));
        query.push(") ORDER BY id");
        let rows: Vec<BatchRow> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(rows.into_iter().map(Batch::from).collect())
    }

    async fn batches_of(&mut self, seal: Option<i64>, after: Option<AuditBatchId>, limit: u32) -> Result<Vec<Batch>> {
        let mut query =
            QueryBuilder::new("SELECT id, key_id, entries, newest, mac, seal FROM audit_batches WHERE seal ");
        match seal {
            Some(number) => query.push("= ").push_bind(number),
            None => query.push("IS NULL"),
        };
        query.push(" AND id > ").push_bind(after.map_or(Uuid::nil(), |id| id.0));
        query.push(" ORDER BY id LIMIT ").push_bind(i64::from(limit));
        let rows: Vec<BatchRow> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(rows.into_iter().map(Batch::from).collect())
    }

    async fn batches_outside(&mut self, first: i64, last: i64, limit: u32) -> Result<Vec<AuditBatchId>> {
        let outside = sqlx::query_scalar!(
            r#"SELECT id AS "id!: Uuid" FROM audit_batches WHERE seal <= $1 OR seal > $2 ORDER BY id LIMIT $3"#,
            first,
            last,
            i64::from(limit)
        );
        let outside = outside.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(outside.into_iter().map(AuditBatchId).collect())
    }

    async fn claim(&mut self, seal: i64, limit: u32) -> Result<Vec<Claimed>> {
        let claimed = sqlx::query!(
            r#"UPDATE audit_batches SET seal = $1
               WHERE id IN (SELECT id FROM audit_batches WHERE seal IS NULL ORDER BY id LIMIT $2)
               RETURNING id AS "id!: Uuid", CAST(length(entries) AS BIGINT) AS "length!: i64", newest AS "newest!: Time",
                         mac AS "mac!: Vec<u8>""#,
            seal,
            i64::from(limit)
        );
        let claimed = claimed.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        let claimed = claimed.into_iter().map(|row| Claimed {
            id: AuditBatchId(row.id),
            length: row.length,
            newest: row.newest.0,
            mac: row.mac,
        });
        Ok(claimed.collect())
    }

    async fn head(&mut self) -> Result<Option<Head>> {
        let head = sqlx::query_as!(
            HeadRow,
            r#"SELECT key_id AS "key_id!: Uuid", began_at AS "began_at?: Time", pruned_before AS "pruned_before?: Time",
                      pruned_number AS "pruned_number!: i64", pruned_hash AS "pruned_hash!: Vec<u8>",
                      number AS "number!: i64", hash AS "hash!: Vec<u8>", mac AS "mac!: Vec<u8>"
               FROM audit_head WHERE name = $1"#,
            TRAIL
        );
        let head = head.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(head.map(Head::from))
    }

    async fn lock_head(&mut self) -> Result<Option<Head>> {
        let head = sqlx::query_as!(
            HeadRow,
            r#"UPDATE audit_head SET number = number WHERE name = $1
               RETURNING key_id AS "key_id!: Uuid", began_at AS "began_at?: Time",
                         pruned_before AS "pruned_before?: Time", pruned_number AS "pruned_number!: i64",
                         pruned_hash AS "pruned_hash!: Vec<u8>", number AS "number!: i64", hash AS "hash!: Vec<u8>",
                         mac AS "mac!: Vec<u8>""#,
            TRAIL
        );
        let head = head.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(head.map(Head::from))
    }

    async fn add_head(&mut self, head: &Head) -> Result<bool> {
        let added = sqlx::query!(
            "INSERT INTO audit_head (name, key_id, began_at, pruned_before, pruned_number, pruned_hash, number, hash, mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING",
            TRAIL,
            head.key.0,
            head.began_at.map(Time) as Option<Time>,
            head.pruned_before.map(Time) as Option<Time>,
            head.pruned_number,
            &head.pruned_hash[..],
            head.number,
            &head.hash[..],
            &head.mac[..]
        );
        let added = added.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(added.rows_affected() > 0)
    }

    async fn put_head(&mut self, head: &Head) -> Result<()> {
        let put = sqlx::query!(
            "UPDATE audit_head SET key_id = $2, began_at = $3, pruned_before = $4, pruned_number = $5, pruned_hash = $6,
                                   number = $7, hash = $8, mac = $9
             WHERE name = $1",
            TRAIL,
            head.key.0,
            head.began_at.map(Time) as Option<Time>,
            head.pruned_before.map(Time) as Option<Time>,
            head.pruned_number,
            &head.pruned_hash[..],
            head.number,
            &head.hash[..],
            &head.mac[..]
        );
        put.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn has_links(&mut self) -> Result<bool> {
        let links = sqlx::query_scalar!(
            r#"SELECT COUNT(*) AS "count!: i64" FROM (
                   SELECT 1 AS link FROM audit_seals UNION ALL SELECT 1 FROM audit_batches WHERE seal IS NOT NULL LIMIT 1
               ) AS links"#
        );
        Ok(links.fetch_one(self.connection()).await.map_err(|error| self.fail(error))? > 0)
    }

    async fn add_seal(&mut self, seal: &Seal) -> Result<()> {
        let added = sqlx::query!(
            "INSERT INTO audit_seals (number, key_id, at, newest, batches, previous, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            seal.number,
            seal.key.0,
            Time(seal.at),
            Time(seal.newest),
            &seal.batches[..],
            &seal.previous[..],
            &seal.hash[..]
        );
        added.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn seals(&mut self, after: i64, limit: u32) -> Result<Vec<Seal>> {
        let seals = sqlx::query_as!(
            SealRow,
            r#"SELECT number AS "number!: i64", key_id AS "key_id!: Uuid", at AS "at!: Time", newest AS "newest!: Time",
                      batches AS "batches!: Vec<u8>", previous AS "previous!: Vec<u8>", hash AS "hash!: Vec<u8>"
               FROM audit_seals WHERE number > $1 ORDER BY number LIMIT $2"#,
            after,
            i64::from(limit)
        );
        let seals = seals.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(seals.into_iter().map(Seal::from).collect())
    }

    async fn last_seal(&mut self) -> Result<Option<Seal>> {
        let last = sqlx::query_scalar!(r#"SELECT MAX(number) AS "number: i64" FROM audit_seals"#);
        let last = last.fetch_one(self.connection()).await.map_err(|error| self.fail(error))?;
        match last {
            Some(last) => Ok(self.seals(last - 1, 1).await?.pop()),
            None => Ok(None),
        }
    }

    async fn first_seal_since(&mut self, moment: Timestamp) -> Result<Option<i64>> {
        let first = sqlx::query_scalar!(
            r#"SELECT number AS "number!: i64" FROM audit_seals WHERE newest >= $1 ORDER BY number LIMIT 1"#,
            Time(moment)
        );
        first.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))
    }

    async fn prune_seals(&mut self, last: i64) -> Result<()> {
        let batches = sqlx::query!("DELETE FROM audit_batches WHERE seal <= $1", last);
        batches.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        let seals = sqlx::query!("DELETE FROM audit_seals WHERE number <= $1", last);
        seals.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn events_of(&mut self, batches: &[AuditBatchId], limit: u32) -> Result<Vec<Marked>> {
        self.marked_of(batches, limit).await
    }

    async fn whereabouts(&mut self, events: &[AuditId]) -> Result<Vec<Whereabouts>> {
        self.find_events(events).await
    }

    async fn stray(&mut self, limit: u32) -> Result<Vec<AuditId>> {
        self.stray_events(limit).await
    }

    async fn unlisted_before(&mut self, moment: Timestamp) -> Result<u64> {
        self.count_unlisted(moment).await
    }

    async fn unlisted(&mut self, since: Option<Timestamp>, limit: u32) -> Result<Vec<AuditEvent>> {
        self.unlisted_events(since, limit).await
    }

    async fn lock_unlisted(&mut self, limit: u32) -> Result<Vec<AuditEvent>> {
        self.locked_unlisted(limit).await
    }

    async fn lock(&mut self, event: AuditId) -> Result<Option<Marked>> {
        self.locked_event(event).await
    }

    async fn lock_listed_of(&mut self, subject: Subject, limit: u32) -> Result<Vec<Marked>> {
        self.locked_of(subject, limit).await
    }

    async fn remark(&mut self, events: &[Marked]) -> Result<()> {
        self.remark_events(events).await
    }
}
