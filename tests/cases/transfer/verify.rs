//! A verification that must fail says where.

use std::fs;

use puente_tests::{FAILED, PgDatabase, Site};

use super::{file, laptop, server_on, transfer};

fn differing(site: &Site, laptop: &Site, words: &[&str]) {
    site.puente(&["transfer", "verify", "--from", &file(laptop)]).expect_failure(FAILED, words);
}

#[tokio::test]
async fn every_difference_is_named() {
    let (laptop, _) = laptop();
    laptop.user("one@example.com", "member");
    laptop.user("two@example.com", "member");
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    transfer(&site, &laptop, &[]).expect_success();
    let verify = || site.puente(&["transfer", "verify", "--from", &file(&laptop)]);
    verify().expect_success();

    database.run("UPDATE sources SET description = description || 'x' WHERE name = 'notes'");
    differing(&site, &laptop, &["table sources", "differs in description"]);
    database.run("UPDATE sources SET description = left(description, -1) WHERE name = 'notes'");
    verify().expect_success();

    let swap = "UPDATE users SET display_name = CASE email WHEN 'one@example.com' THEN 'b' ELSE 'a' END";
    database.run(&swap.replace("'b'", "'a'").replace("ELSE 'a'", "ELSE display_name"));
    differing(&site, &laptop, &["table users", "differs in display_name"]);
    database.run("UPDATE users SET display_name = ''");
    verify().expect_success();

    // A swapped pair: both hashes are there, but at each other's rows.
    let pair =
        "UPDATE users SET password_hash = (SELECT o.password_hash FROM users o WHERE o.email IN ('one@example.com',
                'two@example.com') AND o.email <> users.email) WHERE email IN ('one@example.com', 'two@example.com')";
    database.run(pair);
    differing(&site, &laptop, &["table users", "differs in password_hash", "2 rows"]);
    database.run(pair);
    verify().expect_success();

    let uploaded = site.data().join("uploads/ab/abcdef");
    fs::write(&uploaded, "an uploaded filE").unwrap();
    differing(&site, &laptop, &["file ab/abcdef differs"]);
    fs::remove_file(&uploaded).unwrap();
    differing(&site, &laptop, &["file ab/abcdef is missing"]);
    fs::write(&uploaded, "an uploaded file").unwrap();
    verify().expect_success();

    database.run("DELETE FROM teams WHERE name = 'auditors'");
    let json = site.puente(&["transfer", "verify", "--json", "--from", &file(&laptop)]);
    assert_eq!(json.code, FAILED);
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["differences"][0]["table"], "teams", "{found}");
    assert_eq!(found["differences"][0]["missing"], 1, "{found}");
}
