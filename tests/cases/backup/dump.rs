//! A plain `pg_dump` of Puente's database, restored with PostgreSQL's own programs, as the stack's manual says.

use std::{fs::File, process::Command};

use puente_tests::{PgDatabase, tools};
use serde_json::json;

use super::only_backup;
use crate::transfer::{laptop, server_on};

fn run(program: &str, arguments: &[&str], input: Option<&str>) -> String {
    let mut command = Command::new(tools::postgres(program));
    command.args(arguments);
    if let Some(file) = input {
        command.stdin(File::open(file).unwrap());
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn brings_everything_back() {
    let (laptop, key) = laptop();
    laptop.puente(&["backup"]).expect_success();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let sealed_with = laptop.data().join("keys/encryption.key");
    let restore = ["restore", &only_backup(&laptop), "--encryption-key-file", sealed_with.to_str().unwrap()];
    site.puente(&restore).expect_success();
    let server = site.serve().await;
    assert_eq!(server.mcp(&key).call("notes_add_note", json!({"marker": "before the dump"})).await.status, 200);
    let notes = server.mcp(&key).call("notes_list_notes", json!({})).await.expect(200);
    server.stop().await;

    // Onto the same database, which has changed since.
    let dump = site.path().join("puente.dump");
    let dump = dump.to_str().unwrap();
    run("pg_dump", &["--format=custom", "--file", dump, "--dbname", database.url()], None);
    site.puente(&["team", "create", "later"]).expect_success();
    run("pg_restore", &["--clean", "--if-exists", "--dbname", database.url()], Some(dump));
    assert!(!site.puente(&["team", "list"]).success().stdout.contains("later"));
    let again = site.serve().await;
    assert_eq!(again.mcp(&key).call("notes_list_notes", json!({})).await.expect(200)["result"], notes["result"]);
    again.stop().await;

    // As text, into an empty one.
    let text = site.write("puente.sql", &run("pg_dump", &["--dbname", database.url()], None));
    let empty = PgDatabase::empty().await;
    run("psql", &["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", empty.url()], Some(&text));
    let other = server_on(&empty);
    let secrets = other.puente(&["secret", "list", "--json"]).json();
    assert!(secrets.as_array().unwrap().iter().all(|secret| secret["readable"] == true), "{secrets}");
    let elsewhere = other.serve().await;
    assert_eq!(elsewhere.mcp(&key).call("notes_list_notes", json!({})).await.expect(200)["result"], notes["result"]);
}
