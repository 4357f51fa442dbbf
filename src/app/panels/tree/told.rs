//! The tree in words and numbers.

use super::desk::{Desk, EMPTY, Stage};
use super::{hand, why};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::mdp::Action;
use crate::probes::sketch::{Footing, footing};
use crate::probes::story::{NONE, Sums, has_sums};

/// `1 visit`, `12 visits`.
pub fn visits(count: u32) -> String {
    match count {
        1 => "1 visit".to_owned(),
        n => format!("{n} visits"),
    }
}

/// A share of steps that the world would not have answered so; where no states are listed nobody can
/// tell.
pub fn share(stage: &Stage<'_>, share: f64) -> String {
    match stage.truth().states() {
        0 => "–".to_owned(),
        _ => format!("{:.0} %", 100.0 * share),
    }
}

/// What a node is called: `node 7, right to (3,5), 14 visits`.
pub fn name(stage: &Stage<'_>, node: u32) -> String {
    let (tree, truth) = (stage.tree(), stage.truth());
    let place = node as usize;
    // Where no states are listed, none has a name.
    let listed = truth.states() > 0;
    let state = |before: &str| match listed {
        true => format!("{before}{}", truth.state_name(tree.node[place])),
        false => String::new(),
    };
    let visits = visits(tree.visits[place]);
    match tree.parent[place] {
        NONE => format!("root{}, {visits}", state(" ")),
        _ => {
            let action = truth.action_name(tree.action[place]);
            format!("node {node}, {action}{}, {visits}", state(" to "))
        }
    }
}

/// Everything known of a node, in one line.
pub fn node(stage: &Stage<'_>, node: u32) -> String {
    let (tree, place) = (stage.tree(), node as usize);
    let mut said = format!("{}, value {}", name(stage, node), value(tree.value[place]));
    if let Some(prior) = stage.prior(node) {
        let (q, reward) = (stage.q(node), tree.reward[place]);
        said += &format!(", Q {}, prior {prior:.2}, reward {}", value(q), value(reward));
    }
    said += match footing(tree, place, stage.truth()) {
        Footing::Unknown => ", no data: nothing is known beyond",
        Footing::Wrong => "; the world would not answer so",
        Footing::Sound if tree.discount[place] == 0.0 => ", the task ends",
        Footing::Sound => "",
    };
    said
}

/// The sums of the node selected.
pub fn sums(stage: &Stage<'_>, sums: &Sums) -> String {
    if !has_sums(stage.past().method()) {
        return "This search does not choose by a sum".to_owned();
    }
    let of = |(action, s): (usize, &crate::probes::story::Score)| {
        let name = stage.truth().action_name(action as Action);
        let sum = value(s.value + s.exploration);
        let left = if s.eligible { "" } else { ", left out" };
        format!("{name} {} + {} = {sum}{left}", value(s.value), value(s.exploration))
    };
    let all: Vec<String> = sums.scores.iter().enumerate().map(of).collect();
    let next = match sums.next {
        Some(action) => format!("visited next: {}", stage.truth().action_name(action)),
        None => "as of now".to_owned(),
    };
    format!("Sums at {}: {}; {next}", name(stage, stage.selected), all.join("; "))
}

/// The text twin.
pub fn text(desk: &Desk, s: &Snapshot) -> String {
    let subject = desk.shown(s);
    let Some(stage) = subject.as_ref().and_then(|subject| desk.stage(subject)) else {
        return EMPTY.to_owned();
    };
    let run = stage.run;
    let frame = match &stage.hand {
        Some(hand) => hand.frames.last(),
        None => Some(stage.story.at(stage.done)),
    };
    let mut text = format!("Search tree of {} {}\n", run.letter, run.name);
    let (done, all) = (stage.done, stage.past().budget());
    text += &format!("{done} of {all} simulations by {}\n", hand::method_name(&stage));
    text += &format!("{}\n", stage.sketch.words());
    if let Some(frame) = frame {
        let action = stage.truth().action_name(frame.action);
        text += &format!("value of the root {}, would do {action}\n", value(frame.value));
    }
    text += "depth: nodes, visits, mean value, no data, wrong\n";
    for l in &stage.look.levels {
        let [unknown, wrong] = [l.unknown, l.wrong].map(|x| share(&stage, x));
        text += &format!("{}: {}, {}, {}, ", l.depth, l.nodes, l.visits, value(l.value));
        text += &format!("{unknown}, {wrong}\n");
    }
    text += &node(&stage, stage.selected);
    text += "\n";
    text += &sums(&stage, &why::sums(&stage));
    text += "\n";
    if let Some(hand) = &stage.hand {
        text += &hand::told(&stage, hand);
    }
    text
}

/// Every node of the tree; those in the picture are marked.
pub fn data(desk: &Desk, s: &Snapshot) -> String {
    let head = "run,node,parent,depth,state,action,visits,value,q,prior,reward,discount,shown\n";
    let mut csv = head.to_owned();
    let subject = desk.shown(s);
    let Some(stage) = subject.as_ref().and_then(|subject| desk.stage(subject)) else {
        return csv;
    };
    let (tree, listed) = (stage.tree(), stage.truth().states() > 0);
    let letter = stage.run.letter;
    for node in 0..tree.len[0] {
        let at = node as usize;
        let parent = match tree.parent[at] {
            NONE => -1,
            parent => i64::from(parent),
        };
        let shown = u8::from(stage.sketch.shown.iter().any(|s| s.node == node));
        let prior = stage.prior(node).unwrap_or(1.0);
        let (depth, state, action) = (tree.depth[at], tree.node[at], tree.action[at]);
        let state = if listed { state.to_string() } else { String::new() };
        let (n, v, q) = (tree.visits[at], tree.value[at], stage.q(node));
        let (reward, discount) = (tree.reward[at], tree.discount[at]);
        csv += &format!("{letter},{node},{parent},{depth},{state},{action},{n},{v},{q},{prior},");
        csv += &format!("{reward},{discount},{shown}\n");
    }
    csv
}
