//! Rotating the keys that seal secrets and sign tokens logs nobody out and loses no secret.

use std::fs;

use puente_tests::{ADMIN_EMAIL, ADMIN_PASSWORD, Api, Run, Site};
use serde_json::json;

fn set_secret(site: &Site, name: &str, value: &str) {
    let mut command = site.command(&["secret", "set", name]);
    command.stdin(fs::File::open(site.write("secret.txt", value)).unwrap());
    Run::of(command).expect_success();
}

#[tokio::test]
async fn rotation_loses_nothing() {
    let site = Site::with_notes();
    set_secret(&site, "notes_url", &format!("sqlite:{}", site.notes().display()));
    let catalog = fs::read_to_string(puente_tests::tools::root().join("tests/catalogs/notes.yaml")).unwrap();
    let catalog = site.write("sealed.yaml", &catalog.replace("${env:SOURCE_NOTES_URL}", "${secret:notes_url}"));
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let credentials = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    let session = Api::anonymous(server.url()).post("/api/v1/auth/token", credentials).await.expect(200);

    for arguments in [&["secret", "rotate", "--new-key"][..], &["secret", "rotate", "--new-key", "--tokens"]] {
        site.puente(arguments).expect_success();
    }
    assert_eq!(server.stop().await.code(), Some(0));
    let server = site.serve().await;
    site.puente(&["secret", "rotate"]).expect_success();

    let before = server.api(session["access_token"].as_str().unwrap());
    assert_eq!(before.get("/api/v1/me").await.expect(200)["name"], ADMIN_EMAIL);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let after = Api::anonymous(server.url()).post("/api/v1/auth/refresh", refresh).await.expect(200);
    assert_eq!(server.api(after["access_token"].as_str().unwrap()).get("/api/v1/me").await.status, 200);
    let called = server.mcp(&key).call("notes_list_notes", json!({})).await.expect(200);
    assert!(called["result"]["structuredContent"].is_object(), "{called}");
    let secrets = site.puente(&["secret", "list", "--json"]).json();
    assert!(secrets.as_array().unwrap().iter().all(|secret| secret["readable"] == true), "{secrets}");
}
