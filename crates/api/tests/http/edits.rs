use puente_domain::Role;
use serde_json::json;

use crate::world::{World, header, ok, problem};

#[tokio::test]
async fn edits_name_the_version_they_saw() {
    let world = World::new().await;
    world.user("ana@example.com", Role::Member).await;
    for (path, change) in [
        ("/api/v1/users/ana@example.com", json!({"display_name": "Ana"})),
        ("/api/v1/teams/finance", json!({"description": "Money"})),
        ("/api/v1/servers/finance", json!({"description": "Money"})),
    ] {
        if path.contains("teams") {
            ok(world.post("/api/v1/teams", &json!({"name": "finance"})).send().await.unwrap(), 201).await;
        }
        if path.contains("servers") {
            let server = json!({"name": "finance", "include": ["*"]});
            let created = world.post("/api/v1/servers", &server).send().await.unwrap();
            assert_eq!(header(&created, "etag"), "\"1\"");
        }
        let seen = header(&world.get(path).send().await.unwrap(), "etag");
        let edit = |tag: &str| world.patch(path, &change).header("if-match", tag).send();

        problem(world.patch(path, &change).send().await.unwrap(), 428, "version-required").await;
        let edited = edit(&seen).await.unwrap();
        let now = header(&edited, "etag");
        ok(edited, 200).await;
        assert_ne!(now, seen, "{path}");
        assert_eq!(header(&world.get(path).send().await.unwrap(), "etag"), now, "{path}");
        for stale in [seen.as_str(), "\"rubbish\"", "W/\"2\"", "2"] {
            problem(edit(stale).await.unwrap(), 412, "stale").await;
        }
        ok(edit("*").await.unwrap(), 200).await;
    }
}

#[tokio::test]
async fn teams_grants_and_members_are_edited() {
    let world = World::new().await;
    world.user("ana@example.com", Role::Member).await;
    ok(world.post("/api/v1/teams", &json!({"name": "finance"})).send().await.unwrap(), 201).await;
    let server = json!({"name": "erp", "include": ["*"]});
    ok(world.post("/api/v1/servers", &server).send().await.unwrap(), 201).await;

    let member = "/api/v1/teams/finance/members/user:ana@example.com";
    let send = |method, path: &str| world.request(method, path).bearer_auth(&world.admin).send();
    ok(send(reqwest::Method::PUT, member).await.unwrap(), 204).await;
    let members = ok(world.get("/api/v1/teams/finance/members").send().await.unwrap(), 200).await;
    assert_eq!(members["items"], json!(["user:ana@example.com"]));
    ok(send(reqwest::Method::DELETE, member).await.unwrap(), 204).await;

    let grant = json!({"server": "erp", "grantee": "team:finance"});
    let grant = ok(world.post("/api/v1/grants", &grant).send().await.unwrap(), 201).await;
    let grants = ok(world.get("/api/v1/grants?server=erp").send().await.unwrap(), 200).await;
    assert_eq!(grants["items"], json!([grant]));
    let path = format!("/api/v1/grants/{}", grant["id"].as_str().unwrap());
    ok(send(reqwest::Method::DELETE, &path).await.unwrap(), 204).await;
    problem(send(reqwest::Method::DELETE, &path).await.unwrap(), 404, "not-found").await;
}
