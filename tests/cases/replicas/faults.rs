//! Three replicas on a PostgreSQL and a Redis, under a steady load that goes through a balancer: whatever fails, only the
//! calls that were on it do. Everything happens to one cluster, one thing after the other, and the counts are printed.

mod lasting;
mod official;
mod stage;

use puente_test_support::{postgres::Postgres, redis::Redis};
use serde_json::json;

use self::{
    lasting::Lasting,
    official::OfficialClients,
    stage::{REPLICAS, Stage},
};
use super::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_was_on_it_fails() {
    let mut stage = Stage::set().await;
    let mut lasting = Lasting::begin(&stage).await;
    stage.nothing_fails("at first").await;

    one_replica_is_killed(&mut stage, &mut lasting).await;
    let official = OfficialClients::start(&stage, "replaced");
    official.are_calling(&stage).await;
    all_replicas_are_replaced(&mut stage, &mut lasting).await;
    redis_fails(&mut stage, &mut lasting).await;
    official.end(&mut stage).await;
    let official = OfficialClients::start(&stage, "cut-off");
    official.are_calling(&stage).await;
    one_replica_is_cut_off(&mut stage, &mut lasting).await;
    postgresql_restarts(&mut stage, &mut lasting).await;
    official.count(&mut stage).await;

    lasting.is_known(&stage).await;
    lasting.nothing_is_lost(&mut stage).await;
    nothing_is_half_done(stage).await;
}

async fn one_replica_is_killed(stage: &mut Stage, lasting: &mut Lasting) {
    let official = OfficialClients::start(stage, "killed");
    official.are_calling(stage).await;
    stage.nothing_fails("before replica 1 is killed").await;
    lasting.queue(stage).await;
    stage.servers[1].take().unwrap().kill().await;
    until("the balancer sees it", async || !stage.balancer.is_ready(1)).await;
    let tally = stage.tally("while replica 1 was killed");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(1)), "{}\n{:#?}", stage.report, tally.failed);
    // Calls that the balancer had sent before it saw may still be counted.
    stage.serve_on(&[0, 2]).await;
    let tally = stage.tally("without replica 1");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(1)), "{}\n{:#?}", stage.report, tally.failed);
    stage.start(1).await;
    stage.nothing_fails("with replica 1 again").await;
    for (mode, failed) in official.count(stage).await {
        assert!(failed <= stage.balancer.unanswered(1), "{mode}\n{}", stage.report);
    }
    lasting.is_known(stage).await;
}

async fn all_replicas_are_replaced(stage: &mut Stage, lasting: &mut Lasting) {
    for replica in 0..REPLICAS {
        lasting.queue(stage).await;
        let server = stage.servers[replica].take().unwrap();
        assert_eq!(server.stop().await.code(), Some(0));
        until("the balancer sees it", async || !stage.balancer.is_ready(replica)).await;
        stage.start(replica).await;
        lasting.is_known(stage).await;
    }
    stage.nothing_fails("while one replica after the other was replaced").await;
}

/// **0 failed calls, 0 lost jobs and tasks, nobody logged out.**
async fn redis_fails(stage: &mut Stage, lasting: &mut Lasting) {
    let before = |redis: &mut Redis, what: &str| match what {
        "while Redis hung" => redis.hang(),
        "when Redis went on" => redis.go_on(),
        "after FLUSHALL" => drop(redis.ask(&["FLUSHALL"])),
        "while Redis was full" => fill(redis),
        "without Redis" => redis.kill(),
        "with Redis again" => redis.start_again(),
        other => unreachable!("{other}"),
    };
    let phases = ["while Redis hung", "when Redis went on", "after FLUSHALL", "while Redis was full"];
    for phase in phases.into_iter().chain(["without Redis", "with Redis again"]) {
        lasting.start_task().await;
        lasting.queue(stage).await;
        before(&mut stage.redis, phase);
        stage.nothing_fails(phase).await;
        lasting.is_known(stage).await;
        assert!(phase != "while Redis was full" || evicted(&stage.redis) > 0, "nothing was evicted");
    }
    lasting.tasks_are_complete(stage).await;
    let redis = &stage.redis;
    until("Redis is used again", async || !redis.keys("puente:*").is_empty()).await;
}

