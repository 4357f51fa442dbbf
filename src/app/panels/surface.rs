//! The value as a surface over two numbers of a state: what the learner thinks, what is true, and
//! the difference, with policy and futures lying on it, now or as it was.

mod kept;
mod picture;
mod told;

use std::sync::Arc;

use egui::{Label, RichText, Ui, vec2};

use super::asked::{Asked, Moment};
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::shell::row;
use crate::app::theme;
use crate::app::widgets::button::Button;
use crate::app::widgets::color_bar::ColorBar;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::gfx::{self, Camera};
use crate::mdp::physical::{Body, Dimension};
use crate::mdp::scene::Scene;
use crate::probes::dynamics::Place;
use crate::probes::heights::{Ask, Heights};
use crate::probes::reference::GAMMA;
use kept::Kept;
use picture::{Picture, Range};

/// Points along each number while time passes, and once it stands still: every fourth of these is
/// one of those.
const POINTS: [usize; 2] = [65, 257];
/// Seconds between two surfaces while time passes.
const EVERY: f64 = 0.1;
/// What can be shown, in this order.
pub const KINDS: [&str; 3] = ["learned", "true", "difference"];
/// What worlds without two numbers are told.
const EMPTY: &str = "A surface needs a grid, or a world whose state is two numbers or more.";
/// What learners without values are told.
const NOTHING: &str = "No values are learned here, and this world cannot be solved.";
/// Least room for the controls of the picture below it, in points before the text scale.
const LOW: f32 = 300.0;

/// What is asked: one run at one moment, along two numbers, from one place.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    run: usize,
    moment: Moment,
    pair: [usize; 2],
    points: usize,
    from: Place,
}

impl Question {
    fn answer(&self) -> Option<Arc<Heights>> {
        let Moment { lane, truth, gamma } = &self.moment;
        let been: Vec<Body> = lane.path.before().chain(lane.path.episode()).copied().collect();
        let way: Vec<Body> = match truth.scene() {
            Scene::Grid(grid) => {
                let place = |&state: &u32| {
                    let (row, col) = grid.place(state);
                    Body::new(&[row as f64, col as f64])
                };
                lane.trail.iter().map(place).collect()
            }
            _ => lane.path.episode().copied().collect(),
        };
        let ask = Ask {
            truth,
            view: &lane.view,
            gamma: *gamma,
            pair: self.pair,
            points: self.points,
            from: self.from,
            been: &been,
            way: &way,
        };
        Heights::of(&ask).map(Arc::new)
    }

    /// Whether both are of the same picture at two moments.
    fn same_picture(&self, other: &Self) -> bool {
        let of = |q: &Self| (q.generation, q.run, q.pair);
        of(self) == of(other) && self.moment.same_world(&other.moment)
    }
}

/// Width in points before the text scale below which the picture wants the room: the rest of the
/// controls is there when the panel is enlarged.
const NARROW: f32 = 480.0;

fn narrow(ui: &Ui) -> bool {
    ui.max_rect().width() < NARROW * theme::scale(ui.ctx())
}

/// The panel.
#[derive(Clone)]
pub struct Surface {
    /// Index into [`KINDS`].
    kind: usize,
    /// The two numbers that it is drawn over.
    pair: [usize; 2],
    policy: bool,
    camera: Camera,
    asked: Asked<Question, Option<Arc<Heights>>>,
    kept: Kept,
    /// How tall the box is; grows as it must and begins anew with another world.
    range: Range,
    /// The selected run, and the place picked in it, as shown last.
    looked: (usize, Option<Body>, Option<usize>),
}

impl Default for Surface {
    fn default() -> Self {
        Self {
            kind: 0,
            pair: [0, 1],
            policy: true,
            camera: Camera::default(),
            asked: Asked::default(),
            kept: Kept::default(),
            range: Range::default(),
            looked: (0, None, None),
        }
    }
}

/// The numbers of a world whose state is some; none on a grid.
fn dimensions(run: &RunSnapshot) -> &'static [Dimension] {
    match run.truth.scene() {
        Scene::Body(scene) => scene.dimensions,
        Scene::Grid(_) | Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => &[],
    }
}

/// Where futures begin: the place that was picked, or the present one.
fn start(
    run: &RunSnapshot,
    (_, body, cell): (usize, Option<Body>, Option<usize>),
) -> Option<Place> {
    match run.truth.scene() {
        Scene::Body(scene) => {
            let picked = body.filter(|body| body.len() == scene.dimensions.len());
            Some(Place::Body(picked.or_else(|| run.lane.path.now().copied())?))
        }
        Scene::Grid(_) => {
            let left = |&cell: &usize| run.truth.is_left(cell as u32);
            let picked = cell.filter(left).map(|cell| cell as u32);
            Some(Place::State(picked.or(run.lane.state)?))
        }
        Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
    }
}

