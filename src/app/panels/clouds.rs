//! Where the critic learns: the cloud of real states of the newest update, the cloud of imagined
//! ones, and how wrong the critic is at either.

use std::borrow::Cow;

use egui::{
    Align2, Color32, CornerRadius, Painter, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use super::asked::{Asked, Moment};
use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, dashes, text};
use crate::app::words;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::wrap;
use crate::mdp::scene::Scene;
use crate::probes::clouds::{Clouds, clouds};

/// Seconds between two measurements while time passes.
const EVERY: f64 = 0.5;
/// What an arena without expansion is told.
const EMPTY: &str = "Needs a run of MVE: only it imagines from the states it draws.";
/// What is said before the first update.
const WAITS: &str = "Clouds come with the first updates, after the random steps.";
/// Height of the two bars of a run, in points before the text scale.
const ROW: f32 = 46.0;

/// One for each run; `None` for those that imagine nothing.
type Found = Vec<Option<Clouds>>;

#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    runs: Vec<Option<Moment>>,
}

impl Question {
    fn of(s: &Snapshot) -> Self {
        let run =
            |run: &RunSnapshot| (expands(run) && run.failure.is_none()).then(|| Moment::of(run));
        Self { generation: s.generation, runs: s.runs.iter().map(run).collect() }
    }

    fn measure(&self) -> Found {
        let one = |run: &Moment| clouds(run.lane.view.steered.as_ref()?);
        self.runs.iter().map(|run| one(run.as_ref()?)).collect()
    }
}

/// The panel, and what was measured last.
#[derive(Clone, Default)]
pub struct CloudsPanel {
    asked: Asked<Question, Found>,
}

fn expands(run: &RunSnapshot) -> bool {
    run.lane.view.steered.as_ref().is_some_and(|view| view.expansion.is_some())
}

/// The selected run, or the first one, that expands.
fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot)> {
    let runs = || s.runs.iter().enumerate();
    let of = |(_, run): &(usize, &RunSnapshot)| expands(run);
    runs().nth(selected).filter(of).or_else(|| runs().find(of))
}

/// How a run imagines, one fact a line.
fn facts(run: &RunSnapshot) -> Vec<String> {
    let Some(view) = &run.lane.view.steered else {
        return Vec::new();
    };
    let Some(e) = &view.expansion else {
        return Vec::new();
    };
    let where_ = match (e.stored, e.horizon, e.td_k) {
        (_, 0, _) => "H = 0: learns at real states alone".to_owned(),
        (true, h, _) => format!("stored: learns at {h} imagined states for each real one"),
        (false, h, true) => format!("TD-k on: learns at depths 0 to {h}"),
        (false, _, false) => "TD-k off: learns at real states alone".to_owned(),
    };
    let actor = if e.live_actor { "the actor μ" } else { "the target actor μ′" };
    let kept = grouped(e.kept as u64);
    let weight = match e.stored && e.horizon > 0 {
        true => "old actions are learned from as they were".to_owned(),
        false => "actions are drawn anew: importance weight 1".to_owned(),
    };
    vec![
        where_,
        format!("in imagination {actor} acts"),
        weight,
        format!("stored imagined states: {kept}"),
        format!("mean age of its real steps: {}", grouped(e.age.round() as u64)),
    ]
}

impl CloudsPanel {
    fn found(&self, s: &Snapshot) -> Option<&Found> {
        let of = |q: &Question| q.generation == s.generation && q.runs.len() == s.runs.len();
        self.asked.known().filter(|(question, _)| of(question)).map(|(_, found)| found)
    }

