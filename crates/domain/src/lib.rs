//! Puente's vocabulary: ids, entities, time. No I/O, no async, no database.
//!
//! Every other crate speaks in these types. To add an entity: give it an id in [`id`], a struct in a module of its
//! own, a repository trait in `puente-storage`, and one implementation in `storage-sql`.

pub mod audit;
pub mod catalog;
pub mod duration;
pub mod id;
pub mod job;
pub mod key;
pub mod name;
pub mod oauth;
pub mod principal;
pub mod server;
pub mod session;
pub mod task;
pub mod team;
pub mod time;
pub mod user;

pub use id::{
    AuditBatchId, AuditId, AuditKeyId, FamilyId, GrantId, JobId, KeyId, PromptId, ResourceId, ResultId, ServerId,
    SessionId, SourceId, TaskId, TeamId, ToolId, UserId,
};
pub use name::{Name, NameError};
pub use principal::{Principal, Role, Subject};
pub use time::{Clock, ManualClock, SystemClock, Timestamp};
