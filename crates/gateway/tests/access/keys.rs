use puente_domain::Role;
use puente_gateway::{Actor, Error, admin::keys::NewKey, admin::users::UserChanges};
use puente_storage::Page;
use secrecy::ExposeSecret;

use crate::world::{World, finding, is_refused, new_key};

#[tokio::test]
async fn a_key_never_exceeds_its_owner() {
    let world = World::new().await;
    let editor = world.user("e@example.com", Role::Editor).await;
    assert_eq!(finding(world.gateway.create_key(&editor, new_key("a", Role::Admin, &[])).await).0, "role");
    let key = world.key(&editor, "a", Role::Editor, &[]).await.secret;
    assert_eq!(world.who(key.expose_secret()).await.unwrap().role, Role::Editor);

    let demoted = UserChanges { role: Some(Role::Member), ..UserChanges::default() };
    world.gateway.update_user(&world.admin, "e@example.com", None, demoted).await.unwrap();
    assert_eq!(world.gateway.authenticate(key.expose_secret()).await.unwrap().role, Role::Member);
}

#[tokio::test]
async fn people_manage_their_own_keys_and_administrators_all() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let bob = world.user("bob@example.com", Role::Editor).await;
    world.key(&ana, "anas", Role::Member, &[]).await;
    let for_ana = NewKey { owner: Some("ana@example.com".into()), ..new_key("second", Role::Member, &[]) };

    assert!(is_refused(&world.gateway.create_key(&bob, for_ana.clone()).await));
    assert!(is_refused(&world.gateway.key(&bob, "anas").await));
    assert!(is_refused(&world.gateway.key(&bob, "nothing").await), "whether there is one is none of his business");
    assert!(is_refused(&world.gateway.delete_key(&bob, "anas").await));
    assert!(is_refused(&world.gateway.disable_key(&bob, "anas").await));
    assert!(is_refused(&world.gateway.keys(&bob, None, &Page::default()).await));
    assert!(world.gateway.own_keys(&bob, &Page::default()).await.unwrap().items.is_empty());

    world.gateway.create_key(&world.admin, for_ana).await.unwrap();
    let names: Vec<String> = world
        .gateway
        .own_keys(&ana, &Page::default())
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|key| key.name.to_string())
        .collect();
    assert_eq!(names, ["anas", "second"]);
    world.gateway.disable_key(&ana, "anas").await.unwrap();
    world.gateway.enable_key(&ana, "anas").await.unwrap();
    world.gateway.delete_key(&ana, "anas").await.unwrap();
    assert!(matches!(world.gateway.delete_key(&world.admin, "anas").await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_key_with_scopes_makes_no_wider_key() {
    let world = World::new().await;
    let key = world.key(&world.admin, "api", Role::Admin, &["api", "mcp:read"]).await.secret;
    let agent = Actor { principal: world.who(key.expose_secret()).await.unwrap(), ..world.admin.clone() };
    assert_eq!(finding(world.gateway.create_key(&agent, new_key("x", Role::Member, &[])).await).0, "scopes");
    assert_eq!(finding(world.gateway.create_key(&agent, new_key("x", Role::Member, &["mcp"])).await).0, "scopes");
    assert!(world.gateway.create_key(&agent, new_key("x", Role::Member, &["mcp:read"])).await.is_ok());

    let reader = world.key(&world.admin, "reader", Role::Admin, &["api:read"]).await.secret;
    let reader = Actor { principal: world.who(reader.expose_secret()).await.unwrap(), ..world.admin.clone() };
    assert!(is_refused(&world.gateway.create_key(&reader, new_key("y", Role::Member, &["api:read"])).await));
    assert!(world.gateway.keys(&reader, None, &Page::default()).await.is_ok());
}

#[tokio::test]
async fn wrong_input_is_named() {
    let world = World::new().await;
    world.key(&world.admin, "taken", Role::Member, &[]).await;
    let taken = world.gateway.create_key(&world.admin, new_key("taken", Role::Member, &[])).await;
    assert!(matches!(taken, Err(Error::Conflict(_))));
    let now = puente_domain::Clock::now(&*world.clock);
    let past = NewKey { expires_at: Some(now), ..new_key("past", Role::Member, &[]) };
    assert_eq!(finding(world.gateway.create_key(&world.admin, past).await).0, "expires_at");
    let operators = world.gateway.create_key(&Actor::operator(), new_key("x", Role::Member, &[])).await;
    assert_eq!(finding(operators).0, "owner");
}

#[tokio::test]
async fn the_text_of_a_key_is_in_no_row() {
    let world = World::new().await;
    let key = world.key(&world.admin, "agent", Role::Member, &[]).await;
    let stored = format!("{:?} {:?}", world.trail("keys/create").await, key.key);
    assert!(!stored.contains(key.secret.expose_secret()));
    assert!(stored.contains(&key.key.prefix));
}
