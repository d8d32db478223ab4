//! The callers of the tables.

use std::collections::BTreeMap;

use puente_tests::Site;

/// A site on notes with everyone of the tables, and their keys by name.
pub(super) fn assemble() -> (Site, BTreeMap<&'static str, String>) {
    let site = Site::with_notes();
    // The first start makes the administrator of every site.
    let _ = site.key("first", &[]);
    for (user, role) in [("member", "member"), ("auditor", "member"), ("editor", "editor"), ("admin", "admin")] {
        site.user(&email(user), role);
    }
    let mut keys = BTreeMap::from([("nobody", String::new())]);
    for (name, owner, role, scopes) in [
        ("member", "member", "member", ""),
        ("auditor", "auditor", "member", ""),
        ("editor", "editor", "editor", ""),
        ("admin", "admin", "admin", ""),
        ("reader", "member", "member", "mcp:read"),
        ("api", "admin", "admin", "api"),
        ("api-reader", "admin", "admin", "api:read"),
        ("confined", "auditor", "member", "server:auditors"),
    ] {
        let owner = email(owner);
        let mut arguments = vec!["--owner", owner.as_str(), "--role", role];
        if !scopes.is_empty() {
            arguments.extend(["--scope", scopes]);
        }
        keys.insert(name, site.key(name, &arguments));
    }
    // A key is a member of its own: it gets nothing from its owner's teams.
    for member in ["key:auditor", "key:confined"] {
        site.puente(&["team", "add", "auditors", member]).expect_success();
    }
    (site, keys)
}

pub(super) fn email(user: &str) -> String {
    format!("{user}@doors.example.com")
}
