//! A source that fails is left alone for a while; the others do not notice.

use puente_gateway::{CircuitState, SourceState};
use serde_json::json;

use crate::world::{World, member, said};

const CATALOG: &str = "
sources:
  - {name: erp, type: http, url: http://erp, tools: [{name: fail, act: fail}, {name: refuse, act: nothing}]}
  - {name: crm, type: http, url: http://crm, tools: [{name: echo}]}
servers:
  - {name: main, include: ['*'], grants: [role:member]}
";

#[tokio::test]
async fn callers_are_told_at_once_and_other_sources_go_on() {
    let world = World::applied(CATALOG).await;
    let cx = world.cx(&member("ana"));
    for _ in 0..5 {
        let failed = world.call(&cx, "erp_fail", json!({})).await.unwrap();
        assert!(said(&failed).contains("the database does not answer"), "{}", said(&failed));
    }
    let left_alone = world.call(&cx, "erp_fail", json!({})).await.unwrap();
    assert!(left_alone.is_error && said(&left_alone).contains("its last calls failed"), "{}", said(&left_alone));
    assert_eq!(world.backstage.count("fail"), 5);
    assert!(!world.call(&cx, "crm_echo", json!({})).await.unwrap().is_error);

    let health = world.gateway.sources_health(&world.operator).await.unwrap();
    let states: Vec<(&str, &SourceState)> = health.iter().map(|source| (source.name.as_str(), &source.state)).collect();
    assert_eq!(states, [("crm", &SourceState::Ready), ("erp", &SourceState::Failing)]);
    let circuit = health[1].circuit.clone().unwrap();
    assert!(matches!(circuit.state, CircuitState::Open(_)) && circuit.failures == 5, "{circuit:?}");
    let (_, message) = circuit.failed.unwrap();
    assert!(!message.contains("db.internal"), "{message}");
}

#[tokio::test]
async fn refusals_are_answers() {
    let world = World::applied(CATALOG).await;
    let cx = world.cx(&member("ana"));
    for _ in 0..10 {
        assert!(said(&world.call(&cx, "erp_refuse", json!({})).await.unwrap()).contains("cannot nothing"));
    }
    assert_eq!(world.backstage.count("refuse"), 10);
}
