//! Somebody must be able to administer.

use puente_domain::{Role, user::User};
use puente_storage::{Page, Transaction};

use crate::{Error, Result};

/// Refuses to take away the last administrator that is not disabled.
pub(super) async fn spare(transaction: &mut dyn Transaction, user: &User) -> Result<()> {
    if !is_active_admin(user) {
        return Ok(());
    }
    let mut page = Page { after: None, limit: Page::MAX_LIMIT };
    loop {
        let slice = transaction.users().list(None, &page).await?;
        if slice.items.iter().any(|other| other.id != user.id && is_active_admin(other)) {
            return Ok(());
        }
        page.after = slice.next;
        if page.after.is_none() {
            return Err(Error::invalid("", "this is the last administrator; make another one first"));
        }
    }
}

fn is_active_admin(user: &User) -> bool {
    user.role == Role::Admin && user.disabled_at.is_none()
}
