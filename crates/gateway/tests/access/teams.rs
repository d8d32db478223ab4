use puente_domain::{Name, Role};
use puente_gateway::{Error, admin::teams::TeamChanges};
use puente_storage::Page;
use secrecy::ExposeSecret;

use crate::world::{World, finding, is_refused};

#[tokio::test]
async fn membership_is_in_the_principal() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let key = world.key(&ana, "agent", Role::Member, &[]).await.secret;
    let finance: Name = "finance".parse().unwrap();
    let team = world.gateway.create_team(&world.admin, finance, String::new()).await.unwrap();
    assert!(world.who(key.expose_secret()).await.unwrap().teams.is_empty());

    assert!(world.gateway.add_member(&world.admin, "finance", "key:agent").await.unwrap());
    assert!(!world.gateway.add_member(&world.admin, "finance", "key:agent").await.unwrap());
    assert!(world.gateway.add_member(&world.admin, "finance", "user:ana@example.com").await.unwrap());
    assert_eq!(*world.gateway.authenticate(key.expose_secret()).await.unwrap().teams, [team.id]);
    let mut members: Vec<_> =
        world.gateway.members(&world.admin, "finance").await.unwrap().into_iter().map(|member| member.member).collect();
    members.sort();
    assert_eq!(members, ["key:agent", "user:ana@example.com"]);

    assert!(world.gateway.remove_member(&world.admin, "finance", "key:agent").await.unwrap());
    assert!(!world.gateway.remove_member(&world.admin, "finance", "key:agent").await.unwrap());
    assert!(world.gateway.authenticate(key.expose_secret()).await.unwrap().teams.is_empty());
}

#[tokio::test]
async fn teams_are_for_administrators_and_bad_members_are_named() {
    let world = World::new().await;
    let editor = world.user("e@example.com", Role::Editor).await;
    let name: Name = "finance".parse().unwrap();
    assert!(is_refused(&world.gateway.create_team(&editor, name.clone(), String::new()).await));
    let team = world.gateway.create_team(&world.admin, name.clone(), String::new()).await.unwrap();
    assert!(matches!(world.gateway.create_team(&world.admin, name, String::new()).await, Err(Error::Conflict(_))));
    assert!(is_refused(&world.gateway.add_member(&editor, "finance", "user:e@example.com").await));
    assert!(is_refused(&world.gateway.teams(&editor, &Page::default()).await));
    assert_eq!(finding(world.gateway.add_member(&world.admin, "finance", "team:finance").await).0, "subject");
    assert_eq!(finding(world.gateway.add_member(&world.admin, "finance", "ana").await).0, "grantee");
    let nobody = world.gateway.add_member(&world.admin, "finance", "user:x@example.com").await;
    assert!(matches!(nobody, Err(Error::NotFound { kind: "user", .. })));

    let renamed = TeamChanges { name: Some("money".parse().unwrap()), ..TeamChanges::default() };
    let stale = world.gateway.update_team(&world.admin, "finance", Some(team.version + 1), renamed.clone()).await;
    assert!(matches!(stale, Err(Error::Stale(_))));
    let renamed = world.gateway.update_team(&world.admin, "finance", Some(team.version), renamed).await.unwrap();
    assert_eq!(world.gateway.team(&world.admin, "money").await.unwrap(), renamed);
    world.gateway.delete_team(&world.admin, "money").await.unwrap();
    assert!(matches!(world.gateway.team(&world.admin, "money").await, Err(Error::NotFound { .. })));
}
