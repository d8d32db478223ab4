//! Every way out of read-only, against the database alone: without the guard that looks at the text.

use std::{path::Path, sync::Arc, time::Duration};

use super::*;
use crate::{output::Limits, reach::Reach, template::Template};
use rusqlite::Connection;

const SECRET: &str = "CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES ('kept'); CREATE TABLE hidden (x);
                      CREATE VIEW v AS SELECT x FROM hidden; CREATE VIEW inner_v AS SELECT x FROM hidden;
                      CREATE VIEW w AS WITH c AS (SELECT x FROM inner_v) SELECT x FROM c;";

struct Fixture {
    folder: tempfile::TempDir,
    engine: Sqlite,
}

impl Fixture {
    fn new(tables: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.db");
        Connection::open(&file).unwrap().execute_batch(SECRET).unwrap();
        Self { engine: Sqlite::open(options(folder.path(), tables)).unwrap(), folder }
    }

    fn options(&self, tables: &[&str]) -> Options {
        options(self.folder.path(), tables)
    }

    async fn run(&self, sql: &str, access: Access) -> Result<String, EngineError> {
        run_with(&self.engine, sql, access).await
    }

    fn kept(&self) -> bool {
        let connection = Connection::open(self.folder.path().join("t.db")).unwrap();
        let one: String = connection.query_row("SELECT group_concat(x) FROM t", [], |row| row.get(0)).unwrap();
        let files = std::fs::read_dir(self.folder.path()).unwrap().count();
        one == "kept" && files == 1
    }

    async fn refuses(&self, sql: &str, access: Access) {
        let result = self.run(sql, access).await;
        assert!(matches!(result, Err(EngineError::Refused { .. })), "{sql}: {result:?}");
        assert!(self.kept(), "{sql}");
    }
}

fn options(folder: &Path, tables: &[&str]) -> Options {
    let url = format!("sqlite:{}", folder.join("t.db").display());
    let reach = Reach::new(&url, puente_domain::catalog::Origin::Operator, Arc::default()).unwrap();
    let tables = tables.iter().map(|&table| table.to_owned()).collect();
    Options { reach, pool: PoolSettings::default(), single_use: false, tables }
}

async fn run(engine: &Sqlite, sql: &str) -> Result<String, EngineError> {
    run_with(engine, sql, Access::Read).await
}

async fn run_with(engine: &Sqlite, sql: &str, access: Access) -> Result<String, EngineError> {
    let template = Template::parse(sql, super::super::Dialect::Sqlite, &[]).unwrap();
    let statement = Arc::new(Statement { template, parameters: Vec::new(), access });
    let run = Run {
        statement: &statement,
        values: Vec::new(),
        identity: Vec::new(),
        limits: Limits { rows: 10, bytes: 1 << 20 },
        deadline: Instant::now() + Duration::from_secs(30),
        cancel: &CancellationToken::new(),
    };
    engine.run(run).await.map(|json| json.get().to_owned())
}

#[tokio::test]
async fn a_reading_connection_cannot_write_or_reach_further() {
    let fixture = Fixture::new(&[]);
    let outside = fixture.folder.path().join("outside.db").display().to_string();
    for sql in [
        "DELETE FROM t".to_owned(),
        "INSERT INTO t VALUES (1)".to_owned(),
        "UPDATE t SET x = 1".to_owned(),
        "REPLACE INTO t VALUES (1)".to_owned(),
        "WITH x AS (SELECT 1) DELETE FROM t".to_owned(),
        "CREATE TABLE u (x)".to_owned(),
        "CREATE TEMP TABLE u (x)".to_owned(),
        "CREATE VIRTUAL TABLE u USING fts5(x)".to_owned(),
        "DROP TABLE t".to_owned(),
        "ALTER TABLE t ADD y".to_owned(),
        "PRAGMA query_only = 0".to_owned(),
        "PRAGMA writable_schema = 1".to_owned(),
        "PRAGMA journal_mode = WAL".to_owned(),
        "SELECT * FROM pragma_table_info('t')".to_owned(),
        format!("ATTACH '{outside}' AS o"),
        format!("VACUUM INTO '{outside}'"),
        "VACUUM".to_owned(),
        "REINDEX".to_owned(),
        "ANALYZE".to_owned(),
        "BEGIN IMMEDIATE".to_owned(),
        "SAVEPOINT a".to_owned(),
        "SELECT load_extension('libm.so')".to_owned(),
        "SELECT fts3_tokenizer('simple')".to_owned(),
        "SELECT length(zeroblob(1000000000))".to_owned(),
    ] {
        fixture.refuses(&sql, Access::Read).await;
    }
    assert!(fixture.run("SELECT x FROM t", Access::Read).await.unwrap().contains("kept"));
}

#[tokio::test]
async fn a_writing_connection_changes_rows_and_nothing_else() {
    let fixture = Fixture::new(&[]);
    let outside = fixture.folder.path().join("outside.db").display().to_string();
    for sql in [
        "DROP TABLE t".to_owned(),
        "CREATE TABLE u (x)".to_owned(),
        "PRAGMA foreign_keys = 0".to_owned(),
        "DELETE FROM sqlite_schema".to_owned(),
        "COMMIT".to_owned(),
        format!("ATTACH '{outside}' AS o"),
        format!("VACUUM INTO '{outside}'"),
    ] {
        fixture.refuses(&sql, Access::Write).await;
    }
    fixture.run("INSERT INTO t VALUES (1)", Access::Write).await.unwrap();
    assert!(!fixture.kept());
}

