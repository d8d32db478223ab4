//! The durable queue from outside: what the server does by itself, and what an operator sees and decides.

use puente_tests::{FAILED, REFUSED, Site};
use rusqlite::Connection;
use serde_json::Value;

fn database(site: &Site) -> Connection {
    Connection::open(site.data().join("puente.db")).unwrap()
}

fn listed(site: &Site, arguments: &[&str]) -> Vec<Value> {
    let listed = site.puente(&[&["jobs", "list", "--json"], arguments].concat()).json();
    listed.as_array().unwrap().clone()
}

#[tokio::test]
async fn what_recurs_is_done_once_by_the_server_and_can_be_looked_at() {
    let site = Site::embedded();
    let server = site.serve().await;
    server.until("the schedule is known", async || rows(&site, "job_schedules") == 1).await;
    database(&site).execute("UPDATE job_schedules SET next_at = 1", []).unwrap();
    server.until("it is done", async || listed(&site, &["--state", "done"]).len() == 1).await;

    let job = listed(&site, &[]).remove(0);
    let id = job["id"].as_str().unwrap();
    assert_eq!((job["kind"].as_str(), job["attempts"].as_u64()), (Some("prune"), Some(1)));
    assert_eq!(site.puente(&["jobs", "show", id]).json(), job);
    let table = site.puente(&["jobs", "list", "--kind", "prune"]).success().stdout;
    assert!(table.contains("KIND") && table.contains(id), "{table}");
    site.puente(&["jobs", "retry", id]).expect_failure(FAILED, &["is done", "only dead and cancelled"]);
    site.puente(&["jobs", "cancel", id]).expect_failure(FAILED, &["is done already"]);
    site.puente(&["jobs", "show", "nothing"]).expect_failure(REFUSED, &["no job 'nothing'"]);

    let admin = server.admin().await;
    assert_eq!(admin.get("/api/v1/jobs/counts").await.expect(200)["done"], 1);
    let page = admin.get("/api/v1/jobs?state=done&kind=prune").await.expect(200);
    assert_eq!(page["items"][0]["id"], job["id"]);
    assert_eq!(admin.get(&format!("/api/v1/jobs/{id}")).await.expect(200)["payload"], serde_json::json!({}));
    let refused = admin.post(&format!("/api/v1/jobs/{id}/retry"), serde_json::json!({})).await;
    assert_eq!((refused.status, &refused.body["type"]), (409, &Value::from("urn:puente:problem:state")));
}

#[tokio::test]
async fn a_dead_job_is_done_when_an_operator_retries_it() {
    let site = Site::embedded();
    site.puente(&["jobs", "list"]).expect_success();
    let id = "019abc12-0000-7000-8000-000000000001";
    database(&site)
        .execute(
            "INSERT INTO jobs (id, kind, payload, state, priority, attempts, max_attempts, run_at, error, created_at,
                               finished_at)
             VALUES (x'019abc12000070008000000000000001', 'prune', '{}', 'dead', 0, 5, 5, 1, 'disk full', 1, 1)",
            [],
        )
        .unwrap();
    assert_eq!(listed(&site, &["--state", "dead"])[0]["error"], "disk full");
    let queued = site.puente(&["jobs", "retry", id, "--json"]).json();
    assert_eq!((&queued["state"], &queued["attempts"]), (&Value::from("queued"), &Value::from(0)));
    let cancelled = site.puente(&["jobs", "cancel", id, "--json"]).json();
    assert_eq!(cancelled["state"], "cancelled");
    site.puente(&["jobs", "retry", id]).expect_success();
    let server = site.serve().await;
    server.until("it is done", async || site.puente(&["jobs", "show", id]).json()["state"] == "done").await;
    let events = server.admin().await.get("/api/v1/audit?action=jobs/retry").await.expect(200);
    assert_eq!(events["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(events["items"][0]["target"], id);
}

fn rows(site: &Site, table: &str) -> i64 {
    database(site).query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}
