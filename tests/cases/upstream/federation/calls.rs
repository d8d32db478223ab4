//! One call for each tool of the reference servers.

use serde_json::{Value, json};

/// A call.
pub(super) struct Call {
    pub(super) source: &'static str,
    pub(super) tool: &'static str,
    pub(super) arguments: Value,
    /// Whether its text depends on the moment, the process or its environment.
    varies: bool,
}

impl Call {
    /// Leaves out what two runs cannot have in common: the text of tools that tell of a moment or a process, and what
    /// each side says about itself.
    pub(super) fn forget_what_differs(&self, answer: &mut Value) {
        if let Some(result) = answer.get_mut("result").and_then(Value::as_object_mut) {
            let meta = result.remove("_meta").unwrap_or_default();
            assert!(
                meta.as_object().is_none_or(|meta| meta.keys().all(|key| key.ends_with("/serverInfo"))),
                "{}.{}: {meta}",
                self.source,
                self.tool
            );
            result.remove("resultType");
            if self.varies {
                assert_ne!(result["isError"], true, "{}.{}", self.source, self.tool);
                result.remove("structuredContent");
                for block in result["content"].as_array_mut().unwrap() {
                    block["text"] = Value::Null;
                    if let Some(resource) = block.get_mut("resource") {
                        resource["text"] = Value::Null;
                    }
                }
            }
        }
    }
}

/// Every tool, in an order in which each finds what it needs. `site` is the folder of the test, `page` a web page.
pub(super) fn calls(site: &str, page: &str) -> Vec<Call> {
    let file = |name: &str| format!("{site}/files/{name}");
    let repo = format!("{site}/repository");
    let mut all = Vec::new();
    let mut add = |source, tool, arguments: Value| all.push(Call { source, tool, arguments, varies: false });
    add("everything", "echo", json!({"message": "¿qué tal?"}));
    add("everything", "get-annotated-message", json!({"messageType": "error", "includeImage": true}));
    add("everything", "get-env", json!({}));
    add("everything", "get-resource-links", json!({"count": 3}));
    add("everything", "get-resource-reference", json!({"resourceType": "Text", "resourceId": 1}));
    add("everything", "get-structured-content", json!({"location": "New York"}));
    add("everything", "get-sum", json!({"a": 2, "b": 3.5}));
    add("everything", "get-tiny-image", json!({}));
    let data = json!({"name": "x.gz", "data": "data:text/plain;base64,aGVsbG8=", "outputType": "resourceLink"});
    add("everything", "gzip-file-as-resource", data);
    add("everything", "toggle-simulated-logging", json!({}));
    add("everything", "toggle-subscriber-updates", json!({}));
    add("everything", "trigger-long-running-operation", json!({"duration": 0.2, "steps": 2}));
    add("everything", "simulate-research-query", json!({"topic": "bridges"}));

    add("filesystem", "read_file", json!({"path": file("a.txt")}));
    add("filesystem", "read_text_file", json!({"path": file("a.txt"), "head": 2}));
    add("filesystem", "read_media_file", json!({"path": file("c.png")}));
    add("filesystem", "read_multiple_files", json!({"paths": [file("a.txt"), file("b.txt")]}));
    add("filesystem", "write_file", json!({"path": file("new.txt"), "content": "new\n"}));
    let edits = json!([{"oldText": "two", "newText": "zwei"}]);
    add("filesystem", "edit_file", json!({"path": file("a.txt"), "edits": edits}));
    add("filesystem", "create_directory", json!({"path": file("sub/deep")}));
    add("filesystem", "list_directory", json!({"path": file("")}));
    add("filesystem", "list_directory_with_sizes", json!({"path": file(""), "sortBy": "name"}));
    add("filesystem", "directory_tree", json!({"path": file("")}));
    add("filesystem", "move_file", json!({"source": file("b.txt"), "destination": file("moved.txt")}));
    add("filesystem", "search_files", json!({"path": file(""), "pattern": "**/*.txt"}));
    add("filesystem", "get_file_info", json!({"path": file("a.txt")}));
    add("filesystem", "list_allowed_directories", json!({}));
    memory(&mut add);
    let thought = json!({"thought": "First.", "nextThoughtNeeded": true, "thoughtNumber": 1, "totalThoughts": 2});
    add("thinking", "sequentialthinking", thought);

    add("time", "get_current_time", json!({"timezone": "Europe/Madrid"}));
    let convert = json!({"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Kathmandu"});
    add("time", "convert_time", convert);
    git(&mut add, &repo);
    add("fetch", "fetch", json!({"url": page}));
    for call in &mut all {
        // The environment is each side's own; times are those of the run; a commit is named by its moment.
        call.varies =
            ["get-env", "get-resource-reference", "get_file_info", "get_current_time", "convert_time", "git_commit"]
                .contains(&call.tool);
    }
    all
}

fn memory(add: &mut impl FnMut(&'static str, &'static str, Value)) {
    let entity = |name: &str| json!({"name": name, "entityType": "person", "observations": ["likes tea"]});
    let relation = json!({"from": "Ana", "to": "Bo", "relationType": "knows"});
    add("memory", "create_entities", json!({"entities": [entity("Ana"), entity("Bo")]}));
    add("memory", "create_relations", json!({"relations": [relation]}));
    let more = json!({"entityName": "Ana", "contents": ["plays chess"]});
    add("memory", "add_observations", json!({"observations": [more]}));
    add("memory", "read_graph", json!({}));
    add("memory", "search_nodes", json!({"query": "chess"}));
    add("memory", "open_nodes", json!({"names": ["Bo"]}));
    let less = json!({"entityName": "Ana", "observations": ["likes tea"]});
    add("memory", "delete_observations", json!({"deletions": [less]}));
    add("memory", "delete_relations", json!({"relations": [relation]}));
    add("memory", "delete_entities", json!({"entityNames": ["Bo"]}));
}

fn git(add: &mut impl FnMut(&'static str, &'static str, Value), repo: &str) {
    add("git", "git_status", json!({"repo_path": repo}));
    add("git", "git_diff_unstaged", json!({"repo_path": repo}));
    add("git", "git_add", json!({"repo_path": repo, "files": ["f"]}));
    add("git", "git_diff_staged", json!({"repo_path": repo}));
    add("git", "git_reset", json!({"repo_path": repo}));
    add("git", "git_log", json!({"repo_path": repo, "max_count": 5}));
    add("git", "git_show", json!({"repo_path": repo, "revision": "HEAD"}));
    add("git", "git_diff", json!({"repo_path": repo, "target": "HEAD~1"}));
    add("git", "git_create_branch", json!({"repo_path": repo, "branch_name": "side"}));
    add("git", "git_branch", json!({"repo_path": repo, "branch_type": "local"}));
    add("git", "git_add", json!({"repo_path": repo, "files": ["f"]}));
    add("git", "git_commit", json!({"repo_path": repo, "message": "third"}));
    add("git", "git_checkout", json!({"repo_path": repo, "branch_name": "side"}));
}
