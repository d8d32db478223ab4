//! Whoever runs the command line: may read the data folder, and so may do everything.

use std::sync::Arc;

use puente_domain::{Principal, Role, Subject, UserId};
use uuid::Uuid;

use crate::Actor;

impl Actor {
    /// The operator of this installation, on the command line. It has no account; in the audit trail it is the user
    /// with the nil id.
    #[must_use]
    pub fn operator() -> Self {
        let principal = Principal {
            subject: Subject::User(UserId(Uuid::nil())),
            name: "operator".into(),
            role: Role::Admin,
            teams: [].into(),
            scopes: [].into(),
            connection: None,
        };
        Self { principal: Arc::new(principal), address: None, request_id: Uuid::now_v7().to_string().into() }
    }

    /// Whether it is the one of [`Actor::operator`].
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.principal.subject == Subject::User(UserId(Uuid::nil()))
    }
}
