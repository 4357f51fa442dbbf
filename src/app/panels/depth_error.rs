//! Accuracy away from the root: how far imagination is off the world at each depth, and what a
//! deeper look costs and gains before the value stands for the rest.

use std::sync::Arc;

use egui::{Align2, Label, Pos2, Rect, RichText, Stroke, Ui, UiBuilder, pos2, vec2};

use super::asked::Asked;
use super::plot::{Ends, Field, fitting, round_up};
use super::searching::{self, EVERY, NOBODY, Subject, World};
use super::{Cx, Panel, PanelId, framed, on_its_way};
use crate::app::theme;
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::mdp::State;
use crate::probes::depth_error::{Cut, Off, cuts, off_by_depth};

/// States from which is searched, at most.
const ROOTS: usize = 32;
/// Depths that fewer of the simulations reach are not drawn.
const RARE: f64 = 0.01;

/// What is measured: every run that can be asked.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    runs: Vec<Subject>,
    /// The one state searched from; `None`: all that a run has met.
    from: Option<State>,
}

/// What was measured of one run.
#[derive(Clone)]
struct Measured {
    off: Vec<Off>,
    cuts: Vec<Cut>,
    roots: usize,
    world: World,
}

impl Question {
    fn of(s: &Snapshot, cell: Option<usize>) -> Self {
        let runs = Subject::all(s);
        let from = cell.map(|cell| cell as State);
        let fits = |&from: &State| runs.iter().all(|r| searching::can_start(r.truth(), from));
        Self { generation: s.generation, from: from.filter(fits), runs }
    }

    fn answer(&self, before: Option<&(Self, Vec<Measured>)>) -> Vec<Measured> {
        let mut known: Vec<(&Subject, World)> = Vec::new();
        if let Some((question, all)) = before {
            let worlds = all.iter().map(|measured| measured.world.clone());
            known.extend(question.runs.iter().zip(worlds));
        }
        let mut found = Vec::new();
        for subject in &self.runs {
            let same = known.iter().find(|(old, _)| old.run.same_world(&subject.run));
            let world = subject.world(same.map(|(old, world)| (*old, world)));
            found.push(measure(subject, self.from, &world));
            known.push((subject, world));
        }
        found
    }

    fn is_like(&self, other: &Self) -> bool {
        let of = |q: &Self| (q.generation, q.from, q.runs.len());
        of(self) == of(other)
    }
}

fn measure(subject: &Subject, from: Option<State>, world: &World) -> Measured {
    let mut measured =
        Measured { off: Vec::new(), cuts: Vec::new(), roots: 0, world: world.clone() };
    let Some(learner) = subject.learner() else { return measured };
    let roots = match from {
        Some(from) => vec![from],
        None => learner.met(subject.truth(), ROOTS),
    };
    measured.off = off_by_depth(&learner, subject.truth(), subject.plan, &roots);
    measured.off.retain(|off| off.reach >= RARE);
    if let Some(best) = world {
        measured.cuts = cuts(&learner, best, subject.plan, &roots);
    }
    measured.roots = roots.len();
    measured
}

/// The panel.
#[derive(Clone, Default)]
pub struct DepthError {
    cell: Option<usize>,
    asked: Asked<Question, Vec<Measured>>,
}

impl DepthError {
    fn known(&self, question: &Question) -> Option<&(Question, Vec<Measured>)> {
        self.asked.known().filter(|(of, _)| of.is_like(question))
    }

    /// What was measured, now or a little earlier, or now where nothing was shown yet.
    fn shown(&self, s: &Snapshot) -> Arc<(Question, Vec<Measured>)> {
        let question = Question::of(s, self.cell);
        match self.asked.share().filter(|known| known.0.is_like(&question)) {
            Some(known) => known,
            None => {
                let found = question.answer(None);
                Arc::new((question, found))
            }
        }
    }

