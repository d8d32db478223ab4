//! What handlers take out of requests. Each rejection is a problem.

mod actor;
mod body;
mod credentials;
mod path;
mod query;
mod request;
mod yaml;

pub(crate) use actor::{Authenticated, Visitor, authenticate_at};
pub(crate) use body::{Json, bytes as whole_body};
pub(crate) use credentials::Credentials;
pub(crate) use path::Path;
pub(crate) use query::Query;
pub(crate) use request::{FullUri, RequestInfo};
pub(crate) use yaml::Yaml;
