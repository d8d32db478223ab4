//! What Puente keeps its data in, in this run of the tests: `PUENTE_TEST_BACKENDS` names a database and what replicas
//! share, like `postgresql+redis`. Without it: `sqlite+memory`.

use std::{sync::Arc, thread};

use puente_test_support::{postgres::Postgres, redis::Redis};

/// The backends of a site.
#[derive(Clone, Default)]
pub struct Backends {
    /// A database of its own in the PostgreSQL of this test run; `None`: embedded.
    pub database_url: Option<String>,
    /// A Redis of its own; `None`: in memory.
    pub redis: Option<Arc<Redis>>,
}

impl Backends {
    /// New ones, as this run of the tests says.
    #[must_use]
    pub fn of_this_run() -> Self {
        Self::named(&std::env::var("PUENTE_TEST_BACKENDS").unwrap_or_else(|_| "sqlite+memory".to_owned()))
    }

    /// New ones by name: `sqlite` or `postgresql`, `+`, `memory` or `redis`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let (database, shared) = name.split_once('+').unwrap_or_else(|| panic!("'{name}' is no pair of backends"));
        Self {
            database_url: match database {
                "sqlite" => None,
                "postgresql" => Some(create_database()),
                other => panic!("'{other}' is no database"),
            },
            redis: match shared {
                "memory" => None,
                "redis" => Some(Arc::new(Redis::start())),
                other => panic!("'{other}' is no place to share things"),
            },
        }
    }

    /// The settings that name them.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let database = self.database_url.clone().map(|url| ("DATABASE_URL".to_owned(), url));
        let redis = self.redis.as_ref().map(|redis| ("REDIS_URL".to_owned(), redis.url()));
        database.into_iter().chain(redis).collect()
    }
}

/// Sites are made in tests that run on a runtime already, so this takes a thread of its own.
fn create_database() -> String {
    let create = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(Postgres::shared().create_database()).expect("a database")
    };
    thread::spawn(create).join().expect("the thread ends")
}