    fn shown(&self, s: &Snapshot) -> Cow<'_, Found> {
        match self.found(s) {
            Some(found) => Cow::Borrowed(found),
            None => Cow::Owned(Question::of(s).measure()),
        }
    }

    fn draw(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some((index, run)) = subject(cx.snapshot, cx.view.run) else {
            let words = egui::RichText::new(EMPTY).color(theme::tokens(ui.ctx()).text_weak);
            ui.add(egui::Label::new(words).wrap());
            return;
        };
        let pace = if cx.snapshot.playing { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &Question::of(cx.snapshot), pace, Question::measure);
        let none = Vec::new();
        let found = self.found(cx.snapshot).unwrap_or(&none);
        if found.iter().flatten().all(|c| c.real.error.is_none()) {
            let words = egui::RichText::new(WAITS).color(theme::tokens(ui.ctx()).text_weak);
            ui.add(egui::Label::new(words).wrap());
            return;
        }
        let rect = ui.available_rect_before_wrap();
        let points = theme::scale(ui.ctx());
        let side = (0.44 * rect.width()).min(330.0 * points);
        let (left, right) = rect.split_left_right_at_x(rect.right() - side);
        // A low panel has the facts beside the bars, a high one below them.
        let bars = found.iter().flatten().count() as f32 * ROW + 24.0;
        let low = rect.height() < (bars + 130.0) * points && rect.width() > 2.7 * side;
        let (left, aside) = match low {
            true => left.split_left_right_at_x(left.right() - 0.9 * side),
            false => (left, right),
        };
        let mut plane =
            ui.new_child(UiBuilder::new().max_rect(left.with_max_x(left.right() - 14.0)));
        scatter(&mut plane, run, found.get(index).and_then(Option::as_ref));
        let below = errors(ui.painter(), right, cx.snapshot, found);
        let top = if low { rect.top() } else { below + 8.0 * points };
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        imagines(&painter, aside.with_min_y(top), index, run);
        let response = ui.allocate_rect(rect, Sense::hover());
        let spoken = told(cx.snapshot, found);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    }
}

