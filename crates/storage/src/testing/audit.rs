//! The audit trail.

use puente_domain::{
    KeyId, Subject, UserId,
    audit::{AuditEvent, Outcome},
};

use super::samples::{NOW, event, later, page};
use crate::{AuditFilter, Marked, Storage, StorageError};

/// The targets of what a filter finds, newest first.
async fn found(storage: &dyn Storage, filter: &AuditFilter) -> Vec<String> {
    let mut tx = storage.read().await.unwrap();
    let slice = tx.audit().list(filter, &page(None, 1000)).await.unwrap();
    let count = tx.audit().count(filter, 1000).await.unwrap();
    assert_eq!(count, slice.items.len() as u64, "count and list agree on {filter:?}");
    slice.items.into_iter().map(|event| event.target).collect()
}

async fn saved(storage: &dyn Storage, events: &[AuditEvent]) {
    let mut tx = storage.write().await.unwrap();
    tx.audit().add(&unmarked(events)).await.unwrap();
    tx.save().await.unwrap();
}

/// As earlier releases wrote them.
fn unmarked(events: &[AuditEvent]) -> Vec<Marked> {
    events.iter().cloned().map(Marked::from).collect()
}

/// Every field comes back as it was, by id and in a list.
pub async fn round_trip(storage: &dyn Storage) {
    let full = AuditEvent {
        subject: Subject::Key(KeyId::new()),
        arguments: Some(r#"{"a":"\u0000"}"#.to_owned()),
        detail: Some(String::new()),
        duration_us: i64::MAX,
        source_us: i64::MIN,
        bytes: -1,
        cached: true,
        ..event("erp.search", NOW)
    };
    let bare = AuditEvent {
        subject: Subject::User(UserId::new()),
        server: None,
        arguments_hash: None,
        request_id: None,
        address: None,
        ..event("", later(1))
    };
    saved(storage, &[full.clone(), bare.clone()]).await;
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.audit().get(full.id).await.unwrap().as_ref(), Some(&full));
    assert_eq!(tx.audit().get(event("none", NOW).id).await.unwrap(), None);
    let listed = tx.audit().list(&AuditFilter::default(), &page(None, 10)).await.unwrap();
    assert_eq!((listed.items, listed.next), (vec![bare, full], None));
    for outcome in Outcome::ALL {
        let one = AuditEvent { outcome, ..event("erp.search", later(2)) };
        saved(storage, std::slice::from_ref(&one)).await;
        let mut tx = storage.read().await.unwrap();
        assert_eq!(tx.audit().get(one.id).await.unwrap(), Some(one));
    }
}

/// Groups of every size arrive whole and in order; one that cannot be stored keeps the others out.
pub async fn many_at_once_or_none(storage: &dyn Storage) {
    saved(storage, &[]).await;
    let mut events: Vec<_> = (0..137).map(|index| event(&format!("t{index}"), later(index))).collect();
    saved(storage, &events).await;
    let targets: Vec<_> = events.iter().rev().map(|event| event.target.clone()).collect();
    assert_eq!(found(storage, &AuditFilter::default()).await, targets);

    for event in &mut events {
        event.id = puente_domain::AuditId::new();
    }
    events[136].detail = Some("a\0b".to_owned());
    let mut tx = storage.write().await.unwrap();
    let added = tx.audit().add(&unmarked(&events)).await;
    assert!(matches!(added, Err(StorageError::Unstorable("audit.detail"))), "{added:?}");
    tx.save().await.unwrap();
    assert_eq!(found(storage, &AuditFilter::default()).await.len(), 137);
}

/// An intent takes its outcome once; what has one, or does not exist, takes none.
pub async fn intents_complete_once(storage: &dyn Storage) {
    let intent = AuditEvent { outcome: Outcome::Unknown, duration_us: 0, ..event("erp.pay", NOW) };
    saved(storage, std::slice::from_ref(&intent)).await;
    let done = AuditEvent {
        outcome: Outcome::Error,
        detail: Some("no money".to_owned()),
        duration_us: 7,
        arguments: Some("{}".to_owned()),
        cached: true,
        ..intent.clone()
    };
    let mut tx = storage.write().await.unwrap();
    assert!(tx.audit().complete(&done.clone().into()).await.unwrap());
    assert!(!tx.audit().complete(&AuditEvent { outcome: Outcome::Ok, ..intent.clone() }.into()).await.unwrap());
    assert!(!tx.audit().complete(&event("none", NOW).into()).await.unwrap());
    assert_eq!(tx.audit().get(intent.id).await.unwrap(), Some(done));
}

