//! Documents in several files, and what they may not refer to.

use puente_source_http::HttpConnector;
use puente_sources::Connector;
use serde_json::{Value, json};

use super::real::synced;
use crate::api::support::{Api, answer, definition};

fn offered(definition: puente_sources::Definition) -> Vec<rmcp::model::Tool> {
    let source = HttpConnector.connect(definition).unwrap();
    source.offer().tools.iter().map(|offered| offered.tool.clone()).collect()
}

#[tokio::test]
async fn references_lead_to_other_files_below_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    };
    let root = write(
        "api/openapi.yaml",
        "openapi: 3.1.0\ninfo: {title: Trees, version: '1'}\nservers: [{url: https://trees.example}]\n\
         paths:\n  /trees/{id}: {$ref: 'paths/trees.yaml#/tree'}\n",
    );
    write(
        "api/paths/trees.yaml",
        "tree:\n  parameters:\n    - {$ref: '../common.json#/parameters/id'}\n  put:\n    requestBody:\n      required: true\n      \
         content: {application/json: {schema: {$ref: '../common.json#/schemas/Tree'}}}\n    responses: {}\n",
    );
    let common = json!({
        "parameters": {"id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}},
        "schemas": {"Tree": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": ["string", "null"]}, "below": {"type": "array", "items": {"$ref": "#/schemas/Tree"}},
        }}},
    });
    write("api/common.json", &common.to_string());
    let (synced, definition) = synced(root.to_str().unwrap(), &json!({})).await;
    assert_eq!(synced.problems, [""; 0]);
    assert_eq!(definition.settings["base_url"], "https://trees.example");
    let tools = offered(definition);
    assert_eq!(tools[0].name, "put_trees_by_id");
    let schema = &tools[0].input_schema;
    assert_eq!(schema["required"], json!(["id", "name"]));
    assert_eq!(schema["properties"]["below"]["items"], json!({"$ref": "#/$defs/Tree"}));
    assert_eq!(schema["$defs"]["Tree"]["properties"]["below"]["items"], json!({"$ref": "#/$defs/Tree"}));

    // Not beside the document's folder, by whatever way.
    std::fs::write(folder.path().join("secret.yaml"), "a: {type: string}").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.yaml"), folder.path().join("api/link.yaml")).unwrap();
    for reference in ["../secret.yaml#/a", "link.yaml#/a", "/etc/passwd", "https://example.com/x.yaml"] {
        let document = json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": {"$ref": reference}}}});
        let path = write("api/bad.json", &document.to_string());
        let settings = json!({"openapi": {"document": path.to_str().unwrap()}});
        let error = HttpConnector.sync(&self::definition(&settings, &json!({}))).await.unwrap_err().to_string();
        assert!(error.contains("not below") || error.contains("leads out"), "{reference}: {error}");
    }
}

fn definition_of(url: &str) -> puente_sources::Definition {
    let settings = json!({
        "openapi": {"document": url}, "auth": {"type": "bearer", "token": "t"}, "base_url": "https://api.example.com",
    });
    definition(&settings, &json!({}))
}

#[tokio::test]
async fn a_document_is_fetched_without_the_api_s_credentials() {
    let document: Value = json!({"openapi": "3.0.0", "paths": {"/a": {"get": {"operationId": "a"}}}});
    let api = Api::start(move |seen| match seen.target.as_str() {
        "/v1/openapi.json" => answer(200, "application/json", document.to_string()),
        "/v1/moved" => axum::response::Response::builder()
            .status(302)
            .header("location", "http://169.254.169.254/openapi.json")
            .body("".into())
            .unwrap(),
        _ => answer(200, "application/json", r#"{"swagger": "2.0"}"#),
    })
    .await;
    let synced = HttpConnector.sync(&definition_of(&format!("{}/v1/openapi.json", api.url()))).await.unwrap();
    assert_eq!(synced.tools[0].name.as_str(), "a");
    assert_eq!(api.last().header("authorization"), None);
    for (path, expected) in [("/v1/moved", "are not allowed"), ("/old", "it is Swagger 2")] {
        let error = HttpConnector.sync(&definition_of(&format!("{}{path}", api.url()))).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
