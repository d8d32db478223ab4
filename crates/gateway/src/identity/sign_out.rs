//! The end of a sign-in.

use puente_auth::sha256;
use puente_domain::{FamilyId, UserId, audit::Outcome};

use crate::{Actor, Gateway, Result};

impl Gateway {
    /// Ends the sign-in that this access or refresh token belongs to, with every token of it, within a second
    /// everywhere. Whoever has the token may do so; one that is unknown or no longer valid is no error (RFC 7009).
    pub async fn sign_out(&self, visitor: &Actor, token: &str) -> Result<()> {
        let now = self.clock.now();
        let Some((family, user)) = self.family_of(token).await? else { return Ok(()) };
        let mut transaction = self.storage.write().await?;
        transaction.refresh_tokens().revoke_family(family, now).await?;
        let event = self.event(visitor, "auth/logout", &user.to_string(), Outcome::Ok, None);
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        self.identity.forget();
        Ok(())
    }

    async fn family_of(&self, token: &str) -> Result<Option<(FamilyId, UserId)>> {
        if let Ok(claims) = self.tokens.verify(token, self.clock.now()) {
            return Ok(Some((claims.fam, claims.sub)));
        }
        let row = self.storage.read().await?.refresh_tokens().find(&sha256(token)).await?;
        Ok(row.map(|row| (row.family, row.user)))
    }
}
