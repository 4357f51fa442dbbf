//! The unseen-policy test: a person draws a policy over the map, and the model is asked what it is
//! worth; beside it the truth, the same for the agent's own policy, and how far the drawn one is from
//! what was really tried.

mod hand;
mod maps;
mod told;

use egui::{Label, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo};

use super::asked::{Asked, Moment};
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::theme;
use crate::app::widgets::badge;
use crate::app::widgets::button::Button;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::Action;
use crate::mdp::scene::{GridScene, Scene};
use crate::probes::unseen::{Judged, own, possible};
use hand::Hand;
pub use hand::hold_keys;

/// Seconds between two questions while time passes.
const EVERY: f64 = 0.4;
/// Height of the scale below the maps, in points before the text scale.
const LEGEND: f32 = 34.0;
/// What other arenas are told.
const EMPTY: &str = "Needs a run that learns a model of a gridworld of at most 300 cells.";

/// What is asked: one run at one moment, and the arrows drawn so far.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    run: usize,
    moment: Moment,
    /// `[S]`; where nothing is drawn the agent's own action holds.
    drawn: Vec<Option<Action>>,
}

/// The agent's own policy, and the one with the drawn arrows in it.
#[derive(Clone)]
struct Found {
    own: Judged,
    drawn: Option<Judged>,
    /// Ends of the scale: what can be earned in this world, whatever the model says. So the colours
    /// stay what they are while it learns.
    ends: (f64, f64),
}

impl Question {
    fn answer(&self) -> Option<Found> {
        let Moment { lane, truth, gamma } = &self.moment;
        let policy = own(truth, &lane.view)?;
        let mixed = || {
            let one = |(own, drawn): (&Option<Action>, &Option<Action>)| own.and(drawn.or(*own));
            policy.iter().zip(&self.drawn).map(one).collect()
        };
        let any = self.drawn.iter().any(Option::is_some);
        let judged = |policy| Judged::of(truth, &lane.view, policy, *gamma);
        let drawn = if any { Some(judged(mixed())?) } else { None };
        Some(Found { own: judged(policy)?, drawn, ends: possible(truth, *gamma) })
    }

    fn same_run(&self, other: &Self) -> bool {
        (self.generation, self.run) == (other.generation, other.run)
    }
}

/// The panel.
#[derive(Clone, Default)]
pub struct Unseen {
    asked: Asked<Question, Option<Found>>,
    hand: Hand,
    /// The selected run, as shown last.
    selected: usize,
}

/// The map of a run with a model, four actions and listed states.
fn grid(run: &RunSnapshot) -> Option<&GridScene> {
    let view = &run.lane.view;
    let has_model = view.muzero.is_some() || view.model.is_some();
    match run.truth.scene() {
        Scene::Grid(grid) if has_model && run.truth.actions() == 4 => Some(grid),
        _ => None,
    }
}

/// The selected run, or the first one, that can be asked.
fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot)> {
    let runs = || s.runs.iter().enumerate();
    let fits = |(_, run): &(usize, &RunSnapshot)| run.failure.is_none() && grid(run).is_some();
    runs().nth(selected).filter(fits).or_else(|| runs().find(fits))
}

impl Unseen {
    fn question(&self, s: &Snapshot) -> Option<Question> {
        let (run, of) = subject(s, self.selected)?;
        let (generation, moment) = (s.generation, Moment::of(of));
        let cells = grid(of)?.cells.len();
        let drawn = self.hand.drawn(cells).to_vec();
        Some(Question { generation, run, moment, drawn })
    }

    /// What was found of this run, now or a little earlier.
    fn found(&self, question: &Question) -> Option<&Found> {
        let known = self.asked.known().filter(|(known, _)| known.same_run(question));
        known.and_then(|(_, found)| found.as_ref())
    }

