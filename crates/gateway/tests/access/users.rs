use puente_domain::{Role, Subject, audit::Outcome};
use puente_gateway::{
    Error,
    admin::users::{NewUser, UserChanges},
};
use puente_storage::{AuditFilter, Page};
use secrecy::ExposeSecret;

use crate::world::{PASSWORD, World, finding, is_refused, is_unauthenticated};

fn role(role: Role) -> UserChanges {
    UserChanges { role: Some(role), ..UserChanges::default() }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let world = World::new().await;
    let me = "admin@example.com";
    for _ in 0..2 {
        let demoted = world.gateway.update_user(&world.admin, me, None, role(Role::Editor)).await;
        assert!(finding(demoted).1.contains("last administrator"));
        assert!(finding(world.gateway.disable_user(&world.admin, me).await).1.contains("last administrator"));
        assert!(finding(world.gateway.delete_user(&world.admin, me).await).1.contains("last administrator"));
        // A second one who is disabled does not count.
        if world.gateway.user(&world.admin, "second@example.com").await.is_err() {
            world.user("second@example.com", Role::Admin).await;
            world.gateway.disable_user(&world.admin, "second@example.com").await.unwrap();
        }
    }
    world.gateway.enable_user(&world.admin, "second@example.com").await.unwrap();
    world.gateway.update_user(&world.admin, me, None, role(Role::Editor)).await.unwrap();
}

#[tokio::test]
async fn two_administrators_cannot_demote_each_other() {
    let world = World::new().await;
    let second = world.user("second@example.com", Role::Admin).await;
    let (one, two) = tokio::join!(
        world.gateway.update_user(&world.admin, "second@example.com", None, role(Role::Member)),
        world.gateway.update_user(&second, "admin@example.com", None, role(Role::Member)),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

#[tokio::test]
async fn only_administrators_reach_accounts_and_refusals_are_recorded() {
    let world = World::new().await;
    for who in [world.user("e@example.com", Role::Editor).await, world.user("m@example.com", Role::Member).await] {
        assert!(is_refused(&world.gateway.users(&who, None, &Page::default()).await));
        assert!(is_refused(&world.gateway.user(&who, "admin@example.com").await));
        assert!(is_refused(&world.gateway.update_user(&who, "e@example.com", None, role(Role::Admin)).await));
        assert!(is_refused(&world.gateway.set_password(&who, "admin@example.com", PASSWORD.into()).await));
        assert!(is_refused(&world.gateway.delete_user(&who, "admin@example.com").await));
        assert!(is_refused(&world.gateway.disable_user(&who, "admin@example.com").await));
        let new =
            NewUser { email: "x@example.com".into(), display_name: String::new(), role: Role::Admin, password: None };
        assert!(is_refused(&world.gateway.create_user(&who, new).await));
        assert_eq!(world.gateway.own_user(&who).await.unwrap().email, &*who.principal.name);
    }
    let trail = world.trail("users/set_password").await;
    assert_eq!(trail.iter().filter(|event| event.outcome == Outcome::Refused).count(), 2);
}

#[tokio::test]
async fn edits_name_the_version_they_saw() {
    let world = World::new().await;
    world.user("ana@example.com", Role::Member).await;
    let ana = world.gateway.user(&world.admin, "ana@example.com").await.unwrap();
    let renamed = UserChanges { display_name: Some("Ana".into()), ..UserChanges::default() };
    let updated =
        world.gateway.update_user(&world.admin, "ana@example.com", Some(ana.version), renamed.clone()).await.unwrap();
    let stored = world.gateway.user(&world.admin, &ana.id.to_string()).await.unwrap();
    assert_eq!(updated, stored, "what an edit returns is what is stored");
    let stale = world.gateway.update_user(&world.admin, "ana@example.com", Some(ana.version), renamed).await;
    assert!(matches!(stale, Err(Error::Stale(_))));
}

#[tokio::test]
async fn wrong_input_is_named() {
    let world = World::new().await;
    let create = |email: &str, password: &str| {
        let password = Some(password.into());
        let new = NewUser { email: email.into(), display_name: String::new(), role: Role::Member, password };
        world.gateway.create_user(&world.admin, new)
    };
    for email in ["", "ana", "@example.com", "ana@", "a@b@c", "a na@example.com", "ana@example.com\0"] {
        assert_eq!(finding(create(email, PASSWORD).await).0, "email", "{email:?}");
    }
    assert_eq!(finding(create("ana@example.com", "short").await).0, "password");
    assert!(matches!(create("ADMIN@example.com", PASSWORD).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_new_password_ends_what_the_old_one_began() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let pair = world.sign_in("ana@example.com", PASSWORD).await.unwrap();
    world.gateway.set_password(&world.admin, "ana@example.com", "another password".into()).await.unwrap();
    assert!(is_unauthenticated(&world.gateway.authenticate(pair.access_token.expose_secret()).await));
    assert!(is_unauthenticated(&world.sign_in("ana@example.com", PASSWORD).await));

    let wrong = world.gateway.change_password(&ana, PASSWORD.into(), "a third password".into()).await;
    assert_eq!(finding(wrong).0, "current_password");
    world.gateway.change_password(&ana, "another password".into(), "a third password".into()).await.unwrap();
    assert!(world.sign_in("ana@example.com", "a third password").await.is_ok());
}

#[tokio::test]
async fn a_deleted_user_leaves_a_trail_without_a_name() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let key = world.key(&ana, "anas-laptop", Role::Member, &[]).await.secret;
    let agent = puente_gateway::Actor { principal: world.who(key.expose_secret()).await.unwrap(), ..ana.clone() };
    assert!(is_refused(&world.gateway.users(&agent, None, &Page::default()).await), "leaves a row");
    world.gateway.delete_user(&world.admin, "ana@example.com").await.unwrap();

    assert!(is_unauthenticated(&world.gateway.authenticate(key.expose_secret()).await));
    let mut transaction = world.storage.read().await.unwrap();
    let events = transaction.audit().list(&AuditFilter::default(), &Page::default()).await.unwrap().items;
    let text = format!("{events:?}");
    assert!(!text.contains("ana@example.com"), "{text}");
    let anas: Vec<_> = events.iter().filter(|event| event.principal.starts_with("deleted-")).collect();
    assert!(anas.len() >= 3, "sign-in, key, refusal: {anas:#?}");
    assert!(anas.iter().all(|event| event.principal == anas[0].principal && event.subject == Subject::Anonymous));
}

#[tokio::test]
async fn an_edit_and_its_row_are_one() {
    let world = World::new().await;
    world.user("ana@example.com", Role::Member).await;
    let before = world.trail("users/create").await.len();
    let again =
        NewUser { email: "ana@example.com".into(), display_name: String::new(), role: Role::Member, password: None };
    assert!(world.gateway.create_user(&world.admin, again).await.is_err());
    assert_eq!(world.trail("users/create").await.len(), before, "what did not happen has no row that says so");
}
