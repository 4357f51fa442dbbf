//! `list`: everything that can be named, one a line, id first.

use std::io::Write;

use super::{CliError, Result};
use crate::agents::AGENTS;
use crate::base::params::Spec;
use crate::envs::WORLDS;
use crate::lessons;
use crate::models::MODELS;

/// Writes the list.
pub fn list(out: &mut impl Write) -> Result<()> {
    let lessons = lessons::all().map_err(|e| CliError::Failed(e.to_string()))?;
    let mut lines: Vec<[String; 3]> = Vec::new();
    let mut line = |id: &str, kind: &str, text: &str| {
        lines.push([id.to_owned(), kind.to_owned(), text.to_owned()]);
    };
    for lesson in &lessons {
        line(&lesson.id, "lesson", &lesson.summary);
    }
    for world in WORLDS {
        line(world.id, "world", world.help);
    }
    for agent in AGENTS {
        line(agent.id, "agent", agent.help);
    }
    for model in MODELS {
        line(model.id, "model", model.help);
    }
    for world in WORLDS {
        for spec in world.params() {
            line(&format!("{}.{}", world.id, spec.key), "parameter", &describe(spec));
        }
    }
    for agent in AGENTS {
        for spec in agent.params() {
            line(&format!("{}.{}", agent.id, spec.key), "parameter", &describe(spec));
        }
    }
    let width = |column: usize| lines.iter().map(|l| l[column].chars().count()).max();
    let (id_width, kind_width) = (width(0).unwrap_or(0), width(1).unwrap_or(0));
    for [id, kind, text] in &lines {
        writeln!(out, "{id:id_width$}  {kind:kind_width$}  {text}")
            .map_err(|e| CliError::unwritten("stdout", &e))?;
    }
    Ok(())
}

fn describe(spec: &Spec) -> String {
    let default = spec.show(spec.default);
    let (help, kind) = (spec.help, spec.kind.word());
    format!("{help} Default {default}, {}; {kind}.", spec.allowed())
}