    fn body(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let question = Question::of(cx.snapshot, self.cell);
        let t = theme::tokens(ui.ctx());
        if question.runs.is_empty() {
            ui.add(Label::new(RichText::new(NOBODY).color(t.text_weak)));
            return;
        }
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let before = self.asked.share();
        let work = move |question: &Question| question.answer(before.as_deref());
        self.asked.ask((ui.ctx(), cx.view), &question, pace, work);
        let Some((question, found)) = self.known(&question) else {
            return on_its_way(ui);
        };
        if found.iter().all(|measured| measured.off.is_empty()) {
            let words = "Begins with the first steps: a model that knows nothing imagines nothing.";
            ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
            return;
        }
        let room = ui.available_rect_before_wrap();
        let gap = 14.0 * theme::scale(ui.ctx());
        let (first, second) = match room.width() > 1.3 * room.height() {
            true => {
                let (a, b) = room.split_left_right_at_fraction(0.5);
                (a.with_max_x(a.right() - gap / 2.0), b.with_min_x(b.left() + gap / 2.0))
            }
            false => {
                let (a, b) = room.split_top_bottom_at_fraction(0.5);
                (a.with_max_y(a.bottom() - gap / 2.0), b.with_min_y(b.top() + gap / 2.0))
            }
        };
        let selected = cx.view.run;
        by_depth(&mut child(ui, first), question, found);
        trade(&mut child(ui, second), question, found, selected);
        ui.allocate_rect(room, egui::Sense::hover());
    }
}

fn child(ui: &mut Ui, rect: Rect) -> Ui {
    ui.new_child(UiBuilder::new().max_rect(rect))
}

/// Model error over depth, one curve a run.
fn by_depth(ui: &mut Ui, question: &Question, found: &[Measured]) {
    let deepest = found.iter().flat_map(|m| m.off.last()).map(|off| off.depth).max().unwrap_or(1);
    let x = Ends { low: 1.0, high: deepest.max(2) as f64, log: false };
    let y = Ends { low: 0.0, high: 1.0, log: false };
    let names = ["imagined ways that are not so in the world (share)", "share imagined wrongly"];
    let name = fitting(ui, &names, ui.available_width());
    let field = Field::new(ui, (x, "steps from the root"), (y, name), "Model error over depth");
    let paths: Vec<Vec<Pos2>> =
        found.iter().map(|m| field.path(m.off.iter().map(|o| [o.depth as f64, o.off]))).collect();
    for (index, (subject, path)) in question.runs.iter().zip(&paths).enumerate() {
        // Those that later ones cover look out on both sides.
        let covered = paths[index + 1..].iter().filter(|other| *other == path).count() as f32;
        let stroke = Stroke::new(2.6 + 3.0 * covered, field.t.run(subject.index));
        field.painter.line(path.clone(), stroke);
        if let Some(&end) = path.last() {
            let aside = vec2(covered * (badge::SIDE + 3.0) * field.points, 0.0);
            badge::paint_round(&field.painter, end - aside, subject.index);
        }
    }
}

