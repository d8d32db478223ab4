use puente_domain::Role;

use crate::world::{World, ok, options, problem};

async fn address_of_a_refusal(world: &World, forwarded: &str) -> String {
    let member = world.user("m@example.com", Role::Member).await;
    let refused = world.request(reqwest::Method::GET, "/api/v1/users").bearer_auth(member);
    problem(refused.header("x-forwarded-for", forwarded).send().await.unwrap(), 403, "forbidden").await;
    let trail = ok(world.get("/api/v1/audit?outcome=refused").send().await.unwrap(), 200).await;
    trail["items"][0]["address"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn only_trusted_proxies_say_who_the_client_is() {
    let direct = World::new().await;
    assert_eq!(address_of_a_refusal(&direct, "203.0.113.9").await, "127.0.0.1");
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let proxied = World::with(puente_api::Options { trusted_proxies, ..options() }).await;
    assert_eq!(address_of_a_refusal(&proxied, "1.1.1.1, 203.0.113.9").await, "203.0.113.9");
}
