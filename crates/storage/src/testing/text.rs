//! Text that breaks things.

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use puente_domain::{
    Subject,
    audit::AuditEvent,
    catalog::SourceRecord,
    job::{JobRecord, ScheduleRecord},
    server::VirtualServer,
    session::McpSession,
    task::TaskRecord,
    team::Team,
    user::User,
};
use serde_json::{Map, Value};

use super::samples::{self, NOW, later, page, saved_user, user};
use crate::{AuditFilter, JobFilter, Result, SecretRecord, Storage, StorageError, ToolFilter};

const NASTY: [&str; 16] = [
    "",
    " ",
    " leading and trailing ",
    "'; DROP TABLE users; --",
    "\"quoted\" and `ticked`",
    "100% of _ and \\ and \\\\",
    "line\r\nfeed\ttab",
    "e\u{301} is not é",
    "👩‍👩‍👧‍👦 🇪🇺",
    "\u{202e}reversed\u{202c}",
    "\u{feff}bom",
    "\u{1}\u{7f}\u{9f}",
    "\u{ffff}\u{10ffff}",
    "$1 ?1 :name {} %s",
    "null",
    "\u{1f}",
];

/// Stores a text in a plain column, an optional one, inside JSON and in a searched one, and reads it back.
async fn round_trip(storage: &dyn Storage, text: &str) {
    let one = User {
        display_name: text.to_owned(),
        password_hash: Some(text.to_owned()),
        ..user(&format!("{}@example.com", puente_domain::UserId::new()))
    };
    let mut settings = Map::new();
    settings.insert(text.to_owned(), Value::String(text.to_owned()));
    let source = SourceRecord { description: text.to_owned(), settings, ..samples::source("nasty") };
    let mut tx = storage.write().await.unwrap();
    tx.users().add(&one).await.unwrap();
    tx.catalog().add_source(&source).await.unwrap();
    tx.versions().set_value(text, text).await.unwrap();
    assert_eq!(tx.users().get(one.id).await.unwrap().as_ref(), Some(&one), "{text:?}");
    assert_eq!(tx.catalog().source(source.id).await.unwrap(), Some(source), "{text:?}");
    assert_eq!(tx.versions().value(text).await.unwrap().as_deref(), Some(text), "{text:?}");
    let found = tx.users().list(Some(text), &page(None, 10)).await.unwrap();
    assert_eq!(found.items.iter().find(|found| found.id == one.id), Some(&one), "searching {text:?}");
    tx.cancel().await.unwrap();
}

/// Quotes, patterns, controls, emoji, combining and bidirectional characters.
pub async fn nasty_values_round_trip(storage: &dyn Storage) {
    for text in NASTY {
        round_trip(storage, text).await;
    }
}

/// Whatever proptest thinks of, NUL excepted.
pub async fn every_storable_string_round_trips(storage: &dyn Storage) {
    let mut runner = TestRunner::default();
    let strategy = proptest::collection::vec(proptest::char::any().prop_filter("NUL", |c| *c != '\0'), 0..40);
    for _ in 0..64 {
        let text: String = strategy.new_tree(&mut runner).unwrap().current().into_iter().collect();
        round_trip(storage, &text).await;
    }
}

fn refused<T: std::fmt::Debug>(result: &Result<T>, column: &str) {
    assert!(matches!(result, Err(StorageError::Unstorable(refused)) if *refused == column), "{column}: {result:?}");
}

/// In every column, and wherever text is looked for: PostgreSQL could not, so SQLite does not either.
pub async fn nul_is_refused_everywhere(storage: &dyn Storage) {
    let nul = || "a\0b".to_owned();
    let ana = saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    for (column, wrong) in [
        ("users.email", User { email: nul(), ..user("") }),
        ("users.display_name", User { display_name: nul(), ..user("x") }),
        ("users.password_hash", User { password_hash: Some(nul()), ..user("x") }),
    ] {
        refused(&tx.users().add(&wrong).await, column);
        refused(&tx.users().update(&wrong).await, column);
    }
    refused(&tx.users().find(&nul()).await, "users.email");
    refused(&tx.users().list(Some(&nul()), &page(None, 1)).await, "search");
    refused(&tx.users().list(None, &page(Some(&nul()), 1)).await, "page.after");
    let key = puente_domain::key::ApiKey { prefix: nul(), ..samples::key("k", ana.id, 1) };
    refused(&tx.keys().add(&key).await, "keys.prefix");
    refused(&tx.keys().by_name(&nul()).await, "keys.name");
    let team = Team { description: nul(), ..samples::team("t") };
    refused(&tx.teams().add(&team).await, "teams.description");
    refused(&tx.teams().update(&team).await, "teams.description");
    refused(&tx.teams().by_name(&nul()).await, "teams.name");
    let server = VirtualServer { description: nul(), ..samples::server("s") };
    refused(&tx.servers().add(&server).await, "servers.description");
    refused(&tx.servers().update(&server).await, "servers.description");
    refused(&tx.servers().by_name(&nul()).await, "servers.name");
    catalog(&mut *tx).await;
    let secret = |name: String, key_id: String| SecretRecord {
        name,
        key_id,
        sealed: Vec::new(),
        by_operator: true,
        updated_at: NOW,
    };
    refused(&tx.secrets().put(&secret(nul(), String::new())).await, "secrets.name");
    refused(&tx.secrets().put(&secret(String::new(), nul())).await, "secrets.key_id");
    refused(&tx.secrets().get(&nul()).await, "secrets.name");
    refused(&tx.secrets().remove(&nul()).await, "secrets.name");
    audit(&mut *tx).await;
    sessions_and_tasks(&mut *tx).await;
    jobs(&mut *tx).await;
    refused(&tx.versions().value(&nul()).await, "settings.name");
    refused(&tx.versions().set_value(&nul(), "").await, "settings.name");
    refused(&tx.versions().set_value("", &nul()).await, "settings.value");
    tx.save().await.unwrap();
}

