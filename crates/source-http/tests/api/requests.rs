//! What goes over the wire.

use serde_json::{Value, json};

use super::support::{Api, answer, call, definition, findings};

fn ok() -> axum::response::Response {
    answer(200, "application/json", r#"{"ok":true}"#)
}

#[tokio::test]
async fn every_parameter_goes_where_it_belongs() {
    let api = Api::start(|_| ok()).await;
    let tools = json!({"update": {
        "method": "POST", "path": "/v1/orders/{id}?source=agent",
        "parameters": {
            "id": {"in": "path", "type": "string"},
            "expand": {"in": "query", "type": "array", "items": {"type": "string"}, "explode": false},
            "filter": {"in": "query", "name": "f[x]", "style": "deepObject", "schema": {"type": "object"}, "required": false},
            "limit": {"in": "query", "type": "integer", "default": 10},
            "tenant": {"in": "header", "name": "X-Tenant", "fixed": "acme"},
            "session": {"in": "cookie", "type": "string"},
            "note": {"in": "body", "type": "string"},
            "kind": {"in": "body", "fixed": "order"},
            "skipped": {"in": "body", "type": "string", "required": false},
        },
    }});
    let source = api.source(json!({"headers": {"X-Client": "puente"}}), &tools);
    let schema = source.offer().tools[0].tool.input_schema.clone();
    assert_eq!(schema["required"], json!(["id", "expand", "session", "note"]));
    assert!(schema["properties"].get("tenant").is_none() && schema["properties"].get("kind").is_none());
    call(
        &*source,
        "update",
        json!({
            "id": "a/b c", "expand": ["lines", "x,y"], "filter": {"a": {"b": 1}}, "session": "s1", "note": "hi",
        }),
    )
    .await
    .unwrap();
    let seen = api.last();
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.target, "/v1/orders/a%2Fb%20c?source=agent&expand=lines,x%2Cy&f%5Bx%5D%5Ba%5D%5Bb%5D=1&limit=10");
    assert_eq!((seen.header("x-tenant"), seen.header("x-client")), (Some("acme"), Some("puente")));
    assert_eq!((seen.header("cookie"), seen.header("content-type")), (Some("session=s1"), Some("application/json")));
    assert_eq!(serde_json::from_slice::<Value>(&seen.body).unwrap(), json!({"note": "hi", "kind": "order"}));
}

#[tokio::test]
async fn bodies_are_written_in_their_media_type() {
    let api = Api::start(|_| ok()).await;
    let fields = json!({
        "name": {"in": "body", "type": "string"},
        "tags": {"in": "body", "type": "array", "items": {"type": "string"}},
    });
    let mut with_file = fields.clone();
    with_file["report"] = json!({"in": "body", "file": true});
    let tools = json!({
        "form": {"method": "POST", "path": "/f", "parameters": fields, "body": {"type": "application/x-www-form-urlencoded"}},
        "multi": {"method": "POST", "path": "/m", "parameters": with_file, "body": {"type": "multipart/form-data"}},
        "raw": {"method": "PUT", "path": "/r", "body": {"type": "application/octet-stream", "file": true}},
        "text": {"method": "PUT", "path": "/t", "body": {"type": "text/plain", "argument": "text"}},
        "list": {"method": "PATCH", "path": "/l", "body": {"type": "application/json-patch+json", "schema": {"type": "array"}}},
    });
    let source = api.source(json!({}), &tools);
    call(&*source, "form", json!({"name": "a&b", "tags": ["x", "y z"]})).await.unwrap();
    assert_eq!(api.last().text(), "name=a%26b&tags=x&tags=y%20z");

    let file = json!({"filename": "a\"b.txt", "content_type": "text/csv", "text": "1;2"});
    call(&*source, "multi", json!({"name": "n", "tags": ["x"], "report": file})).await.unwrap();
    let seen = api.last();
    let boundary = seen.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let part =
        |head: &str, body: &str| format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let expected = part("name=\"name\"", "n")
        + &part("name=\"tags\"", "x")
        + &part("name=\"report\"; filename=\"a%22b.txt\"\r\nContent-Type: text/csv", "1;2")
        + &format!("--{boundary}--\r\n");
    assert_eq!(seen.text(), expected);

    call(&*source, "raw", json!({"body": {"base64": "AAEC"}})).await.unwrap();
    assert_eq!((api.last().body, api.last().header("content-type")), (vec![0, 1, 2], Some("application/octet-stream")));
    call(&*source, "text", json!({"text": "hello"})).await.unwrap();
    assert_eq!(api.last().text(), "hello");
    call(&*source, "list", json!({"body": [{"op": "remove"}]})).await.unwrap();
    assert_eq!(
        (api.last().text(), api.last().header("content-type")),
        (r#"[{"op":"remove"}]"#, Some("application/json-patch+json"))
    );
}

#[tokio::test]
async fn a_path_cannot_be_left() {
    let api = Api::start(|_| ok()).await;
    let tools = json!({"get": {"path": "/orders/{id}/lines", "parameters": {"id": {"in": "path", "type": "string"}}}});
    let source = api.source(json!({}), &tools);
    for id in ["..", ".", "", "../admin", "a\\..\\b", "a/./b", "%2e%2E"] {
        let result = call(&*source, "get", json!({"id": id})).await;
        if id == "%2e%2E" {
            assert_eq!(api.last().target, "/orders/%252e%252E/lines");
        } else {
            assert!(result.is_err(), "{id}");
        }
    }
    assert_eq!(api.count(), 1);
}

#[test]
fn what_is_wrong_with_a_definition_says_where() {
    let table = [
        (json!({}), json!({}), "base_url: is missing"),
        (json!({"base_url": "ftp://x"}), json!({}), "base_url: must be a URL"),
        (json!({"base_url": "http://u:p@x"}), json!({}), "base_url: must not hold a name or password"),
        (json!({"base_url": "http://169.254.169.254/latest"}), json!({}), "base_url: connections to 169.254.169.254"),
        (json!({"base_url": "http://x", "unknown": 1}), json!({}), ": unknown field `unknown`"),
        (json!({"base_url": "http://x", "headers": {"Host": "y"}}), json!({}), "headers.Host: "),
        (json!({"base_url": "http://x"}), json!({"t": {"path": "x"}}), "tools[0].path: a path starts with /"),
        (json!({"base_url": "http://x"}), json!({"t": {"path": "/{id}"}}), "tools[0].path: `{id}` is no parameter"),
        (json!({"base_url": "http://x"}), json!({"t": {"path": "/", "method": "FETCH"}}), "tools[0].method: "),
        (
            json!({"base_url": "http://x"}),
            json!({"t": {"path": "/", "parameters": {"a": {"in": "header", "style": "form"}}}}),
            "tools[0].parameters.a: the style form does not exist there",
        ),
        (
            json!({"base_url": "http://x"}),
            json!({"t": {"path": "/", "parameters": {"a": {"in": "header", "name": "Authorization"}}}}),
            "tools[0].parameters.a: credentials belong",
        ),
        (json!({"base_url": "http://x"}), json!({"t": {"path": "/", "pick": "a"}}), "tools[0].pick: "),
        (json!({"base_url": "http://x"}), json!({"t": {"path": "/", "server": "up"}}), "tools[0].server: "),
        (
            json!({"base_url": "http://x"}),
            json!({"t": {"path": "/", "colour": 1}}),
            "tools[0].colour: unknown field `colour`",
        ),
    ];
    for (settings, tools, expected) in table {
        let found = findings(&definition(&settings, &tools));
        assert!(found.contains(expected), "{expected} in {found}");
    }
}
