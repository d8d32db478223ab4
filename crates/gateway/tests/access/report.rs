use puente_domain::Role;
use puente_gateway::{Error, Refusal, policy::Reason};

use crate::{
    servers::{new_server, two_searches},
    world::{World, finding, is_refused},
};

#[tokio::test]
async fn access_says_what_and_why() {
    let world = World::new().await;
    two_searches(&world).await;
    let ana = world.user("ana@example.com", Role::Editor).await;
    world.key(&ana, "agent", Role::Member, &["mcp:read"]).await;
    for name in ["closed", "erp"] {
        world.gateway.create_server(&world.admin, new_server(name)).await.unwrap();
    }
    world.gateway.create_team(&world.admin, "finance".parse().unwrap(), String::new()).await.unwrap();
    world.gateway.add_member(&world.admin, "finance", "key:agent").await.unwrap();
    world.gateway.add_grant(&world.admin, "erp", "team:finance").await.unwrap();

    let access = world.gateway.access(&world.admin, "key:agent").await.unwrap();
    assert_eq!(access.teams, ["finance"]);
    let [closed, erp] = &access.servers[..] else { panic!("{:?}", access.servers) };
    assert_eq!((&closed.use_server, closed.grants.len()), (&Err(Refusal::NoGrant), 0));
    assert_eq!(erp.grants, ["team:finance"]);
    assert_eq!((erp.use_server, erp.read_only_tools), (Ok(Reason::Grant), Ok(Reason::Grant)));
    assert_eq!(erp.writing_tools, Err(Refusal::Scope));
    assert_eq!(erp.tools, ["erp.search"]);
    let rights = |wanted: &str| access.administration.iter().find(|(words, _)| *words == wanted).unwrap().1;
    assert_eq!(rights("see the catalog"), Err(Refusal::Role(Role::Editor)));

    let own = world.gateway.own_access(&ana).await.unwrap();
    assert_eq!(own.servers[1].use_server, Err(Refusal::NoGrant), "a team's grant is for its members only");
}

#[tokio::test]
async fn access_is_for_administrators_and_names_who_may_do_nothing() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Editor).await;
    assert!(is_refused(&world.gateway.access(&ana, "user:admin@example.com").await));
    let nobody = world.gateway.access(&world.admin, "user:nobody@example.com").await;
    assert!(matches!(nobody, Err(Error::NotFound { kind: "user", .. })));
    world.gateway.disable_user(&world.admin, "ana@example.com").await.unwrap();
    let disabled = finding(world.gateway.access(&world.admin, "user:ana@example.com").await);
    assert!(disabled.1.contains("the account is disabled"));
}
