//! A gateway on a database of its own, with a fake source and a clock that stands still.

use std::sync::Arc;

use puente_auth::{JwtAlgorithm, Passwords, TokenOptions, Tokens, Vault};
use puente_domain::{
    Clock, ManualClock, Principal, Role, Subject, Timestamp, UserId, audit::AuditEvent, catalog::Origin, key::Scope,
    user::User,
};
use puente_gateway::{
    Actor, Caller, Error, Gateway, McpHandler, Parts, Settings, Shared,
    catalog::{ApplyOptions, Diff},
};
use puente_mcp::{CallTool, Client, Era, Handler, Inputs, ListRequest, McpError, Outcome, RequestContext, ToolResult};
use puente_sources::Egress;
use puente_storage::{AuditFilter, Page, Storage};
use puente_storage_sqlite::SqliteOptions;
use serde_json::{Value, value::RawValue};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::fake::{Backstage, FakeConnector};

pub(crate) struct World {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) backstage: Arc<Backstage>,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) operator: Actor,
    _folder: TempDir,
}

/// The key that seals.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

pub(crate) const APPLY: ApplyOptions = ApplyOptions { dry_run: false, prune: false, origin: Origin::Operator };

impl World {
    /// A started gateway without a catalog.
    pub(crate) async fn new() -> Self {
        Self::with(Settings { env_allow: vec!["CARGO_*".to_owned()], ..Settings::default() }).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        Self::on(settings, |storage| storage).await
    }

