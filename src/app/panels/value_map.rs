//! Values over two numbers: what the learner thinks, what is true, and the difference.

mod map;

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Align2, Rect, Ui, UiBuilder, vec2};

use super::asked::Asked;
use super::body_tile::shown as wrapped;
use super::{Cx, Panel, PanelId, framed};
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::Body;
use crate::probes::reference::GAMMA;
use crate::probes::surface::{Cut, Plane, Surface, Surfaces, plane_of};
use crate::probes::truth::Truth;
use map::{Map, Scale};

/// Seconds between two answers while time passes beside the window.
const EVERY: f64 = 0.25;
/// Least width of a map where all three stand side by side, in points before the text scale.
const LEAST: f32 = 250.0;
/// Steps of the best way that is drawn over the truth.
const BEST: usize = 60;

/// What can be shown, in this order.
const KINDS: [&str; 3] = ["learned", "true", "difference"];

/// A world, a discount, and what the learner of a run thinks at one moment.
#[derive(Clone)]
struct Question {
    letter: char,
    truth: Arc<Truth>,
    gamma: f64,
    surface: Option<Surface>,
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.truth, &other.truth)
            && self.letter == other.letter
            && (self.gamma, &self.surface) == (other.gamma, &other.surface)
    }
}

impl Question {
    fn of(run: &RunSnapshot) -> Self {
        let gamma = run.param("gamma").unwrap_or(GAMMA);
        let surface = run.lane.view.surface.clone();
        Self { letter: run.letter, truth: run.truth.clone(), gamma, surface }
    }

    fn answer(&self) -> Option<Surfaces> {
        Surfaces::of(&self.truth, self.gamma, self.surface.as_ref())
    }
}

/// The panel.
#[derive(Clone, Default)]
pub struct ValueMap {
    /// Which of [`KINDS`] a person chose where there is room for one.
    kind: Option<usize>,
    /// The selected run.
    run: usize,
    asked: Asked<Question, Option<Surfaces>>,
}

/// The selected run and the plane of its world.
fn subject(s: &Snapshot, selected: usize) -> Option<(&RunSnapshot, Cut)> {
    let run = s.runs.get(selected).or_else(|| s.runs.first())?;
    Some((run, plane_of(&run.truth)?))
}

/// The kinds there are something to show of.
fn kinds(found: &Surfaces) -> Vec<usize> {
    let known = [found.learned.is_some(), found.optimum.is_some(), found.excess.is_some()];
    (0..KINDS.len()).filter(|&kind| known[kind]).collect()
}

impl ValueMap {
    /// The answer in hand, if it is about the same run in the same world.
    fn found(&self, run: &RunSnapshot) -> Option<&Surfaces> {
        let (question, found) = self.asked.known()?;
        let same = question.letter == run.letter && Arc::ptr_eq(&question.truth, &run.truth);
        found.as_ref().filter(|_| same)
    }

    /// The answer that is drawn; it is computed only where nothing was drawn yet.
    fn answer(&self, run: &RunSnapshot) -> Option<Cow<'_, Surfaces>> {
        let computed = || Question::of(run).answer().map(Cow::Owned);
        self.found(run).map(Cow::Borrowed).or_else(computed)
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        let Some((run, cut)) = subject(cx.snapshot, self.run) else {
            return weak(ui, "A map needs a world whose states are numbers, like the pendulum.");
        };
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &Question::of(run), pace, Question::answer);
        let Some(found) = self.found(run).cloned() else {
            return weak(ui, "The world is being solved.");
        };
        let kinds = kinds(&found);
        let Some(&first) = kinds.first() else {
            return weak(ui, "No values are learned here, and this world cannot be solved.");
        };
        let points = theme::scale(ui.ctx());
        let across = (ui.available_width() / (LEAST * points)) as usize;
        let chosen = self.kind.filter(|kind| kinds.contains(kind)).unwrap_or(first);
        let side_by_side = across >= kinds.len();
        if !side_by_side && !cx.view.still && !cx.view.lecture {
            let names: Vec<&str> = kinds.iter().map(|&kind| KINDS[kind]).collect();
            let mut at = kinds.iter().position(|&kind| kind == chosen).unwrap_or(0);
            if segmented(ui, "Values shown", &names, &mut at).changed() {
                self.kind = Some(kinds[at]);
            }
        }
        let kinds = if side_by_side { kinds } else { vec![chosen] };
        let room = ui.available_rect_before_wrap();
        let scale = Scale::of(&found);
        let wide = room.width() / kinds.len() as f32;
        for (place, &kind) in kinds.iter().enumerate() {
            let corner = room.min + vec2(place as f32 * wide, 0.0);
            let rect = Rect::from_min_size(corner, vec2(wide - 10.0, room.height()));
            let mut child = ui.new_child(UiBuilder::new().id_salt(("map", kind)).max_rect(rect));
            let map = picture(&found, kind, (run, cx.view.start), cut, scale);
            if let Some(place) = map.ui(&mut child, rect).filter(|_| !cx.view.still) {
                cx.actions.push(Action::Start(Some(cut.body(place))));
            }
        }
        ui.advance_cursor_after_rect(room);
    }
}

