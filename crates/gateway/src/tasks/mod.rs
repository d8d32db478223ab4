//! Tool calls that go on as MCP tasks (extension `io.modelcontextprotocol/tasks`, SEP-2663).
//!
//! A call of a tool that can be a task, by a client that knows tasks, is answered at once if it is quick; else it goes
//! on without its caller, and the client asks for its state, on whichever replica. The state of record is a row; who
//! executes it is a job of the durable queue with the same id, whose lease the executing process prolongs.
//!
//! A task is executed **at most once**: if its process dies, the lease ends and the task fails, its outcome unknown;
//! unless the tool may run twice ([`Effect::is_repeatable`](puente_sources::Effect::is_repeatable)), which another replica
//! then does.
//!
//! - [`become_task`]: from a call to a task; [`drive`]: to its end; [`ask`]: what it asks its client meanwhile;
//! - `order`, `again`: what another replica needs to start it anew, and how it does; `places`: how many one caller may have;
//! - [`state`]: rows, and who is told; `sealed`: what lies in them; `requests`: `tasks/get`, `tasks/update`, `tasks/cancel`.

mod again;
mod ask;
mod become_task;
mod drive;
mod order;
mod places;
mod requests;
mod sealed;
mod state;

pub(crate) use become_task::becomes_task;
pub use order::RunTask;
pub(crate) use places::{Place, Places};
