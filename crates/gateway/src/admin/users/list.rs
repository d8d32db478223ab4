//! All accounts.

use puente_domain::user::User;
use puente_storage::{Page, Slice};

use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// Accounts by e-mail address; `search` is a part of that or of the display name, whatever the case.
    pub async fn users(&self, actor: &Actor, search: Option<&str>, page: &Page) -> Result<Slice<User>> {
        self.allow(actor, Action::ReadAccess, "users/list", "").await?;
        Ok(self.storage.read().await?.users().list(search, page).await?)
    }
}
