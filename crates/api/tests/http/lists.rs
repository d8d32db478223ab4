use puente_domain::Role;
use reqwest::Response;
use serde_json::Value;

use crate::world::{World, header, ok, problem};

/// The path that `Link` names, if there is a next page.
fn next(response: &Response) -> Option<String> {
    let link = header(response, "link");
    let path = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    Some(path.to_owned())
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let world = World::new().await;
    for index in 0..5 {
        world.user(&format!("user{index}@example.com"), Role::Member).await;
    }
    let mut path = Some("/api/v1/users?limit=2&search=USER".to_owned());
    let (mut emails, mut pages) = (Vec::new(), 0);
    while let Some(page) = path {
        let response = world.get(&page).send().await.unwrap();
        path = next(&response);
        let body = ok(response, 200).await;
        assert_eq!(path.is_some(), body["next"].is_string());
        emails.extend(body["items"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()));
        pages += 1;
    }
    let expected: Vec<String> = (0..5).map(|index| format!("user{index}@example.com")).collect();
    assert_eq!((emails, pages), (expected, 3));
}

#[tokio::test]
async fn parameters_that_are_wrong_are_refused() {
    let world = World::new().await;
    for query in ["limit=0", "limit=1001", "limit=x", "colour=red", "limit=1&limit=2"] {
        let response = world.get(&format!("/api/v1/users?{query}")).send().await.unwrap();
        problem(response, 400, "bad-request").await;
    }
    let outcome = world.get("/api/v1/audit?outcome=great").send().await.unwrap();
    problem(outcome, 400, "bad-request").await;
}

#[tokio::test]
async fn the_audit_trail_is_searched() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let refused = world.request(reqwest::Method::GET, "/api/v1/users").bearer_auth(&ana);
    problem(refused.send().await.unwrap(), 403, "forbidden").await;

    let search = async |query: &str, token: &str| -> Vec<Value> {
        let request = world.request(reqwest::Method::GET, &format!("/api/v1/audit?{query}")).bearer_auth(token);
        ok(request.send().await.unwrap(), 200).await["items"].as_array().unwrap().clone()
    };
    let found = search("outcome=refused&action=users/list", &world.admin).await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0]["principal"].as_str(), found[0]["address"].as_str()),
        (Some("ana-example-com"), Some("127.0.0.1"))
    );
    let own = search("", &ana).await;
    assert!(!own.is_empty() && own.iter().all(|event| event["principal"] == "ana-example-com"), "{own:?}");
    assert!(search("since=2999-01-01T00:00:00Z", &world.admin).await.is_empty());
    let one = world.get(&format!("/api/v1/audit/{}", found[0]["id"].as_str().unwrap())).send().await.unwrap();
    assert_eq!(ok(one, 200).await, found[0]);

    let export = async |query: &str, token: &str| -> Vec<Value> {
        let request = world.request(reqwest::Method::GET, &format!("/api/v1/audit/export{query}")).bearer_auth(token);
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"application/jsonl".parse().unwrap())
        );
        answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut own = search("", &ana).await;
    own.reverse();
    assert_eq!(export("", &ana).await, own);
    assert!(export("", &world.admin).await.len() > own.len());
    assert!(export("?since=2999-01-01T00:00:00Z", &world.admin).await.is_empty());

    let statistics = world.get("/api/v1/statistics/calls?since=2020-01-01T00:00:00Z").send().await.unwrap();
    assert_eq!(ok(statistics, 200).await["calls"], 0);
}