/// By time and then by id; a page goes on after the id that was seen last, in the same filter.
pub async fn newest_first_and_paged(storage: &dyn Storage) {
    let mut events: Vec<_> = [3, 1, 2, 2, 2].into_iter().map(|at| event(&format!("t{at}"), later(at))).collect();
    saved(storage, &events).await;
    events.sort_by_key(|event| (event.at, event.id));
    events.reverse();
    let filter = AuditFilter { until: Some(later(3)), ..AuditFilter::default() };
    let mut tx = storage.read().await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let slice = tx.audit().list(&filter, &page(after.as_deref(), 2)).await.unwrap();
        seen.extend(slice.items);
        after = slice.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, events[1..]);
    let gone = tx.audit().list(&filter, &page(Some(&event("none", NOW).id.to_string()), 2)).await.unwrap();
    assert_eq!((gone.items, gone.next), (Vec::new(), None));
    let wrong = tx.audit().list(&filter, &page(Some("no id"), 2)).await;
    assert!(matches!(wrong, Err(StorageError::Missing("page.after"))), "{wrong:?}");
}

/// Each condition alone, and all together.
pub async fn every_filter(storage: &dyn Storage) {
    let ana = Subject::User(UserId::new());
    let all = AuditEvent {
        subject: ana,
        principal: "Äna%Müller".to_owned(),
        action: "resources/read".to_owned(),
        server: Some("finance".to_owned()),
        outcome: Outcome::Refused,
        ..event("all", later(10))
    };
    let others = [
        AuditEvent { subject: ana, ..event("subject", NOW) },
        AuditEvent { principal: "xäNA%mx".to_owned(), ..event("principal", NOW) },
        AuditEvent { action: all.action.clone(), ..event("action", NOW) },
        AuditEvent { server: all.server.clone(), ..event("server", NOW) },
        AuditEvent { outcome: Outcome::Refused, ..event("outcome", NOW) },
        event("since", later(11)),
    ];
    saved(storage, std::slice::from_ref(&all)).await;
    saved(storage, &others).await;
    let none = AuditFilter::default();
    let filters = [
        ("subject", AuditFilter { subject: Some(ana), ..none.clone() }),
        ("principal", AuditFilter { principal: Some("ÄNA%M".to_owned()), ..none.clone() }),
        ("action", AuditFilter { action: Some("resources/read".to_owned()), ..none.clone() }),
        ("server", AuditFilter { server: Some("finance".to_owned()), ..none.clone() }),
        ("outcome", AuditFilter { outcome: Some(Outcome::Refused), ..none.clone() }),
    ];
    for (target, filter) in &filters {
        assert_eq!(found(storage, filter).await, ["all", target], "{filter:?}");
    }
    let since = AuditFilter { since: Some(later(10)), ..none.clone() };
    assert_eq!(found(storage, &since).await, ["since", "all"]);
    let between = AuditFilter { until: Some(later(11)), ..since };
    assert_eq!(found(storage, &between).await, ["all"]);
    let ok = AuditFilter { outcome: Some(Outcome::Ok), ..none };
    assert_eq!(found(storage, &ok).await.len(), 5);
    let together = AuditFilter {
        subject: Some(ana),
        principal: Some("na".to_owned()),
        action: Some("resources/read".to_owned()),
        target: Some("al*".to_owned()),
        server: Some("finance".to_owned()),
        outcome: Some(Outcome::Refused),
        ..between
    };
    assert_eq!(found(storage, &together).await, ["all"]);
}

/// `*` at the end means "starts with"; elsewhere, and everything else, means itself, case included.
pub async fn targets_by_prefix(storage: &dyn Storage) {
    let targets = ["erp.a", "erp.b", "erp", "Erp.a", "erp%", "erp*x", "erp.\u{10ffff}", "erp\u{10ffff}"];
    let events: Vec<_> = targets.iter().zip(0..).map(|(target, at)| event(target, later(at))).collect();
    saved(storage, &events).await;
    for (target, expected) in [
        ("erp.*", vec!["erp.\u{10ffff}", "erp.b", "erp.a"]),
        ("erp", vec!["erp"]),
        ("erp.", vec![]),
        ("erp%", vec!["erp%"]),
        ("erp**", vec!["erp*x"]),
        ("E*", vec!["Erp.a"]),
    ] {
        let filter = AuditFilter { target: Some(target.to_owned()), ..AuditFilter::default() };
        assert_eq!(found(storage, &filter).await, expected, "target {target}");
    }
    let filter = AuditFilter { target: Some("*".to_owned()), ..AuditFilter::default() };
    assert_eq!(found(storage, &filter).await.len(), targets.len());
}

