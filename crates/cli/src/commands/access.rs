//! `puente access`: what somebody may do, and why.

use clap::Args;
use puente_gateway::{
    Actor,
    admin::access::{Access as Report, Decision, ServerAccess},
    policy::Reason,
};
use serde_json::{Value, json};

use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente access user:ana@example.com
  puente access key:agent
  puente access agent --json";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Access {
    /// user:E-MAIL or key:NAME
    principal: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Access {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let report = app.gateway.access(&Actor::operator(), &self.reference()).await;
        app.close().await;
        let report = report?;
        if self.json {
            return output::json(&as_json(&report));
        }
        show(&report);
        Ok(())
    }

    /// A bare e-mail address is a user, a bare name a key.
    fn reference(&self) -> String {
        match &self.principal {
            text if text.contains(':') => text.clone(),
            text if text.contains('@') => format!("user:{text}"),
            text => format!("key:{text}"),
        }
    }
}

fn show(report: &Report) {
    let principal = &report.principal;
    output::line(format_args!("{} has the role {}", principal.name, principal.role));
    if !report.teams.is_empty() {
        output::line(format_args!("Teams: {}", report.teams.join(", ")));
    }
    let scopes: Vec<String> = principal.scopes.iter().map(ToString::to_string).collect();
    if !scopes.is_empty() {
        output::line(format_args!("Scopes of the key: {}", scopes.join(", ")));
    }
    output::line("");
    let servers = report.servers.iter().map(|server| {
        let name = server.name.to_string();
        [name, words(server.use_server), tools(server), words(server.writing_tools), server.grants.join(", ")]
    });
    output::table(["SERVER", "USE IT", "TOOLS", "WRITE", "BY GRANT TO"], servers);
    output::line("");
    let rights = report.administration.iter().map(|(what, decision)| [(*what).to_owned(), words(*decision)]);
    output::table(["ADMINISTRATION", "ALLOWED"], rights);
}

fn tools(server: &ServerAccess) -> String {
    if server.read_only_tools.is_ok() { server.tools.len().to_string() } else { "none".to_owned() }
}

fn words(decision: Decision) -> String {
    match decision {
        Ok(reason) => format!("yes: {}", why(reason)),
        Err(refusal) => format!("no: {refusal}"),
    }
}

fn why(reason: Reason) -> String {
    match reason {
        Reason::Open => "it is open to everyone".to_owned(),
        Reason::Grant => "a grant".to_owned(),
        Reason::Role(role) => format!("the role {role}"),
        Reason::Own => "its own".to_owned(),
    }
}

fn as_json(report: &Report) -> Value {
    let decision = |decision: Decision| match decision {
        Ok(reason) => json!({"allowed": true, "reason": why(reason)}),
        Err(refusal) => json!({"allowed": false, "reason": refusal.to_string()}),
    };
    let server = |server: &ServerAccess| {
        json!({
            "name": server.name,
            "use": decision(server.use_server),
            "read_only_tools": decision(server.read_only_tools),
            "writing_tools": decision(server.writing_tools),
            "grants": server.grants,
            "tools": server.tools,
        })
    };
    let rights = report.administration.iter().map(|(what, made)| ((*what).to_owned(), decision(*made)));
    json!({
        "principal": report.principal.name.as_ref(),
        "role": report.principal.role,
        "teams": report.teams,
        "scopes": report.principal.scopes.as_ref(),
        "servers": report.servers.iter().map(server).collect::<Vec<_>>(),
        "administration": rights.collect::<serde_json::Map<_, _>>(),
    })
}
