//! Entities to begin with.

use puente_domain::{
    AuditId, FamilyId, GrantId, KeyId, Name, PromptId, ResourceId, Role, ServerId, SourceId, Subject, TaskId, TeamId,
    Timestamp, ToolId, UserId,
    audit::{AuditEvent, Outcome},
    catalog::{Origin, PromptRecord, ResourceRecord, SourceKind, SourceRecord, ToolRecord},
    key::{ApiKey, Scope},
    server::{Discovery, Grant, Grantee, VirtualServer},
    task::{TaskRecord, TaskStatus},
    team::Team,
    user::{RefreshToken, User},
};
use serde_json::{Map, Value, json};

use crate::{Page, Storage};

/// A moment that is no whole millisecond.
pub(super) const NOW: Timestamp = Timestamp::from_micros(1_795_496_401_000_001);

/// Seconds after [`NOW`].
pub(super) fn later(seconds: u64) -> Timestamp {
    NOW + std::time::Duration::from_secs(seconds)
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) fn page(after: Option<&str>, limit: u32) -> Page {
    Page { after: after.map(str::to_owned), limit }
}

pub(super) fn hash(byte: u8) -> [u8; 32] {
    [byte; 32]
}

pub(super) fn settings(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub(super) fn user(email: &str) -> User {
    User {
        id: UserId::new(),
        email: email.to_owned(),
        display_name: format!("{email}'s owner"),
        role: Role::Editor,
        password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
        disabled_at: None,
        failed_logins: 0,
        locked_until: Some(later(60)),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) fn refresh_token(user: UserId, family: FamilyId, byte: u8) -> RefreshToken {
    RefreshToken {
        hash: hash(byte),
        family,
        user,
        expires_at: later(100),
        used_at: None,
        revoked_at: None,
        created_at: NOW,
    }
}

pub(super) fn key(label: &str, owner: UserId, byte: u8) -> ApiKey {
    ApiKey {
        id: KeyId::new(),
        name: name(label),
        owner,
        role: Role::Member,
        prefix: "pk_abcd".to_owned(),
        hash: hash(byte),
        scopes: vec![Scope::Mcp, Scope::Server(name("finance"))],
        expires_at: Some(later(1000)),
        disabled_at: None,
        last_used_at: None,
        created_at: NOW,
    }
}

pub(super) fn team(label: &str) -> Team {
    Team {
        id: TeamId::new(),
        name: name(label),
        description: String::new(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) fn server(label: &str) -> VirtualServer {
    VirtualServer {
        id: ServerId::new(),
        name: name(label),
        description: "What the finance team may use".to_owned(),
        include: vec!["erp.*".to_owned(), "*".to_owned()],
        exclude: Vec::new(),
        prefix: true,
        discovery: Discovery::Off,
        open: false,
        enabled: true,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) fn grant(server: ServerId, grantee: Grantee) -> Grant {
    Grant { id: GrantId::new(), server, grantee, created_at: NOW }
}

pub(super) fn source(label: &str) -> SourceRecord {
    SourceRecord {
        id: SourceId::new(),
        name: name(label),
        kind: SourceKind::Sql,
        description: "Everything about Zürich".to_owned(),
        settings: settings(&json!({"url": "${env:SOURCE_ERP_URL}", "a": null, "z": [1, -0.5, i64::MIN, u64::MAX]})),
        origin: Origin::Operator,
        enabled: true,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) fn tool(source: SourceId, label: &str) -> ToolRecord {
    ToolRecord {
        id: ToolId::new(),
        source,
        name: name(label),
        description: "Expenses of a company, newest first.".to_owned(),
        settings: settings(&json!({"sql": "SELECT 1 WHERE 'a' <> '\u{0}'", "parameters": {"z": {}, "a": {}}})),
        enabled: true,
        version: 1,
        updated_at: NOW,
    }
}

pub(super) fn prompt(source: SourceId, label: &str) -> PromptRecord {
    PromptRecord {
        id: PromptId::new(),
        source,
        name: name(label),
        description: String::new(),
        settings: settings(&json!({"messages": ["hello"]})),
    }
}

pub(super) fn resource(source: SourceId, label: &str, uri: &str) -> ResourceRecord {
    ResourceRecord {
        id: ResourceId::new(),
        source,
        name: name(label),
        uri: uri.to_owned(),
        description: String::new(),
        settings: settings(&json!({"text": "hello"})),
    }
}

pub(super) fn event(target: &str, at: Timestamp) -> AuditEvent {
    AuditEvent {
        id: AuditId::new(),
        at,
        subject: Subject::Anonymous,
        principal: "anonymous".to_owned(),
        action: "tools/call".to_owned(),
        target: target.to_owned(),
        server: Some("default".to_owned()),
        arguments_hash: Some("0f".repeat(32)),
        arguments: None,
        outcome: Outcome::Ok,
        detail: None,
        duration_us: 1_500,
        source_us: 1_000,
        bytes: 42,
        cached: false,
        request_id: Some("r-1".to_owned()),
        address: Some("::1".to_owned()),
    }
}

pub(super) fn task(subject: Subject) -> TaskRecord {
    TaskRecord {
        id: TaskId::new(),
        subject,
        server: "default".to_owned(),
        tool: "erp.search".to_owned(),
        status: TaskStatus::Working,
        status_message: None,
        payload: None,
        answers: None,
        expires_at: later(100),
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Saves a user.
pub(super) async fn saved_user(storage: &dyn Storage, email: &str) -> User {
    let user = user(email);
    let mut tx = storage.write().await.unwrap();
    tx.users().add(&user).await.unwrap();
    tx.save().await.unwrap();
    user
}

/// Saves a source.
pub(super) async fn saved_source(storage: &dyn Storage, label: &str) -> SourceRecord {
    let source = source(label);
    let mut tx = storage.write().await.unwrap();
    tx.catalog().add_source(&source).await.unwrap();
    tx.save().await.unwrap();
    source
}
