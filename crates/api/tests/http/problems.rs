use reqwest::Method;
use serde_json::json;

use crate::world::{World, header, ok, problem};

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let world = World::new().await;
    problem(world.get("/nothing").send().await.unwrap(), 404, "not-found").await;
    problem(world.get("/api/v1/nothing").send().await.unwrap(), 404, "not-found").await;
    problem(world.get("/api/v1/users/nobody@example.com").send().await.unwrap(), 404, "not-found").await;
    problem(world.get("/api/v1/audit/no-id").send().await.unwrap(), 404, "not-found").await;

    let response = world.request(Method::PUT, "/api/v1/users").bearer_auth(&world.admin).send().await.unwrap();
    let allow = header(&response, "allow");
    problem(response, 405, "method-not-allowed").await;
    assert!(allow.contains("GET") && allow.contains("POST") && !allow.contains("PUT"), "{allow}");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_problems() {
    let world = World::new().await;
    let send = |media_type: &str, body: String| {
        world
            .request(Method::POST, "/api/v1/teams")
            .bearer_auth(&world.admin)
            .header("content-type", media_type)
            .body(body)
            .send()
    };
    let team = json!({"name": "finance"}).to_string();
    problem(send("text/plain", team.clone()).await.unwrap(), 415, "unsupported-media-type").await;
    problem(send("application/json", "{\"name\":".into()).await.unwrap(), 400, "bad-request").await;
    problem(send("application/json", String::new()).await.unwrap(), 400, "bad-request").await;
    let deeper = format!("{{\"name\":\"x\",\"description\":{}", "[".repeat(50_000));
    problem(send("application/json", deeper).await.unwrap(), 422, "invalid").await;
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    problem(send("application/json", deep).await.unwrap(), 422, "invalid").await;
    let huge = json!({"name": "x", "description": "x".repeat(70_000)}).to_string();
    problem(send("application/json", huge).await.unwrap(), 413, "too-large").await;
    ok(send("application/json; charset=utf-8", team).await.unwrap(), 201).await;
}

#[tokio::test]
async fn input_that_is_wrong_is_named() {
    let world = World::new().await;
    let table = [
        (json!({"name": "x", "colour": "red"}), "unknown field `colour`"),
        (json!({}), "missing field `name`"),
        (json!({"name": 1}), "invalid type"),
        (json!({"name": "a b"}), "letters, digits"),
    ];
    for (body, expected) in table {
        let problem = problem(world.post("/api/v1/teams", &body).send().await.unwrap(), 422, "invalid").await;
        assert!(problem["detail"].as_str().unwrap().contains(expected), "{problem}");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains(expected), "{problem}");
    }
    let server = json!({"name": "s", "include": ["erp.*", "erp/x"]});
    let found = problem(world.post("/api/v1/servers", &server).send().await.unwrap(), 422, "invalid").await;
    assert_eq!(found["errors"][0]["path"], "include[1]");

    let team = json!({"name": "finance"});
    ok(world.post("/api/v1/teams", &team).send().await.unwrap(), 201).await;
    problem(world.post("/api/v1/teams", &team).send().await.unwrap(), 409, "conflict").await;
}

#[tokio::test]
async fn a_catalog_file_is_refused_with_line_and_column() {
    let world = World::new().await;
    let apply = |file: &'static str| {
        world
            .request(Method::POST, "/api/v1/catalog")
            .bearer_auth(&world.admin)
            .header("content-type", "application/yaml")
            .body(file)
            .send()
    };
    let found = problem(apply("servers:\n  - name: a\n    colour: red\n").await.unwrap(), 422, "invalid").await;
    assert_eq!(found["errors"][0]["line"], 3, "{found}");
    let applied = ok(apply("servers:\n  - name: a\n    include: ['*']\n").await.unwrap(), 200).await;
    assert_eq!(applied["changes"][0]["change"], "added", "{applied}");
    let exported = world.get("/api/v1/catalog").send().await.unwrap();
    assert_eq!(header(&exported, "content-type"), "application/yaml");
    assert!(exported.text().await.unwrap().contains("name: a"));
}

#[tokio::test]
async fn every_answer_keeps_browsers_careful() {
    let world = World::new().await;
    for path in ["/health", "/nothing", "/api/v1/users", "/mcp", "/docs", "/openapi.json"] {
        let response = world.request(Method::GET, path).send().await.unwrap();
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert!(header(&response, "content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(response.headers().get("set-cookie").is_none(), "{path}");
        assert!(response.headers().get("access-control-allow-origin").is_none(), "{path}");
        assert!(!header(&response, "x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn health_says_how_it_is() {
    let world = World::new().await;
    for path in ["/health", "/health/live", "/health/ready"] {
        let health = ok(world.request(Method::GET, path).send().await.unwrap(), 200).await;
        assert_eq!(health["status"], "healthy", "{path}");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    }
    world.readiness.drain();
    let response = world.request(Method::GET, "/health/ready").send().await.unwrap();
    assert_eq!(header(&response, "connection"), "close");
    assert_eq!(ok(response, 503).await["status"], "stopping");
    ok(world.request(Method::GET, "/health/live").send().await.unwrap(), 200).await;
    ok(world.get("/api/v1/users").send().await.unwrap(), 200).await;
}
