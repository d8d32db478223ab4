//! Legacy sessions of record.

use puente_gateway::StoredSessions;
use puente_mcp::{
    Handler,
    sessions::{SessionRecord, SessionStore},
};

use crate::world::{World, catalog, member};

#[tokio::test]
async fn a_session_outlives_its_process() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let mut session = SessionRecord {
        id: puente_domain::SessionId::new().to_string(),
        binding: world.handler().binding(&world.cx(&member("ana")).caller),
        protocol_version: "2025-11-25".to_owned(),
        state: "{}".to_owned(),
    };
    let (here, there) = (StoredSessions(world.gateway.clone()), StoredSessions(world.another()));
    here.save(session.clone()).await;
    assert_eq!(there.load(&session.id).await, Ok(Some(session.clone())));
    session.state = r#"{"subscriptions":["doc://rules"]}"#.to_owned();
    there.save(session.clone()).await;
    assert_eq!(here.load(&session.id).await, Ok(Some(session.clone())));
    there.remove(&session.id).await;
    assert_eq!(here.load(&session.id).await, Ok(None));
    assert_eq!(here.load("no id of ours").await, Ok(None));
}
