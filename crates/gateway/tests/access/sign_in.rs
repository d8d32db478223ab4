use std::time::Duration;

use puente_domain::{Role, Subject, audit::Outcome};
use puente_gateway::{Actor, Error};
use secrecy::ExposeSecret;

use crate::world::{PASSWORD, World, is_unauthenticated, visitor};

#[tokio::test]
async fn an_account_is_found_in_any_case_of_letters() {
    let world = World::new().await;
    let pair = world.sign_in(" ADMIN@example.COM ", PASSWORD).await.unwrap();
    let principal = world.who(pair.access_token.expose_secret()).await.unwrap();
    assert_eq!(&*principal.name, "admin@example.com");
    assert_eq!(principal.role, Role::Admin);
    assert_eq!(pair.expires_in, Duration::from_mins(30));
}

#[tokio::test]
async fn every_reason_for_a_refusal_sounds_the_same_and_is_in_the_trail() {
    let world = World::new().await;
    world.user("ana@example.com", Role::Member).await;
    world.gateway.disable_user(&world.admin, "ana@example.com").await.unwrap();
    let mut told = Vec::new();
    for (email, password) in
        [("nobody@example.com", PASSWORD), ("admin@example.com", "wrong password"), ("ana@example.com", PASSWORD)]
    {
        told.push(world.sign_in(email, password).await.unwrap_err().to_string());
    }
    assert!(told.iter().all(|message| *message == told[0]), "{told:?}");

    let refused: Vec<_> =
        world.trail("auth/token").await.into_iter().filter(|event| event.outcome == Outcome::Refused).collect();
    let details: Vec<_> = refused.iter().map(|event| event.detail.clone().unwrap()).collect();
    assert_eq!(details, ["the account is disabled", "wrong password", "no such account"]);
    assert!(refused.iter().all(|event| event.subject == Subject::Anonymous));
    assert!(refused.iter().all(|event| !format!("{event:?}").contains("nobody@")), "people type passwords there, too");
}

#[tokio::test]
async fn five_wrong_passwords_lock_and_the_lock_doubles() {
    let world = World::new().await;
    for email in ["admin@example.com", "nobody@example.com"] {
        for _ in 0..5 {
            assert!(is_unauthenticated(&world.sign_in(email, "wrong password").await));
        }
        assert!(
            matches!(world.sign_in(email, PASSWORD).await, Err(Error::Limited { retry_after_secs: 30 })),
            "{email}"
        );
        world.clock.advance(Duration::from_secs(30));
        assert!(is_unauthenticated(&world.sign_in(email, "wrong password").await));
        assert!(
            matches!(world.sign_in(email, PASSWORD).await, Err(Error::Limited { retry_after_secs: 60 })),
            "{email}"
        );
        world.clock.advance(Duration::from_mins(1));
    }
    assert!(world.sign_in("admin@example.com", PASSWORD).await.is_ok());
    assert!(is_unauthenticated(&world.sign_in("admin@example.com", "wrong password").await), "counted from zero again");
}

#[tokio::test]
async fn guesses_in_parallel_learn_no_more_than_guesses_in_a_row() {
    let world = World::new().await;
    let guesses = (0..20).map(|index| {
        let gateway = world.gateway.clone();
        tokio::spawn(async move {
            let from = visitor("192.0.2.1");
            gateway.sign_in(&from, "admin@example.com", format!("wrong password {index}").into()).await.map(|_| ())
        })
    });
    let mut told_wrong = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap() {
            Err(Error::Unauthenticated(_)) => told_wrong += 1,
            Err(Error::Limited { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told_wrong, 5);
}

#[tokio::test]
async fn a_network_that_guesses_is_refused_and_others_are_not() {
    let world = World::new().await;
    for index in 0..30 {
        let email = format!("guess{index}@example.com");
        assert!(is_unauthenticated(&world.sign_in(&email, "wrong password").await), "{index}");
    }
    assert!(matches!(world.sign_in("admin@example.com", PASSWORD).await, Err(Error::Limited { .. })));
    let elsewhere = world.gateway.sign_in(&visitor("198.51.100.1"), "admin@example.com", PASSWORD.into()).await;
    assert!(elsewhere.is_ok());
}

#[tokio::test]
async fn guessing_does_not_keep_the_owner_out() {
    let world = World::new().await;
    let (office, attacker) = (visitor("198.51.100.1"), visitor("203.0.113.9"));
    let sign_in = async |from: &Actor, password: &str| {
        world.gateway.sign_in(from, "admin@example.com", password.into()).await.map(|_| ())
    };
    for _ in 0..5 {
        assert!(is_unauthenticated(&sign_in(&attacker, "wrong password").await));
    }
    assert!(matches!(sign_in(&attacker, PASSWORD).await, Err(Error::Limited { .. })));
    sign_in(&office, PASSWORD).await.unwrap();
    // Now that the office is familiar, not even a guesser with many addresses locks it out.
    for index in 0..100 {
        let from = visitor(&format!("2001:db8:0:{index:x}::1"));
        assert!(is_unauthenticated(&sign_in(&from, "wrong password").await), "{index}");
    }
    assert!(matches!(sign_in(&visitor("192.0.2.77"), PASSWORD).await, Err(Error::Limited { .. })));
    sign_in(&office, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_operator_lifts_a_lock() {
    let world = World::new().await;
    for _ in 0..5 {
        let _ = world.sign_in("admin@example.com", "wrong password").await;
    }
    assert!(matches!(world.sign_in("admin@example.com", PASSWORD).await, Err(Error::Limited { .. })));
    let locked = &world.trail("auth/token").await[0];
    assert!(locked.detail.as_deref().unwrap().contains("puente user enable admin@example.com"), "{locked:?}");
    world.gateway.enable_user(&world.admin, "admin@example.com").await.unwrap();
    world.sign_in("admin@example.com", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_locked_account_keeps_its_tokens() {
    let world = World::new().await;
    let pair = world.sign_in("admin@example.com", PASSWORD).await.unwrap();
    for _ in 0..5 {
        let _ = world.sign_in("admin@example.com", "wrong password").await;
    }
    assert!(world.who(pair.access_token.expose_secret()).await.is_ok(), "or guessing would throw people out");
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let world = World::new().await;
    assert!(world.gateway.bootstrap_admin("second@example.com", None).await.unwrap().is_none());
    assert_eq!(world.storage.read().await.unwrap().users().count().await.unwrap(), 1);
}
