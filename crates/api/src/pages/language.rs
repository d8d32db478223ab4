//! The language of pages: what the person chose, else what the browser prefers.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{
    cookies::{Cookie, read},
    next,
    texts::{ENGLISH, SPANISH, Texts},
};
use crate::{
    ApiState,
    extract::{Path, Query},
    problem::{Kind, Problem},
};

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Spanish,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// Its code (BCP 47).
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// What it calls itself.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    pub(super) const fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Spanish => &SPANISH,
        }
    }

    fn parse(code: &str) -> Option<Self> {
        let primary = code.trim().split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let chosen = read(headers, Cookie::Language).and_then(|code| Self::parse(&code));
        chosen.or_else(|| preferred(headers)).unwrap_or(Self::English)
    }
}

/// The best of `Accept-Language` (RFC 9110, section 12.5.4).
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let weighed = accepted.split(',').filter_map(|range| {
        let (code, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>).ok()?;
        Some((Language::parse(code)?, quality))
    });
    let wanted = weighed.filter(|(_, quality)| *quality > 0.0);
    // Of equals the first one: `max_by` would take the last.
    wanted.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(language, _)| language)
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    next: String,
}

/// Keeps the choice for a year, and goes back.
pub(super) async fn switch(
    State(state): State<ApiState>,
    Path(code): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let language = Language::parse(&code).ok_or_else(|| Problem::new(Kind::NotFound, "no such language"))?;
    let cookie = Cookie::Language.set(language.code(), 365 * 24 * 3600, state.options.https);
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, next::local(&back.next).to_owned())];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_wins_over_the_browser() {
        let table = [
            ("", "", Language::English),
            ("", "es", Language::Spanish),
            ("", "es-MX,es;q=0.9,en;q=0.8", Language::Spanish),
            ("", "de, en;q=0.5, es;q=0.7", Language::Spanish),
            ("", "en, es", Language::English),
            ("", "es;q=0, en", Language::English),
            ("", "fr", Language::English),
            ("puente_language=en", "es", Language::English),
            ("puente_language=es", "en", Language::Spanish),
            ("puente_language=xx", "es", Language::Spanish),
        ];
        for (cookie, accepted, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{cookie} {accepted}");
        }
    }
}