/// One map of a run.
fn picture<'a>(
    found: &'a Surfaces,
    kind: usize,
    (run, start): (&'a RunSnapshot, Option<Body>),
    cut: Cut,
    scale: Scale,
) -> Map<'a> {
    let truth = found.optimum.as_ref().map(|optimum| &optimum.plane);
    let (plane, title) = match kind {
        0 => (found.learned.as_ref(), format!("{} thinks", run.letter)),
        1 => (truth, "true".to_owned()),
        _ => (found.excess.as_ref(), format!("{} minus true", run.letter)),
    };
    let note = match (found.learned.is_none(), cut.is_whole()) {
        (true, _) => Some("no values learned by this agent"),
        (false, false) => Some("all other numbers 0"),
        (false, true) => None,
    };
    Map {
        title,
        note,
        plane,
        cut,
        scale: if kind == 2 { scale.signed() } else { scale },
        path: &run.lane.path,
        picked: start.filter(|body| body.len() == cut.all),
    }
}

/// One line where there is nothing to draw.
fn weak(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    let line =
        text::elided(ui.painter(), words, theme::body(ui.ctx()), t.text_weak, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(line.size(), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    text::place(ui.painter(), &line, rect.left_top(), Align2::LEFT_TOP);
}

/// What is known of the place where a run is now.
fn told(run: &RunSnapshot, cut: &Cut, found: &Surfaces) -> Option<String> {
    let body = run.lane.path.now()?;
    let at = cut.at.map(|index| body[index]);
    let place = cut.numbers.iter().zip(at).map(|(d, x)| {
        let x = value(wrapped(d, x));
        format!("{} {x} {}", d.name, d.unit)
    });
    let mut text = format!("{} {}: {}", run.letter, run.name, place.collect::<Vec<_>>().join(", "));
    match &found.learned {
        Some(plane) => text += &format!(", thinks {}", value(plane.at(at))),
        None => text += ", learns no values",
    }
    if let Some(best) = &found.optimum {
        text += &format!(", true {}", value(best.plane.at(at)));
        let walk = best.walk(*body, BEST);
        text += &format!(", the best {BEST} steps from here bring {}", value(walk.total));
    }
    Some(text)
}

impl Panel for ValueMap {
    fn title(&self) -> &'static str {
        "Value map"
    }

    fn question(&self) -> &'static str {
        "What is each angle and speed worth?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::ValueMap, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let line = || {
            let (run, cut) = subject(snapshot, self.run)?;
            told(run, &cut, &*self.answer(run)?)
        };
        line().unwrap_or_else(|| "A map needs a world whose states are numbers.\n".to_owned())
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let Some((run, Cut { numbers, .. })) = subject(snapshot, self.run) else {
            return "run,first,second,learned,true\n".to_owned();
        };
        let mut csv = format!("run,{},{},learned,true\n", numbers[0].key, numbers[1].key);
        let Some(found) = self.answer(run) else {
            return csv;
        };
        let truth = found.optimum.as_ref().map(|optimum| &optimum.plane);
        let Some(plane) = found.learned.as_ref().or(truth) else {
            return csv;
        };
        let number = |plane: Option<&Plane>, at| {
            plane.map_or_else(|| "nan".to_owned(), |plane| plane.at(at).to_string())
        };
        for index in 0..plane.values.len() {
            let at = plane.place(index);
            let (learned, best) = (number(found.learned.as_ref(), at), number(truth, at));
            csv += &format!("{},{},{},{learned},{best}\n", run.letter, at[0], at[1]);
        }
        csv
    }
}
