//! What becomes of answers.

use axum::response::Response;
use puente_sources::SourceError;
use serde_json::{Value, json};

use super::support::{Api, answer, call, structured, text};

fn get(path: &str) -> Value {
    json!({"path": path})
}

#[tokio::test]
async fn json_is_structure_and_text_byte_for_byte() {
    let body = r#"{"b": 1.0, "a": [1e3, 12345678901234567890]}"#;
    let api = Api::start(move |_| answer(200, "application/vnd.x+json; charset=utf-8", body)).await;
    let tools = json!({"all": get("/"), "part": {"path": "/", "pick": {"first": "/a/0", "b": "/b"}}});
    let source = api.source(json!({}), &tools);
    let result = call(&*source, "all", json!({})).await.unwrap();
    assert_eq!(result.structured.as_ref().unwrap().get(), body);
    assert_eq!(text(&result), body);
    let result = call(&*source, "part", json!({})).await.unwrap();
    assert_eq!(structured(&result), json!({"b": 1.0, "first": 1000.0}));
}

#[tokio::test]
async fn other_answers_are_what_they_are() {
    let api = Api::start(|seen| match seen.target.as_str() {
        "/text" => answer(200, "text/csv", "a;b"),
        "/picture" => answer(200, "image/png", "PNG"),
        "/sound" => answer(200, "audio/mpeg", "MP3"),
        "/files/report%20x.pdf" => answer(200, "application/pdf", "PDF"),
        "/named" => Response::builder()
            .header("content-type", "application/zip")
            .header("content-disposition", "attachment; filename*=UTF-8''..%2fa%C3%B1o.zip; filename=\"x.zip\"")
            .body("ZIP".into())
            .unwrap(),
        "/created" => Response::builder().status(201).header("location", "/orders/5").body("".into()).unwrap(),
        other => panic!("{other}"),
    })
    .await;
    let tools = json!({
        "text": get("/text"), "picture": get("/picture"), "sound": get("/sound"), "file": get("/files/report x.pdf"),
        "named": get("/named"), "created": {"method": "POST", "path": "/created"},
    });
    let source = api.source(json!({}), &tools);
    for (tool, expected) in [
        ("text", json!({"type": "text", "text": "a;b"})),
        ("picture", json!({"type": "image", "data": "UE5H", "mimeType": "image/png"})),
        ("sound", json!({"type": "audio", "data": "TVAz", "mimeType": "audio/mpeg"})),
        (
            "file",
            json!({"type": "resource", "resource": {"uri": "attachment:report x.pdf", "mimeType": "application/pdf", "blob": "UERG"}}),
        ),
        (
            "named",
            json!({"type": "resource", "resource": {"uri": "attachment:año.zip", "mimeType": "application/zip", "blob": "WklQ"}}),
        ),
        ("created", json!({"type": "text", "text": "The API answered 201 Created, location /orders/5."})),
    ] {
        let result = call(&*source, tool, json!({})).await.unwrap();
        assert_eq!(serde_json::to_value(&result.content).unwrap(), json!([expected]), "{tool}");
        assert!(!result.is_error);
    }
}

#[tokio::test]
async fn refusals_are_tool_errors_in_the_api_s_words() {
    let api = Api::start(|seen| match seen.target.as_str() {
        "/no" => answer(404, "application/problem+json", r#"{"title": "Not Found", "detail": "there is no order 5"}"#),
        "/broken" => answer(500, "text/html", "<html><h1>Oops</h1></html>"),
        _ => answer(503, "text/plain", "maintenance"),
    })
    .await;
    let tools = json!({"no": get("/no"), "broken": get("/broken"), "away": get("/away")});
    let source = api.source(json!({"retries": 0}), &tools);
    for (tool, expected) in [
        ("no", "the API answered 404 Not Found: there is no order 5"),
        ("broken", "the API answered 500 Internal Server Error: Oops"),
    ] {
        let result = call(&*source, tool, json!({})).await.unwrap();
        assert!(result.is_error && text(&result).starts_with(expected), "{}", text(&result));
    }
    let away = call(&*source, "away", json!({})).await.unwrap_err();
    assert!(matches!(away, SourceError::Unavailable { .. }), "{away}");
    assert!(away.to_string().contains("503 Service Unavailable: maintenance"), "{away}");
}
