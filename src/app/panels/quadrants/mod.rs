//! Four kinds of prediction: right or wrong in state, right or wrong in value. Only what is wrong in
//! value reaches the learner. A click shows a transition in its world.

mod world;

use std::collections::BTreeMap;

use egui::{Align2, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::asked::{Asked, Moment};
use super::plot::{Ends, Field, named};
use super::{Cx, Panel, PanelId, framed, waits, weak};
use crate::app::theme;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::Deed;
use crate::probes::dynamics::Place;
use crate::probes::judged::{Corner, Judged, Judgement, STATE_SPLIT, VALUE_SPLIT, listed, steered};
use crate::probes::strays::{Strays, strays};

/// Seconds between two judgements while time passes.
const EVERY: f64 = 0.5;
/// What an arena without a model is told.
const EMPTY: &str =
    "Needs a run with a model of its own: 'MVE', 'Dyna', or value iteration made wrong.";
/// What is said before anything is remembered.
const WAITS: &str = "Predictions are judged once there are real steps to hold them against.";
/// Least and greatest place on either axis; what lies outside is drawn at the edge.
const ENDS: (f64, f64) = (1e-3, 1e2);
/// Where the band begins that stands for exactly 0, which a log scale has no place for.
const ZERO: f64 = 1e-4;
/// Radius of a dot for one transition, of the largest dot, and the distance of what is one dot, in
/// points.
const DOT: f32 = 2.6;
const GREATEST: f32 = 14.0;
const SAME: f32 = 3.0;
/// Distance in points within which a dot is clicked.
const NEAR: f32 = 14.0;

/// Names of the corners, and what they mean.
const CORNERS: [(&str, Corner); 4] = [
    ("both right", (true, true)),
    ("state wrong", (false, true)),
    ("value wrong", (true, false)),
    ("both wrong", (false, false)),
];

/// Judged, and how many predictions lie beyond the data: one for each run; `None` for those without
/// a model.
type Found = Vec<Option<(Judgement, Vec<Strays>)>>;

#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    runs: Vec<Moment>,
}

impl Question {
    fn of(s: &Snapshot) -> Self {
        Self { generation: s.generation, runs: s.runs.iter().map(Moment::of).collect() }
    }

    fn judge(&self) -> Found {
        self.runs.iter().map(judged).collect()
    }
}

fn judged(run: &Moment) -> Option<(Judgement, Vec<Strays>)> {
    let view = &run.lane.view;
    match (&view.steered, &view.table, &view.model) {
        (Some(view), ..) => Some((steered(view)?, strays(view))),
        (None, Some(table), Some(model)) => {
            Some((listed(table, model, &run.truth, run.gamma)?, Vec::new()))
        }
        _ => None,
    }
}

/// Whether a run has a model to be judged.
fn has_model(run: &RunSnapshot) -> bool {
    let view = &run.lane.view;
    view.steered.as_ref().is_some_and(|s| s.expansion.is_some()) || view.model.is_some()
}

/// The panel: what was judged last, and which transition is picked: where it
/// began and what was done there, as places in the memory move on.
#[derive(Clone)]
pub struct Quadrants {
    asked: Asked<Question, Found>,
    corner: usize,
    picked: Option<(Place, Deed)>,
}

impl Default for Quadrants {
    /// Shows what is wrong in state alone: the least expected of the four.
    fn default() -> Self {
        Self { asked: Asked::default(), corner: 1, picked: None }
    }
}

/// The selected run, or the first one, that has been judged.
fn subject<'a>(
    s: &Snapshot,
    found: &'a Found,
    selected: usize,
) -> Option<(usize, &'a (Judgement, Vec<Strays>))> {
    let of = |index: usize| Some((index, found.get(index)?.as_ref()?));
    of(selected).or_else(|| (0..s.runs.len()).find_map(of))
}

impl Quadrants {
    fn found(&self, s: &Snapshot) -> Option<&Found> {
        let of = |q: &Question| q.generation == s.generation && q.runs.len() == s.runs.len();
        self.asked.known().filter(|(question, _)| of(question)).map(|(_, found)| found)
    }

    fn shown(&self, s: &Snapshot) -> Found {
        self.found(s).cloned().unwrap_or_else(|| Question::of(s).judge())
    }

