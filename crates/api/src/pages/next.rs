//! Where to go after a form: only to pages of our own, or a link could lead people through us to anywhere.

use super::{ACCOUNT, SIGN_IN};
use crate::oauth::AUTHORIZE;

/// `next` if it is a page of ours, else the account.
pub(super) fn local(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let ours = [ACCOUNT, SIGN_IN, AUTHORIZE]
        .iter()
        .any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && !path.contains("..");
    if ours && plain { next } else { ACCOUNT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for page in
            ["/account", "/account/keys", "/oauth/authorize?client_id=x&state=%2F%2Fevil", "/sign-in?next=/account"]
        {
            assert_eq!(local(page), page);
        }
        for elsewhere in [
            "",
            "/",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/account\\@evil.example",
            "/accountant",
            "account",
            "javascript:alert(1)",
            "/account\r\nSet-Cookie: x",
            "/account/../api",
            "/oauth/token",
        ] {
            assert_eq!(local(elsewhere), ACCOUNT, "{elsewhere:?}");
        }
    }
}
