//! Writes a plan in one transaction.

use puente_domain::catalog::Origin;
use puente_storage::{Transaction, Versioned};

use super::{ApplyOptions, Change, Diff, Plan, plan::Step};
use crate::{
    Actor, Gateway, Result,
    catalog::{CatalogFile, moved::forget, owned::claim},
};

impl Gateway {
    /// Compares once more within the transaction that writes, so that two at a time do not mix.
    pub(super) async fn write_catalog(&self, actor: &Actor, file: &CatalogFile, options: ApplyOptions) -> Result<Diff> {
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let plan = self.plan(&mut *edit, file, options).await?;
        let diff = plan.diff();
        if diff.is_empty() {
            return Ok(diff);
        }
        write(&mut *edit, &plan).await?;
        if plan.grants.iter().any(|step| matches!(step.change, Change::Added | Change::Removed)) {
            edit.versions().bump(Versioned::Rights).await?;
        }
        let lost = forget_all(&mut *edit, &plan).await?;
        if options.origin == Origin::Operator {
            claim(&mut *edit).await?;
        }
        let lost = if lost > 0 { format!("; {lost} secrets were deleted") } else { String::new() };
        edit.save("catalog/apply", "", Some(diff.summary() + &lost)).await?;
        Ok(diff)
    }
}

/// Deletes the secrets of sources that go or connect elsewhere; how many.
async fn forget_all(transaction: &mut dyn Transaction, plan: &Plan) -> Result<usize> {
    let gone = of(&plan.sources, Change::Removed).map(|source| &source.name);
    let mut lost = 0;
    for source in gone.chain(&plan.moved) {
        lost += forget(transaction, source).await?;
    }
    Ok(lost)
}

fn of<T>(steps: &[Step<T>], change: Change) -> impl Iterator<Item = &T> {
    steps.iter().filter(move |step| step.change == change).map(|step| &step.record)
}

/// What goes makes room first: a name or URI may move from one object to another.
async fn write(transaction: &mut dyn Transaction, plan: &Plan) -> Result<()> {
    remove(transaction, plan).await?;
    let catalog = transaction.catalog();
    for source in of(&plan.sources, Change::Added) {
        catalog.add_source(source).await?;
    }
    for source in of(&plan.sources, Change::Changed) {
        catalog.update_source(source).await?;
    }
    for tool in of(&plan.tools, Change::Added) {
        catalog.add_tool(tool).await?;
    }
    for tool in of(&plan.tools, Change::Changed) {
        catalog.update_tool(tool).await?;
    }
    for prompt in of(&plan.prompts, Change::Added).chain(of(&plan.prompts, Change::Changed)) {
        catalog.put_prompt(prompt).await?;
    }
    for resource in of(&plan.resources, Change::Added).chain(of(&plan.resources, Change::Changed)) {
        catalog.put_resource(resource).await?;
    }
    for server in of(&plan.servers, Change::Added) {
        transaction.servers().add(server).await?;
    }
    for server in of(&plan.servers, Change::Changed) {
        transaction.servers().update(server).await?;
    }
    for grant in of(&plan.grants, Change::Added) {
        transaction.grants().add(grant).await?;
    }
    Ok(())
}

async fn remove(transaction: &mut dyn Transaction, plan: &Plan) -> Result<()> {
    for grant in of(&plan.grants, Change::Removed) {
        transaction.grants().revoke(grant.server, grant.grantee).await?;
    }
    for server in of(&plan.servers, Change::Removed) {
        transaction.servers().remove(server.id).await?;
    }
    let catalog = transaction.catalog();
    for tool in of(&plan.tools, Change::Removed) {
        catalog.remove_tool(tool.id).await?;
    }
    for prompt in of(&plan.prompts, Change::Removed) {
        catalog.remove_prompt(prompt.id).await?;
    }
    for resource in of(&plan.resources, Change::Removed) {
        catalog.remove_resource(resource.id).await?;
    }
    for source in of(&plan.sources, Change::Removed) {
        catalog.remove_source(source.id).await?;
    }
    Ok(())
}
