//! Pages of the events of many callers.

use puente_storage::{AuditFilter, Page, Result};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    audit_filter::{Among, push_period},
    audit_list::push_after,
    page,
};

/// So many of the newest events are looked through before callers are looked up by name.
const NEWEST: i64 = 10_000;
/// A statement has so many parts at most; a longer page is found by going through the events.
const PARTS: i64 = 200;

impl SqlTransaction {
    /// Where a page is found whose callers' names match: among all events if it is soon complete, else among those of the
    /// callers whose newest events are the newest. As many callers as a page has rows are enough.
    pub(super) async fn callers_of_page(
        &mut self,
        pattern: &str,
        filter: &AuditFilter,
        after: Option<(Time, Uuid)>,
        page: &Page,
    ) -> Result<Vec<Among>> {
        let limit = page::limit(page);
        let AuditFilter { subject, principal: _, action, target, server, outcome, since: _, until: _ } = filter;
        let more = subject.is_some() || action.is_some() || target.is_some() || server.is_some() || outcome.is_some();
        if more || limit > PARTS || self.newest_with(pattern, filter, after, limit).await? == limit {
            return Ok(vec![Among::CallersLike(pattern.to_owned())]);
        }
        let mut query = QueryBuilder::new(
            "WITH RECURSIVE names(name) AS (
                 SELECT MIN(principal_search) FROM audit_events
                 UNION ALL
                 SELECT (SELECT MIN(principal_search) FROM audit_events WHERE principal_search > names.name)
                 FROM names WHERE names.name IS NOT NULL
             )
             SELECT names.name FROM names CROSS JOIN audit_events AS newest
             WHERE newest.id = (SELECT id FROM audit_events WHERE principal_search = names.name",
        );
        push_period(&mut query, filter);
        push_after(&mut query, after);
        query.push(" ORDER BY at DESC, id DESC LIMIT 1) AND names.name LIKE ").push_bind(pattern.to_owned());
        query.push(r" ESCAPE '\' ORDER BY newest.at DESC, newest.id DESC LIMIT ").push_bind(limit);
        let names: Vec<String> =
            query.build_query_scalar().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(names.into_iter().map(Among::Caller).collect())
    }

    /// How many of the newest events are of callers whose names match, counted up to `limit`.
    async fn newest_with(
        &mut self,
        pattern: &str,
        filter: &AuditFilter,
        after: Option<(Time, Uuid)>,
        limit: i64,
    ) -> Result<i64> {
        let mut query = QueryBuilder::new(
            "SELECT COUNT(*) FROM (SELECT 1 FROM (SELECT principal_search FROM audit_events WHERE TRUE",
        );
        push_period(&mut query, filter);
        push_after(&mut query, after);
        query.push(" ORDER BY at DESC, id DESC LIMIT ").push_bind(NEWEST);
        query.push(") AS newest WHERE principal_search LIKE ").push_bind(pattern.to_owned());
        query.push(r" ESCAPE '\' LIMIT ").push_bind(limit).push(") AS matching");
        query.build_query_scalar().fetch_one(self.connection()).await.map_err(|error| self.fail(error))
    }
}
