//! Multi-round-trip requests: what a `requestState` is good for, and for whom.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fixture::{Server, body, call, modern, modern_body, post};

async fn first_round(server: &Server, arguments: Value) -> String {
    let answer = body(server.send(modern("tools/call", call("ask", arguments))).await).await;
    assert_eq!(answer["result"]["resultType"], "input_required");
    assert_eq!(answer["result"]["inputRequests"]["who"]["method"], "elicitation/create");
    answer["result"]["requestState"].as_str().unwrap().to_owned()
}

fn second_round(arguments: Value, state: &str) -> Value {
    let mut params = call("ask", arguments);
    params["requestState"] = json!(state);
    params["inputResponses"] = json!({"who": {"action": "accept", "content": {"name": "Ada"}}});
    params
}

#[tokio::test]
async fn a_state_comes_back_with_the_answers() {
    let server = Server::new();
    let state = first_round(&server, json!({"a": 1, "b": 2})).await;
    // The client writes its arguments anew: their order and spaces do not matter.
    let params = second_round(json!({"b": 2, "a": 1}), &state);
    let answer = body(server.send(modern("tools/call", params)).await).await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("\"Ada\"") && text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_state_is_refused_for_another_request_or_caller_and_when_it_was_changed() {
    let server = Server::new();
    let state = first_round(&server, json!({"a": 1})).await;
    let bad = [
        second_round(json!({"a": 2}), &state),
        second_round(json!({}), &state),
        second_round(json!({"a": 1}), &format!("x{state}")),
        {
            let mut other = second_round(json!({"a": 1}), &state);
            other["name"] = json!("echo");
            other
        },
    ];
    for params in bad {
        // A prompt of the same name is another request, too.
        let answer = body(server.send(modern("tools/call", params.clone())).await).await;
        if params["name"] == "ask" {
            assert_eq!(answer["error"]["code"], -32602, "{params}");
        } else {
            assert_eq!(answer["error"]["message"], "`requestState` does not belong to this request");
        }
    }
    let good = second_round(json!({"a": 1}), &state);
    let foreign = body(server.send_as("bob", modern("tools/call", good.clone())).await).await;
    assert_eq!(foreign["error"]["code"], -32602);
    assert!(body(server.send(modern("tools/call", good)).await).await["result"].is_object());
}

#[tokio::test]
async fn a_state_expires() {
    let server = Server::new();
    let state = first_round(&server, json!({})).await;
    server.clock.advance(Duration::from_mins(10) - Duration::from_micros(1));
    let params = second_round(json!({}), &state);
    assert!(body(server.send(modern("tools/call", params.clone())).await).await["result"].is_object());
    server.clock.advance(Duration::from_micros(1));
    let late = body(server.send(modern("tools/call", params)).await).await;
    assert_eq!(late["error"]["message"], "`requestState` has expired; start the request again");
}

#[tokio::test]
async fn a_client_is_not_asked_for_what_it_did_not_declare() {
    let mut message = modern_body("tools/call", call("ask", json!({})));
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    let request = post()
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", "ask");
    let response = Server::new().send(request.body(message.to_string().into()).unwrap()).await;
    assert_eq!(response.status(), 400);
    let error = body(response).await["error"].clone();
    assert_eq!(error["code"], -32021);
    assert_eq!(error["data"]["requiredCapabilities"], json!({"elicitation": {}}));
}
