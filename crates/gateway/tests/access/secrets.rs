use puente_domain::Role;
use secrecy::SecretString;

use crate::world::{ENCRYPTION_KEY, World, finding, gateway, is_refused};

const NEW_KEY: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER_KEY: &str = "ee0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn value() -> SecretString {
    "hunter2hunter2".into()
}

#[tokio::test]
async fn a_secret_is_never_told() {
    let world = World::new().await;
    let editor = world.user("e@example.com", Role::Editor).await;
    let member = world.user("m@example.com", Role::Member).await;
    assert!(is_refused(&world.gateway.set_secret(&member, "erp.password", &value()).await));
    assert!(is_refused(&world.gateway.secrets(&member).await));
    world.gateway.set_secret(&editor, "erp.password", &value()).await.unwrap();
    let listed = world.gateway.secrets(&editor).await.unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].readable), ("erp.password", true));
    let stored = world.storage.read().await.unwrap().secrets().get("erp.password").await.unwrap().unwrap();
    let told = format!("{listed:?} {:?}", world.trail("secrets/set").await);
    assert!(!told.contains("hunter2") && !String::from_utf8_lossy(&stored.sealed).contains("hunter2"));

    world.gateway.remove_secret(&editor, "erp.password").await.unwrap();
    assert!(world.gateway.secrets(&editor).await.unwrap().is_empty());
    assert_eq!(finding(world.gateway.set_secret(&editor, "x", &"".into()).await).0, "value");
    for name in ["", "-x", "a b", "a}"] {
        assert_eq!(finding(world.gateway.set_secret(&editor, name, &value()).await).0, "name", "{name:?}");
    }
}

#[tokio::test]
async fn rotation_seals_under_the_first_key_and_loses_nothing() {
    let world = World::new().await;
    for name in ["a", "b"] {
        world.gateway.set_secret(&world.admin, name, &value()).await.unwrap();
    }
    let both = gateway(world.storage.clone(), world.clock.clone(), &[NEW_KEY, ENCRYPTION_KEY]);
    let editor = world.user("e@example.com", Role::Editor).await;
    assert!(is_refused(&both.rotate_secrets(&editor).await));
    let rotation = both.rotate_secrets(&world.admin).await.unwrap();
    assert_eq!((rotation.sealed, rotation.unchanged), (2, 0));
    let again = both.rotate_secrets(&world.admin).await.unwrap();
    assert_eq!((again.sealed, again.unchanged), (0, 2));

    let new_only = gateway(world.storage.clone(), world.clock.clone(), &[NEW_KEY]);
    assert!(new_only.secrets(&world.admin).await.unwrap().iter().all(|secret| secret.readable));
    assert!(world.gateway.secrets(&world.admin).await.unwrap().iter().all(|secret| !secret.readable));

    let stranger = gateway(world.storage.clone(), world.clock.clone(), &[OTHER_KEY]);
    let lost = stranger.rotate_secrets(&world.admin).await.unwrap();
    assert_eq!((lost.sealed, &lost.unreadable[..2]), (0, &["a".to_owned(), "b".to_owned()][..]));
    assert!(lost.unreadable[2..].iter().all(|name| name.starts_with("the audit trail's key")), "{:?}", lost.unreadable);
    assert!(
        new_only.secrets(&world.admin).await.unwrap().iter().all(|secret| secret.readable),
        "they stay as they are"
    );
}
