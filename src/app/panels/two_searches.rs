//! The full tree beside a partial one: the same state, the same model, the same number of questions.

mod picture;

use egui::{Align, Layout, RichText, Ui, vec2};

use super::asked::Asked;
use super::searching::{self, EVERY, NOBODY, Subject, World};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::mdp::State;
use crate::probes::lookahead::{Method, Plan};
use crate::probes::two_searches::{Ask, DEEPEST, PARTIAL, Pair, Side, compare};

/// Names of [`PARTIAL`] on its switch.
const NAMES: [&str; 4] = ["Monte-Carlo", "TD", "UCT", "pUCT"];

/// What is compared.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    subject: Subject,
    ask: Ask,
    /// A person chose the state; otherwise it is where the agent stands.
    chosen: bool,
}

/// The comparison, and what the world is worth.
#[derive(Clone)]
struct Found {
    world: World,
    pair: Option<Pair>,
}

impl Question {
    fn answer(&self, before: Option<&(Self, Found)>) -> Found {
        let world = self.subject.world(before.map(|(q, found)| (&q.subject, &found.world)));
        let learner = self.subject.learner();
        let pair = learner.and_then(|learner| compare(&self.ask, &learner, world.as_deref()));
        Found { world, pair }
    }

    /// Whether it asks the same, if at another moment.
    fn is_like(&self, other: &Self) -> bool {
        let from = |q: &Self| q.chosen.then_some(q.ask.from);
        let of = |q: &Self| (q.generation, q.subject.index, q.ask.depth, q.ask.plan, from(q));
        of(self) == of(other)
    }
}

/// The panel.
#[derive(Clone)]
pub struct TwoSearches {
    /// Depth of the full tree.
    depth: f64,
    /// Index into [`PARTIAL`]; `None`: the run's own, or UCT.
    method: Option<usize>,
    /// The selected run and cell.
    selected: (usize, Option<usize>),
    asked: Asked<Question, Found>,
}

impl Default for TwoSearches {
    fn default() -> Self {
        Self { depth: 4.0, method: None, selected: (0, None), asked: Asked::default() }
    }
}

/// What the picture reads.
struct Shown<'a> {
    pair: &'a Pair,
    ask: Ask,
    subject: &'a Subject,
    /// Time on the wall, which is not the same in every film.
    timed: bool,
}

impl TwoSearches {
    fn method(&self, plan: &Plan) -> usize {
        let own = || PARTIAL.iter().position(|m| *m == plan.method);
        let uct = || PARTIAL.iter().position(|m| *m == Method::Uct);
        self.method.or_else(own).or_else(uct).unwrap_or(0)
    }

    /// The question about the picture in hand; `None` where nobody can be asked.
    fn question(&self, s: &Snapshot) -> Option<Question> {
        let subject = Subject::selected(s, self.selected.0)?;
        let here = subject.run.lane.state;
        let chosen = self.selected.1.map(|cell| cell as State);
        let chosen = chosen.filter(|&cell| searching::can_start(subject.truth(), cell));
        let plan = Plan { method: PARTIAL[self.method(&subject.plan)], ..subject.plan };
        let ask = Ask { from: chosen.or(here)?, depth: self.depth as u16, plan };
        let chosen = chosen.is_some();
        Some(Question { generation: s.generation, subject, ask, chosen })
    }

    fn known(&self, question: &Question) -> Option<&(Question, Found)> {
        self.asked.known().filter(|(of, _)| of.is_like(question))
    }

