//! A deleted account.

use puente_domain::{KeyId, Subject, UserId};
use puente_storage::{Page, Transaction, Versioned};
use uuid::Uuid;

use super::last_admin;
use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Deletes an account with its keys, tokens, memberships and grants. What it and its keys did stays in the audit
    /// trail under a pseudonym that leads nowhere. The last administrator cannot be deleted.
    pub async fn delete_user(&self, actor: &Actor, user: &str) -> Result<()> {
        self.allow(actor, Action::ManageAccess, "users/delete", user).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let user = refer::user(&mut *edit, user).await?;
        last_admin::spare(&mut *edit, &user).await?;
        let pseudonym = format!("deleted-{}", Uuid::new_v4().simple());
        for key in keys_of(&mut *edit, user.id).await? {
            self.chain.pseudonymise(&mut *edit, Subject::Key(key), &pseudonym).await?;
        }
        self.chain.pseudonymise(&mut *edit, Subject::User(user.id), &pseudonym).await?;
        edit.users().remove(user.id).await?;
        edit.save("users/delete", &user.id.to_string(), None).await
    }
}

async fn keys_of(transaction: &mut dyn Transaction, owner: UserId) -> Result<Vec<KeyId>> {
    let mut page = Page { after: None, limit: Page::MAX_LIMIT };
    let mut keys = Vec::new();
    loop {
        let slice = transaction.keys().list(Some(owner), &page).await?;
        keys.extend(slice.items.iter().map(|key| key.id));
        page.after = slice.next;
        if page.after.is_none() {
            return Ok(keys);
        }
    }
}
