//! Who answers, and what the login could do beyond its tools.

use sqlx::MySqlConnection;

use super::{
    super::{EngineError, Probe},
    error,
};

/// Rights that reach out of the database, or to everything in it.
const TOO_MUCH: &[&str] = &["ALL PRIVILEGES ON *.*", "FILE", "SUPER", "PROCESS", "SHUTDOWN", "CREATE USER"];

/// Asks the server.
pub(super) async fn probe(connection: &mut MySqlConnection) -> Result<Probe, EngineError> {
    let version: String = sqlx::query_scalar("SELECT CAST(VERSION() AS CHAR)")
        .fetch_one(&mut *connection)
        .await
        .map_err(error::from_sqlx)?;
    let grants: Vec<String> =
        sqlx::query_scalar("SHOW GRANTS").fetch_all(&mut *connection).await.map_err(error::from_sqlx)?;
    let cipher: Option<(String, String)> =
        sqlx::query_as("SHOW STATUS LIKE 'Ssl_cipher'").fetch_optional(connection).await.map_err(error::from_sqlx)?;
    let unrestricted = grants.iter().find_map(|grant| excess(grant)).map(|right| {
        format!("the login holds {right}, which read-only transactions do not hold back; use one that is granted only what it needs")
    });
    let mut warnings: Vec<_> = unrestricted.clone().into_iter().collect();
    if cipher.is_none_or(|(_, cipher)| cipher.is_empty()) {
        warnings.push("the connection is not encrypted; add ssl-mode=VERIFY_IDENTITY to the URL".to_owned());
    }
    let system = match version.split_once("-MariaDB") {
        Some((number, _)) => format!("MariaDB {number}"),
        None => format!("MySQL {version}"),
    };
    Ok(Probe { system, warnings, unrestricted })
}

/// The first right in a line of `SHOW GRANTS` that is too much.
fn excess(grant: &str) -> Option<&'static str> {
    let rights = grant.strip_prefix("GRANT ")?;
    let (list, scope) = rights.split_once(" ON ")?;
    if !scope.starts_with("*.*") {
        return None;
    }
    TOO_MUCH.iter().copied().find(|right| {
        list.split(", ").any(|held| held == *right || (held == "ALL PRIVILEGES" && right.starts_with("ALL PRIVILEGES")))
    })
}

#[cfg(test)]
mod tests {
    use super::excess;

    #[test]
    fn global_rights_that_reach_out_are_too_much() {
        assert_eq!(excess("GRANT ALL PRIVILEGES ON *.* TO `root`@`%`"), Some("ALL PRIVILEGES ON *.*"));
        assert_eq!(excess("GRANT SELECT, FILE ON *.* TO `x`@`%`"), Some("FILE"));
        assert_eq!(excess("GRANT USAGE ON *.* TO `x`@`%`"), None);
        assert_eq!(excess("GRANT ALL PRIVILEGES ON `erp`.* TO `x`@`%`"), None);
    }
}
