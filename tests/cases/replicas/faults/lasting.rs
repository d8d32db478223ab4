//! What must outlive every fault: a person and an agent who are signed in, jobs, and, where only Redis fails, tasks.

use std::fmt::Write;

use puente_test_support::postgres::Postgres;
use puente_tests::{ADMIN_EMAIL, ADMIN_PASSWORD, Api, Legacy, Mcp};
use serde_json::{Value, json};

use super::{super::until, stage::Stage};

/// So many jobs are queued in each phase.
const JOBS: usize = 5;

/// Everything goes through the balancer, so that each request may reach another replica.
pub(super) struct Lasting {
    url: String,
    tokens: Value,
    agent: Legacy,
    mcp: Mcp,
    /// How often both were asked for, and known.
    asked: usize,
    jobs: usize,
    tasks: Vec<String>,
}

impl Lasting {
    pub(super) async fn begin(stage: &Stage) -> Self {
        let url = stage.balancer.url().to_owned();
        let key = stage.cluster.sites[0].key("lasting", &[]);
        let credentials = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
        let tokens = Api::anonymous(&url).post("/api/v1/auth/token", credentials).await.expect(200);
        let mcp_url = format!("{url}/mcp");
        let agent = Legacy::start(&mcp_url, &key).await;
        let mcp = Mcp::new(&mcp_url, &key).knowing_tasks();
        Self { url, tokens, agent, mcp, asked: 0, jobs: 0, tasks: Vec::new() }
    }

    /// Queues jobs that no replica is told of.
    pub(super) async fn queue(&mut self, stage: &Stage) {
        let insert = format!(
            "INSERT INTO jobs (id, kind, payload, state, priority, attempts, max_attempts, run_at, created_at)
             SELECT gen_random_uuid(), 'prune', '{{}}', 'queued', 7, 0, 5, now(), now() FROM generate_series(1, {JOBS})"
        );
        Postgres::execute(&stage.database, &insert).await.unwrap();
        self.jobs += JOBS;
    }

    /// Starts a call that goes on as a task into what comes.
    pub(super) async fn start_task(&mut self) {
        self.tasks.push(self.mcp.start_task("notes_sleep", json!({"seconds": 1})).await);
    }

    /// Both are still signed in: by their tokens, by a refresh, by the session.
    pub(super) async fn is_known(&mut self, stage: &Stage) {
        let text = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();
        let person = Api::new(&self.url, &text(&self.tokens, "access_token"));
        assert_eq!(person.get("/api/v1/me").await.status, 200, "{}", stage.report);
        let refresh = json!({"refresh_token": text(&self.tokens, "refresh_token")});
        self.tokens = Api::anonymous(&self.url).post("/api/v1/auth/refresh", refresh).await.expect(200);
        let answer = self.agent.call(&format!("{}/mcp", self.url), "notes_count_notes", json!({})).await;
        assert!(super::super::is_ok(&answer), "{} {}\n{}", answer.status, answer.body, stage.report);
        self.asked += 1;
    }

    /// Every task has ended with its result.
    pub(super) async fn tasks_are_complete(&mut self, stage: &mut Stage) {
        for task in &self.tasks {
            let asked = async || self.mcp.task(task).await.expect(200)["result"].clone();
            until("the task has ended", async || asked().await["status"] != "working").await;
            let ended = asked().await;
            assert!(ended["result"]["structuredContent"]["rows"].is_array(), "{ended}\n{}", stage.report);
        }
        let tasks = self.tasks.len();
        writeln!(stage.report, "{tasks} tasks were started into what happened to Redis: {tasks} completed, 0 lost")
            .unwrap();
    }

    /// Every job was done, and nobody was asked to sign in again.
    pub(super) async fn nothing_is_lost(self, stage: &mut Stage) {
        let count = async |of: &str| {
            let count = format!("SELECT count(*)::text FROM jobs WHERE priority = 7 AND {of}");
            Postgres::column(&stage.database, &count).await.unwrap()[0].parse::<usize>().unwrap()
        };
        until("every job has ended", async || count("state IN ('queued', 'running')").await == 0).await;
        let (done, again) = (count("state = 'done'").await, count("attempts > 1").await);
        let Self { jobs, asked, .. } = self;
        writeln!(stage.report, "{jobs} jobs were queued: {done} done, {} lost, {again} tried again", jobs - done)
            .unwrap();
        writeln!(stage.report, "a person and a legacy agent were asked for {asked} times: 0 logged out").unwrap();
        assert_eq!(done, jobs, "{}", stage.report);
    }
}
