//! From every schema that ever was: what is in it survives, and this program reads it.

use std::path::Path;

use puente_storage::{AuditFilter, Page, Storage};
use puente_storage_postgres::{PostgresOptions, connect};
use puente_test_support::postgres::Postgres;
use sqlx::{Connection, Executor, PgConnection, migrate::Migrator};

/// One row in each of the tables that hold what cannot be made again, as the first schema has them.
const ROWS: &str = "
    INSERT INTO users (id, email, display_name, role, failed_logins, search, created_at, updated_at, version)
    VALUES ('00000000-0000-0000-0000-000000000007', 'ana@example.com', 'Ana', 'admin', 0, 'ana', now(), now(), 1);
    INSERT INTO secrets (name, key_id, sealed, updated_at) VALUES ('erp', 'k', '\\x01', now());
    INSERT INTO audit_events (id, at, subject, principal, principal_search, action, target, outcome, duration_us,
                              source_us, bytes, cached)
    VALUES ('00000000-0000-0000-0000-000000000007', now(), 'user:00000000-0000-0000-0000-000000000007', 'Ana', 'ana', 'tools/call', 'erp.list', 'ok', 1, 1,
            1, false);
";

#[tokio::test]
async fn every_earlier_schema_is_brought_up_to_date() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    let all: Vec<_> = Migrator::new(folder).await.unwrap().iter().cloned().collect();
    for count in 1..=all.len() {
        let url = Postgres::shared().create_database().await.unwrap();
        let mut connection = PgConnection::connect(&url).await.unwrap();
        Migrator::with_migrations(all[..count].to_vec()).run_direct(None, &mut connection, false).await.unwrap();
        connection.execute(ROWS).await.unwrap();
        connection.close().await.unwrap();

        let storage = connect(&url, PostgresOptions::default()).await.unwrap();
        let mut transaction = storage.read().await.unwrap();
        assert!(transaction.users().find("ana@example.com").await.unwrap().is_some(), "schema {count}");
        assert!(transaction.secrets().get("erp").await.unwrap().is_some(), "schema {count}");
        let page = Page { after: None, limit: 10 };
        let filter = AuditFilter { principal: Some("AN".to_owned()), ..AuditFilter::default() };
        assert_eq!(transaction.audit().list(&filter, &page).await.unwrap().items.len(), 1, "schema {count}");
        drop(transaction);
        storage.close().await;
    }
}
