//! A browser: cookies, forms, and no redirects that nobody looks at.

use std::collections::BTreeMap;

use reqwest::{Client, Response, header, redirect::Policy};

use crate::world::{PASSWORD, World};

pub(crate) struct Browser {
    client: Client,
    url: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", self.body)).1;
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    pub(crate) fn new(world: &World) -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { client, url: world.url.clone(), cookies: BTreeMap::new() }
    }

    pub(crate) async fn signed_in(world: &World, email: &str) -> Self {
        let mut browser = Self::new(world);
        let page = browser.get("/sign-in").await;
        let fields = [("email", email), ("password", PASSWORD)];
        let seen = browser.post("/sign-in", &page, &fields).await;
        assert_eq!((seen.status, seen.location.as_str()), (303, "/account"), "{seen:?}");
        browser
    }

    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        let request = self.client.get(self.at(path)).header("cookie", self.cookie());
        self.see(request.send().await.unwrap()).await
    }

    /// Sends a form of `page`.
    pub(crate) async fn post(&mut self, path: &str, page: &Seen, fields: &[(&str, &str)]) -> Seen {
        let token = page.field("form_token");
        let fields = [&[("form_token", token.as_str())], fields].concat();
        self.post_from(path, &fields, &[("origin", &self.url.clone()), ("sec-fetch-site", "same-origin")]).await
    }

    pub(crate) async fn post_from(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Seen {
        let mut request = self.client.post(self.at(path)).header("cookie", self.cookie());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        self.see(request.send().await.unwrap()).await
    }

    /// Answers a consent page.
    pub(crate) async fn decide(&mut self, page: &Seen, decision: &str, scope: &str) -> Seen {
        let request = page.field("request");
        let fields = [("request", request.as_str()), ("decision", decision), ("scope", scope)];
        let seen = self.post("/oauth/authorize", page, &fields).await;
        assert_eq!(seen.status, 303, "{}", seen.body);
        seen
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn see(&mut self, response: Response) -> Seen {
        for set in response.headers().get_all(header::SET_COOKIE) {
            let text = set.to_str().unwrap();
            assert!(text.contains("HttpOnly") && text.contains("SameSite=Lax"), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let headers = response.headers().clone();
        let location = headers.get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        Seen { status, location: location.unwrap_or_default(), headers, body: response.text().await.unwrap() }
    }
}