/// Leaves no room, and lets Redis take what it wants for new keys.
fn fill(redis: &Redis) {
    let _ = redis.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let _ = redis.ask(&["CONFIG", "SET", "maxmemory", "5mb"]);
    let value = "x".repeat(10_000);
    for number in 0..1000 {
        let answer = redis.ask(&["SET", &format!("filler-{number}"), &value]);
        assert_eq!(answer, "+OK\r\n");
    }
}

fn evicted(redis: &Redis) -> u64 {
    let statistics = redis.ask(&["INFO", "stats"]);
    let evicted = statistics.lines().find_map(|line| line.strip_prefix("evicted_keys:"));
    evicted.expect("Redis counts them").trim().parse().unwrap()
}

/// The replica says that it is not ready, and the others do its work.
async fn one_replica_is_cut_off(stage: &mut Stage, lasting: &mut Lasting) {
    lasting.queue(stage).await;
    stage.cable.cut();
    until("the balancer sees it", async || !stage.balancer.is_ready(2)).await;
    // Calls that it holds end once it has waited long enough for a connection.
    stage.serve_on(&[0, 1]).await;
    let tally = stage.tally("while replica 2 was cut off from PostgreSQL");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(2)), "{}\n{:#?}", stage.report, tally.failed);
    stage.cable.mend();
    until("the balancer sees it", async || stage.balancer.is_ready(2)).await;
    stage.serve_on(&[0, 1, 2]).await;
    let tally = stage.tally("when it was connected again");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(2)), "{}\n{:#?}", stage.report, tally.failed);
    stage.nothing_fails("after that").await;
    lasting.is_known(stage).await;
}

/// Calls that need it wait or fail with an answer; nobody has to do anything for the recovery.
async fn postgresql_restarts(stage: &mut Stage, lasting: &mut Lasting) {
    lasting.queue(stage).await;
    tokio::task::block_in_place(|| stage.postgres.restart());
    stage.serve_on(&[0, 1, 2]).await;
    until("all are ready", async || (0..REPLICAS).all(|replica| stage.balancer.is_ready(replica))).await;
    let tally = stage.tally("while PostgreSQL restarted");
    let unanswered = tally.failed.iter().filter(|(_, answer)| answer.starts_with("0 ")).count();
    assert_eq!(unanswered, 0, "{}\n{:#?}", stage.report, tally.failed);
    // A call that began before may end now.
    stage.serve_on(&[0, 1, 2]).await;
    stage.tally("when PostgreSQL was back");
    stage.nothing_fails("after that").await;
}

/// Every note that was acknowledged is there and audited; every note that is there has a trace.
async fn nothing_is_half_done(mut stage: Stage) {
    let Stage { load, .. } = stage;
    let mut last = load.take();
    load.stop().await;
    stage.acknowledged.append(&mut last.acknowledged);
    let notes = Postgres::column(&stage.cluster.notes, "SELECT marker FROM notes").await.unwrap();
    let missing: Vec<_> = stage.acknowledged.iter().filter(|marker| !notes.contains(marker)).collect();
    assert!(missing.is_empty(), "acknowledged, but not written: {missing:?}");
    let trail = "SELECT arguments || ' ' || outcome FROM audit_events WHERE target = 'notes.add_note'";
    let trail = Postgres::column(&stage.database, trail).await.unwrap();
    let traces = |marker: &String| {
        let arguments = json!({"marker": marker}).to_string();
        trail.iter().filter(move |row| row.starts_with(&arguments)).collect::<Vec<_>>()
    };
    for marker in &notes {
        assert_eq!(traces(marker).len(), 1, "{marker}");
    }
    let not_ok: Vec<_> = stage.acknowledged.iter().filter(|marker| !traces(marker)[0].ends_with(" ok")).collect();
    assert!(not_ok.is_empty(), "acknowledged, but not audited as such: {not_ok:?}");
    println!("{}{} notes were written, {} acknowledged", stage.report, notes.len(), stage.acknowledged.len());
}
