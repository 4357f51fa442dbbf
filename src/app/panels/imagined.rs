//! Real against imagined: the world with the future that a learner imagines and the one that truly
//! follows from the same actions, number by number, and how far the two come apart.

pub(super) mod charts;
mod hand;
mod told;
mod world;

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::asked::{Asked, Moment};
use super::plot::fitting;
use super::{Cx, Panel, PanelId, framed};
use crate::app::actions::Action;
use crate::app::icons;
use crate::app::theme;
use crate::app::widgets::button::{Button, TARGET, icon_button};
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::{badge, text};
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::Body;
use crate::mdp::scene::{Cell, Scene};
use crate::probes::dynamics::Place;
use crate::probes::imagined::{Compared, Direction, Future, Measure, STEPS};
use crate::probes::twins::{Twins, imagines};
use hand::Hand;
pub use hand::{driving, is_seat, stop, take};
use told::told;
pub(super) use world::ui as picture;

/// Seconds between two questions while time passes.
const EVERY: f64 = 0.1;
/// Opacity of what is imagined beyond the horizon.
const PALE: f32 = 0.5;
/// Who leads, where there is little room.
const BRIEF: [&str; 2] = ["act first", "plan first"];
/// Who leads, and who is told what to do.
const DIRECTIONS: [(Direction, &str); 2] =
    [(Direction::Act, "act, then imagine"), (Direction::Plan, "plan, then act")];
/// What an arena without a model is told.
const EMPTY: &str = "Needs a run that learns a model: MVE, or Dyna-Q on a grid.";

/// What is asked: one run at one moment, from one place, in one direction.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    run: usize,
    moment: Moment,
    start: Place,
    direction: Direction,
}

/// What was found.
#[derive(Clone)]
struct Found {
    compared: Compared,
    measure: Measure,
    horizon: Option<usize>,
    dreamer: &'static str,
}

impl Question {
    fn answer(&self) -> Option<Found> {
        let twins = Twins::of(&self.moment.truth, &self.moment.lane.view)?;
        let compared = twins.compare(&self.start, self.direction, STEPS);
        let Twins { measure, horizon, dreamer, .. } = twins;
        Some(Found { compared, measure, horizon, dreamer })
    }
}

/// What the pictures draw, looked at or driven.
pub(super) struct Shown<'a> {
    pub real: &'a Future,
    pub dream: &'a Future,
    pub gaps: &'a [f64],
    pub typical: &'a [(Option<u64>, Vec<f64>)],
    pub horizon: Option<usize>,
    pub measure: Measure,
    /// A person drives: what is filled is the last place, not the first.
    pub driven: bool,
    /// Number of the first step in the picture.
    pub first: usize,
}

impl<'a> Shown<'a> {
    fn of(found: &'a Found, run: &RunSnapshot) -> Self {
        let Found { compared: c, measure, .. } = found;
        Self {
            real: &c.real,
            dream: &c.dream,
            gaps: &c.gaps,
            typical: &c.typical,
            horizon: horizon(run, found),
            measure: *measure,
            driven: false,
            first: 0,
        }
    }
}

/// Steps that the learner imagines, if it has such a number.
fn horizon(run: &RunSnapshot, found: &Found) -> Option<usize> {
    found.horizon.or_else(|| run.param("horizon").map(|horizon| horizon as usize))
}

/// The panel.
#[derive(Clone, Default)]
pub struct Imagined {
    asked: Asked<Question, Option<Found>>,
    direction: Direction,
    /// The selected run, and the place picked in it, as shown last.
    looked: (usize, Option<Body>, Option<usize>),
    hand: Option<Hand>,
    /// What a person drives, kept while it is of the same moment.
    driven: Option<Arc<(Moment, Twins)>>,
    /// The button was pressed in the last frame. Whoever takes the focus in the frame of a click
    /// elsewhere loses it at once.
    wants: bool,
}

/// The selected run, or the first one, that imagines anything.
fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot)> {
    let runs = || s.runs.iter().enumerate();
    let dreams = |(_, run): &(usize, &RunSnapshot)| {
        run.failure.is_none() && imagines(&run.truth, &run.lane.view)
    };
    runs().nth(selected).filter(dreams).or_else(|| runs().find(dreams))
}

