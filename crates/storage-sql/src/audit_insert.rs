//! Adding events: many rows a statement, so that a group commit costs few round trips.

use puente_domain::{AuditId, audit::AuditEvent};
use puente_storage::{Marked, Result, StorageError};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    subject::subject_text,
    text::{fold, storable, storable_opt},
};

/// Rows a statement. Three sizes only, so that the prepared statements are found again.
const SIZES: [usize; 3] = [64, 8, 1];

/// An event's text, checked.
pub(super) struct Texts<'a> {
    pub(super) principal: &'a str,
    pub(super) action: &'a str,
    pub(super) target: &'a str,
    pub(super) server: Option<&'a str>,
    pub(super) arguments_hash: Option<&'a str>,
    pub(super) arguments: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
    pub(super) address: Option<&'a str>,
}

impl<'a> TryFrom<&'a AuditEvent> for Texts<'a> {
    type Error = StorageError;

    fn try_from(event: &'a AuditEvent) -> Result<Self> {
        Ok(Self {
            principal: storable("audit.principal", &event.principal)?,
            action: storable("audit.action", &event.action)?,
            target: storable("audit.target", &event.target)?,
            server: storable_opt("audit.server", event.server.as_deref())?,
            arguments_hash: storable_opt("audit.arguments_hash", event.arguments_hash.as_deref())?,
            arguments: storable_opt("audit.arguments", event.arguments.as_deref())?,
            detail: storable_opt("audit.detail", event.detail.as_deref())?,
            request_id: storable_opt("audit.request_id", event.request_id.as_deref())?,
            address: storable_opt("audit.address", event.address.as_deref())?,
        })
    }
}

/// The batch that an event's row names.
pub(super) fn batch_of(marked: &Marked) -> Option<Uuid> {
    marked.mark.as_ref().map(|mark| mark.batch.0)
}

/// The salt beside an event.
pub(super) fn salt_of(marked: &Marked) -> Option<&[u8]> {
    marked.mark.as_ref()?.salt.as_deref()
}

impl SqlTransaction {
    /// Adds events; none of them if one cannot be stored. Returns those that were not there.
    pub(super) async fn insert_events(&mut self, events: &[Marked]) -> Result<Vec<AuditId>> {
        let rows = events.iter().map(|row| Ok((row, Texts::try_from(&row.event)?))).collect::<Result<Vec<_>>>()?;
        let mut rest = &rows[..];
        let mut added = Vec::with_capacity(rows.len());
        for size in SIZES {
            while let Some((chunk, others)) = rest.split_at_checked(size) {
                added.extend(self.insert_chunk(chunk).await?);
                rest = others;
            }
        }
        Ok(added)
    }

    async fn insert_chunk(&mut self, rows: &[(&Marked, Texts<'_>)]) -> Result<Vec<AuditId>> {
        let mut query = QueryBuilder::new(
            "INSERT INTO audit_events (id, at, subject, principal, principal_search, action, target, server,
                                       arguments_hash, arguments, outcome, detail, duration_us, source_us, bytes,
                                       cached, request_id, address, batch, salt) ",
        );
        query.push_values(rows, |mut row, (marked, texts)| {
            let event = &marked.event;
            row.push_bind(event.id.0)
                .push_bind(Time(event.at))
                .push_bind(subject_text(event.subject))
                .push_bind(texts.principal)
                .push_bind(fold(texts.principal))
                .push_bind(texts.action)
                .push_bind(texts.target)
                .push_bind(texts.server)
                .push_bind(texts.arguments_hash)
                .push_bind(texts.arguments)
                .push_bind(event.outcome.as_str())
                .push_bind(texts.detail)
                .push_bind(event.duration_us)
                .push_bind(event.source_us)
                .push_bind(event.bytes)
                .push_bind(event.cached)
                .push_bind(texts.request_id)
                .push_bind(texts.address)
                .push_bind(batch_of(marked))
                .push_bind(salt_of(marked));
        });
        query.push(" ON CONFLICT (id) DO NOTHING RETURNING id");
        let added: Vec<Uuid> =
            query.build_query_scalar().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(added.into_iter().map(AuditId).collect())
    }
}
