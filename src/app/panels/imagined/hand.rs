//! A person drives: the same keys move a copy of the true world and the model, side by side.
//!
//! Whoever has the keyboard's focus is driven, and nothing else: the picture takes the focus, a
//! ring shows it, and where the picture is not on screen nothing is driven.

use egui::{Context, Id, Key, Rect, Role, Sense, Ui, WidgetInfo};

use super::Shown;
use crate::app::theme;
use crate::app::widgets::focus;
use crate::app::widgets::key_chip::key_chip;
use crate::app::words;
use crate::mdp::physical::{Control, Deed};
use crate::mdp::scene::Scene;
use crate::probes::dynamics::Place;
use crate::probes::imagined::{End, Measure, STEPS, Way};
use crate::probes::twins::Twins;

/// Most steps of a frame: after a pause the world does not run to catch up.
const MOST: usize = 10;
/// What the keyboard does.
const BADGE: &str = "the keyboard drives: the dream and the real copy";

/// The seat: whoever drives has this focus.
fn id() -> Id {
    Id::unique("drive by hand")
}

/// Whether a person drives.
pub fn driving(ctx: &Context) -> bool {
    ctx.memory(|memory| memory.has_focus(id()))
}

/// Whether `focused` is the seat.
pub fn is_seat(focused: Id) -> bool {
    focused == id()
}

/// A person wants to drive. Where no picture is on screen nothing comes of it.
pub fn take(ctx: &Context) {
    ctx.memory_mut(|memory| memory.request_focus(id()));
}

/// A person has driven enough.
pub fn stop(ctx: &Context) {
    ctx.memory_mut(|memory| memory.surrender_focus(id()));
}

/// The picture as a seat that can take the focus.
pub fn seat(ui: &mut Ui, rect: Rect) {
    let seat = ui.interact(rect, id(), Sense::focusable_noninteractive());
    seat.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Drive by hand, arrow keys"));
    focus::ring(ui, &seat, rect, 4.0);
}

/// What the keyboard drives, and with which keys.
pub fn badge(ui: &mut Ui) {
    let t = theme::tokens(ui.ctx());
    let words = |words: &str, ink| {
        let words = egui::RichText::new(words).font(theme::body(ui.ctx())).color(ink);
        egui::Label::new(words).truncate()
    };
    let (what, push, again, end) = (
        words(BADGE, t.text_strong),
        words("push", t.text_weak),
        words("again", t.text_weak),
        words("end", t.text_weak),
    );
    ui.add(what);
    for (key, does) in [("← →", push), ("R", again), ("Esc", end)] {
        key_chip(ui, key);
        ui.add(does);
    }
}

/// Both copies under a hand.
#[derive(Clone, PartialEq)]
pub struct Hand {
    /// The arena and the run whose model is driven.
    whose: (u64, usize),
    start: Place,
    real: Way,
    dream: Way,
    gaps: Vec<f64>,
    measure: Measure,
    /// Steps that left the picture.
    gone: usize,
    /// Steps taken, and how far apart the two have been at most.
    steps: usize,
    widest: f64,
    /// When the last step was due, in seconds of the context's clock.
    last: f64,
}

impl Hand {
    /// Both at `start`.
    pub fn begin(twins: &Twins, start: Place, whose: (u64, usize), ctx: &Context) -> Self {
        let (measure, turns) = (twins.measure, twins.measure.dimensions());
        let body = twins.real.body(&start);
        Self {
            whose,
            start,
            real: Way::begin(start, &body, turns),
            dream: Way::begin(twins.dream.enter(&start), &body, turns),
            gaps: vec![0.0],
            measure,
            gone: 0,
            steps: 0,
            widest: 0.0,
            last: ctx.input(|input| input.time),
        }
    }

    /// Whether it drives this run of this arena.
    pub fn of(&self, generation: u64, run: usize) -> bool {
        self.whose == (generation, run)
    }

    /// One frame: where a body moves, time passes as it does in its world; on a grid with each key.
    pub fn frame(&mut self, twins: &Twins, scene: &Scene, ctx: &Context) {
        if ctx.input(|input| input.key_pressed(Key::R) || input.key_pressed(Key::Home)) {
            *self = Self::begin(twins, self.start, self.whose, ctx);
            return;
        }
        match scene {
            Scene::Grid(_) => {
                let keys = [Key::ArrowUp, Key::ArrowRight, Key::ArrowDown, Key::ArrowLeft];
                let mut times = [0; 4];
                ctx.input(|input| {
                    times = keys.map(|key| input.num_presses(key));
                });
                for (action, times) in times.into_iter().enumerate() {
                    (0..times).for_each(|_| self.go(twins, Deed::Chosen(action as u8)));
                }
            }
            Scene::Body(scene) => {
                let now = ctx.input(|input| input.time);
                let due = ((now - self.last) / scene.tick).max(0.0) as usize;
                self.last = if due > MOST { now } else { self.last + due as f64 * scene.tick };
                let range = scene.controls.first().map_or((0.0, 0.0), |control| control.range);
                let deed = Deed::Steered(Control::new(&[push(ctx, range)]));
                (0..due.min(MOST)).for_each(|_| self.go(twins, deed));
                let left = (self.last + scene.tick - now).max(0.0);
                ctx.request_repaint_after(std::time::Duration::from_secs_f64(left));
            }
            Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => {}
        }
    }

    /// One step of both. Where one of them has ended both stand still.
    fn go(&mut self, twins: &Twins, deed: Deed) {
        if self.over() {
            return;
        }
        let turns = self.measure.dimensions();
        self.dream.go(&*twins.dream, deed, turns);
        if self.dream.future.end == End::NoData {
            return;
        }
        self.real.go(&*twins.real, deed, turns);
        self.steps += 1;
        if let (Some(a), Some(b)) =
            (self.real.future.bodies.last(), self.dream.future.bodies.last())
        {
            let gap = self.measure.distance(a, b);
            self.gaps.push(gap);
            self.widest = self.widest.max(gap);
        }
        if self.gaps.len() > STEPS + 1 {
            self.gaps.remove(0);
            self.gone += 1;
            for way in [&mut self.real, &mut self.dream] {
                way.future.bodies.remove(0);
                way.future.rewards.remove(0);
                way.future.deeds.remove(0);
            }
        }
    }

    fn over(&self) -> bool {
        [&self.real, &self.dream].iter().any(|way| way.future.end != End::Open)
    }

    /// For the pictures.
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            real: &self.real.future,
            dream: &self.dream.future,
            gaps: &self.gaps,
            typical: &[],
            horizon: None,
            measure: self.measure,
            driven: true,
            first: self.gone,
        }
    }

    /// In words.
    pub fn told(&self) -> String {
        let (now, most) = (self.gaps.last().copied().unwrap_or(0.0), self.widest);
        let end = match (self.dream.future.end, self.real.future.end) {
            (End::NoData, _) => "; the model knows nothing of that step",
            (End::Over, _) | (_, End::Over) => "; the task is over",
            _ => "",
        };
        format!(
            "{BADGE}; {} steps, {} apart now, {} at most, {}{end}",
            self.steps,
            words::value(now),
            words::value(most),
            self.measure.unit()
        )
    }
}

/// How hard the arrow keys push: to the left turns counter-clockwise.
fn push(ctx: &Context, (low, high): (f64, f64)) -> f64 {
    let held = |key| ctx.input(|input| input.key_down(key) || input.key_pressed(key));
    match (held(Key::ArrowLeft), held(Key::ArrowRight)) {
        (true, false) => high,
        (false, true) => low,
        _ => 0.5 * (low + high),
    }
}
