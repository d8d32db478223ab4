//! The searches of the audit trail use their indexes: PostgreSQL counts how often each index was scanned, and how often
//! the table was read from one end to the other.

use std::{collections::BTreeMap, time::Duration};

use puente_domain::{
    AuditId, Subject, Timestamp, UserId,
    audit::{AuditEvent, Outcome},
};
use puente_storage::{AuditFilter, Page, Storage};
use puente_storage_postgres::{PostgresOptions, connect};
use puente_test_support::postgres::Postgres;

/// Enough for PostgreSQL to prefer an index.
const EVENTS: u32 = 20_000;

fn event(number: u32) -> AuditEvent {
    let of = |count: u32| number % count;
    AuditEvent {
        id: AuditId::new(),
        at: Timestamp::from_micros(1_795_496_400_000_000) + Duration::from_secs(number.into()),
        subject: Subject::User(UserId(uuid::Uuid::from_u128(of(200).into()))),
        principal: format!("caller-{}", of(200)),
        action: if of(2000) == 7 { "auth/token" } else { "tools/call" }.to_owned(),
        target: format!("erp.tool_{}", of(200)),
        server: Some(if of(2000) == 9 { "finance" } else { "default" }.to_owned()),
        arguments_hash: None,
        arguments: None,
        outcome: if of(1000) == 0 { Outcome::Error } else { Outcome::Ok },
        detail: None,
        duration_us: 1,
        source_us: 1,
        bytes: 1,
        cached: false,
        request_id: None,
        address: None,
    }
}

async fn filled() -> String {
    let url = Postgres::shared().create_database().await.unwrap();
    let storage = connect(&url, PostgresOptions::default()).await.unwrap();
    let mut transaction = storage.write().await.unwrap();
    let events: Vec<_> = (0..EVENTS).map(|number| event(number).into()).collect();
    for group in events.chunks(2000) {
        transaction.audit().add(group).await.unwrap();
    }
    transaction.save().await.unwrap();
    storage.close().await;
    Postgres::execute(&url, "VACUUM ANALYZE audit_events").await.unwrap();
    Postgres::execute(&url, "CREATE TABLE mark (seen boolean)").await.unwrap();
    url
}

/// How often each index was scanned, and the table, by name.
type Scans = BTreeMap<String, i64>;

/// Reads what PostgreSQL counts. A connection tells what it did when it ends, and PostgreSQL 14 takes its time to pass it
/// on: so a look at the table `mark` follows, and once that was counted, all before it was.
struct Counter {
    url: String,
    marks: i64,
}

impl Counter {
    async fn read(&mut self) -> Scans {
        let connected = "SELECT 'connected' FROM pg_stat_activity
                         WHERE application_name = 'puente' AND datname = current_database()";
        while !Postgres::column(&self.url, connected).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Postgres::column(&self.url, "SELECT 'seen' FROM mark").await.unwrap();
        self.marks += 1;
        loop {
            let scans = self.look().await;
            if scans["mark"] == self.marks {
                return scans;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn look(&self) -> Scans {
        let scans = "SELECT indexrelname || ' ' || idx_scan FROM pg_stat_user_indexes WHERE relname = 'audit_events'
                     UNION ALL SELECT relname || ' ' || seq_scan FROM pg_stat_user_tables
                     WHERE relname IN ('audit_events', 'mark')";
        let scans = Postgres::column(&self.url, scans).await.unwrap();
        let entry = |scan: &String| scan.split_once(' ').map(|(name, count)| (name.to_owned(), count.parse().unwrap()));
        scans.iter().filter_map(entry).collect()
    }
}

#[tokio::test]
async fn every_search_of_the_trail_uses_its_index() {
    let url = filled().await;
    let none = AuditFilter::default();
    let moment = Timestamp::from_micros(1_795_496_400_000_000) + Duration::from_secs(100);
    let subject = Subject::User(UserId(uuid::Uuid::from_u128(7)));
    let searches = [
        ("audit_events_at", none.clone()),
        ("audit_events_at", AuditFilter { until: Some(moment), ..none.clone() }),
        ("audit_events_subject", AuditFilter { subject: Some(subject), ..none.clone() }),
        ("audit_events_target", AuditFilter { target: Some("erp.tool_7".to_owned()), ..none.clone() }),
        ("audit_events_not_ok", AuditFilter { outcome: Some(Outcome::Error), ..none.clone() }),
        ("audit_events_name", AuditFilter { principal: Some("LLER-17".to_owned()), ..none.clone() }),
        ("audit_events_name", AuditFilter { principal: Some("nobody".to_owned()), ..none.clone() }),
        ("audit_events_target", AuditFilter { target: Some("erp.tool_17*".to_owned()), ..none.clone() }),
        ("audit_events_target", AuditFilter { target: Some("crm.*".to_owned()), ..none.clone() }),
        ("audit_events_action", AuditFilter { action: Some("auth/token".to_owned()), ..none.clone() }),
        ("audit_events_action", AuditFilter { action: Some("nothing".to_owned()), ..none.clone() }),
        ("audit_events_server", AuditFilter { server: Some("finance".to_owned()), ..none.clone() }),
        ("audit_events_server", AuditFilter { server: Some("nothing".to_owned()), ..none }),
    ];
    let mut counter = Counter { url: url.clone(), marks: 0 };
    let mut before = counter.read().await;
    for (index, filter) in searches {
        let storage = connect(&url, PostgresOptions::default()).await.unwrap();
        let page = Page { after: None, limit: 50 };
        storage.read().await.unwrap().audit().list(&filter, &page).await.unwrap();
        storage.close().await;
        let after = counter.read().await;
        let scanned: Vec<_> =
            after.iter().filter(|(name, count)| before[*name] != **count && *name != "mark").collect();
        assert!(matches!(scanned[..], [(name, _)] if name == index), "{filter:?}: {scanned:?} instead of {index}");
        before = after;
    }
}
