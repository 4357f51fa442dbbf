//! The picture in a run's tile where the world has no map.

use egui::{Ui, Vec2};

use super::Cx;
use super::mazes::Scale;
use super::tile_words::cell_text;
use crate::app::actions::Action;
use crate::app::widgets::graph_picture::{Dot, DotKind, GraphPicture};
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::scene::{GraphScene, Node};
use crate::mdp::trace::{Mark, Source};

/// Newest imagined updates that are drawn.
const SPARKS: usize = 12;

/// A state as pictures of a graph show it; `value` is its place on the scale, and itself.
pub fn dot(graph: &GraphScene, state: usize, value: Option<(f32, f64)>) -> Dot<'_> {
    Dot {
        place: graph.places[state],
        kind: match graph.nodes[state] {
            Node::Free => DotKind::Free,
            Node::Start => DotKind::Start,
            Node::End => DotKind::End,
        },
        name: &graph.names[state],
        value,
    }
}

/// Draws run `index` into a box of `size` points.
pub fn picture(
    ui: &mut Ui,
    index: usize,
    graph: &GraphScene,
    scale: &Scale,
    size: Vec2,
    cx: &mut Cx<'_>,
) {
    let run = &cx.snapshot.runs[index];
    let value = |state: usize| {
        let value = (*run.map.as_ref()?.value.get(state)?)?;
        Some((scale.place(value), value))
    };
    let dots: Vec<Dot<'_>> =
        (0..graph.places.len()).map(|state| dot(graph, state, value(state))).collect();
    let picture = GraphPicture {
        label: &format!("States of run {} {}", run.letter, run.name),
        dots: &dots,
        links: &graph.links,
        trail: &run.lane.trail,
        sparks: &sparks(run),
        selected: cx.view.cell,
        faded: run.failure.is_some(),
    };
    let shown = picture.ui(ui, size);
    if shown.response.clicked() {
        cx.actions.push(Action::Run(index));
        let again = shown.hovered == cx.view.cell;
        cx.actions.push(Action::Cell(shown.hovered.filter(|_| !again)));
    }
    if let Some(state) = shown.hovered {
        let text = cell_text(run, state);
        shown.response.on_hover_text_at_pointer(text);
    }
}

/// From where to where the newest imagined updates led, newest first.
fn sparks(run: &RunSnapshot) -> Vec<(u32, u32)> {
    let effects = run.marks.iter().rev().filter_map(|mark: &Mark| mark.effect);
    let imagined = effects.filter(|e| e.source == Source::Imagined);
    imagined.take(SPARKS).map(|e| (e.state, e.next)).collect()
}
