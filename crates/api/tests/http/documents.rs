use reqwest::Method;
use serde_json::Value;

use crate::world::{World, header, ok};

#[tokio::test]
async fn every_documented_operation_exists_and_says_whether_it_needs_a_token() {
    let world = World::new().await;
    let document = ok(world.request(Method::GET, "/openapi.json").send().await.unwrap(), 200).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = filled(path);
            let response = world.request(method.clone(), &path).send().await.unwrap();
            let is_open =
                operation["security"] == serde_json::json!([{}]) || operation["security"] == serde_json::json!([]);
            let status = response.status().as_u16();
            assert_eq!(status == 401, !is_open, "{method} {path}: {status}, {}", operation["security"]);
            assert!(!matches!(status, 404 | 405 | 500..), "{method} {path}: {status}");
            assert!(operation["responses"].get("default").is_some() || is_open, "{method} {path}");
            operations += 1;
        }
    }
    assert!(operations > 50, "{operations}");
}

fn filled(path: &str) -> String {
    let id = "018f0000-0000-7000-8000-000000000000";
    path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_reference_within_the_document_resolves() {
    let document: Value = serde_json::from_str(&puente_api::openapi()).unwrap();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_documentation_loads_from_here_alone() {
    let world = World::new().await;
    let page = world.request(Method::GET, "/docs").send().await.unwrap();
    assert!(header(&page, "content-security-policy").contains("script-src 'self';"));
    let html = page.text().await.unwrap();
    assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("<script>"), "{html}");
    let quoted = html.split('"').filter(|text| text.starts_with('/'));
    let start = world.request(Method::GET, "/docs/start.js").send().await.unwrap().text().await.unwrap();
    let urls: Vec<&str> = quoted.chain(start.split('"').filter(|text| text.starts_with('/'))).collect();
    assert!(urls.contains(&"/docs/swagger-ui.js") && urls.contains(&"/openapi.json"), "{urls:?}");
    for url in urls {
        let response = world.request(Method::GET, url).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{url}");
        let expected = match url.rsplit('.').next() {
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            _ => "application/json",
        };
        assert_eq!(header(&response, "content-type"), expected, "{url}");
        assert!(response.bytes().await.unwrap().len() > 100, "{url}");
    }
}