#[tokio::test]
async fn only_listed_tables_can_be_read() {
    let fixture = Fixture::new(&["t", "v", "w"]);
    for sql in [
        "SELECT * FROM hidden",
        "SELECT count(*) FROM hidden",
        "SELECT sql FROM sqlite_schema",
        "SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM hidden)",
        "SELECT * FROM inner_v",
        "WITH z AS (SELECT * FROM hidden) SELECT * FROM z",
        "WITH z AS (SELECT * FROM sqlite_schema) SELECT * FROM z",
        "WITH v AS (SELECT * FROM hidden) SELECT * FROM v",
        "WITH V(x) AS NOT MATERIALIZED (SELECT * FROM hidden) SELECT * FROM v",
        "WITH \"v\" AS /* ( */ MATERIALIZED (SELECT * FROM hidden) SELECT * FROM v",
        "WITH 'inner_v' AS (SELECT * FROM hidden) SELECT * FROM inner_v",
        "WITH [c] AS (SELECT * FROM hidden) SELECT * FROM c",
        "WITH a AS (SELECT 1), `v` AS (SELECT * FROM hidden) SELECT * FROM v",
        "SELECT * FROM (WITH v AS (SELECT * FROM hidden) SELECT * FROM v)",
    ] {
        fixture.refuses(sql, Access::Read).await;
    }
    for sql in [
        "SELECT * FROM t",
        "SELECT * FROM v",
        "SELECT * FROM w AS x",
        "WITH z AS (SELECT * FROM w) SELECT * FROM z",
        "SELECT * FROM (SELECT x FROM t)",
        "SELECT value FROM json_each('[1]')",
        "WITH z AS (SELECT x FROM t) SELECT * FROM z",
    ] {
        assert!(fixture.run(sql, Access::Read).await.is_ok(), "{sql}");
    }
}

/// What SQLite's own functions and those of ad-hoc statements answer.
#[tokio::test]
async fn the_functions_of_ad_hoc_statements_are_sqlite_s() {
    let fixture = Fixture::new(&[]);
    let options = Options { single_use: true, ..fixture.options(&[]) };
    let ad_hoc = Sqlite::open(options).unwrap();
    for expression in [
        "instr('größe', 'ße')",
        "instr('abc', '')",
        "instr('abc', 'x')",
        "instr(x'c3b601', x'01')",
        "instr(12345, 34)",
        "instr(NULL, 'a')",
        "replace('aXbXc', 'X', 'öö')",
        "replace('abc', '', 'x')",
        "replace(7, '', 'x')",
        "replace('abc', 'b', NULL)",
        "trim('  a b  ')",
        "trim('xyäaäyx', 'xyä')",
        "ltrim('  a ')",
        "rtrim('  a ')",
        "rtrim('abc', '')",
        "trim(NULL)",
    ] {
        let sql = format!("SELECT {expression} AS x, typeof({expression}) AS y");
        assert_eq!(run(&ad_hoc, &sql).await.unwrap(), run(&fixture.engine, &sql).await.unwrap(), "{expression}");
    }
}

#[tokio::test]
async fn no_function_of_an_ad_hoc_statement_runs_on_for_hours() {
    let fixture = Fixture::new(&[]);
    let ad_hoc = Sqlite::open(Options { single_use: true, ..fixture.options(&[]) }).unwrap();
    let (long, half) = ("hex(zeroblob(500000))", "hex(zeroblob(250000)) || '1'");
    for expression in [
        format!("instr({long}, {half})"),
        format!("length(replace({long}, {half}, ''))"),
        format!("length(trim({long}, replace({half}, '0', '2')))"),
    ] {
        run(&ad_hoc, &format!("SELECT {expression}")).await.unwrap();
    }
    for refused in ["length(zeroblob(2000000))".to_owned(), format!("'a' LIKE {half}")] {
        assert!(run(&ad_hoc, &format!("SELECT {refused}")).await.is_err(), "{refused}");
    }
}

#[test]
fn a_late_request_does_not_stop_the_next_statement() {
    let stop = Stop::default();
    assert!(!stop.is_requested());
    let first = StopWhenDropped::start(&stop);
    let second = StopWhenDropped::start(&stop);
    drop(first);
    assert!(!stop.is_requested());
    drop(second);
    assert!(stop.is_requested());
}

#[tokio::test]
async fn a_call_that_waits_for_a_connection_can_be_cancelled() {
    let fixture = Fixture::new(&[]);
    let far = Instant::now() + Duration::from_hours(1);
    let held = fixture.engine.acquire(Access::Write, far, &CancellationToken::new()).await.unwrap();
    let cancel = CancellationToken::new();
    let waiting = fixture.engine.acquire(Access::Write, far, &cancel);
    cancel.cancel();
    assert!(matches!(waiting.await, Err(EngineError::Cancelled)));
    drop(held);
}