    fn body(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let s = cx.snapshot;
        let pace = if s.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &Question::of(s), pace, Question::judge);
        let found = self.found(s).cloned().unwrap_or_default();
        let Some((index, (judgement, strays))) = subject(s, &found, cx.view.run) else {
            let words = s.runs.iter().any(has_model).then(|| waits(WAITS, cx));
            weak(ui, words.as_deref().unwrap_or(EMPTY));
            return;
        };
        let brief = format!("{}: {} transitions", s.runs[index].name, judgement.all.len());
        self.head(ui, cx, index, &[&numbers(&s.runs[index].name, judgement), &brief]);
        if !strays.is_empty() {
            weak(ui, &beyond(strays));
        }
        let rect = ui.available_rect_before_wrap();
        let points = theme::scale(ui.ctx());
        let wide = rect.width() > 560.0 * points;
        let split = rect.right() - if wide { 0.36 * rect.width() } else { 0.0 };
        let (plane, aside) = rect.split_left_right_at_x(split);
        let picked = self.pick(judgement);
        self.plane(ui, plane.with_max_x(plane.right() - 12.0), judgement, picked);
        if let Some(one) = picked.and_then(|at| judgement.all.get(at)).filter(|_| wide) {
            let mut child = ui.new_child(UiBuilder::new().max_rect(aside));
            world::picture(&mut child, aside, &s.runs[index], one);
        }
        let response = ui.allocate_rect(rect, Sense::hover());
        let spoken = told(s, &found);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    }

    /// Which run, its three numbers, and the choice of a corner.
    fn head(&mut self, ui: &mut Ui, cx: &Cx<'_>, index: usize, words: &[&str]) {
        if !cx.view.still && !cx.view.lecture {
            let before = self.corner;
            segmented(ui, "Show one of", &CORNERS.map(|corner| corner.0), &mut self.corner);
            if before != self.corner {
                self.picked = None;
            }
        }
        let points = theme::scale(ui.ctx());
        let size = vec2(ui.available_width(), 24.0 * points);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let t = theme::tokens(ui.ctx());
        let mark = badge::paint(ui.painter(), rect.left_center() + vec2(11.0 * points, 0.0), index);
        let room = rect.right() - mark.right() - 10.0;
        let line = text::fitted(ui.painter(), words, &theme::small(ui.ctx()), t.text, room);
        text::place(ui.painter(), &line, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    }

    /// The transition that is shown: the one clicked, or the first of the corner chosen.
    fn pick(&self, judgement: &Judgement) -> Option<usize> {
        let corner = CORNERS[self.corner].1;
        let first = || judgement.all.iter().position(|one| judgement.corner(one) == corner);
        let same = |one: &Judged| self.picked.is_some_and(|p| p == (one.from, one.deed));
        judgement.all.iter().position(same).or_else(first)
    }

    /// All transitions over their two errors; a click picks one.
    fn plane(&mut self, ui: &mut Ui, rect: Rect, judgement: &Judgement, picked: Option<usize>) {
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
        let ends = Ends { low: ZERO, high: ENDS.1, log: true };
        let x = (ends, "state error, in mean steps");
        let y = (ends, "value error, in spreads of V (log scale)");
        let spoken = "State error and value error of each transition";
        let field = Field::written(&mut child, x, y, spoken, written);
        let t = &field.t;
        // Exactly 0 is beside the scale, not on it.
        let band = t.elev.gamma_multiply(0.6);
        let corner = |a: [f64; 2], b: [f64; 2]| Rect::from_two_pos(field.at(a), field.at(b));
        let edge = 0.6 * ENDS.0;
        field.painter.rect_filled(corner([ZERO, ZERO], [edge, ENDS.1]), 3, band);
        field.painter.rect_filled(corner([edge, ZERO], [ENDS.1, edge]), 3, band);
        let thin = Stroke::new(1.2, t.text_weak);
        let line = |a: [f64; 2], b: [f64; 2]| {
            field.painter.line_segment([field.at(a), field.at(b)], thin);
        };
        line([STATE_SPLIT, ZERO], [STATE_SPLIT, ENDS.1]);
        line([ZERO, VALUE_SPLIT], [ENDS.1, VALUE_SPLIT]);
        let places: Vec<egui::Pos2> =
            judgement.all.iter().map(|one| field.at(held(judgement.place(one)))).collect();
        let groups = groups(&places);
        let most = groups.iter().map(|(_, n)| *n).max().unwrap_or(1);
        let unit = DOT.min(GREATEST / (most as f32).sqrt());
        for (at, n) in &groups {
            let radius = (unit * (*n as f32).sqrt()).max(1.5);
            field.painter.circle_filled(*at, radius, t.imagined.gamma_multiply(0.7));
        }
        if most > 1 {
            field.fitting_note(&["area of a dot: how many lie there", "area: how many", "area: n"]);
        }
        if let Some(place) = picked.and_then(|at| places.get(at)) {
            field.painter.circle_stroke(*place, 8.0, Stroke::new(2.0, t.accent));
        }
        for (name, corner) in CORNERS {
            let (right, up) = (!corner.0, !corner.1);
            let words = format!("{name}: {}", judgement.count(corner));
            let words = text::line(&field.painter, &words, theme::tick_strong(ui.ctx()), t.text);
            // Under the line between right and wrong, or at the top: away from the dots of 0.
            let edge =
                [if right { ENDS.1 } else { 1.2 * edge }, if up { ENDS.1 } else { VALUE_SPLIT }];
            let (anchor, aside) = match right {
                true => (Align2::RIGHT_TOP, vec2(-6.0, 3.0)),
                false => (Align2::LEFT_TOP, vec2(6.0, 3.0)),
            };
            let seat = anchor.anchor_size(field.at(edge) + aside, words.size());
            field.painter.rect_filled(seat.expand2(vec2(3.0, 0.0)), 2, t.panel);
            text::place(&field.painter, &words, seat.min, Align2::LEFT_TOP);
        }
        let response = ui.interact(rect, ui.scope_id().with("plane"), Sense::CLICK);
        if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked()) {
            let near = places.iter().map(|place| place.distance(at)).enumerate();
            let nearest = near.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|near| near.1 < NEAR);
            if let Some((found, _)) = nearest {
                let one = &judgement.all[found];
                self.picked = Some((one.from, one.deed));
                let corner = judgement.corner(one);
                self.corner = CORNERS.iter().position(|c| c.1 == corner).unwrap_or(0);
            }
        }
    }
}

