use puente_domain::Role;
use puente_gateway::Error;
use puente_storage::{Page, Versioned};

use crate::{
    servers::new_server,
    world::{World, finding, is_refused},
};

#[tokio::test]
async fn grants_name_whom_they_are_for() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    world.key(&ana, "agent", Role::Member, &[]).await;
    world.gateway.create_team(&world.admin, "finance".parse().unwrap(), String::new()).await.unwrap();
    world.gateway.create_server(&world.admin, new_server("erp")).await.unwrap();

    let grantees = ["user:ana@example.com", "key:agent", "team:finance", "role:member"];
    for grantee in grantees {
        let grant = world.gateway.add_grant(&world.admin, "erp", grantee).await.unwrap();
        assert_eq!((grant.server.as_str(), grant.grantee.as_str()), ("erp", grantee));
        let again = world.gateway.add_grant(&world.admin, "erp", grantee).await.unwrap();
        assert_eq!(again.grant.id, grant.grant.id, "a grant is given once");
    }
    let listed = world.gateway.grants(&world.admin, Some("erp"), &Page::default()).await.unwrap().items;
    assert_eq!(listed.iter().map(|grant| grant.grantee.as_str()).collect::<Vec<_>>(), grantees);

    world.gateway.remove_grant(&world.admin, listed[0].grant.id).await.unwrap();
    world.gateway.revoke_grant(&world.admin, "erp", "role:member").await.unwrap();
    let gone = world.gateway.revoke_grant(&world.admin, "erp", "role:member").await;
    assert!(matches!(gone, Err(Error::NotFound { kind: "grant", .. })));
    assert_eq!(world.gateway.grants(&world.admin, None, &Page::default()).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn grants_are_for_administrators_and_bad_ones_are_named() {
    let world = World::new().await;
    let editor = world.user("e@example.com", Role::Editor).await;
    world.gateway.create_server(&editor, new_server("erp")).await.unwrap();
    assert!(is_refused(&world.gateway.add_grant(&editor, "erp", "role:member").await));
    assert!(is_refused(&world.gateway.grants(&editor, None, &Page::default()).await));
    assert_eq!(finding(world.gateway.add_grant(&world.admin, "erp", "role:king").await).0, "grantee");
    assert_eq!(finding(world.gateway.add_grant(&world.admin, "erp", "everyone").await).0, "grantee");
    let nowhere = world.gateway.add_grant(&world.admin, "crm", "role:member").await;
    assert!(matches!(nowhere, Err(Error::NotFound { kind: "server", .. })));
}

#[tokio::test]
async fn every_edit_of_rights_counts_their_version_up() {
    let world = World::new().await;
    world.gateway.create_server(&world.admin, new_server("erp")).await.unwrap();
    let version = || async { world.storage.read().await.unwrap().versions().get(Versioned::Rights).await.unwrap() };
    let before = version().await;
    world.gateway.add_grant(&world.admin, "erp", "role:member").await.unwrap();
    assert_eq!(version().await, before + 1);
    assert!(world.gateway.add_grant(&world.admin, "erp", "role:king").await.is_err());
    assert_eq!(version().await, before + 1, "what fails changes nothing");
}
