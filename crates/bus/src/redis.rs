//! Hints between replicas over Redis' publish and subscribe.

use puente_redis::{Link, News, RedisError, cmd};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    mpsc,
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    Backend, Bus, Hint,
    channel::{Channel, Inbox, Letter},
};

/// The backend of replicas that share a Redis.
pub struct Redis {
    channel: Channel,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Redis {
    /// A backend that publishes on the link's channel `name`. What Redis does not take goes over `fallback`, if there is
    /// one; its hints are heard in any case.
    #[must_use]
    pub fn new(link: &Link, name: String, fallback: Option<Bus>) -> Self {
        let (channel, letters) = Channel::new();
        let sending = tokio::spawn(send(link.clone(), name, letters, fallback.clone()));
        let hearing = tokio::spawn(hear(link.news(), channel.inbox(), fallback));
        Self { channel, _tasks: [sending, hearing].map(AbortOnDropHandle::new) }
    }
}

impl Backend for Redis {
    fn publish(&self, hint: Hint) {
        self.channel.publish(hint);
    }

    fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.channel.subscribe()
    }
}

async fn send(link: Link, name: String, mut letters: mpsc::Receiver<Letter>, fallback: Option<Bus>) {
    while let Some(letter) = letters.recv().await {
        let Ok(text) = serde_json::to_vec(&letter) else { continue };
        let published = link.run::<()>(cmd("PUBLISH").arg(&name).arg(text)).await;
        match (published, &fallback) {
            (Ok(()), _) => {}
            (Err(RedisError::Down), Some(fallback)) => fallback.publish(letter.hint),
            (Err(error), _) => tracing::debug!(%error, "a hint for other replicas was lost"),
        }
    }
}

async fn hear(mut news: broadcast::Receiver<News>, inbox: Inbox, fallback: Option<Bus>) {
    let mut elsewhere = fallback.as_ref().map(Bus::subscribe);
    loop {
        let heard = async {
            match &mut elsewhere {
                Some(hints) => hints.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            news = news.recv() => match news {
                Ok(News::Message(letter)) => inbox.deliver(&letter),
                Ok(News::Connected) | Err(RecvError::Lagged(_)) => inbox.tell(Hint::Interrupted),
                Err(RecvError::Closed) => return,
            },
            hint = heard => match hint {
                Ok(hint) => inbox.tell(hint),
                Err(RecvError::Lagged(_)) => inbox.tell(Hint::Interrupted),
                Err(RecvError::Closed) => elsewhere = None,
            },
        }
    }
}
