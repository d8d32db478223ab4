//! Sign-in: clients that know only the address, a person at a browser.

mod clients;
mod inspector;
mod pages;
mod suite;

use puente_tests::{ADMIN_PASSWORD as PASSWORD, Site};

/// A member of the sample.
const ANA: &str = "ana@example.com";

/// The notes, with a member who signs in.
fn site() -> Site {
    let site = Site::with_notes();
    site.user(ANA, "member");
    site
}