    /// With something in front of its storage.
    pub(crate) async fn on(settings: Settings, wrap: impl FnOnce(Arc<dyn Storage>) -> Arc<dyn Storage>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("puente.db");
        let storage = wrap(Arc::new(puente_storage_sqlite::open(&path, SqliteOptions::default()).await.unwrap()));
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(1_795_496_400_000_000)));
        let backstage = Arc::new(Backstage::default());
        let gateway = gateway(&[KEY], storage.clone(), clock.clone(), backstage.clone(), settings);
        gateway.start().await.unwrap();
        Self { gateway, backstage, storage, clock, operator: Actor::operator(), _folder: folder }
    }

    /// A started gateway with this catalog.
    pub(crate) async fn applied(yaml: &str) -> Self {
        let world = Self::new().await;
        world.apply(yaml).await.unwrap();
        world
    }

    pub(crate) async fn apply(&self, yaml: &str) -> Result<Diff, Error> {
        self.gateway.apply(&self.operator, yaml, APPLY).await
    }

    /// Another process on the same database, not started.
    pub(crate) fn another(&self) -> Arc<Gateway> {
        self.with_keys(&[KEY])
    }

    /// The same with these keys, the first of which seals.
    pub(crate) fn with_keys(&self, keys: &[&str]) -> Arc<Gateway> {
        gateway(keys, self.storage.clone(), self.clock.clone(), self.backstage.clone(), Settings::default())
    }

    /// Somebody with an account, whom another process finds, too.
    pub(crate) async fn account(&self, email: &str) -> Actor {
        let actor = somebody(email, Role::Member, &[]);
        let Subject::User(id) = actor.principal.subject else { panic!("a user") };
        let now = self.clock.now();
        let user = User {
            id,
            email: email.to_owned(),
            display_name: String::new(),
            role: Role::Member,
            password_hash: None,
            disabled_at: None,
            failed_logins: 0,
            locked_until: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut tx = self.storage.write().await.unwrap();
        tx.users().add(&user).await.unwrap();
        tx.save().await.unwrap();
        actor
    }

    /// A context on the virtual server `main`.
    pub(crate) fn cx(&self, actor: &Actor) -> RequestContext<Caller> {
        self.cx_on(actor, "main").unwrap()
    }

    pub(crate) fn cx_on(&self, actor: &Actor, server: &str) -> Result<RequestContext<Caller>, Error> {
        self.gateway.may_enter(actor, server)?;
        Ok(context(Caller { actor: actor.clone(), server: server.into() }, Era::Modern))
    }

    pub(crate) fn handler(&self) -> McpHandler {
        McpHandler(self.gateway.clone())
    }

    pub(crate) async fn call(
        &self,
        cx: &RequestContext<Caller>,
        tool: &str,
        arguments: Value,
    ) -> Result<ToolResult, McpError> {
        match call(&self.handler(), cx, tool, arguments).await? {
            Outcome::Complete(result) => Ok(result),
            other => panic!("not complete: {other:?}"),
        }
    }

    /// The names of the tools in a list.
    pub(crate) async fn tools(&self, cx: &RequestContext<Caller>) -> Vec<String> {
        let page = self.handler().list(cx, ListRequest::Tools, None).await.unwrap();
        page.items.iter().map(|item| parsed(item)["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The rows of calls, oldest first, after everything so far is written.
    pub(crate) async fn trail(&self) -> Vec<AuditEvent> {
        self.gateway.audit_flush().await.unwrap();
        self.rows("tools/call").await
    }

    /// The rows of an action as they are in the database now, oldest first.
    pub(crate) async fn rows(&self, action: &str) -> Vec<AuditEvent> {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        let page = Page { after: None, limit: 1000 };
        let mut rows = self.storage.read().await.unwrap().audit().list(&filter, &page).await.unwrap().items;
        rows.reverse();
        rows
    }
}

pub(crate) fn gateway(
    keys: &[&str],
    storage: Arc<dyn Storage>,
    clock: Arc<ManualClock>,
    backstage: Arc<Backstage>,
    settings: Settings,
) -> Arc<Gateway> {
    let tokens = TokenOptions {
        secrets: vec!["0123456789abcdef0123456789abcdef".into()],
        algorithm: JwtAlgorithm::Hs256,
        issuer: "puente".into(),
        audience: "puente".into(),
    };
    let keys: Vec<_> = keys.iter().map(|key| (*key).into()).collect();
    Gateway::new(Parts {
        shared: Shared::memory(1 << 20, clock.clone()),
        storage,
        clock,
        vault: Arc::new(Vault::new(&keys).unwrap()),
        tokens: Arc::new(Tokens::new(&tokens).unwrap()),
        passwords: Arc::new(Passwords::new(2)),
        connectors: vec![Arc::new(FakeConnector(backstage))],
        egress: Arc::new(Egress::default()),
        settings,
    })
}

pub(crate) fn context(caller: Caller, era: Era) -> RequestContext<Caller> {
    RequestContext {
        caller,
        client: Client::silent(era),
        cancel: CancellationToken::new(),
        request_id: "test".into(),
        traceparent: None,
    }
}

pub(crate) async fn call(
    handler: &McpHandler,
    cx: &RequestContext<Caller>,
    tool: &str,
    arguments: Value,
) -> Result<Outcome<ToolResult>, McpError> {
    let raw = RawValue::from_string(arguments.to_string()).unwrap();
    let call = CallTool { name: tool, arguments: Some(&raw), inputs: Inputs::default(), header_params: None };
    handler.call_tool(cx, call).await
}

/// Somebody with a role and scopes, and no account.
pub(crate) fn somebody(name: &str, role: Role, scopes: &[&str]) -> Actor {
    let scopes: Vec<Scope> = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
    let principal = Principal {
        subject: Subject::User(UserId::new()),
        name: name.into(),
        role,
        teams: [].into(),
        scopes: scopes.into(),
        connection: None,
    };
    Actor { principal: Arc::new(principal), address: None, request_id: "test".into() }
}

pub(crate) fn member(name: &str) -> Actor {
    somebody(name, Role::Member, &[])
}

pub(crate) fn parsed(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}

pub(crate) fn structure(result: &ToolResult) -> Value {
    parsed(result.structured.as_ref().unwrap().get().as_bytes())
}

pub(crate) fn said(result: &ToolResult) -> String {
    serde_json::to_value(&result.content).unwrap()[0]["text"].as_str().unwrap_or_default().to_owned()
}

/// A catalog with one source `erp` of these tools (YAML flow mappings), open to every member as `main`.
pub(crate) fn catalog(tools: &[&str]) -> String {
    let tools = tools.iter().fold(String::new(), |list, tool| list + "      - " + tool + "\n");
    format!(
        "sources:\n  - name: erp\n    type: http\n    url: http://erp\n    tools:\n{tools}\
         servers:\n  - name: main\n    include: [erp.*]\n    grants: [role:member]\n"
    )
}
