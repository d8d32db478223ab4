//! Documents that are no documents: other people's files, and little that makes much.

use std::{os::unix::net::UnixListener, path::Path, sync::Arc};

use puente_domain::catalog::Origin;
use puente_source_http::HttpConnector;
use puente_sources::{Connector, Definition, Egress};
use serde_json::json;

use crate::api::support::{Api, answer, definition, findings};

fn of(document: &str) -> Definition {
    definition(&json!({"openapi": {"document": document}, "base_url": "https://api.example.com"}), &json!({}))
}

async fn refused(definition: &Definition) -> String {
    HttpConnector.sync(definition).await.unwrap_err().to_string()
}

#[tokio::test]
async fn an_editor_reads_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, r#"{"openapi": "3.1.0", "paths": {}}"#).unwrap();
    let path = path.to_str().unwrap();
    let (url, loud, short) = (format!("file://{path}"), format!("FILE://{path}"), format!("file:{path}"));
    for document in [path, url.as_str(), loud.as_str(), short.as_str()] {
        let mut definition = of(document);
        definition.origin = Origin::Editor;
        let expected = "openapi.document: reads a file of this machine";
        let drafted = HttpConnector.draft(&definition).await.unwrap_err().to_string();
        for said in [findings(&definition), refused(&definition).await, drafted] {
            assert!(said.starts_with(expected), "{document}: {said}");
        }
    }
    for document in [path, url.as_str()] {
        assert!(HttpConnector.sync(&of(document)).await.is_ok(), "{document}");
    }
    let mut definition = of("https://api.example.com/openapi.json");
    definition.origin = Origin::Editor;
    assert_eq!(findings(&definition), "");
}

#[tokio::test]
async fn nobody_reads_puente_s_own_files() {
    let folder = tempfile::tempdir().unwrap();
    let (own, beside) = (folder.path().join("data"), folder.path().join("api"));
    std::fs::create_dir(&own).unwrap();
    std::fs::create_dir(&beside).unwrap();
    let document = own.join("openapi.json");
    std::fs::write(&document, r#"{"openapi": "3.1.0", "paths": {}}"#).unwrap();
    let link = beside.join("openapi.json");
    std::os::unix::fs::symlink(&own, beside.join("linked")).unwrap();
    let through = beside.join("linked/openapi.json");
    std::fs::hard_link(&document, &link).unwrap();
    let guard = Arc::new(Egress { own_folder: Some(beside.join("linked")), ..Egress::default() });
    let with_guard = |path: &Path| Definition { egress: guard.clone(), ..of(path.to_str().unwrap()) };
    for path in [&document, &through] {
        let error = refused(&with_guard(path)).await;
        assert!(error.contains("lies in DATA_DIR"), "{}: {error}", path.display());
    }
    assert!(HttpConnector.sync(&with_guard(&link)).await.is_ok());
}

#[tokio::test]
async fn only_regular_files_up_to_a_size_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    for path in ["/dev/zero", "/dev/null", socket.to_str().unwrap(), folder.path().to_str().unwrap()] {
        let error = refused(&of(path)).await;
        assert!(error.contains("is no regular file"), "{path}: {error}");
    }
    let huge = folder.path().join("huge.json");
    std::fs::File::create(&huge).unwrap().set_len(33 * 1024 * 1024).unwrap();
    let error = refused(&of(huge.to_str().unwrap())).await;
    assert!(error.contains("larger than 33554432 bytes"), "{error}");
}

#[tokio::test]
async fn aliases_do_not_make_much_of_little() {
    let bomb = (1..6).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        format!("{text}a{level}: &a{level} [{below}]\n")
    });
    let good = "openapi: 3.1.0\nx-all: &all {responses: {}}\npaths:\n  /a: {get: *all }\n  /b: {get: *all }\n";
    let api = Api::start(move |seen| match seen.target.as_str() {
        "/bomb" => answer(200, "application/yaml", format!("openapi: 3.1.0\npaths: {{}}\n{bomb}")),
        _ => answer(200, "application/yaml", good),
    })
    .await;
    let error = refused(&of(&format!("{}/bomb", api.url()))).await;
    assert!(error.contains("/bomb cannot be read"), "{error}");
    let synced = HttpConnector.sync(&of(&format!("{}/good", api.url()))).await.unwrap();
    assert_eq!(synced.tools.len(), 2);
}
