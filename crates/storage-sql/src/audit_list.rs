//! Which events: newest first, page by page, and how many.

use puente_domain::{AuditId, Timestamp, audit::AuditEvent};
use puente_storage::{AuditFilter, Page, Result, Slice};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    audit::Row,
    audit_filter::{Among, indexed, push_conditions},
    page,
    text::{pattern, storable},
};
use crate::Db;

const SELECT: &str =
    "SELECT id, at, subject, principal, action, target, server, arguments_hash, arguments, outcome, detail,
        duration_us, source_us, bytes, cached, request_id, address
 FROM audit_events";

/// If a part of a name is in so many names or fewer, the events of each are looked up by index; for more see
/// [`SqlTransaction::callers_of_page`]. If a target starts so, the same; more targets have so many events that going through
/// the newest ones finds a page of them soon.
const FEW: usize = 50;

impl SqlTransaction {
    pub(super) async fn list_events(&mut self, filter: &AuditFilter, page: &Page) -> Result<Slice<AuditEvent>> {
        let mut groups = self.groups(filter).await?;
        let mut after = None;
        if page.after.is_some() {
            let id = page::after_id(page)?;
            let Some(at) = self.event_at(id).await? else { return Ok(Slice { items: Vec::new(), next: None }) };
            after = Some((at, id));
        }
        if let [Among::CallersLike(pattern)] = groups.as_slice() {
            groups = self.callers_of_page(pattern, filter, after, page).await?;
        }
        if groups.is_empty() {
            return Ok(Slice { items: Vec::new(), next: None });
        }
        let mut query = QueryBuilder::new("SELECT * FROM (");
        for (index, among) in groups.iter().enumerate() {
            query.push(if index == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            push_page(&mut query, filter, among, after, page)?;
            query.push(") AS one_group");
        }
        query.push(") AS all_groups ORDER BY at DESC, id DESC LIMIT ").push_bind(page::limit(page));
        let rows: Vec<Row> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |event: &AuditEvent| event.id.to_string())
    }

    pub(super) async fn follow_events(
        &mut self,
        filter: &AuditFilter,
        after: Option<(Timestamp, AuditId)>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>> {
        let among = match &filter.principal {
            Some(part) => Among::CallersLike(pattern(Some(part))?),
            None => Among::All,
        };
        let mut query = QueryBuilder::new(SELECT);
        push_conditions(&mut query, filter, &among)?;
        if let Some((at, id)) = after {
            query.push(" AND (at, id) > (").push_bind(Time(at)).push(", ").push_bind(id.0).push(")");
        }
        query.push(" ORDER BY at, id LIMIT ").push_bind(i64::from(limit));
        let rows: Vec<Row> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(AuditEvent::try_from).collect()
    }

    pub(super) async fn count_events(&mut self, filter: &AuditFilter, at_most: u64) -> Result<u64> {
        let limit = i64::try_from(at_most).unwrap_or(i64::MAX);
        let mut found = 0;
        for among in self.groups(filter).await? {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM audit_events");
            push_conditions(&mut query, filter, &among)?;
            query.push(" LIMIT ").push_bind(limit - found).push(") AS matching");
            let count: i64 =
                query.build_query_scalar().fetch_one(self.connection()).await.map_err(|error| self.fail(error))?;
            found += count;
        }
        Ok(found.unsigned_abs())
    }

    /// Where the events that the filter means are found: nowhere if no name has that part, or no target starts so.
    async fn groups(&mut self, filter: &AuditFilter) -> Result<Vec<Among>> {
        if let Some(part) = &filter.principal {
            let pattern = pattern(Some(part))?;
            let names = self.names_like(&pattern, FEW + 1).await?;
            if names.len() > FEW {
                return Ok(vec![Among::CallersLike(pattern)]);
            }
            return Ok(names.into_iter().map(Among::Caller).collect());
        }
        if let Some(start) = filter.target.as_deref().and_then(|target| target.strip_suffix('*')) {
            let targets = self.targets_from(&indexed(storable("audit.target", start)?), FEW + 1).await?;
            if targets.len() <= FEW {
                return Ok(targets.into_iter().map(Among::Target).collect());
            }
        }
        Ok(vec![Among::All])
    }

    /// The different names that match, found by jumping through the index from one to the next.
    async fn names_like(&mut self, pattern: &str, at_most: usize) -> Result<Vec<String>> {
        let names = sqlx::query_scalar!(
            r#"WITH RECURSIVE names(name) AS (
                   SELECT MIN(principal_search) FROM audit_events
                   UNION ALL
                   SELECT (SELECT MIN(principal_search) FROM audit_events WHERE principal_search > names.name)
                   FROM names WHERE names.name IS NOT NULL
               )
               SELECT name AS "name!: String" FROM names WHERE name LIKE $1 ESCAPE '\' LIMIT $2"#,
            pattern,
            i64::try_from(at_most).unwrap_or(i64::MAX)
        );
        names.fetch_all(self.connection()).await.map_err(|error| self.fail(error))
    }

    /// The different targets that start so, as the index has them, found in the same way.
    async fn targets_from(&mut self, start: &str, at_most: usize) -> Result<Vec<String>> {
        let targets = sqlx::query_scalar!(
            r#"WITH RECURSIVE targets(target) AS (
                   SELECT MIN(target_start) FROM audit_events WHERE target_start >= $1
                   UNION ALL
                   SELECT (SELECT MIN(target_start) FROM audit_events WHERE target_start > targets.target)
                   FROM targets WHERE substr(targets.target, 1, length($1)) = $1
               )
               SELECT target AS "target!: String" FROM targets WHERE substr(target, 1, length($1)) = $1 LIMIT $2"#,
            start,
            i64::try_from(at_most).unwrap_or(i64::MAX)
        );
        targets.fetch_all(self.connection()).await.map_err(|error| self.fail(error))
    }

    /// The moment of an event, from which a page goes on.
    async fn event_at(&mut self, id: Uuid) -> Result<Option<Time>> {
        let at = sqlx::query_scalar!(r#"SELECT at AS "at!: Time" FROM audit_events WHERE id = $1"#, id);
        at.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))
    }
}

fn push_page(
    query: &mut QueryBuilder<Db>,
    filter: &AuditFilter,
    among: &Among,
    after: Option<(Time, Uuid)>,
    page: &Page,
) -> Result<()> {
    query.push(SELECT);
    push_conditions(query, filter, among)?;
    push_after(query, after);
    query.push(" ORDER BY at DESC, id DESC LIMIT ").push_bind(page::limit(page));
    Ok(())
}

/// Appends ` AND …` for what comes behind the event at which the page before has ended.
pub(super) fn push_after(query: &mut QueryBuilder<Db>, after: Option<(Time, Uuid)>) {
    if let Some((at, id)) = after {
        query.push(" AND (at, id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
}
