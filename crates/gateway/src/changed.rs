//! After an edit: everyone takes it up.

use std::sync::atomic::Ordering;

use puente_bus::Hint;
use puente_storage::Versioned;

use crate::Gateway;

impl Gateway {
    /// Call after a transaction that counted this version up: other replicas get a hint, and this one has taken the
    /// edit up when this returns. What cannot be taken up now is in the log, and tried again each second.
    pub(crate) async fn changed(&self, what: Versioned) {
        self.bus.publish(match what {
            Versioned::Catalog => Hint::CatalogChanged,
            Versioned::Rights => Hint::RightsChanged,
        });
        if self.started.load(Ordering::Relaxed)
            && let Err(error) = self.reload().await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "an edit could not be taken up; trying again");
        }
    }
}
