//! What the pictures show, in words and numbers.

use super::world::{body, imagined};
use crate::app::words::value;
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::scene::Scene;
use crate::probes::latent::imagines::{Imagines, Step};

/// Where the reader of imagined states stands beside the agent.
pub fn aside(found: &Imagines, reader: &str) -> String {
    let right = found.reads.filter(|_| reader == "probe");
    let right = right.map_or(String::new(), |share| {
        format!("; it reads {:.0} % of the real states right", 100.0 * share)
    });
    format!("for the viewer only, no gradient{right}")
}

/// What there is to say where the episode is shorter than the step that was chosen.
pub fn too_late(found: &Imagines) -> String {
    format!("this episode ended after {} steps: nothing is left to imagine", found.length)
}

/// Pairs of one step, in words.
fn step(k: usize, step: &Step) -> String {
    let mut words = format!("k = {k}: drift {}", value(step.drift));
    let pairs = [("value", Some(step.value)), ("reward", step.reward), ("chance", step.chance)];
    for (name, pair) in pairs {
        if let Some([real, dream]) = pair {
            words += &format!(", {name} {} imagined, {} real", value(dream), value(real));
        }
    }
    words
}

/// In words.
pub fn text(run: &RunSnapshot, found: &Imagines) -> String {
    let shares: Vec<String> =
        found.principal.shares.iter().map(|share| format!("{:.0} %", 100.0 * share)).collect();
    let mut words = format!(
        "{} {}: {} real states in {} latent numbers; main directions {}\n",
        run.letter,
        run.name,
        found.cloud.places.len(),
        found.cloud.width,
        shares.join(", ")
    );
    words += &format!(
        "unrolled from step {} of {}; {}\n",
        found.first,
        found.length,
        aside(found, "probe")
    );
    for (k, of) in found.steps.iter().enumerate().filter(|(k, _)| [1, 5, 10, 20].contains(k)) {
        words += &format!("{}\n", step(k, of));
    }
    words + &places(run, found)
}

/// Where the probe reads the imagined states, for worlds whose states have names.
fn places(run: &RunSnapshot, found: &Imagines) -> String {
    let Scene::Grid(_) = run.truth.scene() else { return String::new() };
    let right = |step: &&Step| step.read == Some(step.real);
    let rest = &found.steps[1.min(found.steps.len())..];
    format!(
        "the probe reads {} of {} imagined states where it really was\n",
        rest.iter().filter(right).count(),
        rest.len()
    )
}

/// Everything as CSV.
pub fn data(known: Option<(&RunSnapshot, &Imagines)>) -> String {
    let mut csv = "k,what,real,imagined\n".to_owned();
    let Some((run, found)) = known else { return csv };
    for (k, step) in found.steps.iter().enumerate() {
        let pairs = [("value", Some(step.value)), ("reward", step.reward), ("chance", step.chance)];
        for (what, pair) in pairs {
            if let Some([real, dream]) = pair {
                csv += &format!("{k},{what},{real},{dream}\n");
            }
        }
        csv += &format!("{k},drift,0,{}\n", step.drift);
        for (axis, name) in ["first", "second", "third"].into_iter().enumerate() {
            let [real, dream] = step.at.map(|at| at[axis]);
            csv += &format!("{k},{name},{real},{dream}\n");
        }
        for (reader, name) in ["probe", "nearest"].into_iter().enumerate() {
            let scene = run.truth.scene();
            let dream = imagined(step, reader).and_then(|place| body(scene, &place));
            let Some((real, dream)) = body(scene, &step.real).zip(dream) else { continue };
            for (index, (real, dream)) in real.iter().zip(dream.iter()).enumerate() {
                csv += &format!("{k},{name} {},{real},{dream}\n", index + 1);
            }
        }
    }
    csv
}