/// What an index cannot hold is still stored and found.
pub async fn long_targets(storage: &dyn Storage) {
    let noise: String = (0..20_000_u32).map(|index| char::from(b'!' + (index * index % 93) as u8)).collect();
    let (one, other) = (format!("erp.é{noise}1"), format!("erp.é{noise}2"));
    saved(storage, &[event(&one, later(1)), event(&other, later(2))]).await;
    let exactly = AuditFilter { target: Some(one.clone()), ..AuditFilter::default() };
    assert_eq!(found(storage, &exactly).await, std::slice::from_ref(&one));
    let both = AuditFilter { target: Some(format!("erp.é{noise}*")), ..AuditFilter::default() };
    assert_eq!(found(storage, &both).await, [other, one]);
}

/// Counting stops at the limit.
pub async fn counted_up_to_a_limit(storage: &dyn Storage) {
    let events: Vec<_> = (0..5).map(|at| event("t", later(at))).collect();
    saved(storage, &events).await;
    let mut tx = storage.read().await.unwrap();
    for (at_most, expected) in [(0, 0), (3, 3), (5, 5), (u64::MAX, 5)] {
        assert_eq!(tx.audit().count(&AuditFilter::default(), at_most).await.unwrap(), expected);
    }
}

/// Tool calls only, from the moment on; the most called first, then by name.
pub async fn totals(storage: &dyn Storage) {
    let call = |target: &str, at, outcome| AuditEvent { outcome, ..event(target, later(at)) };
    saved(
        storage,
        &[
            call("b", 1, Outcome::Ok),
            call("b", 2, Outcome::Error),
            call("b", 3, Outcome::TimedOut),
            call("a", 2, Outcome::Refused),
            call("c", 2, Outcome::Ok),
            call("b", 0, Outcome::Error),
            AuditEvent { action: "resources/read".to_owned(), ..event("a", later(3)) },
        ],
    )
    .await;
    let mut tx = storage.read().await.unwrap();
    let totals = tx.audit().totals(later(1), 2).await.unwrap();
    assert_eq!(totals, [("b".to_owned(), 3, 2, 4_500), ("a".to_owned(), 1, 0, 1_500)]);
    assert_eq!(tx.audit().totals(later(9), 2).await.unwrap(), []);
}

/// The name is gone from what is read and from what is searched.
pub async fn pseudonymised(storage: &dyn Storage) {
    let (ana, bo) = (Subject::User(UserId::new()), Subject::User(UserId::new()));
    let by = |subject, principal: &str, at| AuditEvent {
        subject,
        principal: principal.to_owned(),
        ..event(principal, later(at))
    };
    let (one, two, other) = (by(ana, "ana@x", 1), by(ana, "anna@x", 2), by(bo, "bo@x", 3));
    saved(storage, &[one.clone(), two, other.clone()]).await;
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.audit().pseudonymise(ana, "Deleted-1").await.unwrap(), 2);
    assert_eq!(tx.audit().pseudonymise(ana, "Deleted-1").await.unwrap(), 0);
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    let expected = AuditEvent { subject: Subject::Anonymous, principal: "Deleted-1".to_owned(), ..one };
    assert_eq!(tx.audit().get(expected.id).await.unwrap(), Some(expected));
    assert_eq!(tx.audit().get(other.id).await.unwrap(), Some(other));
    let name = |part: &str| AuditFilter { principal: Some(part.to_owned()), ..AuditFilter::default() };
    assert_eq!(found(storage, &name("an")).await, Vec::<String>::new());
    assert_eq!(found(storage, &name("deleted-1")).await.len(), 2);
}

/// After a commit whose answer was lost everything is added again, and nothing is there twice.
pub async fn added_again(storage: &dyn Storage) {
    let first = event("a", later(1));
    saved(storage, std::slice::from_ref(&first)).await;
    let changed = AuditEvent { target: "changed".to_owned(), ..first };
    saved(storage, &[changed, event("b", later(2))]).await;
    assert_eq!(found(storage, &AuditFilter::default()).await, ["b", "a"]);
}

