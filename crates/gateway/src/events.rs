//! What subscribed clients are told: lists that changed for them, resources, tasks, and the end of their rights.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use puente_domain::{FamilyId, Name, Principal, Subject};
use puente_mcp::{Era, handler::Event};
use tokio::sync::broadcast;

use crate::{
    Caller, Gateway,
    catalog::{Snapshot, snapshot::ResourceItem},
    identity,
    view::{View, apps, rights},
};

/// How many events a slow client may lag behind before it is told that everything changed.
const CAPACITY: usize = 64;

/// Who listens, by caller (and its OAuth connection) and virtual server.
#[derive(Default)]
pub(crate) struct Subscribers(Mutex<HashMap<Address, Subscriber>>);

type Address = (Identity, Arc<str>);

/// A subject, or an OAuth client that acts for it.
type Identity = (Subject, Option<FamilyId>);

struct Subscriber {
    principal: Arc<Principal>,
    sender: broadcast::Sender<Event>,
}

impl Subscribers {
    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Subscriber>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events of this caller from now on.
    pub(crate) fn subscribe(&self, caller: &Caller) -> broadcast::Receiver<Event> {
        let mut subscribers = self.lock();
        subscribers.retain(|_, subscriber| subscriber.sender.receiver_count() > 0);
        let principal = caller.actor.principal.clone();
        let subscriber = subscribers
            .entry(((principal.subject, principal.connection), caller.server.clone()))
            .or_insert_with(|| Subscriber { principal: principal.clone(), sender: broadcast::channel(CAPACITY).0 });
        subscriber.principal = principal;
        subscriber.sender.subscribe()
    }

    /// Whether nobody listens.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Sends an event to one caller.
    pub(crate) fn send(&self, subject: Subject, server: &str, event: &Event) {
        for (((own, _), on), subscriber) in &*self.lock() {
            if *own == subject && **on == *server {
                let _ = subscriber.sender.send(event.clone());
            }
        }
    }

    /// Tells everyone what is different for them.
    pub(crate) fn tell(&self, before: &Snapshot, after: &Snapshot) {
        for ((_, server), subscriber) in &*self.lock() {
            let old = seen(before, server, &subscriber.principal);
            for event in changes(old.as_deref(), seen(after, server, &subscriber.principal).as_deref()) {
                let _ = subscriber.sender.send(event);
            }
        }
    }

    /// Tells everyone who sees this resource of a source.
    pub(crate) fn resource_updated(&self, snapshot: &Snapshot, source: &Name, uri: &str) {
        for ((_, server), subscriber) in &*self.lock() {
            let view = seen(snapshot, server, &subscriber.principal);
            let Some(view) = view else { continue };
            let uri = apps::client_uri(source, uri, view.prefix);
            if matches!(view.resource(&uri), Some(ResourceItem::Offered(connection)) if connection.name == *source) {
                let _ = subscriber.sender.send(Event::ResourceUpdated { uri: uri.into_owned() });
            }
        }
    }

    fn identities(&self) -> Vec<Identity> {
        self.lock().keys().map(|(identity, _)| *identity).collect()
    }

    /// Replaces what is known about a caller; without a principal its streams end.
    fn replace(&self, identity: Identity, principal: Option<&Arc<Principal>>) {
        self.lock().retain(|(own, _), subscriber| {
            if *own != identity {
                return true;
            }
            match principal {
                Some(principal) => subscriber.principal = principal.clone(),
                None => drop(subscriber.sender.send(Event::Revoked)),
            }
            principal.is_some()
        });
    }
}

/// Eras see the same changes.
fn seen(snapshot: &Snapshot, server: &str, principal: &Principal) -> Option<Arc<View>> {
    let server = snapshot.server(server)?;
    Some(snapshot.view(server, rights(server, principal).ok()?, Era::Modern))
}

fn changes(before: Option<&View>, after: Option<&View>) -> Vec<Event> {
    let Some(after) = after else { return vec![Event::Revoked] };
    let digests =
        |view: &View| [view.tools_digest(), view.prompts.digest, view.resources.digest ^ view.templates.digest];
    let (old, new) = (before.map(digests), digests(after));
    let events = [Event::ToolsChanged, Event::PromptsChanged, Event::ResourcesChanged];
    let changed = |index: &usize| old.is_none_or(|old| old[*index] != new[*index]);
    events.into_iter().enumerate().filter(|(index, _)| changed(index)).map(|(_, event)| event).collect()
}

impl Gateway {
    /// Looks up the callers of open streams anew, because their rights may be others now.
    pub(crate) async fn refresh_subscribers(&self) {
        for identity in self.subscribers.identities() {
            match self.principal_of(identity).await {
                Ok(principal) => self.subscribers.replace(identity, Some(&Arc::new(principal))),
                Err(crate::Error::Unauthenticated(_)) => self.subscribers.replace(identity, None),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "rights could not be read"),
            }
        }
    }

    /// A caller as it is now; [`Error::Unauthenticated`](crate::Error::Unauthenticated) if it may not come any more.
    pub(crate) async fn principal_of(&self, (subject, connection): Identity) -> crate::Result<Principal> {
        let mut transaction = self.storage.read().await?;
        if let Some(family) = connection {
            let connection = transaction.oauth().connection(family).await?;
            let connection = connection.ok_or(crate::Error::Unauthenticated("the connection has ended"))?;
            return identity::principal::connected(&mut *transaction, &connection).await;
        }
        match subject {
            Subject::Anonymous => Ok(Principal::anonymous()),
            Subject::User(id) => identity::principal::of_user(&mut *transaction, id).await,
            Subject::Key(id) => {
                let key = transaction.keys().get(id).await?;
                let key = key.ok_or(crate::Error::Unauthenticated("the API key does not exist"))?;
                identity::principal::of_key(&mut *transaction, &key, self.clock.now()).await
            }
        }
    }
}
