//! What MuZero imagines: latent states of real and of imagined steps in three dimensions, the
//! imagined ones drawn in the world, and what both say of reward, value and policy.

mod charts;
mod latents;
mod room;
mod told;
mod world;

use std::sync::Arc;

use egui::{Label, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo};

use super::asked::{Asked, Moment};
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::theme;
use crate::app::widgets::badge;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::gfx::Camera;
use crate::probes::latent::imagines::{Ask, Imagines, Which};
use room::Room;

/// Seconds between two questions while time passes.
const EVERY: f64 = 0.15;
/// What arenas without such a run are told.
const EMPTY: &str = "Needs a run that searches in a latent model: the agent muzero.";
/// What such a run is told before its first steps.
const NOTHING: &str = "Latent states appear with the first real steps. Space starts.";
/// Along which steps the model is unrolled.
const WAYS: [(Which, &str); 2] = [(Which::Last, "last episode"), (Which::Now, "this episode")];
/// Who says where in the world a latent state is.
const READERS: [&str; 2] = ["probe", "nearest real state"];

/// What is asked: one run at one moment, along some of its steps.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    run: usize,
    moment: Moment,
    which: Which,
    from: Option<usize>,
}

impl Question {
    /// The answer; directions of `before` are kept where it is of the same run.
    fn answer(&self, before: Option<&Known>) -> Option<Imagines> {
        let same = |known: &&Known| self.same_run(&known.0);
        let before = before.filter(same).and_then(|known| known.1.as_ref());
        Imagines::of(&Ask {
            truth: &self.moment.truth,
            view: &self.moment.lane.view,
            which: self.which,
            from: self.from,
            before: before.map(|found| &found.principal),
        })
    }

    fn same_run(&self, other: &Self) -> bool {
        (self.generation, self.run) == (other.generation, other.run)
    }
}

/// A question with its answer.
type Known = (Question, Option<Imagines>);

/// The panel.
#[derive(Clone, Default)]
pub struct ImaginesPanel {
    asked: Asked<Question, Option<Imagines>>,
    /// Index into [`WAYS`].
    way: usize,
    /// Where the unrolling begins; `None`: as late as fills the picture.
    from: Option<usize>,
    /// Index into [`READERS`].
    reader: usize,
    camera: Camera,
    /// How large the pictures are.
    room: Room,
    /// The selected run, as shown last.
    selected: usize,
}

/// The selected run, or the first one, that has latent states.
fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot)> {
    let runs = || s.runs.iter().enumerate();
    let latent = |(_, run): &(usize, &RunSnapshot)| run.lane.view.muzero.is_some();
    runs().nth(selected).filter(latent).or_else(|| runs().find(latent))
}

impl ImaginesPanel {
    fn question(&self, s: &Snapshot) -> Option<Question> {
        let (run, of) = subject(s, self.selected)?;
        let (generation, moment) = (s.generation, Moment::of(of));
        Some(Question { generation, run, moment, which: WAYS[self.way].0, from: self.from })
    }

    /// What was found of this run, now or a little earlier.
    fn found(&self, question: &Question) -> Option<&Imagines> {
        let known = self.asked.known().filter(|(known, _)| known.same_run(question));
        known.and_then(|(_, found)| found.as_ref())
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.selected = cx.view.run;
        if self.room.is_new(cx.snapshot.generation) {
            // A place chosen in other episodes says nothing of these.
            self.from = None;
        }
        let Some(question) = self.question(cx.snapshot) else {
            return weak(ui, EMPTY);
        };
        let pace = if cx.snapshot.playing { EVERY } else { 0.0 };
        let before: Option<Arc<Known>> = self.asked.share();
        self.asked.ask((ui.ctx(), cx.view), &question, pace, move |q: &Question| {
            q.answer(before.as_deref())
        });
        let known = self.asked.share().filter(|known| known.0.same_run(&question));
        let Some(found) = known.as_deref().and_then(|known| known.1.as_ref()) else {
            let said = if known.is_some() { NOTHING } else { "The states are being encoded." };
            return weak(ui, said);
        };
        let run = &cx.snapshot.runs[question.run];
        self.room.grow(found, question.generation);
        self.strip(ui, cx, question.run, found);
        let rect = ui.available_rect_before_wrap();
        let spoken = told::text(run, found);
        ui.allocate_rect(rect, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
        let [box_, map, curves] = parts(rect);
        let mut child = ui.new_child(UiBuilder::new().max_rect(box_));
        let still = cx.view.still;
        latents::ui(&mut child, (found, &self.room), &mut self.camera, still);
        let horizon = run.param("unroll").map(|steps| steps as usize);
        let mut child = ui.new_child(UiBuilder::new().max_rect(map));
        world::ui(&mut child, map, run, (found, self.reader, horizon));
        charts::paint(ui.painter(), curves, (found, &self.room.axes), horizon);
    }

    /// Along which steps, from where, and who reads.
    fn strip(&mut self, ui: &mut Ui, cx: &Cx<'_>, run: usize, found: &Imagines) {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        ui.horizontal(|ui| {
            badge::badge(ui, run);
            let quiet = cx.view.still || cx.view.lecture;
            if !quiet {
                segmented(ui, "Real steps of", &WAYS.map(|(_, name)| name), &mut self.way);
                segmented(ui, "Read by", &READERS, &mut self.reader);
                // Episodes come and go; what was chosen stays, on a scale that stays.
                let last = self.room.longest as f64;
                let mut at = self.from.unwrap_or(found.first) as f64;
                let slider = Slider::new(&mut at, 0.0..=last.max(1.0), "Imagine from step");
                if slider.integer().width(170.0 * points).show(ui).changed {
                    self.from = Some(at as usize);
                }
            }
            let words = match self.from {
                Some(from) if from > found.length => told::too_late(found),
                _ => told::aside(found, READERS[self.reader]),
            };
            let words = RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak);
            ui.add(Label::new(words).truncate());
        });
    }
}

/// The latent states, the world, the charts: side by side, or where that is too narrow the states
/// above the other two.
fn parts(rect: Rect) -> [Rect; 3] {
    let gap = 12.0;
    if rect.width() > 1.9 * rect.height() {
        let (left, rest) = rect.split_left_right_at_fraction(0.4);
        let (middle, right) = rest.split_left_right_at_fraction(0.48);
        return [
            left,
            middle.with_min_x(middle.left() + gap),
            right.with_min_x(right.left() + gap),
        ];
    }
    let (above, below) = rect.split_top_bottom_at_fraction(0.5);
    let (left, right) = below.split_left_right_at_fraction(0.48);
    let below = |part: Rect| part.with_min_y(part.top() + gap);
    [above, below(left), below(right).with_min_x(right.left() + gap)]
}

impl Panel for ImaginesPanel {
    fn title(&self) -> &'static str {
        "What MuZero imagines"
    }

    fn question(&self) -> &'static str {
        "Where does the latent model think it is going?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Imagines, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(question) = self.question(snapshot) else {
            return format!("{EMPTY}\n");
        };
        let found = self.found(&question).cloned().or_else(|| question.answer(None));
        match found {
            Some(found) => told::text(&snapshot.runs[question.run], &found),
            None => format!("{NOTHING}\n"),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let known = self.question(snapshot).and_then(|question| {
            let found = self.found(&question).cloned().or_else(|| question.answer(None))?;
            Some((&snapshot.runs[question.run], found))
        });
        told::data(known.as_ref().map(|(run, found)| (*run, found)))
    }
}
