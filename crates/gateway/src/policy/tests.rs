use puente_domain::{KeyId, UserId};

use super::*;

fn principal(role: Role, scopes: &[&str]) -> Principal {
    let mut scopes: Vec<Scope> = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
    scopes.sort();
    Principal {
        subject: Subject::User(UserId::new()),
        name: "ana@example.com".into(),
        role,
        teams: [].into(),
        scopes: scopes.into(),
        connection: None,
    }
}

/// Role × action: A is allowed, R is refused. The rows of this table are the documentation of the roles.
#[test]
fn roles_by_actions() {
    let server: Name = "finance".parse().unwrap();
    let use_server = |open, granted| Action::UseServer { server: &server, open, granted };
    let call = |open, granted| Action::CallTool { server: &server, open, granted, read_only: false };
    #[rustfmt::skip]
    let table = [
        //                              anonymous member editor admin
        (use_server(false, false),      "R        R      R      A"),
        (use_server(false, true),       "R        A      A      A"),
        (use_server(true, false),       "A        A      A      A"),
        (call(false, false),            "R        R      R      A"),
        (call(false, true),             "R        A      A      A"),
        (call(true, false),             "A        A      A      A"),
        (Action::ReadSelf,              "R        A      A      A"),
        (Action::ManageOwnKeys,         "R        A      A      A"),
        (Action::ReadOwnAudit,          "R        A      A      A"),
        (Action::ReadCatalog,           "R        R      A      A"),
        (Action::EditCatalog,           "R        R      A      A"),
        (Action::ReadAccess,            "R        R      R      A"),
        (Action::ManageAccess,          "R        R      R      A"),
        (Action::ReadAudit,             "R        R      R      A"),
        (Action::ReadJobs,              "R        R      R      A"),
        (Action::ManageJobs,            "R        R      R      A"),
        (Action::ReadMetrics,           "R        R      R      A"),
    ];
    let callers = [
        Principal::anonymous(),
        principal(Role::Member, &[]),
        principal(Role::Editor, &[]),
        principal(Role::Admin, &[]),
    ];
    for (action, expected) in table {
        let decisions: Vec<&str> =
            callers.iter().map(|caller| if decide(caller, action).is_ok() { "A" } else { "R" }).collect();
        assert_eq!(decisions, expected.split_whitespace().collect::<Vec<_>>(), "{action:?}");
    }
}

#[test]
fn scopes_narrow_and_never_widen() {
    let server: Name = "finance".parse().unwrap();
    let call = |read_only| Action::CallTool { server: &server, open: false, granted: true, read_only };
    let admin = |scopes: &[&str]| principal(Role::Admin, scopes);

    assert_eq!(decide(&admin(&["mcp:read"]), call(true)), Ok(Reason::Grant));
    assert_eq!(decide(&admin(&["mcp:read"]), call(false)), Err(Refusal::Scope));
    assert_eq!(decide(&admin(&["mcp"]), call(false)), Ok(Reason::Grant));
    assert_eq!(decide(&admin(&["server:finance"]), call(false)), Ok(Reason::Grant));
    assert_eq!(decide(&admin(&["server:finance", "mcp:read"]), call(false)), Err(Refusal::Scope));
    assert_eq!(decide(&admin(&["server:sales", "mcp"]), call(true)), Err(Refusal::Scope));
    assert_eq!(decide(&admin(&["mcp"]), Action::ReadCatalog), Err(Refusal::Scope));
    assert_eq!(decide(&admin(&["api:read"]), Action::ReadAudit), Ok(Reason::Role(Role::Admin)));
    assert_eq!(decide(&admin(&["api:read"]), Action::EditCatalog), Err(Refusal::Scope));
    assert_eq!(decide(&principal(Role::Member, &["api"]), Action::EditCatalog), Err(Refusal::Role(Role::Editor)));
}

#[test]
fn a_key_is_nobody_special() {
    let key = Principal { subject: Subject::Key(KeyId::new()), ..principal(Role::Member, &[]) };
    assert_eq!(decide(&key, Action::EditCatalog), Err(Refusal::Role(Role::Editor)));
}