async fn catalog(tx: &mut dyn crate::Transaction) {
    let nul = || "a\0b".to_owned();
    let source = SourceRecord { description: nul(), ..samples::source("s") };
    refused(&tx.catalog().add_source(&source).await, "sources.description");
    refused(&tx.catalog().update_source(&source).await, "sources.description");
    refused(&tx.catalog().source_by_name(&nul()).await, "sources.name");
    let mut tool = samples::tool(source.id, "t");
    tool.description = nul();
    refused(&tx.catalog().add_tool(&tool).await, "tools.description");
    refused(&tx.catalog().update_tool(&tool).await, "tools.description");
    let filter = ToolFilter { source: None, search: Some(nul()) };
    refused(&tx.catalog().tools(&filter, &page(None, 1)).await, "search");
    let mut prompt = samples::prompt(source.id, "p");
    prompt.description = nul();
    refused(&tx.catalog().put_prompt(&prompt).await, "prompts.description");
    let mut resource = samples::resource(source.id, "r", &nul());
    refused(&tx.catalog().put_resource(&resource).await, "resources.uri");
    resource.uri.clear();
    resource.description = nul();
    refused(&tx.catalog().put_resource(&resource).await, "resources.description");
}

async fn audit(tx: &mut dyn crate::Transaction) {
    let nul = || Some("a\0b".to_owned());
    let text = || "a\0b".to_owned();
    let event = || samples::event("t", NOW);
    for (column, wrong) in [
        ("audit.principal", AuditEvent { principal: text(), ..event() }),
        ("audit.action", AuditEvent { action: text(), ..event() }),
        ("audit.target", AuditEvent { target: text(), ..event() }),
        ("audit.server", AuditEvent { server: nul(), ..event() }),
        ("audit.arguments_hash", AuditEvent { arguments_hash: nul(), ..event() }),
        ("audit.arguments", AuditEvent { arguments: nul(), ..event() }),
        ("audit.detail", AuditEvent { detail: nul(), ..event() }),
        ("audit.request_id", AuditEvent { request_id: nul(), ..event() }),
        ("audit.address", AuditEvent { address: nul(), ..event() }),
    ] {
        refused(&tx.audit().add(&[event().into(), wrong.clone().into()]).await, column);
        refused(&tx.audit().complete(&wrong.into()).await, column);
    }
    let none = AuditFilter::default();
    for (column, filter) in [
        ("search", AuditFilter { principal: nul(), ..none.clone() }),
        ("audit.action", AuditFilter { action: nul(), ..none.clone() }),
        ("audit.target", AuditFilter { target: nul(), ..none.clone() }),
        ("audit.server", AuditFilter { server: nul(), ..none }),
    ] {
        refused(&tx.audit().list(&filter, &page(None, 1)).await, column);
        refused(&tx.audit().count(&filter, 1).await, column);
    }
    refused(&tx.audit().pseudonymise(Subject::Anonymous, &text()).await, "audit.principal");
}

async fn sessions_and_tasks(tx: &mut dyn crate::Transaction) {
    let nul = || "a\0b".to_owned();
    let session = || super::sessions::session(Subject::Anonymous);
    for (column, wrong) in [
        ("mcp_sessions.server", McpSession { server: nul(), ..session() }),
        ("mcp_sessions.protocol_version", McpSession { protocol_version: nul(), ..session() }),
        ("mcp_sessions.state", McpSession { state: nul(), ..session() }),
    ] {
        refused(&tx.mcp_sessions().put(&wrong).await, column);
    }
    let mut result = super::sessions::result(Subject::Anonymous);
    result.mime_type = nul();
    refused(&tx.results().add(&result).await, "results.mime_type");
    let task = || samples::task(Subject::Anonymous);
    for (column, wrong) in [
        ("tasks.server", TaskRecord { server: nul(), ..task() }),
        ("tasks.tool", TaskRecord { tool: nul(), ..task() }),
        ("tasks.status_message", TaskRecord { status_message: Some(nul()), ..task() }),
        ("tasks.payload", TaskRecord { payload: Some(nul()), ..task() }),
        ("tasks.answers", TaskRecord { answers: Some(nul()), ..task() }),
    ] {
        refused(&tx.tasks().add(&wrong).await, column);
    }
    let wrong = TaskRecord { payload: Some(nul()), expires_at: later(1), ..task() };
    refused(&tx.tasks().update(&wrong).await, "tasks.payload");
}

async fn jobs(tx: &mut dyn crate::Transaction) {
    let nul = || "a\0b".to_owned();
    let job = || super::jobs::job("index");
    for (column, wrong) in [
        ("jobs.kind", JobRecord { kind: nul(), ..job() }),
        ("jobs.payload", JobRecord { payload: nul(), ..job() }),
        ("jobs.unique_key", JobRecord { unique_key: Some(nul()), ..job() }),
        ("jobs.holder", JobRecord { holder: Some(nul()), ..job() }),
        ("jobs.error", JobRecord { error: Some(nul()), ..job() }),
    ] {
        refused(&tx.jobs().add(&wrong).await, column);
    }
    let filter = JobFilter { kind: Some(nul()), ..JobFilter::default() };
    refused(&tx.jobs().list(&filter, &page(None, 1)).await, "jobs.kind");
    for (column, name, cron) in
        [("job_schedules.name", nul(), String::new()), ("job_schedules.cron", String::new(), nul())]
    {
        refused(&tx.jobs().put_schedule(&ScheduleRecord { name, cron, next_at: NOW }).await, column);
    }
}
