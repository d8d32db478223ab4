//! An event in the list of its batch: its id, its time and its hash.

use puente_auth::{MacKey, random_bytes};
use puente_domain::{AuditBatchId, AuditId, Subject, Timestamp, audit::AuditEvent};
use puente_storage::{Mark, Marked};
use uuid::Uuid;

/// The length of an entry in a list.
pub(super) const LENGTH: usize = 16 + 8 + 32;
const SALT: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: AuditId,
    /// When the event began, so that retention is told apart from a theft.
    pub(super) at: Timestamp,
    pub(super) hash: [u8; 32],
}

/// What stands beside an event in a batch.
pub(super) fn mark(batch: AuditBatchId) -> Mark {
    Mark { batch, salt: Some(random_bytes::<SALT>().to_vec()) }
}

impl Entry {
    pub(super) fn of(key: &MacKey, marked: &Marked) -> Self {
        let Marked { event, mark } = marked;
        let salt = mark.as_ref().and_then(|mark| mark.salt.as_deref());
        Self { id: event.id, at: event.at, hash: hash(key, event, salt) }
    }

    /// Whether a row is what this was made of.
    pub(super) fn proves(&self, key: &MacKey, marked: &Marked) -> bool {
        *self == Self::of(key, marked)
    }

    pub(super) fn write(&self, list: &mut Vec<u8>) {
        list.extend_from_slice(self.id.0.as_bytes());
        list.extend_from_slice(&self.at.as_micros().to_be_bytes());
        list.extend_from_slice(&self.hash);
    }

    /// The entries of a list; what is no entry is left out, and its hash tells.
    pub(super) fn read_all(list: &[u8]) -> impl Iterator<Item = Self> {
        list.chunks_exact(LENGTH).filter_map(|bytes| {
            let (id, rest) = bytes.split_first_chunk()?;
            let (at, hash) = rest.split_first_chunk()?;
            let at = Timestamp::from_micros(i64::from_be_bytes(*at));
            Some(Self { id: AuditId(Uuid::from_bytes(*id)), at, hash: hash.try_into().ok()? })
        })
    }
}

/// The caller counts by a salted hash, so that what is left of it after its deletion leads nowhere.
fn hash(key: &MacKey, event: &AuditEvent, salt: Option<&[u8]>) -> [u8; 32] {
    let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
    key.begin("audit/event")
        .with(event.id.0.as_bytes())
        .with_number(event.at.as_micros())
        .with(&caller(key, event, salt))
        .with(event.action.as_bytes())
        .with(event.target.as_bytes())
        .with_optional(text(&event.server).as_deref())
        .with_optional(text(&event.arguments_hash).as_deref())
        .with_optional(text(&event.arguments).as_deref())
        .with(event.outcome.as_str().as_bytes())
        .with_optional(text(&event.detail).as_deref())
        .with_number(event.duration_us)
        .with_number(event.source_us)
        .with_number(event.bytes)
        .with(&[u8::from(event.cached)])
        .with_optional(text(&event.request_id).as_deref())
        .with_optional(text(&event.address).as_deref())
        .end()
}

fn caller(key: &MacKey, event: &AuditEvent, salt: Option<&[u8]>) -> [u8; 32] {
    let (kind, id) = match event.subject {
        Subject::User(id) => (0, id.0),
        Subject::Key(id) => (1, id.0),
        Subject::Anonymous => (2, Uuid::nil()),
    };
    let hash = key.begin("audit/caller").with_optional(salt);
    hash.with(&[kind]).with(id.as_bytes()).with(event.principal.as_bytes()).end()
}

#[cfg(test)]
mod tests {
    use puente_domain::{UserId, audit::Outcome};

    use super::*;

    fn event() -> AuditEvent {
        AuditEvent {
            id: AuditId::new(),
            at: Timestamp::from_micros(7),
            subject: Subject::User(UserId::new()),
            principal: "ana@example.com".to_owned(),
            action: "tools/call".to_owned(),
            target: "erp.pay".to_owned(),
            server: None,
            arguments_hash: None,
            arguments: None,
            outcome: Outcome::Ok,
            detail: None,
            duration_us: 1,
            source_us: 2,
            bytes: 3,
            cached: false,
            request_id: None,
            address: None,
        }
    }

    #[test]
    fn every_field_counts() {
        let key = MacKey::generate();
        let was = Marked { event: event(), mark: Some(mark(AuditBatchId::new())) };
        let entry = Entry::of(&key, &was);
        assert!(entry.proves(&key, &was));
        assert!(!entry.proves(&MacKey::generate(), &was), "another key");
        let some = || Some(String::new());
        let changes: [fn(&mut AuditEvent); 14] = [
            |event| event.id = AuditId::new(),
            |event| event.at = Timestamp::from_micros(8),
            |event| event.subject = Subject::Anonymous,
            |event| event.principal.push('x'),
            |event| event.action.push('x'),
            |event| event.target.push('x'),
            |event| event.outcome = Outcome::Error,
            |event| event.duration_us += 1,
            |event| event.source_us += 1,
            |event| event.bytes += 1,
            |event| event.cached = true,
            |event| std::mem::swap(&mut event.action, &mut event.target),
            |event| event.server = Some(String::new()),
            |event| event.arguments_hash = Some(String::new()),
        ];
        let optional: [fn(&mut AuditEvent, Option<String>); 4] = [
            |event, text| event.arguments = text,
            |event, text| event.detail = text,
            |event, text| event.request_id = text,
            |event, text| event.address = text,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut row = was.clone();
            change(&mut row.event);
            assert!(!entry.proves(&key, &row), "change {index}");
        }
        for (index, change) in optional.into_iter().enumerate() {
            let mut row = was.clone();
            change(&mut row.event, some());
            assert!(!entry.proves(&key, &row), "optional {index}");
        }
        let mut row = was.clone();
        row.mark.as_mut().unwrap().salt = None;
        assert!(!entry.proves(&key, &row), "without salt");
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let key = MacKey::generate();
        let entries: Vec<_> = (0..3).map(|_| Entry::of(&key, &event().into())).collect();
        let mut list = Vec::new();
        for entry in &entries {
            entry.write(&mut list);
        }
        assert_eq!(list.len(), 3 * LENGTH);
        assert_eq!(Entry::read_all(&list).collect::<Vec<_>>(), entries);
    }
}