impl Surface {
    fn question(&self, s: &Snapshot, points: usize) -> Option<Question> {
        let run_index = self.looked.0.min(s.runs.len().checked_sub(1)?);
        let run = &s.runs[run_index];
        let count = dimensions(run).len();
        let fits = self.pair.iter().all(|&axis| axis < count);
        let pair = if fits { self.pair } else { [0, 1] };
        let gamma = run.param("gamma").unwrap_or(GAMMA);
        let moment = Moment { gamma, ..Moment::of(run) };
        let from = start(run, self.looked)?;
        Some(Question { generation: s.generation, run: run_index, moment, pair, points, from })
    }

    /// The answer in hand, if it is about the same picture.
    fn found(&self, question: &Question) -> Option<&Arc<Heights>> {
        let (known, found) = self.asked.known()?;
        found.as_ref().filter(|_| known.same_picture(question))
    }

    /// What is told and exported: the answer in hand, or one made for the purpose.
    fn answer(&self, s: &Snapshot) -> Option<(Question, Arc<Heights>)> {
        let question = self.question(s, POINTS[0])?;
        let found = self.found(&question).cloned();
        let found = found.or_else(|| question.answer())?;
        Some((question, found))
    }

    fn ask(&mut self, ui: &Ui, cx: &Cx<'_>) -> Option<Question> {
        self.looked = (cx.view.run, cx.view.start, cx.view.cell);
        let playing = cx.snapshot.playing;
        let coarse = self.question(cx.snapshot, POINTS[0])?;
        // At rest first the coarse one, which is there at once, then the fine one.
        let known = self.asked.known().is_some_and(|(q, _)| {
            let at_rest = Question { points: q.points, ..coarse.clone() };
            *q == at_rest
        });
        let fine = !playing && (known || cx.view.still) && !is_grid(cx, &coarse);
        let question = match fine {
            true => Question { points: POINTS[1], ..coarse },
            false => coarse,
        };
        let pace = if playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &question, pace, Question::answer);
        Some(question)
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(question) = self.ask(ui, cx) else {
            return weak(ui, EMPTY);
        };
        let run = &cx.snapshot.runs[question.run];
        let Some(found) = self.found(&question).cloned() else {
            let solved = self.asked.known().is_some_and(|(q, _)| q.same_picture(&question));
            return weak(ui, if solved { EMPTY } else { "The world is being solved." });
        };
        let steps = run.lane.counters.env_steps;
        self.kept.take(&found, (steps, cx.snapshot.past, question.points), |kept| {
            kept.same_picture(&question)
        });
        self.kept.name(&question);
        let kinds = kinds(&found);
        let Some(&first) = kinds.first() else {
            return weak(ui, NOTHING);
        };
        let kind = if kinds.contains(&self.kind) { self.kind } else { first };
        let quiet = cx.view.still || cx.view.lecture;
        let low = ui.available_height() < LOW * theme::scale(ui.ctx()) || narrow(ui);
        if !quiet {
            self.strip(ui, (&kinds, kind), dimensions(run));
        }
        let room = if quiet || low { 0.0 } else { self.kept.height(ui) };
        let shown = self.kept.shown(&found);
        self.range.grow(&found, (question.generation, question.run));
        self.picture(ui, cx, (&shown, kind), (run.letter, room));
        if room > 0.0 {
            self.scrub(ui);
        }
    }

    /// What is shown, and how.
    fn strip(&mut self, ui: &mut Ui, (kinds, kind): (&[usize], usize), of: &[Dimension]) {
        row(ui, 42.0, |ui| {
            self.kinds(ui, kinds, kind);
            if narrow(ui) {
                return;
            }
            let mut flat = usize::from(self.camera.flat);
            segmented(ui, "Drawn as", &["3D", "map"], &mut flat);
            self.camera.flat = flat == 1;
            if Button::new("Policy").on(self.policy).show(ui).clicked() {
                self.policy = !self.policy;
            }
            if of.len() > 2 {
                self.axes(ui, of);
            }
            self.bar(ui, kind);
        });
    }

    fn kinds(&mut self, ui: &mut Ui, kinds: &[usize], kind: usize) {
        if kinds.len() > 1 {
            let names: Vec<&str> = kinds.iter().map(|&kind| KINDS[kind]).collect();
            let mut at = kinds.iter().position(|&k| k == kind).unwrap_or(0);
            segmented(ui, "Values shown", &names, &mut at);
            self.kind = kinds[at];
        }
    }

    /// What the colours mean.
    fn bar(&self, ui: &mut Ui, kind: usize) {
        let (label, [low, high], map) = self.range.bar(kind);
        let (low, high) = (value(low.into()), value(high.into()));
        let bar = ColorBar::linear(label, &low, &high).map(map);
        bar.room(ui.available_width()).show(ui);
    }

    /// Which two numbers; one that is taken changes places with the other.
    fn axes(&mut self, ui: &mut Ui, of: &[Dimension]) {
        let symbol = |d: &Dimension| d.name.rsplit(' ').next().unwrap_or(d.name).to_owned();
        let names: Vec<String> = of.iter().map(symbol).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for (side, name) in [(0, "Along"), (1, "Across")] {
            let mut chosen = self.pair[side];
            segmented(ui, name, &names, &mut chosen);
            if chosen == self.pair[1 - side] {
                self.pair.swap(0, 1);
            } else {
                self.pair[side] = chosen;
            }
        }
    }

    fn picture(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        (shown, kind): (&kept::Shown, usize),
        (letter, below): (char, f32),
    ) {
        let t = theme::tokens(ui.ctx());
        let style = theme::solid(ui.ctx(), cx.view.still);
        let heights = &*shown.heights;
        let picture = Picture {
            heights,
            kind,
            range: &self.range,
            id: shown.id,
            policy: self.policy,
            letter,
        };
        let note = picture.note();
        // Where the strip is hidden, the colours are told beside the note.
        let bar = cx.view.lecture || cx.view.still;
        let line = match (note.is_empty(), bar) {
            (true, false) => 0.0,
            (false, false) => 22.0 * theme::scale(ui.ctx()),
            (_, true) => 40.0 * theme::scale(ui.ctx()),
        };
        let scene = picture.scene(&t, narrow(ui));
        let room = ui.available_size() - vec2(0.0, below + line);
        let name = format!("Surface of values, {}", KINDS[kind]);
        let id = ui.scope_id().with("surface");
        let drawn = gfx::show(ui, (&style, &name), id, &scene, &mut self.camera, room);
        let note = RichText::new(note).font(theme::small(ui.ctx())).color(t.text_weak);
        let note = Label::new(note).truncate();
        if bar {
            ui.horizontal(|ui| {
                self.bar(ui, kind);
                // Beside others there may be no room for words.
                if ui.available_width() > 72.0 * theme::scale(ui.ctx()) {
                    ui.add_space(12.0 * theme::scale(ui.ctx()));
                    ui.add(note);
                }
            });
        } else if line > 0.0 {
            ui.add(note);
        }
        let response = &drawn.response;
        let at = response.interact_pointer_pos().or(response.hover_pos());
        let Some(place) = at.and_then(|at| drawn.pick(&scene, at)) else {
            return;
        };
        if response.clicked() {
            cx.actions.extend(picture.picked(place, self.pair, self.looked.1, cx.snapshot));
        } else if !response.dragged() {
            response.clone().on_hover_text_at_pointer(told::place(heights, kind, place));
        }
    }

    /// The line of kept surfaces.
    fn scrub(&mut self, ui: &mut Ui) {
        let last = self.kept.len() as f64;
        let mut at = (self.kept.at() + 1) as f64;
        let label = self.kept.words();
        let slider = Slider::new(&mut at, 1.0..=last, &label).integer();
        if slider.default_value(last).show(ui).changed {
            self.kept.go((at.round() as usize).saturating_sub(1));
        }
    }
}

/// Whether the world is a grid: its cells are all the points there are.
fn is_grid(cx: &Cx<'_>, question: &Question) -> bool {
    dimensions(&cx.snapshot.runs[question.run]).is_empty()
}

/// The kinds there are something to show of.
fn kinds(found: &Heights) -> Vec<usize> {
    let known = [found.learned.is_some(), found.truth.is_some(), found.excess.is_some()];
    (0..KINDS.len()).filter(|&kind| known[kind]).collect()
}

impl Panel for Surface {
    fn title(&self) -> &'static str {
        "Value surface"
    }

    fn question(&self) -> &'static str {
        "What is every state worth, and who says so?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Surface, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        match self.answer(snapshot) {
            Some((question, found)) => told::text(&snapshot.runs[question.run], &found),
            None => format!("{EMPTY}\n"),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        match self.answer(snapshot) {
            Some((question, found)) => told::data(snapshot.runs[question.run].letter, &found),
            None => "run,first,second,learned,true,visited\n".to_owned(),
        }
    }
}
