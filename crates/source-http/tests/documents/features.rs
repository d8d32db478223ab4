//! What documents may say, in one small one.

use std::sync::Arc;

use puente_source_http::HttpConnector;
use puente_sources::Connector;
use serde_json::{Value, json};

use super::{generate, mock, real::synced};
use crate::api::support::{Api, call, text};

/// Everything that the petstore and Box do not have.
fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Everything", "version": "1"},
        "servers": [{"url": "https://{region}.example.com/{v}", "variables": {"region": {"default": "eu"}, "v": {"default": "v1"}}}],
        "paths": {
            "/search": {
                "parameters": [{"name": "tenant", "in": "header", "schema": {"type": "string"}}],
                "get": {
                    "tags": ["find"],
                    "parameters": [
                        {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {
                            "min": {"type": "integer"}, "name": {"type": "string"},
                        }}},
                        {"name": "ids", "in": "query", "style": "pipeDelimited", "explode": false, "schema": {"type": "array", "items": {"type": "integer"}}},
                        {"name": "words", "in": "query", "style": "spaceDelimited", "explode": false, "schema": {"type": "array", "items": {"type": "string"}}},
                        {"name": "$top", "in": "query", "schema": {"type": "integer", "minimum": 0, "exclusiveMinimum": false, "maximum": 100, "default": 10}},
                    ],
                    "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {
                        "type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "readOnly": true}},
                    }}}}},
                },
            },
            "/animals": {
                "post": {
                    "operationId": "add animal!",
                    "requestBody": {"required": true, "content": {"application/json": {"schema": {
                        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"}},
                    }}}},
                    "responses": {},
                },
                "put": {
                    "operationId": "add_animal",
                    "deprecated": true,
                    "requestBody": {"content": {"multipart/form-data": {
                        "schema": {"type": "object", "properties": {
                            "pictures": {"type": "array", "items": {"type": "string", "format": "binary"}},
                            "about": {"type": "object", "properties": {"name": {"type": "string"}}},
                        }},
                        "encoding": {"pictures": {"contentType": "image/png"}},
                    }}},
                    "responses": {},
                },
            },
        },
        "components": {"schemas": {
            "Animal": {"type": "object", "required": ["id", "kind"], "properties": {
                "id": {"type": "string", "readOnly": true}, "kind": {"type": "string"}, "age": {"type": "integer", "nullable": true},
                "parent": {"$ref": "#/components/schemas/Animal"},
            }},
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Animal"}, {"type": "object", "properties": {"lives": {"type": "integer"}}}]},
            "Dog": {"allOf": [{"$ref": "#/components/schemas/Animal"}, {"type": "object", "properties": {"tricks": {"type": "array", "items": {"type": "string"}}}}]},
        }},
    })
}

fn write(document: &Value) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string()).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[tokio::test]
async fn everything_goes_over_the_wire_as_the_document_says() {
    let whole = Arc::new(document());
    let (_folder, path) = write(&whole);
    let api = Api::start(move |seen| mock::respond(&whole, seen)).await;
    let (synced, definition) = synced(&path, &json!({"base_url": api.url()})).await;
    assert_eq!(synced.problems, [""; 0]);
    let names: Vec<&str> = synced.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names[..2], ["get_search", "add_animal"]);
    assert!(names[2].starts_with("add_animal_"), "two operations with one name: {names:?}");
    let source = HttpConnector.connect(definition).unwrap();
    for offered in &source.offer().tools {
        let schema = Value::Object((*offered.tool.input_schema).clone());
        let arguments = generate::value(&schema, &schema, 0);
        let result = call(&*source, &offered.tool.name, arguments.clone()).await.unwrap();
        assert!(!result.is_error, "{}\n{arguments}\n{schema}", text(&result));
    }
    let search = api.seen.lock().unwrap()[0].clone();
    assert_eq!(
        search.target,
        "/search?filter%5Bmin%5D=7&filter%5Bname%5D=a%20b%2Fc%26d&ids=7&words=a%20b%2Fc%26d&%24top=10"
    );
}

#[tokio::test]
async fn servers_have_variables_and_selections_shape() {
    let (_folder, path) = write(&document());
    let (_, definition) = synced(&path, &json!({})).await;
    assert_eq!(definition.settings["base_url"], "https://eu.example.com/v1");
    for (selection, expected) in [
        (json!({"include": [{"tag": "find"}]}), 1),
        (json!({"include": [{"method": "put"}, {"path": "/sea*"}]}), 2),
        (json!({"include": [{"id": "add*"}], "exclude": [{"deprecated": true}]}), 1),
        (json!({"exclude": [{"path": "*"}]}), 0),
        (json!({"variables": {"region": "us"}}), 3),
    ] {
        let mut import = selection.clone();
        import["document"] = json!(path);
        let (synced, definition) = synced(&path, &json!({"openapi": import})).await;
        assert_eq!(synced.tools.len(), expected, "{selection}");
        let region = if selection.get("variables").is_some() { "us" } else { "eu" };
        assert_eq!(definition.settings["base_url"], format!("https://{region}.example.com/v1"));
    }
}

#[tokio::test]
async fn schemas_of_answers_are_announced_if_that_is_wanted() {
    let (_folder, path) = write(&document());
    let (_, definition) = synced(&path, &json!({"openapi": {"document": path, "output": true}})).await;
    let source = HttpConnector.connect(definition).unwrap();
    let offer = source.offer();
    let schema = offer.tools[0].tool.output_schema.clone().unwrap();
    assert_eq!(
        Value::Object((*schema).clone()),
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}})
    );
}

#[tokio::test]
async fn fields_that_are_required_but_not_described_can_be_given() {
    let whole = Arc::new(json!({
        "openapi": "3.0.3",
        "paths": {"/token": {"post": {"operationId": "revoke", "requestBody": {"required": true, "content": {
            "application/x-www-form-urlencoded": {"schema": {
                "type": "object", "required": ["grant"], "properties": {"token": {"type": "string"}},
            }},
        }}}}},
    }));
    let (_folder, path) = write(&whole);
    let api = Api::start(move |seen| mock::respond(&whole, seen)).await;
    let (_, definition) = synced(&path, &json!({"base_url": api.url()})).await;
    let source = HttpConnector.connect(definition).unwrap();
    let result = call(&*source, "revoke", json!({"body": {"token": "t", "grant": "g"}})).await.unwrap();
    assert!(!result.is_error, "{}", text(&result));
}
