//! Every way out of read-only, against the database alone: without the guard that looks at the text.

use puente_test_support::mariadb::MariaDb;
use sqlx::{MySqlConnection, Row};

use super::*;
use crate::{engine::Dialect, output::Limits, reach::Reach, settings::PoolSettings, template::Template};

struct Fixture {
    name: String,
    engine: MySql,
}

impl Fixture {
    /// The login may do everything in its database, and nothing outside of it.
    async fn new() -> Self {
        let server = MariaDb::shared();
        let name = server.create_database().await.unwrap();
        let user = format!("own_{}", &name[name.len() - 20..]);
        let mut root = MySqlConnection::connect(&server.url("root", &name)).await.unwrap();
        let setup = format!(
            "CREATE TABLE t (x varchar(10)) ENGINE = InnoDB; INSERT INTO t VALUES ('kept'); CREATE SEQUENCE s;
             CREATE FUNCTION sneak() RETURNS int MODIFIES SQL DATA RETURN (SELECT 1);
             CREATE USER {user}@127.0.0.1; GRANT ALL ON {name}.* TO {user}@127.0.0.1"
        );
        root.execute(AssertSqlSafe(setup)).await.unwrap();
        root.execute(
            "CREATE OR REPLACE FUNCTION sneak() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM t; RETURN 1; END",
        )
        .await
        .unwrap();
        let reach =
            Reach::new(&server.url(&user, &name), puente_domain::catalog::Origin::Operator, Arc::default()).unwrap();
        let pool = PoolSettings { max: 1, ..PoolSettings::default() };
        let options = Options { reach, pool, single_use: false, tables: Vec::new() };
        Self { name, engine: MySql::open(options).unwrap() }
    }

    async fn run(&self, sql: &str, access: Access) -> Result<String, EngineError> {
        let template = Template::parse(sql, Dialect::MySql, &[]).unwrap();
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
        let mut root = MySqlConnection::connect(&MariaDb::shared().url("root", &self.name)).await.unwrap();
        let rows = root.fetch_all("SELECT x FROM t").await.unwrap();
        rows.len() == 1 && rows[0].get::<String, _>(0) == "kept"
    }
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    let fixture = Fixture::new().await;
    for sql in [
        "DELETE FROM t",
        "INSERT INTO t VALUES ('x')",
        "REPLACE INTO t VALUES ('x')",
        "UPDATE t SET x = 'y'",
        "DELETE FROM t RETURNING x",
        "SELECT sneak()",
        "SELECT x FROM t INTO OUTFILE '/tmp/puente-was-here'",
        "SELECT 'x' INTO DUMPFILE '/tmp/puente-was-here'",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE t",
        "SET GLOBAL max_connections = 1",
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
    for sql in ["SET SESSION tx_read_only = 0", "SET SESSION TRANSACTION READ WRITE", "COMMIT", "SET autocommit = 1"] {
        // Whatever becomes of it, the next transaction says again that it only reads.
        let _ = fixture.run(sql, Access::Read).await;
        let result = fixture.run("SELECT sneak()", Access::Read).await;
        assert!(matches!(result, Err(EngineError::Refused { .. })), "{sql}: {result:?}");
        assert!(fixture.kept().await, "{sql}");
    }
}

#[tokio::test]
async fn a_writing_transaction_commits() {
    let fixture = Fixture::new().await;
    fixture.run("INSERT INTO t VALUES ('x')", Access::Write).await.unwrap();
    assert!(!fixture.kept().await);
}