/// Oldest first, page by page, in the same filter.
pub async fn followed(storage: &dyn Storage) {
    let mut events: Vec<_> = [3, 1, 2, 2].into_iter().map(|at| event("t", later(at))).collect();
    events.push(AuditEvent { principal: "other".to_owned(), ..event("t", later(2)) });
    saved(storage, &events).await;
    events.pop();
    events.sort_by_key(|event| (event.at, event.id));
    let filter = AuditFilter { principal: Some("ANON".to_owned()), ..AuditFilter::default() };
    let mut tx = storage.read().await.unwrap();
    let first = tx.audit().follow(&filter, None, 3).await.unwrap();
    assert_eq!(first, events[..3]);
    let rest = tx.audit().follow(&filter, Some((first[2].at, first[2].id)), 3).await.unwrap();
    assert_eq!(rest, events[3..]);
}

/// A part of few names and a part of many find the same, newest first and page by page.
pub async fn parts_of_names(storage: &dyn Storage) {
    let by = |number: u64| {
        let principal = format!("Caller{}@{}", number % 60, if number % 60 < 3 { "few" } else { "many" });
        AuditEvent { principal, ..event(&number.to_string(), later(number)) }
    };
    saved(storage, &(0..180).map(by).collect::<Vec<_>>()).await;
    let filter = |part: &str| AuditFilter { principal: Some(part.to_owned()), ..AuditFilter::default() };
    for (part, matches) in
        [("FEW", (0..180).filter(|number| number % 60 < 3).collect::<Vec<u64>>()), ("caller", (0..180).collect())]
    {
        let expected: Vec<String> = matches.iter().rev().map(u64::to_string).collect();
        assert_eq!(found(storage, &filter(part)).await, expected, "{part}");
        let mut tx = storage.read().await.unwrap();
        let first = tx.audit().list(&filter(part), &page(None, 4)).await.unwrap();
        let second = tx.audit().list(&filter(part), &page(first.next.as_deref(), 4)).await.unwrap();
        let paged: Vec<String> = first.items.into_iter().chain(second.items).map(|event| event.target).collect();
        assert_eq!(paged, expected[..8], "{part}");
        assert_eq!(tx.audit().count(&filter(part), 5).await.unwrap(), 5, "{part}");
    }
    assert_eq!(found(storage, &filter("nobody")).await, Vec::<String>::new());
}

/// A part of many names whose events are older than many others is found page by page.
pub async fn parts_of_names_behind_many_events(storage: &dyn Storage) {
    let old = |number: u64| AuditEvent {
        principal: format!("Caller{}", number * 31 % 97),
        ..event(&number.to_string(), later(number / 2))
    };
    let newer = |number: u64| AuditEvent { principal: "Other".to_owned(), ..event("newer", later(1_000 + number)) };
    saved(storage, &(0..180).map(old).chain((0..10_000).map(newer)).collect::<Vec<_>>()).await;
    let early = AuditFilter {
        principal: Some("caller".to_owned()),
        since: Some(later(10)),
        until: Some(later(80)),
        ..AuditFilter::default()
    };
    let all = AuditFilter { principal: Some("caller".to_owned()), ..AuditFilter::default() };
    for (filter, count, size) in [(&early, 140, 7), (&early, 140, 100), (&all, 180, 7), (&all, 180, 100)] {
        let expected = found(storage, filter).await;
        assert_eq!(expected.len(), count);
        let (mut paged, mut next) = (Vec::new(), None);
        let mut tx = storage.read().await.unwrap();
        loop {
            let slice = tx.audit().list(filter, &page(next.as_deref(), size)).await.unwrap();
            paged.extend(slice.items.into_iter().map(|event| event.target));
            next = slice.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(paged, expected, "{filter:?}, {size} a page");
    }
}

/// What is before the moment, not what is at it.
pub async fn pruned(storage: &dyn Storage) {
    saved(storage, &[event("old", later(1)), event("new", later(2))]).await;
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.audit().prune(later(2)).await.unwrap(), 1);
    tx.save().await.unwrap();
    assert_eq!(found(storage, &AuditFilter::default()).await, ["new"]);
}
