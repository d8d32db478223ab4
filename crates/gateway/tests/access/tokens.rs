use std::time::Duration;

use puente_domain::{Role, Subject, audit::Outcome};
use secrecy::ExposeSecret;

use crate::world::{PASSWORD, World, is_unauthenticated, new_key, visitor};

#[tokio::test]
async fn refresh_tokens_rotate() {
    let world = World::new().await;
    let from = visitor("192.0.2.1");
    let first = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
    let second = world.gateway.refresh(&from, first.refresh_token.expose_secret()).await.unwrap();
    let third = world.gateway.refresh(&from, second.refresh_token.expose_secret()).await.unwrap();
    assert_ne!(first.refresh_token.expose_secret(), second.refresh_token.expose_secret());
    assert!(world.who(third.access_token.expose_secret()).await.is_ok());
    assert!(world.who(first.access_token.expose_secret()).await.is_ok(), "an access token lives its time");
}

#[tokio::test]
async fn using_a_refresh_token_twice_ends_the_sign_in_for_both() {
    let world = World::new().await;
    let from = visitor("192.0.2.1");
    let first = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
    let other = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
    let second = world.gateway.refresh(&from, first.refresh_token.expose_secret()).await.unwrap();

    assert!(is_unauthenticated(&world.gateway.refresh(&from, first.refresh_token.expose_secret()).await));
    assert!(is_unauthenticated(&world.gateway.refresh(&from, second.refresh_token.expose_secret()).await));
    for token in [&first.access_token, &second.access_token] {
        assert!(is_unauthenticated(&world.who(token.expose_secret()).await));
    }
    assert!(world.who(other.access_token.expose_secret()).await.is_ok(), "another sign-in of the same user goes on");
    let trail = world.trail("auth/refresh").await;
    assert!(
        trail.iter().any(|event| event.outcome == Outcome::Refused && event.detail.as_ref().unwrap().contains("twice"))
    );
}

#[tokio::test]
async fn of_two_equal_refreshes_at_once_one_succeeds() {
    let world = World::new().await;
    let pair = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
    let refresh = || async { world.gateway.refresh(&visitor("192.0.2.1"), pair.refresh_token.expose_secret()).await };
    let (one, two) = tokio::join!(refresh(), refresh());
    assert!(one.is_ok() != two.is_ok());
}

#[tokio::test]
async fn tokens_end_when_their_time_is_over() {
    let world = World::new().await;
    let pair = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
    world.clock.advance(Duration::from_mins(31));
    assert!(is_unauthenticated(&world.who(pair.access_token.expose_secret()).await));
    world.clock.advance(Duration::from_hours(14 * 24));
    let refreshed = world.gateway.refresh(&visitor("192.0.2.1"), pair.refresh_token.expose_secret()).await;
    assert!(is_unauthenticated(&refreshed));
}

#[tokio::test]
async fn signing_out_ends_every_token_of_the_sign_in() {
    let world = World::new().await;
    let from = visitor("192.0.2.1");
    for by_refresh_token in [true, false] {
        let pair = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
        let (access, refresh) = (pair.access_token.expose_secret(), pair.refresh_token.expose_secret());
        assert!(world.gateway.authenticate(access).await.is_ok(), "and is remembered now");
        world.gateway.sign_out(&from, if by_refresh_token { refresh } else { access }).await.unwrap();
        assert!(is_unauthenticated(&world.gateway.authenticate(access).await), "at once in this process");
        assert!(is_unauthenticated(&world.gateway.refresh(&from, refresh).await));
    }
    world.gateway.sign_out(&from, "unknown").await.unwrap();
}

#[tokio::test]
async fn an_end_of_access_acts_within_a_second_in_other_processes() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Editor).await;
    let elsewhere = crate::world::gateway(world.storage.clone(), world.clock.clone(), &[crate::world::ENCRYPTION_KEY]);
    let key = world.key(&ana, "agent", Role::Editor, &[]).await.secret;
    assert_eq!(elsewhere.authenticate(key.expose_secret()).await.unwrap().role, Role::Editor);

    world.gateway.disable_user(&world.admin, "ana@example.com").await.unwrap();
    assert!(is_unauthenticated(&world.gateway.authenticate(key.expose_secret()).await));
    world.clock.advance(Duration::from_secs(1));
    assert!(is_unauthenticated(&elsewhere.authenticate(key.expose_secret()).await));

    world.gateway.enable_user(&world.admin, "ana@example.com").await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert!(elsewhere.authenticate(key.expose_secret()).await.is_ok());
}

#[tokio::test]
async fn keys_are_refused_once_unknown_disabled_expired_or_deleted() {
    let world = World::new().await;
    assert!(is_unauthenticated(&world.who("pk_nothing").await));
    assert!(is_unauthenticated(&world.who("").await));
    let key = world.key(&world.admin, "agent", Role::Member, &["mcp"]).await;
    let secret = key.secret.expose_secret();
    let principal = world.who(secret).await.unwrap();
    assert_eq!(principal.subject, Subject::Key(key.key.id));
    assert_eq!((&*principal.name, principal.role), ("agent", Role::Member));

    world.gateway.disable_key(&world.admin, "agent").await.unwrap();
    assert!(is_unauthenticated(&world.gateway.authenticate(secret).await));
    world.gateway.enable_key(&world.admin, "agent").await.unwrap();
    assert!(world.gateway.authenticate(secret).await.is_ok());
    world.gateway.delete_key(&world.admin, "agent").await.unwrap();
    assert!(is_unauthenticated(&world.gateway.authenticate(secret).await));

    let expires_at = Some(puente_domain::Clock::now(&*world.clock) + Duration::from_secs(10));
    let brief = puente_gateway::admin::keys::NewKey { expires_at, ..new_key("brief", Role::Member, &[]) };
    let brief = world.gateway.create_key(&world.admin, brief).await.unwrap().secret;
    assert!(world.who(brief.expose_secret()).await.is_ok());
    world.clock.advance(Duration::from_secs(10));
    assert!(is_unauthenticated(&world.who(brief.expose_secret()).await));
}

#[tokio::test]
async fn the_last_use_of_a_key_is_kept_to_the_minute() {
    let world = World::new().await;
    let key = world.key(&world.admin, "agent", Role::Member, &[]).await;
    let last_use =
        || async { world.storage.read().await.unwrap().keys().get(key.key.id).await.unwrap().unwrap().last_used_at };
    world.who(key.secret.expose_secret()).await.unwrap();
    let first = loop {
        if let Some(first) = last_use().await {
            break first;
        }
        tokio::task::yield_now().await;
    };
    world.clock.advance(Duration::from_secs(30));
    world.who(key.secret.expose_secret()).await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    world.who(key.secret.expose_secret()).await.unwrap();
    let second = loop {
        match last_use().await {
            Some(second) if second != first => break second,
            _ => tokio::task::yield_now().await,
        }
    };
    assert_eq!(second.since(first), Duration::from_secs(62), "not the use in between");
}
