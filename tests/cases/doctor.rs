//! `puente doctor`, `healthcheck`, and what the log warns of.

use puente_tests::{FAILED, Site};
use serde_json::Value;

/// The findings of `puente doctor` about one thing: status and message.
fn findings(site: &Site, check: &str) -> Vec<(String, String)> {
    let run = site.puente(&["doctor", "--json"]);
    let all: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    let about = all.as_array().unwrap().iter().filter(|finding| finding["check"] == check);
    about
        .map(|finding| {
            assert_eq!(finding["status"] != "ok", finding["advice"].is_string(), "it says what to do: {finding}");
            (text(finding, "status"), text(finding, "message"))
        })
        .collect()
}

#[tokio::test]
async fn doctor_and_log_warn_of_what_is_open_to_anyone() {
    let site = Site::with_notes();
    let server = site.serve().await;
    let warned = |name: &str| {
        let log = server.log();
        log.lines().filter(|line| line.contains("without a token") && line.contains(name)).count()
    };
    assert_eq!((warned("public"), warned("auditors")), (1, 0), "{}", server.log());
    let [(status, message)] = &findings(&site, "virtual servers")[..] else { panic!("one finding") };
    assert!(status == "warning" && message.contains("public") && !message.contains("auditors"), "{message}");

    let open = "servers:\n  - {name: late, include: [notes.list_notes], open: true}\n";
    site.puente(&["apply", "-f", &site.write("open.yaml", open)]).expect_success();
    server.until("the log warns of the new one", async || warned("late") == 1).await;
    assert_eq!(warned("public"), 1, "once is enough");
    site.puente(&["healthcheck", "--url", server.url()]).expect_success();
}

#[test]
fn doctor_names_a_source_that_is_down_and_a_folder_that_cannot_be_written() {
    let site = Site::with_notes();
    site.puente(&["doctor"]).expect_success();
    std::fs::remove_file(site.notes()).unwrap();
    let [(status, message)] = &findings(&site, "source")[..] else { panic!("one finding") };
    assert!(status == "error" && message.starts_with("notes: "), "{message}");
    site.puente(&["doctor"]).expect_failure(FAILED, &["notes: ", "puente source test notes"]);
}
