//! An OAuth client, in parts, so that each can be wrong.

use reqwest::{Method, Response};
use serde_json::json;
use url::{Url, form_urlencoded::Serializer};

use super::browser::Seen;
use crate::world::{World, ok};

/// Registered without a port; used with one.
pub(crate) const REGISTERED: &str = "http://127.0.0.1/callback";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:49152/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Of [`VERIFIER`] (RFC 7636, appendix B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct Client<'a> {
    world: &'a World,
    pub(crate) id: String,
}

impl<'a> Client<'a> {
    pub(crate) async fn register(world: &'a World) -> Self {
        let body = json!({"client_name": "A test client", "redirect_uris": [REGISTERED, "https://client.example/cb"],
            "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"]});
        let request = world.request(Method::POST, "/oauth/register").json(&body);
        let registered = ok(request.send().await.unwrap(), 201).await;
        assert_eq!(registered["token_endpoint_auth_method"], "none");
        Self { world, id: registered["client_id"].as_str().unwrap().to_owned() }
    }

    /// One whose metadata are at an address.
    pub(crate) fn at(world: &'a World, address: &str) -> Self {
        Self { world, id: address.to_owned() }
    }

    /// The path of an authorization request; `changes` replace parameters, empty ones are left out.
    pub(crate) fn authorize(&self, changes: &[(&str, &str)]) -> String {
        let usual = [
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "a state"),
        ];
        format!("/oauth/authorize?{}", changed(&usual, changes))
    }

    /// The code in a redirect that is right in everything else.
    pub(crate) fn code_of(&self, seen: &Seen) -> String {
        assert!(seen.location.starts_with(CALLBACK), "{seen:?}");
        let url = Url::parse(&seen.location).unwrap();
        let value =
            |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        assert_eq!(value("state").as_deref(), Some("a state"));
        assert_eq!(value("iss").as_deref(), Some(self.world.url.as_str()), "RFC 9207");
        value("code").unwrap_or_else(|| panic!("{seen:?}"))
    }

    pub(crate) async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Response {
        let usual = [
            ("grant_type", "authorization_code"),
            ("client_id", self.id.as_str()),
            ("code", code),
            ("code_verifier", VERIFIER),
            ("redirect_uri", CALLBACK),
        ];
        self.form("/oauth/token", changed(&usual, changes)).await
    }

    pub(crate) async fn refresh(&self, token: &str, changes: &[(&str, &str)]) -> Response {
        let usual = [("grant_type", "refresh_token"), ("client_id", self.id.as_str()), ("refresh_token", token)];
        self.form("/oauth/token", changed(&usual, changes)).await
    }

    pub(crate) async fn revoke(&self, token: &str) -> Response {
        self.form("/oauth/revoke", changed(&[("client_id", self.id.as_str()), ("token", token)], &[])).await
    }

    pub(crate) async fn form(&self, path: &str, body: String) -> Response {
        let request = self.world.request(Method::POST, path).body(body);
        request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
    }
}

pub(crate) fn changed(usual: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let mut fields: Vec<(&str, &str)> = usual.to_vec();
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    Serializer::new(String::new()).extend_pairs(fields).finish()
}
