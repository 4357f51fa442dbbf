//! What a run's tile says in words: of a cell, of a failure, of everything.

use super::{board_tile, body_tile};
use crate::app::widgets::number::grouped;
use crate::app::words;
use crate::experiment::snapshot::{RunSnapshot, Stale};
use crate::mdp::scene::Scene;

/// Whether a run acts by searches in a latent model: it keeps no table, and its arrows are not what
/// it does.
pub fn searches(run: &RunSnapshot) -> bool {
    run.lane.view.muzero.is_some()
}

/// What a cell is worth, in words.
pub fn cell_text(run: &RunSnapshot, cell: usize) -> String {
    let truth = &run.truth;
    let kind = if matches!(truth.scene(), Scene::Grid(_)) { "cell" } else { "state" };
    let mut text = format!("{kind} {}", truth.state_name(cell as u32));
    let Some(table) = &run.lane.view.table else {
        return text;
    };
    if searches(run) {
        text += "\none step in the latent model, then its value:";
    }
    for (action, &q) in table.row(cell).iter().enumerate() {
        let tally = &table.tally[cell * table.actions + action];
        let name = match table.is_of_states() {
            true => "V".to_owned(),
            false => truth.action_name(action as u8),
        };
        let (real, imagined) = (grouped(tally.real), grouped(tally.imagined));
        text += &match searches(run) {
            true => format!("\n{name}: {} ({real} real)", words::value(q)),
            false => {
                format!("\n{name}: {} ({real} real, {imagined} imagined)", words::value(q))
            }
        };
    }
    if searches(run) {
        return text;
    }
    if let Some(share) = run.map.as_ref().and_then(|m| m.imagined_share.get(cell)) {
        let percent = 100.0 * share.clamp(0.0, 1.0);
        text += &format!("\ndashed bar: {percent:.0} % of the value was dreamt");
    }
    text
}

/// How many cells a model is wrong about.
pub fn believed_wrongly(run: &RunSnapshot, brief: bool) -> String {
    match (run.stale.len(), brief) {
        (n, true) => format!("{n} wrong"),
        (1, false) => "1 cell believed wrongly".to_owned(),
        (n, false) => format!("{n} cells believed wrongly"),
    }
}

/// Everything needed to make the failure happen again.
pub fn report(run: &RunSnapshot) -> String {
    let mut text = format!("run {} {} ({})\n", run.letter, run.name, run.agent.id);
    if let Some(f) = &run.failure {
        let c = &f.counters;
        text += &format!("{}: {}\nseed {}\n", f.title, f.text, f.seed);
        text += &format!("episode {}, real steps {}, ", c.episodes + 1, c.env_steps);
        text += &format!("real updates {}, imagined {}\n", c.real_updates, c.imagined_updates);
    }
    for (spec, value) in run.agent.params().iter().zip(&run.params) {
        text += &format!("{} = {}\n", spec.key, spec.show(*value));
    }
    text
}

/// Text twin of a tile.
pub fn text(run: &RunSnapshot) -> String {
    match run.truth.scene() {
        Scene::Body(_) => return body_tile::text(run),
        Scene::Board(_) => return board_tile::text(run),
        Scene::Grid(_) | Scene::Graph(_) | Scene::States(_) => {}
    }
    let c = &run.lane.counters;
    let way = match (run.way_home, searches(run)) {
        (Some(way), true) => format!("by arrows {way} steps home"),
        (None, true) => "by arrows no way home".to_owned(),
        (Some(way), false) => format!("way home {way} steps"),
        (None, false) => "no way home yet".to_owned(),
    };
    let wrong = match run.stale.len() {
        0 => String::new(),
        _ => {
            let cell = |s: &Stale| {
                let word = words::belief(s.belief);
                format!("{} \"{word}\"", run.truth.state_name(s.cell))
            };
            let cells: Vec<String> = run.stale.iter().map(cell).collect();
            format!(", {}: {}", believed_wrongly(run, false), cells.join(", "))
        }
    };
    format!(
        "{} {}: episode {}, step {}, {} real updates, {} imagined, {way}{wrong}",
        run.letter,
        run.name,
        c.episodes + 1,
        c.step,
        grouped(c.real_updates),
        grouped(c.imagined_updates),
    )
}