/// How the selected run imagines: as many whole lines as there is room for.
fn imagines(painter: &Painter, rect: Rect, index: usize, run: &RunSnapshot) {
    let (t, points) = (theme::tokens(painter.ctx()), theme::scale(painter.ctx()));
    let font = theme::small(painter.ctx());
    let room = rect.width() - 14.0;
    if rect.height() < badge::SIDE * points {
        return;
    }
    let mark = badge::paint(painter, rect.min + vec2(11.0, 11.0) * points, index);
    let head = text::line(painter, "how it imagines", font.clone(), t.text_weak);
    text::place(painter, &head, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    let mut top = mark.bottom() + 6.0;
    for fact in facts(run) {
        let line = text::elided(painter, &fact, font.clone(), t.text, room);
        if top + line.size().y > rect.bottom() {
            return;
        }
        let at = pos2(rect.left(), top);
        top = text::place(painter, &line, at, Align2::LEFT_TOP).bottom() + 3.0;
    }
}

/// Both clouds over the first two numbers of the state.
fn scatter(ui: &mut Ui, run: &RunSnapshot, found: Option<&Clouds>) {
    let Scene::Body(scene) = run.truth.scene() else {
        return;
    };
    let [first, second, ..] = scene.dimensions else {
        return;
    };
    let ends = |(low, high): (f64, f64), unit: f64| Ends {
        low: low / unit,
        high: high / unit,
        log: false,
    };
    // Angles in half turns: their ends are whole numbers then.
    let (unit, word) = match first.turns {
        true => (std::f64::consts::PI, "half turns"),
        false => (1.0, first.unit),
    };
    let x = format!("{}, {word}", first.name);
    let y = format!("{}, {}", second.name, second.unit);
    let spoken = "States of the newest update";
    let field =
        Field::new(ui, (ends(first.range, unit), &x), (ends(second.range, 1.0), &y), spoken);
    let Some(found) = found else {
        return;
    };
    let turn = |x: f64| if first.turns { wrap(x) } else { x };
    let places = |cloud: &crate::probes::clouds::Cloud| -> Vec<egui::Pos2> {
        cloud.bodies.iter().map(|b| field.at([turn(b[0]) / unit, b[1]])).collect()
    };
    for place in places(&found.imagined) {
        field.painter.circle_filled(place, 1.8, field.t.imagined.gamma_multiply(0.7));
    }
    for place in places(&found.real) {
        field.painter.circle_filled(place, 3.0, field.t.real);
    }
    let (real, imagined) = (found.real.bodies.len(), found.imagined.bodies.len());
    let note = format!("{} real, {} imagined", grouped(real as u64), grouped(imagined as u64));
    field.note(&note);
}

/// For each run the error at real and at imagined states, on one scale; returns where they end.
fn errors(painter: &Painter, rect: Rect, s: &Snapshot, found: &Found) -> f32 {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let head = "error of the critic, in returns";
    let head = text::elided(painter, head, theme::small(ctx), t.text_weak, rect.width());
    let mut top = text::place(painter, &head, rect.min, Align2::LEFT_TOP).bottom() + 4.0;
    let both = |c: &Clouds| [c.real.error.unwrap_or(0.0), c.imagined.error.unwrap_or(0.0)];
    let most = found.iter().flatten().flat_map(both).fold(1e-9, f64::max);
    for (index, found) in found.iter().enumerate().take(s.runs.len()) {
        let Some(found) = found else {
            continue;
        };
        let row = ROW * points;
        badge::paint(painter, pos2(rect.left() + 11.0 * points, top + row / 2.0 - 3.0), index);
        let left = rect.left() + (badge::SIDE + 10.0) * points;
        let room = rect.right() - left - 64.0 * points;
        for (line, error) in [found.real.error, found.imagined.error].into_iter().enumerate() {
            let y = top + 18.0 * points * line as f32;
            bar(painter, (pos2(left, y), room, 14.0 * points), (error, most), line == 1, &t);
        }
        top += row;
    }
    top
}

/// One bar with its number: solid for real states, dashed for imagined ones.
fn bar(
    painter: &Painter,
    (at, room, high): (egui::Pos2, f32, f32),
    (error, most): (Option<f64>, f64),
    imagined: bool,
    t: &Tokens,
) {
    let long = (room * (error.unwrap_or(0.0) / most) as f32).max(1.0);
    let bar = Rect::from_min_size(at, vec2(long, high));
    let ink: Color32 = if imagined { t.imagined_text } else { t.real_text };
    if imagined {
        painter.rect_filled(bar, 2, t.imagined.gamma_multiply(0.32));
        dashes::paint_box(painter, bar, CornerRadius::same(2), Stroke::new(1.5, t.imagined));
    } else {
        painter.rect_filled(bar, 2, t.real);
    }
    let number = error.map_or("no data".to_owned(), |e| format!("{e:.1}"));
    let number = text::line(painter, &number, theme::code(painter.ctx()), ink);
    text::place(painter, &number, bar.right_center() + vec2(6.0, 0.0), Align2::LEFT_CENTER);
}

/// In words.
fn told(s: &Snapshot, found: &Found) -> String {
    let number = |e: Option<f64>| e.map_or("no data".to_owned(), words::value);
    let mut text = String::new();
    for (run, found) in s.runs.iter().zip(found) {
        let Some(found) = found else {
            continue;
        };
        text += &format!(
            "{} {}: the critic is off by {} at real states and by {} at imagined ones\n{}\n",
            run.letter,
            run.name,
            number(found.real.error),
            number(found.imagined.error),
            facts(run).join("; ")
        );
    }
    if text.is_empty() { format!("{EMPTY}\n") } else { text }
}

impl Panel for CloudsPanel {
    fn title(&self) -> &'static str {
        "Where the critic learns"
    }

    fn question(&self) -> &'static str {
        "Is it right where imagination asks it?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Clouds, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        told(snapshot, &self.shown(snapshot))
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,cloud,number,value\n".to_owned();
        for (run, found) in snapshot.runs.iter().zip(&*self.shown(snapshot)) {
            let (Some(found), Scene::Body(scene)) = (found, run.truth.scene()) else {
                continue;
            };
            for (kind, cloud) in [("real", &found.real), ("imagined", &found.imagined)] {
                if let Some(error) = cloud.error {
                    csv += &format!("{},{kind},error,{error}\n", run.letter);
                }
                for body in &cloud.bodies {
                    for (d, x) in scene.dimensions.iter().zip(body.iter()) {
                        csv += &format!("{},{kind},{},{x}\n", run.letter, d.key);
                    }
                }
            }
        }
        csv
    }
}
