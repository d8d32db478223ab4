//! Any SQLite file as a schema of PostgreSQL, with the built binary.

use std::{process::Command, time::Duration};

use puente_tests::{FAILED, PgDatabase, REFUSED, Run, Site, SmallPostgres};
use rusqlite::Connection;
use serde_json::json;

use super::{Paused, cut, server_on};

const POINTS: &[&str] = &["auto.opened", "auto.copied", "auto.committing"];

fn shop(site: &Site) -> String {
    let file = site.path().join("shop.db");
    let shop = "CREATE TABLE goods (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, price NUMERIC(10, 2), made DATE);
                INSERT INTO goods (name, price, made) VALUES ('bridge', 12.5, '2027-01-31'), ('puente 🌉', NULL, NULL);
                CREATE VIEW cheap AS SELECT * FROM goods WHERE price < 20";
    Connection::open(&file).unwrap().execute_batch(shop).unwrap();
    file.to_str().unwrap().to_owned()
}

fn taking_over(site: &Site, file: &str, to: &PgDatabase, more: &[&str]) -> Command {
    let fixed = ["transfer", "--schema", "auto", "--from", file, "--to", to.url(), "--into-schema", "shop"];
    site.command(&[&fixed, more].concat())
}

fn schemas(database: &PgDatabase) -> String {
    database.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'")
}

#[tokio::test]
async fn the_schema_is_a_source_at_once() {
    let (database, business) = (PgDatabase::empty().await, PgDatabase::empty().await);
    let site = server_on(&database);
    let file = shop(&site);
    let looked = Run::of(taking_over(&site, &file, &business, &["--dry-run", "--json"])).json();
    assert_eq!(looked["tables"][0]["rows"], 2, "{looked}");
    assert_eq!(schemas(&business), "0");
    let made = Run::of(taking_over(&site, &file, &business, &["--register", "shop", "--json"])).json();
    assert!(made["notes"][0].as_str().unwrap().contains("view cheap"), "{made}");
    let again = Run::of(taking_over(&site, &file, &business, &[]));
    again.expect_failure(REFUSED, &["the schema shop holds", "name another one"]);

    let draft = site.puente(&["source", "draft", "shop"]).success().stdout;
    let catalog = site.write("shop.yaml", &draft.replace("${env:SOURCE_SHOP_URL}", "${secret:shop_url}"));
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let key = site.key("robot", &["--role", "admin"]);
    let server = site.serve().await;
    let goods = server.mcp(&key).call("shop_list_goods", json!({})).await.expect(200);
    let rows = &goods["result"]["structuredContent"]["rows"];
    assert_eq!(rows.as_array().map(Vec::len), Some(2), "{goods}");
    assert!(rows.to_string().contains("puente 🌉") && rows.to_string().contains("12.50"), "{rows}");
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_then_treated_as_asked() {
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let file = shop(&site);
    let edit = "UPDATE goods SET name = 'a' || char(0) || 'b' WHERE id = 2";
    Connection::open(&file).unwrap().execute_batch(edit).unwrap();
    let refused = Run::of(taking_over(&site, &file, &database, &[]));
    refused.expect_failure(FAILED, &["table goods, column name, row id=2", "NUL", "--unfit"]);
    assert_eq!(schemas(&database), "0");
    let made = Run::of(taking_over(&site, &file, &database, &["--unfit=escape", "--json"])).json();
    assert_eq!(made["tables"][0]["changed"], 1, "{made}");
    assert_eq!(database.query("SELECT name FROM shop.goods WHERE id = 2"), r"a\u0000b");
}

#[test]
fn kill_a_lost_connection_and_a_full_disk_leave_nothing() {
    let (small, database) = SmallPostgres::start("100m");
    let site = server_on(&database);
    let file = shop(&site);
    for point in POINTS {
        Paused::at(&site, point, taking_over(&site, &file, &database, &[])).kill();
        until_alone(&database);
        assert_eq!(schemas(&database), "0", "after kill -9 at {point}");

        let paused = Paused::at(&site, point, taking_over(&site, &file, &database, &[]));
        cut(&database);
        paused.go_on().expect_failure(FAILED, &["PostgreSQL says"]);
        assert_eq!(schemas(&database), "0", "after a lost connection at {point}");

        let paused = Paused::at(&site, point, taking_over(&site, &file, &database, &[]));
        small.fill();
        let run = paused.go_on();
        small.make_room();
        if run.code == 0 {
            assert_eq!(database.query("SELECT count(*) FROM shop.goods"), "2");
            database.run("DROP SCHEMA shop CASCADE");
        } else {
            run.expect_failure(FAILED, &["No space left on device"]);
            assert_eq!(schemas(&database), "0", "after a full disk at {point}");
        }
    }
    Run::of(taking_over(&site, &file, &database, &[])).expect_success();
}

/// The server notices a killed client when it next looks at the connection.
fn until_alone(database: &PgDatabase) {
    let others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'puente transfer'";
    while database.query(others) != "0" {
        std::thread::sleep(Duration::from_millis(10));
    }
}
