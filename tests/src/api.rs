//! Raw requests to the REST API.

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

/// The REST API as one caller sees it.
#[derive(Clone)]
pub struct Api {
    http: Client,
    base: String,
    token: Option<String>,
}

/// An answer with its body read.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as JSON; a string if it is none.
    pub body: Value,
}

impl Api {
    /// A caller with a token or a key.
    #[must_use]
    pub fn new(base: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::anonymous(base) }
    }

    /// A caller without a token.
    #[must_use]
    pub fn anonymous(base: &str) -> Self {
        Self { http: http_client(), base: base.to_owned(), token: None }
    }

    /// Signs in with a password.
    pub async fn sign_in(base: &str, email: &str, password: &str) -> Self {
        let anonymous = Self::anonymous(base);
        let answer = anonymous.post("/api/v1/auth/token", json!({"email": email, "password": password})).await;
        let answer = answer.expect(200);
        Self { token: Some(answer["access_token"].as_str().expect("a token").to_owned()), ..anonymous }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A request with the caller's token, for whatever else a test wants to say.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends it. A server that cannot be reached answers with the status 0.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        match request.send().await {
            Ok(response) => Answer::read(response).await,
            Err(error) => Answer { status: 0, headers: HeaderMap::new(), body: Value::String(error.to_string()) },
        }
    }
}

impl Answer {
    /// Reads the body.
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap_or_else(|error| error.to_string());
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// A header as text; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Never through a proxy: everything here is on the loopback interface.
pub(crate) fn http_client() -> Client {
    Client::builder().no_proxy().build().expect("a client without TLS")
}
