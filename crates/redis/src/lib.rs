//! The connection to Redis (or Valkey): one, kept open by a task of its own, and given up quickly.
//!
//! Nothing in Redis is irreplaceable, so nobody waits for it: a command that gets no answer within
//! [`Options::timeout`] closes the [`Link`], and until the keeper has opened it again every command fails at once with
//! [`RedisError::Down`]. So a Redis that hangs costs one command its patience, and those after it nothing.
//!
//! One connection carries everything, commands and published messages (RESP3): commands of many tasks are pipelined on
//! it, and whoever sees it break knows that messages may be missing too ([`News::Connected`]).

mod keeper;
mod link;

pub use link::{Link, News, Options, RedisError};
pub use redis::{Cmd, FromRedisValue, Script, cmd};
