//! Who answers, and what the login could do beyond its tools.

use sqlx::PgConnection;

use super::{
    super::{EngineError, Probe},
    error,
};

const SUPERUSER: &str = "the login is a superuser, whom read-only transactions do not hold back; use a role that is \
                         granted only what it needs";
const SERVER_FILES: &str = "the login may read or write files or run programs on the database's server; use a role \
                            that is granted only what it needs";

/// Asks the server.
pub(super) async fn probe(connection: &mut PgConnection) -> Result<Probe, EngineError> {
    let (version, is_superuser, bypasses_rls, reaches_files, is_encrypted, is_local) =
        sqlx::query_as::<_, (String, bool, bool, bool, bool, bool)>(
            "SELECT current_setting('server_version'), r.rolsuper, r.rolbypassrls,
                    pg_has_role('pg_execute_server_program', 'MEMBER') OR pg_has_role('pg_read_server_files', 'MEMBER')
                        OR pg_has_role('pg_write_server_files', 'MEMBER'),
                    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
                    coalesce(inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1', true)
             FROM pg_roles r WHERE r.rolname = current_user",
        )
        .fetch_one(connection)
        .await
        .map_err(error::from_sqlx)?;
    let mut warnings = Vec::new();
    let unrestricted = match (is_superuser, reaches_files) {
        (true, _) => Some(SUPERUSER.to_owned()),
        (false, true) => Some(SERVER_FILES.to_owned()),
        (false, false) => None,
    };
    warnings.extend(unrestricted.clone());
    if bypasses_rls && !is_superuser {
        warnings.push("the login bypasses row-level security".to_owned());
    }
    if !is_encrypted && !is_local {
        warnings.push("the connection is not encrypted; add sslmode=verify-full to the URL".to_owned());
    }
    Ok(Probe { system: format!("PostgreSQL {version}"), warnings, unrestricted })
}