impl Imagined {
    /// Where futures begin: the place that was picked, or the present one. In words as well.
    fn start(&self, run: &RunSnapshot) -> Option<(Place, String)> {
        let (_, body, cell) = &self.looked;
        match run.truth.scene() {
            Scene::Body(scene) => {
                let picked = body.filter(|body| body.len() == scene.dimensions.len());
                let now = || run.lane.path.now().copied();
                let words = if picked.is_some() { "the picked state" } else { "now" };
                Some((Place::Body(picked.or_else(now)?), words.to_owned()))
            }
            Scene::Grid(grid) => {
                let open = |&cell: &usize| grid.cells.get(cell).is_some_and(|c| *c != Cell::Wall);
                let picked = cell.filter(open).map(|cell| cell as u32);
                let state = picked.or(run.lane.state)?;
                let name = run.truth.state_name(state);
                let words = if picked.is_some() { name } else { format!("now, {name}") };
                Some((Place::State(state), words))
            }
            Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
        }
    }

    fn question(&self, s: &Snapshot) -> Option<(Question, String)> {
        let (index, run) = subject(s, self.looked.0)?;
        let (start, words) = self.start(run)?;
        let (generation, direction) = (s.generation, self.direction);
        Some((
            Question { generation, run: index, moment: Moment::of(run), start, direction },
            words,
        ))
    }

    /// What was found of this run, now or a little earlier.
    fn found(&self, question: &Question) -> Option<&Found> {
        let of = |q: &Question| (q.generation, q.run) == (question.generation, question.run);
        self.asked.known().filter(|(q, _)| of(q)).and_then(|(_, found)| found.as_ref())
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.looked = (cx.view.run, cx.view.start, cx.view.cell);
        let Some((question, from)) = self.question(cx.snapshot) else {
            self.hand = None;
            empty(ui);
            return;
        };
        let run = &cx.snapshot.runs[question.run];
        self.drive(ui, cx, &question);
        self.strip(ui, cx, (question.run, &from));
        if self.hand.is_none() {
            let pace = if cx.snapshot.playing { EVERY } else { 0.0 };
            self.asked.ask((ui.ctx(), cx.view), &question, pace, Question::answer);
        }
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, self.spoken(run, &from, &question))
        });
        let driven = self.hand.as_ref().map(Hand::shown);
        let Some(shown) =
            driven.or_else(|| self.found(&question).map(|found| Shown::of(found, run)))
        else {
            return;
        };
        let (world, charts) = parts(rect);
        let mut child = ui.new_child(UiBuilder::new().max_rect(world));
        let picked = world::ui(&mut child, world, run, &shown);
        if !cx.view.still {
            hand::seat(ui, world);
        }
        charts::paint(ui.painter(), charts, run.truth.scene(), &shown);
        if !shown.driven && shown.real.deeds.is_empty() && shown.dream.deeds.is_empty() {
            let words = "It has no opinion what to do here yet.";
            say(ui, charts.min + vec2(60.0, 30.0), charts.width() - 70.0, words);
        }
        if let Some(picked) = picked.filter(|_| !shown.driven && !cx.view.still) {
            cx.actions.push(match picked {
                Place::Body(body) => Action::Start(Some(body)),
                Place::State(state) => Action::Cell(Some(state as usize)),
                Place::Seen(_) => return,
            });
        }
    }

    /// The picture in words: of what is drawn, and of nothing that is still to be computed.
    fn spoken(&self, run: &RunSnapshot, from: &str, question: &Question) -> String {
        if let Some(hand) = &self.hand {
            return format!("{} {}: {}\n", run.letter, run.name, hand.told());
        }
        match self.found(question) {
            Some(found) => told(run, from, self.direction, found),
            None => "The futures are being computed.".to_owned(),
        }
    }

    /// Takes the hand of a person into account: begins, goes on, or ends.
    fn drive(&mut self, ui: &Ui, cx: &Cx<'_>, question: &Question) {
        if std::mem::take(&mut self.wants) {
            take(ui.ctx());
        }
        if cx.view.still || !driving(ui.ctx()) {
            (self.hand, self.driven) = (None, None);
            return;
        }
        let moment = &question.moment;
        if !self.driven.as_ref().is_some_and(|held| held.0 == *moment) {
            let twins = Twins::of(&moment.truth, &moment.lane.view);
            self.driven = twins.map(|twins| Arc::new((moment.clone(), twins)));
        }
        let Some((_, twins)) = self.driven.as_deref() else {
            return;
        };
        let same = |hand: &Hand| hand.of(question.generation, question.run);
        if !self.hand.as_ref().is_some_and(same) {
            let whose = (question.generation, question.run);
            self.hand = Some(Hand::begin(twins, question.start, whose, ui.ctx()));
        }
        if let Some(hand) = &mut self.hand {
            hand.frame(twins, moment.truth.scene(), ui.ctx());
        }
    }

    /// Who leads, from where, and the hand.
    fn strip(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, (run, from): (usize, &str)) {
        let t = theme::tokens(ui.ctx());
        let small = |words: String| {
            egui::Label::new(
                egui::RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak),
            )
            .truncate()
        };
        let at_present = from.starts_with("now");
        let from = small(format!("from {from}"));
        let directions = match self.direction {
            Direction::Act => [
                "it acts in the world, the model is told what it did",
                "it acts, the model is told",
            ],
            Direction::Plan => [
                "it acts in its model, the world is told what it did",
                "it plans, the world is told",
            ],
        };
        let room = ui.available_width() - (badge::SIDE + 8.0) * theme::scale(ui.ctx());
        let still = small(fitting(ui, &directions, room).to_owned());
        ui.horizontal(|ui| {
            ui.set_min_height(TARGET * theme::scale(ui.ctx()));
            badge::badge(ui, run);
            if self.hand.is_some() && !cx.view.still {
                hand::badge(ui);
                return;
            }
            // In the lecture view the key alone takes the hand.
            if cx.view.still || cx.view.lecture {
                ui.add(still);
                return;
            }
            let mut chosen = usize::from(self.direction == DIRECTIONS[1].0);
            let brief = ui.available_width() < 400.0 * theme::scale(ui.ctx());
            let names = if brief { BRIEF } else { DIRECTIONS.map(|(_, name)| name) };
            segmented(ui, "Who leads", &names, &mut chosen);
            self.direction = DIRECTIONS[chosen].0;
            // Where the words do not fit, the hand says it.
            let drive = match ui.available_width() > 110.0 * theme::scale(ui.ctx()) {
                true => Button::new("Drive").named("Drive by hand (G)").icon(icons::HAND).show(ui),
                false => icon_button(ui, icons::HAND, "Drive by hand (G)"),
            };
            if drive.clicked() {
                self.wants = true;
                ui.ctx().request_repaint();
            }
            if !at_present && Button::new("Now").named("From the present state").show(ui).clicked()
            {
                cx.actions.push(Action::Start(None));
                cx.actions.push(Action::Cell(None));
            }
            if !brief {
                ui.add(from);
            }
        });
    }
}

