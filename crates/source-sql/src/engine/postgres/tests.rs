//! Every way out of read-only, against the database alone: without the guard that looks at the text.

use puente_test_support::postgres::Postgres as Server;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use super::*;
use crate::{
    engine::{Access, Dialect},
    output::Limits,
    reach::Reach,
    settings::PoolSettings,
    template::Template,
};

const CONTENT: &str = "CREATE TABLE t (x text); INSERT INTO t VALUES ('kept'); CREATE SEQUENCE s;
    CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'DELETE FROM t; SELECT 1';";

struct Fixture {
    url: String,
    engine: Postgres,
}

impl Fixture {
    /// The login owns everything, but is no superuser.
    async fn new() -> Self {
        let url = Server::shared().create_database().await.unwrap();
        let role = format!("owner_{}", url.rsplit('/').next().unwrap());
        let mut admin = PgConnection::connect(&url).await.unwrap();
        let setup = format!("CREATE ROLE {role} LOGIN; {CONTENT} GRANT ALL ON ALL TABLES IN SCHEMA public TO {role};
                             GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}; GRANT ALL ON SCHEMA public TO {role}");
        admin.execute(AssertSqlSafe(setup)).await.unwrap();
        let own = url.replace("postgres@", &format!("{role}@"));
        let reach = Reach::new(&own, puente_domain::catalog::Origin::Operator, Arc::default()).unwrap();
        let pool = PoolSettings { max: 1, ..PoolSettings::default() };
        let options = Options { reach, pool, single_use: false, tables: Vec::new() };
        Self { url, engine: Postgres::open(options).unwrap() }
    }

    async fn run(&self, sql: &str, access: Access) -> Result<String, EngineError> {
        let template = Template::parse(sql, Dialect::Postgres, &[]).unwrap();
        let statement = Arc::new(Statement { template, parameters: Vec::new(), access });
        let run = Run {
            statement: &statement,
            values: Vec::new(),
            identity: Vec::new(),
            limits: Limits { rows: 10, bytes: 1 << 20 },
            deadline: Instant::now() + Duration::from_secs(30),
            cancel: &CancellationToken::new(),
        };
        self.engine.run(run).await.map(|json| json.get().to_owned())
    }

    async fn kept(&self) -> bool {
        let mut admin = PgConnection::connect(&self.url).await.unwrap();
        let rows: Vec<String> = sqlx::query_scalar("SELECT x FROM t").fetch_all(&mut admin).await.unwrap();
        let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        rows == ["kept"] && tables == 1
    }
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    let fixture = Fixture::new().await;
    for sql in [
        "DELETE FROM t",
        "INSERT INTO t VALUES ('x')",
        "WITH gone AS (DELETE FROM t RETURNING x) SELECT * FROM gone",
        "SELECT sneak()",
        "SELECT nextval('s')",
        "SELECT x FROM t FOR UPDATE",
        "SELECT lo_from_bytea(0, 'x')",
        "TRUNCATE t",
        "CREATE TABLE u (x int)",
        "SELECT 1 AS one INTO u",
        "COPY t FROM PROGRAM 'echo x'",
        "COPY t TO PROGRAM 'cat'",
        "DO $$ BEGIN DELETE FROM t; END $$",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "VACUUM",
        "EXPLAIN ANALYZE DELETE FROM t",
    ] {
        let result = fixture.run(sql, Access::Read).await;
        assert!(matches!(result, Err(EngineError::Refused { .. })), "{sql}: {result:?}");
        assert!(fixture.kept().await, "{sql}");
    }
    assert!(fixture.run("SELECT x FROM t", Access::Read).await.unwrap().contains("kept"));
}

#[tokio::test]
async fn what_a_statement_sets_does_not_reach_the_next_one() {
    let fixture = Fixture::new().await;
    for sql in [
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SET default_transaction_read_only = off",
        "SET TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SELECT set_config('app.user', 'other', true)",
        "COMMIT",
        "ROLLBACK",
    ] {
        // Whatever becomes of it, a rollback follows, and the next transaction says again that it only reads.
        let _ = fixture.run(sql, Access::Read).await;
        let result = fixture.run("SELECT sneak()", Access::Read).await;
        assert!(matches!(result, Err(EngineError::Refused { .. })), "{sql}: {result:?}");
        let user =
            fixture.run("SELECT coalesce(current_setting('app.user', true), '') AS u", Access::Read).await.unwrap();
        assert!(user.contains("\"u\":\"\""), "{sql}: {user}");
        assert!(fixture.kept().await, "{sql}");
    }
}

#[tokio::test]
async fn a_writing_transaction_that_fails_leaves_nothing() {
    let fixture = Fixture::new().await;
    let half = "WITH new AS (INSERT INTO t VALUES ('half') RETURNING x) SELECT 1 / (SELECT count(*) - 1 FROM new) AS x";
    assert!(fixture.run(half, Access::Write).await.is_err());
    assert!(fixture.kept().await);
    fixture.run("INSERT INTO t VALUES ('x')", Access::Write).await.unwrap();
    assert!(!fixture.kept().await);
}
