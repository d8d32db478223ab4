//! Lists, page by page.

use puente_mcp::{GetPrompt, Handler, Inputs, ListRequest, McpError, Outcome};
use serde_json::{Map, json};

use crate::world::{World, catalog, member, parsed};

#[tokio::test]
async fn pages_are_in_order_and_complete() {
    let tools: Vec<String> = (0..600).map(|index| format!("{{name: t{index:03}}}")).collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    let world = World::applied(&catalog(&tools)).await;
    let cx = world.cx(&member("ana"));
    let (mut names, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = world.handler().list(&cx, ListRequest::Tools, cursor.as_deref()).await.unwrap();
        names.extend(page.items.iter().map(|item| parsed(item)["name"].as_str().unwrap().to_owned()));
        (pages, cursor) = (pages + 1, page.next_cursor);
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (0..600).map(|index| format!("erp_t{index:03}")).collect();
    assert_eq!((names, pages), (expected, 3));
}

#[tokio::test]
async fn a_cursor_is_only_good_for_its_list_and_its_caller() {
    let tools: Vec<String> = (0..300).map(|index| format!("{{name: t{index:03}}}")).collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    let world = World::applied(&catalog(&tools)).await;
    let (ana, ben) = (world.cx(&member("ana")), world.cx(&member("ben")));
    let cursor = world.handler().list(&ana, ListRequest::Tools, None).await.unwrap().next_cursor.unwrap();
    assert!(!cursor.contains("t249"));
    for (cx, what, cursor) in [
        (&ben, ListRequest::Tools, cursor.as_str()),
        (&ana, ListRequest::Prompts, cursor.as_str()),
        (&ana, ListRequest::Tools, "nonsense"),
    ] {
        let refused = world.handler().list(cx, what, Some(cursor)).await;
        assert!(matches!(refused, Err(McpError::InvalidParams(_))), "{refused:?}");
    }
    assert_eq!(world.handler().list(&ana, ListRequest::Tools, Some(&cursor)).await.unwrap().items.len(), 50);
}

#[tokio::test]
async fn names_follow_the_virtual_server() {
    let yaml = catalog(&["{name: echo}", "{name: hidden}", "{name: off, enabled: false}"])
        + "  - {name: bare, include: ['erp.*'], exclude: ['*.hidden'], prefix: false, grants: ['role:member']}\n";
    let world = World::applied(&yaml).await;
    let ana = member("ana");
    assert_eq!(world.tools(&world.cx(&ana)).await, ["erp_echo", "erp_hidden"]);
    let bare = world.cx_on(&ana, "bare").unwrap();
    assert_eq!(world.tools(&bare).await, ["echo"]);
    assert!(world.call(&bare, "echo", json!({})).await.is_ok());
    assert!(world.call(&bare, "hidden", json!({})).await.is_err());
}

#[tokio::test]
async fn prompts_of_the_catalog_are_listed_and_rendered() {
    let yaml = catalog(&["{name: echo}"]).replace(
        "servers:",
        "    prompts:\n      - name: review\n        arguments: [{name: month, required: true}]\n        \
         messages: [{text: 'Review {{month}}.'}]\nservers:",
    );
    let world = World::applied(&yaml).await;
    let cx = world.cx(&member("ana"));
    let page = world.handler().list(&cx, ListRequest::Prompts, None).await.unwrap();
    assert_eq!(parsed(&page.items[0])["name"], "erp_review");
    let mut arguments = Map::new();
    arguments.insert("month".to_owned(), json!("May"));
    let get = GetPrompt { name: "erp_review", arguments, inputs: Inputs::default() };
    let Outcome::Complete(result) = world.handler().get_prompt(&cx, get).await.unwrap() else { panic!("not complete") };
    assert_eq!(serde_json::to_value(&result.messages).unwrap()[0]["content"]["text"], "Review May.");
    let missing = GetPrompt { name: "erp_review", arguments: Map::new(), inputs: Inputs::default() };
    assert!(matches!(world.handler().get_prompt(&cx, missing).await, Err(McpError::InvalidParams(_))));
}