    fn told(&self, s: &Snapshot) -> Option<(usize, Found)> {
        let question = self.question(s)?;
        let found = self.found(&question).cloned().or_else(|| question.answer())?;
        Some((question.run, found))
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.selected = cx.view.run;
        let Some((index, run)) = subject(cx.snapshot, self.selected) else {
            return weak(ui, EMPTY);
        };
        let Some(grid) = grid(run) else {
            return weak(ui, EMPTY);
        };
        self.hand.fit(grid);
        let Some(question) = self.question(cx.snapshot) else {
            return weak(ui, EMPTY);
        };
        let pace = if cx.snapshot.playing { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &question, pace, Question::answer);
        let Some(found) = self.found(&question).cloned() else {
            let known = self.asked.known().is_some_and(|(known, _)| known.same_run(&question));
            return weak(ui, if known { EMPTY } else { "The policy is being evaluated." });
        };
        self.strip(ui, cx, index, grid);
        let rect = ui.available_rect_before_wrap();
        let spoken = told::text(run, &found);
        ui.allocate_rect(rect, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
        let seats = Seats::of(rect, theme::scale(ui.ctx()));
        let judged = found.drawn.as_ref().unwrap_or(&found.own);
        let [left, right] = seats.maps;
        let mut child = ui.new_child(UiBuilder::new().id_salt("true").max_rect(left));
        let truth = maps::Which::Truth(&self.hand);
        let place = maps::ui(&mut child, left, (grid, judged), found.ends, truth);
        if !cx.view.still {
            self.hand.follow(ui, grid, &place);
        }
        let mut child = ui.new_child(UiBuilder::new().id_salt("said").max_rect(right));
        maps::ui(&mut child, right, (grid, judged), found.ends, maps::Which::Said);
        if let Some(legend) = seats.legend {
            maps::legend(ui, legend, judged, found.ends);
        }
        told::paint(ui.painter(), seats.words, &found);
    }

    /// What can be done.
    fn strip(&mut self, ui: &mut Ui, cx: &Cx<'_>, run: usize, grid: &GridScene) {
        let t = theme::tokens(ui.ctx());
        ui.horizontal(|ui| {
            badge::badge(ui, run);
            if !(cx.view.still || cx.view.lecture) {
                if Button::new("Clear").named("Forget the drawn policy").show(ui).clicked() {
                    self.hand.clear();
                }
                let wind = Button::new("Right, else down");
                if wind.named("Draw the policy: right, else down").show(ui).clicked() {
                    self.hand.preset(grid);
                }
            }
            let words = "drag over the left map to draw; with its focus, arrow keys draw";
            let words = RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak);
            ui.add(Label::new(words).truncate());
        });
    }
}

/// Where things lie.
struct Seats {
    /// Equally large, so that cells are.
    maps: [Rect; 2],
    /// Below both; `None` where there is no room for it.
    legend: Option<Rect>,
    words: Rect,
}

impl Seats {
    /// Both maps and the numbers: side by side, or where that is too narrow the numbers below.
    fn of(rect: Rect, points: f32) -> Self {
        let gap = 14.0;
        let (both, words) = if rect.width() > 2.0 * rect.height() {
            let (both, words) = rect.split_left_right_at_fraction(0.66);
            (both, words.with_min_x(words.left() + gap))
        } else {
            let (both, words) = rect.split_top_bottom_at_fraction(0.58);
            (both, words.with_min_y(words.top() + gap))
        };
        let high = LEGEND * points;
        let legend = (both.height() > 3.5 * high).then(|| both.with_min_y(both.bottom() - high));
        let maps = legend.map_or(both, |legend| both.with_max_y(legend.top() - 6.0));
        let wide = 0.5 * (maps.width() - gap);
        let maps = [maps.with_max_x(maps.left() + wide), maps.with_min_x(maps.right() - wide)];
        Self { maps, legend, words }
    }
}

impl Panel for Unseen {
    fn title(&self) -> &'static str {
        "Unseen policies"
    }

    fn question(&self) -> &'static str {
        "Does the model know what another policy is worth?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Unseen, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        match self.told(snapshot) {
            Some((run, found)) => told::text(&snapshot.runs[run], &found),
            None => format!("{EMPTY}\n"),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        told::data(self.told(snapshot).map(|(_, found)| found).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn maps_that_are_compared_are_equally_large() {
        for size in [vec2(900.0, 300.0), vec2(500.0, 400.0), vec2(700.0, 90.0)] {
            let Seats { maps: [a, b], legend, words } =
                Seats::of(Rect::from_min_size(pos2(10.0, 20.0), size), 1.0);
            assert!((a.size() - b.size()).length() < 1e-3 && a.right() < b.left());
            assert!(legend.is_none_or(|legend| legend.top() > a.bottom()));
            assert!(!words.intersects(a) && !words.intersects(b));
            assert_eq!(legend.is_some(), size.y > 100.0, "where there is room");
        }
    }
}
