//! Databases and installations for tests.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use puente_auth::Vault;
use puente_domain::{Clock, Timestamp};
use puente_storage::Storage;
use puente_test_support::postgres::Postgres;
use secrecy::SecretString;

use crate::{Installation, Keys, Options, Place};

/// A clock that goes on by a second each time it is asked.
#[derive(Default)]
pub(super) struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1_000_000, std::sync::atomic::Ordering::Relaxed))
    }
}

pub(super) async fn migrated_sqlite(path: &Path) -> Place {
    puente_storage_sqlite::open(path, puente_storage_sqlite::SqliteOptions::default()).await.unwrap().close().await;
    Place::Sqlite(path.to_owned())
}

pub(super) async fn empty_postgres() -> Place {
    Place::Postgres(Postgres::shared().create_database().await.unwrap().into())
}

pub(super) async fn migrated_postgres() -> Place {
    let url = Postgres::shared().create_database().await.unwrap();
    let options = puente_storage_postgres::PostgresOptions::default();
    puente_storage_postgres::connect(&url, options).await.unwrap().close().await;
    Place::Postgres(url.into())
}

pub(super) fn keys(name: &str) -> Keys {
    let key: SecretString = format!("{name}: a passphrase of enough length").into();
    Keys { vault: Arc::new(Vault::new(&[key]).unwrap()), tokens: vec![format!("{name}'s token key").into()] }
}

pub(super) fn installation(place: Place, name: &str, folder: &Path) -> Installation {
    let data = folder.join(name);
    std::fs::create_dir_all(&data).unwrap();
    Installation { place, keys: keys(name), uploads: data.join("uploads"), data }
}

pub(super) const OPTIONS: Options = Options { dry_run: false, replace: false, patience: Duration::from_secs(1) };

/// A number from a database, without any of our own code.
pub(super) async fn scalar(place: &Place, sql: &'static str) -> i64 {
    use sqlx::Connection;
    let Place::Postgres(url) = place else { panic!("not PostgreSQL") };
    let mut connection = sqlx::PgConnection::connect(secrecy::ExposeSecret::expose_secret(url)).await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
}
