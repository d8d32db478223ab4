//! Row-level security: who calls decides what is seen.

use puente_domain::{KeyId, Principal, Role, Subject};
use puente_source_sql::SqlConnector;
use puente_sources::Connector;
use serde_json::{Value, json};

use super::{Database, expenses};
use crate::support::{call_as, connect, definition};

fn principal(name: &str) -> Principal {
    Principal { subject: Subject::Key(KeyId::new()), name: name.into(), role: Role::Member, ..Principal::anonymous() }
}

async fn secured() -> Database {
    let database = expenses().await;
    database
        .execute(
            "ALTER TABLE companies ENABLE ROW LEVEL SECURITY;
             CREATE POLICY own ON companies USING (name = current_setting('app.user', true))",
        )
        .await;
    database
}

fn settings(database: &Database) -> Value {
    let mut settings = database.settings();
    settings["identity"] =
        json!({"settings": {"app.user": "principal.name", "app.role": "principal.role", "app.id": "principal.id"}});
    settings["pool"] = json!({"max": 1});
    settings
}

#[tokio::test]
async fn two_callers_see_different_rows_on_one_connection() {
    let database = secured().await;
    let tools = json!({
        "companies": {"sql": "SELECT name FROM companies"},
        "me": {"sql": "SELECT current_setting('app.user') AS u, current_setting('app.role') AS role, current_setting('app.id') AS id"},
    });
    let source = connect(&settings(&database), &tools).await;
    let (acme, globex) = (principal("Acme"), principal("Globex"));
    let nobody = principal("x', true), set_config('app.user', 'Acme");
    for _ in 0..2 {
        let rows = call_as(&*source, &acme, "companies", &json!({})).await.unwrap();
        assert_eq!(rows["rows"], json!([{"name": "Acme"}]));
        let rows = call_as(&*source, &globex, "companies", &json!({})).await.unwrap();
        assert_eq!(rows["rows"], json!([{"name": "Globex"}]));
        let rows = call_as(&*source, &nobody, "companies", &json!({})).await.unwrap();
        assert_eq!(rows["rows"], json!([]));
    }
    let Subject::Key(id) = acme.subject else { unreachable!() };
    let me = call_as(&*source, &acme, "me", &json!({})).await.unwrap();
    assert_eq!(me["rows"], json!([{"u": "Acme", "role": "member", "id": id.to_string()}]));
}

#[tokio::test]
async fn a_statement_cannot_take_another_identity_and_explore_is_refused() {
    let database = secured().await;
    let mut settings = settings(&database);
    let tools = json!({"sneaky": {"sql": "SELECT name FROM companies, set_config('app.user', 'Globex', true)"}});
    let findings = SqlConnector.check(&definition(&settings, &tools));
    assert!(findings[0].message.contains("set_config is not allowed"), "{findings:?}");
    settings["explore"] = json!({"url": database.url()});
    let findings = SqlConnector.check(&definition(&settings, &json!({})));
    assert_eq!(findings[0].location.0, "explore");
}
