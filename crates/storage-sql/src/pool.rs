//! What a pool of connections does.

use puente_storage::Connections;
use sqlx::Pool;

/// How its connections are used now. It changes meanwhile, so the two numbers are from about the same moment.
pub(crate) fn connections(pool: &Pool<crate::Db>) -> Connections {
    let open = usize::try_from(pool.size()).unwrap_or(usize::MAX);
    let idle = pool.num_idle().min(open);
    Connections { in_use: open - idle, idle }
}
