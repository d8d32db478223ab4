//! The cookies of pages (RFC 6265bis): never readable by scripts, never sent along with forms of other sites. Over HTTPS
//! their names begin with `__Host-`, so that no neighbouring host can set them.

use http::{HeaderMap, header};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Who is signed in.
    Session,
    /// A random text that ties forms to a browser before anyone is signed in.
    Visitor,
    /// The chosen language.
    Language,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "puente_session",
            Self::Visitor => "puente_visitor",
            Self::Language => "puente_language",
        }
    }

    /// `Set-Cookie` for so many seconds; zero takes it away. `Lax`, because a client sends people here from elsewhere.
    pub(super) fn set(self, value: &str, seconds: u64, https: bool) -> String {
        let (prefix, secure) = if https { ("__Host-", "; Secure") } else { ("", "") };
        format!("{prefix}{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", self.name())
    }
}

/// The value of a cookie.
pub(super) fn read(headers: &HeaderMap, cookie: Cookie) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let found = pairs.find(|(name, _)| name.strip_prefix("__Host-").unwrap_or(name) == cookie.name());
    found.map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty())
}