/// The world, and the charts beside it or below.
fn parts(rect: Rect) -> (Rect, Rect) {
    let gap = 12.0;
    if rect.width() > 1.15 * rect.height() {
        let wide = rect.height().min(0.46 * rect.width());
        let (left, right) = rect.split_left_right_at_x(rect.left() + wide);
        return (left, right.with_min_x(right.left() + gap));
    }
    let (above, below) = rect.split_top_bottom_at_fraction(0.5);
    (above, below.with_min_y(below.top() + gap))
}

fn empty(ui: &mut Ui) {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, EMPTY));
    say(ui, rect.min + vec2(0.0, 4.0), rect.width(), EMPTY);
}

/// One line where there is nothing to draw.
fn say(ui: &Ui, at: egui::Pos2, room: f32, words: &str) {
    let (ctx, painter) = (ui.ctx(), ui.painter());
    let ink = theme::tokens(ctx).text_weak;
    let line = text::elided(painter, words, theme::body(ctx), ink, room);
    text::place(painter, &line, at, egui::Align2::LEFT_TOP);
}

impl Panel for Imagined {
    fn title(&self) -> &'static str {
        "Real against imagined"
    }

    fn question(&self) -> &'static str {
        "Same actions, two futures. Where do they part?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Imagined, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some((question, from)) = self.question(snapshot) else {
            return format!("{EMPTY}\n");
        };
        let run = &snapshot.runs[question.run];
        if self.hand.is_some() || self.found(&question).is_some() {
            return self.spoken(run, &from, &question);
        }
        let found = question.answer();
        found.map_or_else(String::new, |found| told(run, &from, self.direction, &found))
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "kind,model_updates,step,what,value\n".to_owned();
        let Some((question, _)) = self.question(snapshot) else {
            return csv;
        };
        let computed = || question.answer().map(Cow::Owned);
        let found = self.found(&question).map(Cow::Borrowed).or_else(computed);
        let Some(found) = found else {
            return csv;
        };
        let c = &found.compared;
        for (kind, future) in [("real", &c.real), ("imagined", &c.dream)] {
            for (step, body) in future.bodies.iter().enumerate() {
                for (d, x) in found.measure.dimensions().iter().zip(body.iter()) {
                    csv += &format!("{kind},now,{step},{},{x}\n", d.key);
                }
            }
        }
        let here = [(None, &c.gaps)].into_iter().map(|(u, gaps)| ("gap", u, gaps));
        let typical = c.typical.iter().map(|(u, gaps)| ("median_gap", *u, gaps));
        for (kind, updates, gaps) in here.chain(typical) {
            let updates = updates.map_or("now".to_owned(), |n: u64| n.to_string());
            for (step, gap) in gaps.iter().enumerate() {
                csv += &format!("{kind},{updates},{step},apart,{gap}\n");
            }
        }
        csv
    }
}