    fn controls(&mut self, ui: &mut Ui, question: &Question) {
        let points = theme::scale(ui.ctx());
        let t = theme::tokens(ui.ctx());
        let row = vec2(ui.available_width(), 44.0 * points);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            let mut method = self.method(&question.ask.plan);
            if segmented(ui, "Partial tree", &NAMES, &mut method).changed() {
                self.method = Some(method);
            }
            ui.add_space(12.0);
            let slider = Slider::new(&mut self.depth, 1.0..=f64::from(DEEPEST), "Full tree to");
            let wide = (ui.available_width() - 24.0).clamp(80.0, 180.0 * points);
            slider.unit("depth").integer().default_value(4.0).width(wide).show(ui);
            ui.add_space(12.0);
            if ui.available_width() > 120.0 * points {
                let cell = question.subject.truth().state_name(question.ask.from);
                let words = match self.selected.1 {
                    Some(_) => format!("from {cell}"),
                    None => format!("from {cell}, where it stands"),
                };
                let words = RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak);
                ui.add(egui::Label::new(words).truncate())
                    .on_hover_text("Click a cell in the world to choose another state");
            }
        });
        ui.add_space(2.0);
    }

    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(question) = self.question(cx.snapshot) else {
            searching::empty(ui.painter(), ui.available_rect_before_wrap(), NOBODY);
            return;
        };
        if !cx.view.still && !cx.view.lecture {
            self.controls(ui, &question);
        }
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let before = self.asked.share();
        let work = move |question: &Question| question.answer(before.as_deref());
        self.asked.ask((ui.ctx(), cx.view), &question, pace, work);
        let known = self.known(&question);
        match known.map(|(q, found)| (q, &found.pair)) {
            Some((q, Some(pair))) => {
                let (ask, subject, timed) = (q.ask, &q.subject, !cx.view.still);
                picture::draw(ui, &Shown { pair, ask, subject, timed });
            }
            Some((_, None)) => {
                let room = ui.available_rect_before_wrap();
                searching::empty(ui.painter(), room, "Nothing can be searched from here.");
            }
            // It comes within a frame or two.
            None => ui.ctx().request_repaint(),
        }
    }
}

/// What a side found, in words.
fn said(side: &Side, shown: &Shown<'_>) -> String {
    let actions = searching::actions(shown.subject.truth(), &side.actions);
    let error = side.error.map_or("not known".to_owned(), value);
    format!(
        "{} nodes, {} deep, {} questions to the model, chooses {actions}, root worth {}, off by {error}",
        grouped(side.nodes),
        side.by_depth.len().saturating_sub(1),
        grouped(side.calls),
        value(side.value),
    )
}

/// Both, in words.
fn spoken(shown: &Shown<'_>) -> String {
    let (pair, ask) = (shown.pair, &shown.ask);
    let cell = shown.subject.truth().state_name(ask.from);
    format!(
        "From {cell}\nfull tree to depth {}: {} (1 + A + ... + A^{} = {})\n{}: {} (a full tree as deep: {})\n",
        ask.depth,
        said(&pair.full, shown),
        ask.depth,
        pair.complete,
        NAMES[PARTIAL.iter().position(|m| *m == ask.plan.method).unwrap_or(0)],
        said(&pair.partial, shown),
        pair.as_deep,
    )
}

impl Panel for TwoSearches {
    fn title(&self) -> &'static str {
        "Full tree, partial tree"
    }

    fn question(&self) -> &'static str {
        "What do equal questions buy?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.selected = (cx.view.run, cx.view.cell);
        // The frame needs the panel's words while the body changes it.
        let words = self.clone();
        framed(&words, PanelId::TwoSearches, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(question) = self.question(snapshot) else {
            return format!("{NOBODY}\n");
        };
        let known = self.known(&question).cloned();
        let (question, found) = known.unwrap_or_else(|| {
            let found = question.answer(None);
            (question, found)
        });
        let (ask, subject, timed) = (question.ask, &question.subject, false);
        let run = &snapshot.runs[subject.index];
        match &found.pair {
            Some(pair) => {
                let shown = Shown { pair, ask, subject, timed };
                format!("{}\n{}", searching::name(run), spoken(&shown))
            }
            None => "Nothing can be searched from here.\n".to_owned(),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "search,depth,nodes,calls,value,error\n".to_owned();
        let Some(question) = self.question(snapshot) else { return csv };
        let known = self.known(&question).map(|(_, found)| found.clone());
        let found = known.unwrap_or_else(|| question.answer(None));
        let Some(pair) = found.pair else { return csv };
        let method = NAMES[self.method(&question.ask.plan)];
        for (name, side) in [("full", &pair.full), (method, &pair.partial)] {
            let (calls, root) = (side.calls, side.value);
            let error = side.error.unwrap_or(f64::NAN);
            for (depth, nodes) in side.by_depth.iter().enumerate() {
                csv += &format!("{name},{depth},{nodes},{calls},{root},{error}\n");
            }
        }
        csv
    }
}