/// Dots that lie on one another as one, with how many they are.
fn groups(places: &[egui::Pos2]) -> Vec<(egui::Pos2, usize)> {
    let mut all: BTreeMap<(i32, i32), (egui::Pos2, usize)> = BTreeMap::new();
    for &at in places {
        let key = ((at.x / SAME).round() as i32, (at.y / SAME).round() as i32);
        all.entry(key).or_insert((at, 0)).1 += 1;
    }
    all.into_values().collect()
}

/// A place within the axes; what is 0 but for rounding lies in the band beside the scale.
fn held([x, y]: [f64; 2]) -> [f64; 2] {
    let place = |v: f64| match v < 1e-12 {
        true => 2.0 * ZERO,
        false => v.clamp(ENDS.0, 0.8 * ENDS.1),
    };
    [place(x), place(y)]
}

/// A number at the axes.
fn written(x: f64) -> String {
    if x <= ZERO { "0".to_owned() } else { named(x) }
}

/// The three numbers of a model, and what acting by its values is worth.
fn numbers(name: &str, judgement: &Judgement) -> String {
    let [state, off, reward] = judgement.means().map(value);
    let worth = judgement.worth.map_or(String::new(), |(own, best)| {
        format!("; acting by it is worth {} of {}", value(own), value(best))
    });
    format!("{name}: mean errors: state {state}, value {off}, reward {reward}{worth}")
}

/// Predictions where the learner has never been, by the model's updates.
fn beyond(strays: &[Strays]) -> String {
    let one = |s: &Strays| match s.updates {
        Some(updates) => format!("{} after {updates} updates", s.beyond),
        None => format!("{} now", s.beyond),
    };
    let all = strays.first().map_or(0, |s| s.all);
    let parts: Vec<String> = strays.iter().map(one).collect();
    format!("predictions beyond the data, of {all}: {}", parts.join(", "))
}

/// In words.
fn told(s: &Snapshot, found: &Found) -> String {
    let mut text = String::new();
    for (run, judgement) in s.runs.iter().zip(found) {
        let Some((judgement, strays)) = judgement else { continue };
        text += &format!("{} {}\n", run.letter, numbers(&run.name, judgement));
        if !strays.is_empty() {
            text += &format!("  {}\n", beyond(strays));
        }
        let counts = CORNERS.map(|(name, corner)| format!("{name} {}", judgement.count(corner)));
        text += &format!("  of {}: {}\n", judgement.all.len(), counts.join(", "));
    }
    if text.is_empty() { format!("{EMPTY}\n") } else { text }
}

impl Panel for Quadrants {
    fn title(&self) -> &'static str {
        "Four kinds of prediction"
    }

    fn question(&self) -> &'static str {
        "Wrong about the state, or wrong about its value?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let words = self.clone();
        framed(&words, PanelId::Quadrants, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        told(snapshot, &self.shown(snapshot))
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,state_error,value_error,reward_error,corner\n".to_owned();
        for (run, judgement) in snapshot.runs.iter().zip(self.shown(snapshot)) {
            let Some((judgement, _)) = judgement else { continue };
            for one in &judgement.all {
                let Judged { state_error, value_error, reward_error, .. } = one;
                let corner = judgement.corner(one);
                let corner = CORNERS.iter().find(|c| c.1 == corner).map_or("", |c| c.0);
                csv += &format!(
                    "{},{state_error},{value_error},{reward_error},{corner}\n",
                    run.letter
                );
            }
        }
        csv
    }
}

/// Keeps the label of a picture near its lower edge.
fn caption(ui: &Ui, rect: Rect, words: &str) {
    let t = theme::tokens(ui.ctx());
    let line = text::elided(ui.painter(), words, theme::small(ui.ctx()), t.text, rect.width());
    text::place(ui.painter(), &line, pos2(rect.left(), rect.bottom()), Align2::LEFT_BOTTOM);
}
