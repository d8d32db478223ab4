//! What takes minutes: `make soak`.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn a_hundred_thousand_events_of_three_replicas_with_kill_9() {
    super::crashes::three_replicas(100_000).await;
}