/// Error over cost, the depths of the cut as points along a curve.
fn trade(ui: &mut Ui, question: &Question, found: &[Measured], selected: usize) {
    let all = || found.iter().flat_map(|m| &m.cuts);
    let most = all().map(|cut| cut.calls).fold(10.0, f64::max);
    let x = Ends { low: 0.0, high: round_up(most), log: false };
    // Room for the words over the highest point.
    let highest = all().map(|cut| cut.error).fold(0.0, f64::max);
    let y = Ends { low: 0.0, high: round_up((1.1 * highest).max(1e-3)), log: false };
    let names = ["error of the root value, by depth of the cut", "root error by depth of cut"];
    let name = fitting(ui, &names, ui.available_width());
    let across = (x, "model calls for one root");
    let field = Field::new(ui, across, (y, name), "Error over cost, by depth of the cut");
    let at = |cut: &Cut| field.at([cut.calls, cut.error]);
    let mut badges = Vec::new();
    for (subject, measured) in question.runs.iter().zip(found) {
        let ink = field.t.run(subject.index);
        field.painter.line(measured.cuts.iter().map(at).collect(), Stroke::new(2.0, ink));
        for cut in &measured.cuts {
            field.painter.circle_filled(at(cut), 3.0 * field.points, ink);
        }
        let here = measured.cuts.iter().filter(|cut| cut.depth == Some(subject.plan.depth));
        badges.extend(here.map(|cut| (at(cut), subject.index)));
    }
    // Badges lie on top, and no word under them.
    let side = badge::SIDE * field.points;
    let mut taken: Vec<Rect> =
        badges.iter().map(|(at, _)| Rect::from_center_size(*at, vec2(side, side))).collect();
    let shown = question.runs.iter().position(|s| s.index == selected).unwrap_or(0);
    let cuts = found.get(shown).map_or(&[][..], |m| m.cuts.as_slice());
    cuts.iter().for_each(|cut| depth_word(&field, at(cut), cut, &mut taken));
    for (at, index) in badges {
        badge::paint_round(&field.painter, at, index);
    }
}

/// The depth of a cut above its point, where nothing stands yet.
fn depth_word(field: &Field, point: Pos2, cut: &Cut, taken: &mut Vec<Rect>) {
    let word = cut.depth.map_or("\u{221e}".to_owned(), |depth| depth.to_string());
    let ink = field.t.text_weak;
    let word = text::line(&field.painter, &word, theme::small(field.painter.ctx()), ink);
    let half = word.size().x / 2.0;
    // Not beyond the axis, where a number of the scale may stand.
    let x = point.x.max(field.at([0.0, 0.0]).x + half + 2.0);
    let middle = pos2(x, point.y - 6.0 * field.points - word.size().y / 2.0);
    let seat = Rect::from_center_size(middle, word.size());
    if taken.iter().any(|other| other.expand(2.0).intersects(seat)) {
        return;
    }
    field.painter.rect_filled(seat.expand2(vec2(2.0, -1.0)), 2, field.t.panel);
    text::place(&field.painter, &word, seat.min, Align2::LEFT_TOP);
    taken.push(seat);
}

impl Panel for DepthError {
    fn title(&self) -> &'static str {
        "Away from the root"
    }

    fn question(&self) -> &'static str {
        "How far does imagination hold, at what cost?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.cell = cx.view.cell;
        let words = self.clone();
        framed(&words, PanelId::DepthError, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let shown = self.shown(snapshot);
        let (question, found) = &*shown;
        if question.runs.is_empty() {
            return format!("{NOBODY}\n");
        }
        let mut text = String::new();
        for (subject, m) in question.runs.iter().zip(found) {
            let run = &snapshot.runs[subject.index];
            text += &format!("{}: searches from {} states\n", searching::name(run), m.roots);
            for off in &m.off {
                let (depth, off) = (off.depth, value(off.off));
                text += &format!("  {depth} steps away {off} of the imagined ways are not so\n");
            }
            for cut in &m.cuts {
                let depth = cut.depth.map_or("not cut".to_owned(), |d| format!("cut at {d}"));
                let (error, calls) = (value(cut.error), cut.calls);
                text += &format!("  {depth}: error {error}, {calls:.0} model calls\n");
            }
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,what,depth,error,calls\n".to_owned();
        let shown = self.shown(snapshot);
        for (subject, m) in shown.0.runs.iter().zip(&shown.1) {
            let letter = snapshot.runs[subject.index].letter;
            for off in &m.off {
                csv += &format!("{letter},model,{},{},{}\n", off.depth, off.off, f64::NAN);
            }
            for cut in &m.cuts {
                let depth = cut.depth.map_or("inf".to_owned(), |depth| depth.to_string());
                csv += &format!("{letter},cut,{depth},{},{}\n", cut.error, cut.calls);
            }
        }
        csv
    }
}
