use puente_domain::{
    Clock, Role, SourceId, ToolId,
    catalog::{Origin, SourceKind, SourceRecord, ToolRecord},
    server::Discovery,
};
use puente_gateway::{
    Error,
    admin::servers::{NewServer, ServerChanges},
};
use puente_storage::Page;

use crate::world::{World, finding, is_refused};

pub(crate) fn new_server(name: &str) -> NewServer {
    NewServer {
        name: name.parse().unwrap(),
        description: String::new(),
        include: vec!["erp.*".into()],
        exclude: vec![],
        prefix: true,
        discovery: Discovery::Off,
        open: false,
        enabled: true,
    }
}

#[tokio::test]
async fn editors_edit_servers_but_do_not_open_them() {
    let world = World::new().await;
    let editor = world.user("e@example.com", Role::Editor).await;
    let member = world.user("m@example.com", Role::Member).await;
    assert!(is_refused(&world.gateway.create_server(&member, new_server("finance")).await));
    let server = world.gateway.create_server(&editor, new_server("finance")).await.unwrap();
    let opened = ServerChanges { open: Some(true), ..ServerChanges::default() };
    assert!(is_refused(&world.gateway.update_server(&editor, "finance", None, opened.clone()).await));
    assert!(is_refused(&world.gateway.create_server(&editor, NewServer { open: true, ..new_server("x") }).await));
    let opened = world.gateway.update_server(&world.admin, "finance", Some(server.version), opened).await.unwrap();
    assert_eq!(world.gateway.server(&editor, "finance").await.unwrap(), opened);
    assert!(opened.open);
}

#[tokio::test]
async fn edits_are_checked() {
    let world = World::new().await;
    world.gateway.create_server(&world.admin, new_server("finance")).await.unwrap();
    let again = world.gateway.create_server(&world.admin, new_server("finance")).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    let bad = ServerChanges { exclude: Some(vec!["erp.*".into(), "erp/x".into()]), ..ServerChanges::default() };
    assert_eq!(finding(world.gateway.update_server(&world.admin, "finance", None, bad).await).0, "exclude[1]");
    let stale = world.gateway.update_server(&world.admin, "finance", Some(99), ServerChanges::default()).await;
    assert!(matches!(stale, Err(Error::Stale(_))));
    world.gateway.delete_server(&world.admin, "finance").await.unwrap();
    assert!(world.gateway.servers(&world.admin, &Page::default()).await.unwrap().items.is_empty());
}

/// Two sources with a tool of the same name.
pub(crate) async fn two_searches(world: &World) {
    let now = world.clock.now();
    let mut transaction = world.storage.write().await.unwrap();
    for name in ["crm", "erp"] {
        let source = SourceRecord {
            id: SourceId::new(),
            name: name.parse().unwrap(),
            kind: SourceKind::Sql,
            description: String::new(),
            settings: serde_json::Map::new(),
            origin: Origin::Operator,
            enabled: true,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let tool = ToolRecord {
            id: ToolId::new(),
            source: source.id,
            name: "search".parse().unwrap(),
            description: String::new(),
            settings: serde_json::Map::new(),
            enabled: true,
            version: 1,
            updated_at: now,
        };
        transaction.catalog().add_source(&source).await.unwrap();
        transaction.catalog().add_tool(&tool).await.unwrap();
    }
    transaction.save().await.unwrap();
}

#[tokio::test]
async fn two_tools_of_one_name_on_a_server_are_refused() {
    let world = World::new().await;
    two_searches(&world).await;
    let both = |prefix| NewServer { include: vec!["*".into()], prefix, ..new_server("all") };
    assert!(matches!(world.gateway.create_server(&world.admin, both(false)).await, Err(Error::Invalid(_))));
    world.gateway.create_server(&world.admin, both(true)).await.unwrap();
    let bare = ServerChanges { prefix: Some(false), ..ServerChanges::default() };
    assert!(matches!(
        world.gateway.update_server(&world.admin, "all", None, bare.clone()).await,
        Err(Error::Invalid(_))
    ));
    assert!(world.gateway.server(&world.admin, "all").await.unwrap().prefix, "nothing was saved");
    let one = ServerChanges { exclude: Some(vec!["crm.*".into()]), ..bare };
    world.gateway.update_server(&world.admin, "all", None, one).await.unwrap();
}
