//! The grants of a virtual server.

use puente_domain::{
    GrantId, Subject,
    server::{Grant, Grantee, VirtualServer},
};

use super::{Planner, Step};
use crate::catalog::apply::Change;

impl Planner<'_> {
    /// Grants that a server's entry names are added; others are deleted only with `--prune`. Those to keys are left alone
    /// even then, unless the entry names keys: keys belong to an installation, files go from one to the other.
    pub(super) fn grants(&self, server: &VirtualServer, wanted: &[(String, Grantee)]) -> Vec<Step<Grant>> {
        let granted = self.rows.servers.iter().find(|(known, _)| known.id == server.id).map(|(_, granted)| granted);
        let granted = granted.map_or(&[][..], |granted| &granted[..]);
        let grant = |grantee| Grant { id: GrantId::new(), server: server.id, grantee, created_at: self.now };
        let mut steps: Vec<Step<Grant>> = Vec::new();
        for (text, grantee) in wanted {
            if steps.iter().any(|step| step.record.grantee == *grantee) {
                continue;
            }
            let change = if granted.contains(grantee) { Change::Unchanged } else { Change::Added };
            let name = format!("{} {text}", server.name);
            steps.push(Step { change, record: grant(*grantee), fields: Vec::new(), name });
        }
        let rest = granted.iter().filter(|grantee| !wanted.iter().any(|(_, wanted)| wanted == *grantee));
        let names_keys = wanted.iter().any(|(_, grantee)| matches!(grantee, Grantee::Subject(Subject::Key(_))));
        let change = |grantee: &Grantee| match grantee {
            Grantee::Subject(Subject::Key(_)) if !names_keys => Change::Kept,
            _ => self.rest(),
        };
        steps.extend(rest.map(|grantee| Step {
            change: change(grantee),
            record: grant(*grantee),
            fields: Vec::new(),
            name: String::new(),
        }));
        steps
    }
}
