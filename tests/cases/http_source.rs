//! An HTTP API as a source: the annotated catalog works, and what is wrong in one is told with its place.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::{Arc, Mutex},
};

use puente_tests::{FAILED, Mcp, Site, tools};
use serde_json::{Value, json};

/// A shop that answers what `examples/http/catalog.yaml` asks for, and remembers what it was asked.
struct Shop {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let log = log.clone();
                std::thread::spawn(move || serve(stream, &log));
            }
        });
        Self { url, seen }
    }
}

fn serve(stream: TcpStream, log: &Mutex<Vec<String>>) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let (media_type, body) = answer(request.lines().next().unwrap_or_default());
        log.lock().unwrap().push(request);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n", body.len());
        if writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}

fn answer(line: &str) -> (&'static str, &'static str) {
    match line.split('?').next().unwrap_or_default() {
        "GET /orders" => ("application/json", r#"{"meta":{"total":1},"data":[{"id":"o-1"}]}"#),
        invoice if invoice.contains("invoice.pdf") => ("application/pdf", "%PDF-1.7"),
        _ => ("application/json", r#"{"id":"o-1"}"#),
    }
}

fn give_token(site: &Site) {
    let mut setting = site.command(&["secret", "set", "shop.token"]);
    let mut child = setting.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"t0k\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn the_annotated_catalog_works() {
    let shop = Shop::start();
    let site = Site::empty().setting("SOURCE_SHOP_URL", &shop.url);
    give_token(&site);
    let catalog = tools::root().join("examples/http/catalog.yaml");
    site.puente(&["apply", "-f", catalog.to_str().unwrap()]).expect_success();
    site.puente(&["source", "test", "shop"]).expect_success();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let mcp = Mcp::new(&server.server_url("orders"), &key);
    let calls = [
        ("list_orders", json!({"customer": "c-1", "status": ["open"], "created": {"from": "2026-01-01"}})),
        ("get_order", json!({"id": "o-1"})),
        ("create_order", json!({"customer": "c-1", "lines": [{"article": "a", "count": 1}]})),
        ("cancel_order", json!({"id": "o-1"})),
        ("attach_file", json!({"id": "o-1", "file": {"filename": "a.txt", "text": "hello"}})),
        ("get_invoice", json!({"id": "o-1"})),
        ("search_orders", json!({"words": "red"})),
    ];
    let listed: BTreeSet<String> = mcp.tool_names().await.into_iter().collect();
    let called: BTreeSet<String> = calls.iter().map(|(tool, _)| format!("shop_{tool}")).collect();
    assert_eq!(listed, called);
    for (tool, arguments) in calls {
        let result = mcp.call(&format!("shop_{tool}"), arguments).await.expect(200)["result"].clone();
        assert_ne!(result["isError"], true, "{tool}: {result}");
        if tool == "list_orders" {
            assert_eq!(result["structuredContent"], json!({"total": 1, "orders": [{"id": "o-1"}]}));
        }
        if tool == "get_invoice" {
            let link = result["content"][0].clone();
            assert_eq!((&link["type"], &link["name"]), (&json!("resource_link"), &json!("invoice.pdf")));
            let read = mcp.send("resources/read", json!({"uri": link["uri"]})).await.expect(200);
            assert_eq!(read["result"]["contents"][0]["text"], "%PDF-1.7");
        }
    }
    let guided = Mcp::new(&server.server_url("shop"), &key);
    assert_eq!(guided.tool_names().await, ["call_tool", "describe_tool", "search_tools"]);
    let found = guided.call("search_tools", json!({"query": "invoice"})).await.expect(200);
    assert_eq!(found["result"]["structuredContent"]["tools"][0]["name"], "shop_get_invoice", "{found}");
    let seen = shop.seen.lock().unwrap().clone();
    assert!(
        seen[1].contains("GET /orders?customer=c-1&status=open&created%5Bfrom%5D=2026-01-01&limit=20 "),
        "{}",
        seen[1]
    );
    assert!(seen.iter().all(|request| request.to_lowercase().contains("authorization: bearer t0k")), "{seen:?}");
    for told in [server.log(), site.puente(&["export"]).stdout] {
        assert!(!told.contains("t0k"), "the token leaks: {told}");
    }
}

#[tokio::test]
async fn what_is_wrong_in_a_catalog_is_told_with_its_place() {
    let site = Site::empty();
    let catalog = site.write(
        "wrong.yaml",
        "sources:\n  - name: shop\n    type: http\n    base_url: http://169.254.169.254/latest\n    auth: {type: bearer, token: s3cret}\n    \
         tools:\n      - name: get\n        path: /{id}\n",
    );
    site.puente(&["apply", "-f", &catalog]).expect_failure(FAILED, &["line 5, column", "in the clear"]);
    let catalog = site.write(
        "wrong.yaml",
        "sources:\n  - name: shop\n    type: http\n    base_url: http://169.254.169.254/latest\n    \
         tools:\n      - name: get\n        path: /{id}\n",
    );
    let words = ["line 4, column", "are not allowed", "line 7, column", "`{id}` is no parameter"];
    site.puente(&["apply", "-f", &catalog]).expect_failure(FAILED, &words);
}

#[tokio::test]
async fn a_document_that_leads_elsewhere_does_not_take_secrets_along() {
    let shop = Shop::start();
    let site = Site::empty();
    give_token(&site);
    let write = |place: &str| {
        let operation = json!({"operationId": "get", "servers": [{"url": place}], "responses": {}});
        site.write("shop.json", &json!({"openapi": "3.1.0", "paths": {"/a": {"get": operation}}}).to_string())
    };
    let document = write(&shop.url);
    let catalog = site.write(
        "shop.yaml",
        &format!(
            "sources:\n  - name: shop\n    type: http\n    base_url: {}\n    auth: {{type: bearer, token: '${{secret:shop.token}}'}}\n    \
             openapi: {{document: {document}}}\n",
            shop.url
        ),
    );
    site.puente(&["apply", "-f", &catalog]).expect_success();
    site.puente(&["source", "sync", "shop"]).expect_success();
    assert!(site.puente(&["secret", "list"]).stdout.contains("shop.token"));
    write("http://127.0.0.1:1");
    let synced = site.puente(&["source", "sync", "shop"]);
    assert!(synced.stderr.contains("1 stored secrets were deleted"), "{} {}", synced.stdout, synced.stderr);
    assert!(!site.puente(&["secret", "list"]).stdout.contains("shop.token"));
}

#[tokio::test]
async fn puente_s_own_document_becomes_tools() {
    let site = Site::empty();
    let document = site.write("openapi.json", &site.puente(&["openapi"]).stdout);
    let own = site.serve().await;
    let catalog = site.write(
        "own.yaml",
        &format!(
            "sources:\n  - name: own\n    type: http\n    base_url: {}\n    openapi: {{document: {document}}}\nservers:\n  \
             - {{name: own, include: [own.*], grants: ['role:member']}}\n",
            own.url()
        ),
    );
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let drafted = site.puente(&["source", "draft", "own"]);
    let draft = site.write("draft.yaml", &drafted.stdout);
    site.puente(&["apply", "-f", &draft]).expect_success();
    let synced = site.puente(&["source", "sync", "own", "--json"]);
    let synced: Value = serde_json::from_str(&synced.stdout).unwrap();
    assert_eq!(synced, json!({"tools": [], "settings": [], "problems": []}), "the draft is what a sync makes");

    let key = site.key("robot", &[]);
    let mcp = Mcp::new(&own.server_url("own"), &key);
    let described: Value = serde_json::from_str(&std::fs::read_to_string(&document).unwrap()).unwrap();
    let operations: usize = described["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|item| {
            ["get", "post", "put", "patch", "delete"].iter().filter(|method| item.get(**method).is_some()).count()
        })
        .sum();
    own.until("the server is there", async || mcp.send("tools/list", json!({})).await.status == 200).await;
    own.until("every operation is a tool", async || mcp.tool_names().await.len() == operations).await;
    let names = mcp.tool_names().await;
    let list = names.iter().find(|name| name.starts_with("own_list")).unwrap();
    let refused = mcp.call(list, json!({})).await.expect(200)["result"].clone();
    assert!(refused["isError"] == true && refused.to_string().contains("401"), "{refused}");
}
