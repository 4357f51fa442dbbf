//! Learning curves of all runs: mean and band over lanes, on any clock.

use egui::{Ui, vec2};

use super::{Cx, Panel, PanelId, framed, waits};
use crate::app::happenings::{Happening, Told};
use crate::app::theme;
use crate::app::widgets::chart::{Chart, Curve, Mark, MarkKind};
use crate::app::words::{self, minus};
use crate::base::rng::lane_seed;
use crate::experiment::clock::{Clock, Counters, Position};
use crate::experiment::snapshot::{Curves as Data, Snapshot};
use crate::probes::curves::Curve as Line;

/// Space between the charts of different worlds.
const GAP: f32 = 16.0;

/// One metric on the chosen clock.
pub struct Curves {
    id: PanelId,
    title: &'static str,
    question: &'static str,
    of: fn(&Data) -> &[Line],
    log_y: bool,
    told: Told,
}

impl Curves {
    /// Steps per episode.
    pub fn steps() -> Self {
        Self {
            id: PanelId::Steps,
            title: "Steps per episode",
            question: "How many steps to the goal?",
            of: |data| &data.steps,
            log_y: true,
            told: Told::default(),
        }
    }

    /// Cumulative reward.
    pub fn reward() -> Self {
        Self {
            id: PanelId::Reward,
            title: "Cumulative reward",
            question: "Who has gathered most so far?",
            of: |data| &data.reward,
            log_y: false,
            told: Told::default(),
        }
    }

    /// Return of each episode.
    pub fn returns() -> Self {
        Self {
            id: PanelId::Return,
            title: "Return",
            question: "What does an episode bring, undiscounted?",
            of: |data| &data.returns,
            log_y: false,
            told: Told::default(),
        }
    }

    /// What tells how well a run does, world by world: steps where there is a way home to be short,
    /// otherwise the return.
    pub fn learning() -> Self {
        Self {
            id: PanelId::Learning,
            title: "Learning curves",
            question: "How well does each do, as its world measures it?",
            of: |data| &data.returns,
            log_y: false,
            told: Told::default(),
        }
    }

    /// Error of the value.
    pub fn value_error() -> Self {
        Self {
            id: PanelId::ValueError,
            title: "Value error",
            question: "How far are the values from the truth?",
            of: |data| &data.value_error,
            log_y: false,
            told: Told::default(),
        }
    }

    /// One chart; where runs live in different worlds, one for each world: what a step or a return
    /// is there, is not what it is elsewhere.
    fn charts(&self, ui: &mut Ui, cx: &Cx<'_>, done: &[Happening]) {
        let (worlds, homes) = cx.snapshot.config.worlds();
        let living = |home: &usize| -> Vec<usize> {
            (0..homes.len()).filter(|&run| homes[run] == *home).collect()
        };
        let shown: Vec<usize> = (0..worlds.len()).filter(|home| homes.contains(home)).collect();
        if let [home] = &shown[..] {
            return self.chart(ui, cx, done, ("", &living(home)));
        }
        let gap = GAP * theme::scale(ui.ctx());
        ui.spacing_mut().item_spacing.x = gap;
        let width = (ui.available_width() - gap * (shown.len() - 1) as f32) / shown.len() as f32;
        let size = vec2(width, ui.available_height());
        ui.horizontal_top(|ui| {
            for home in shown {
                let runs = living(&home);
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    self.chart(ui, cx, done, (worlds[home].info.title, &runs));
                });
            }
        });
    }

    /// What is measured of run `run`, and whether its axis is logarithmic.
    fn measured<'s>(&self, s: &'s Snapshot, run: usize) -> (&'s [Line], bool) {
        match (self.id, s.runs[run].truth.shortest) {
            (PanelId::Learning, Some(_)) => (&s.curves.steps, true),
            _ => ((self.of)(&s.curves), self.log_y),
        }
    }

    /// What one world's chart is called among others.
    fn name_of(&self, s: &Snapshot, run: usize, world: &str) -> String {
        match (self.id, self.measured(s, run).1) {
            (PanelId::Learning, _) if world.is_empty() => String::new(),
            (PanelId::Learning, true) => format!("{world}: steps"),
            (PanelId::Learning, false) => format!("{world}: return"),
            _ => world.to_owned(),
        }
    }

    /// The chart of these runs, in a world that is named if there are several.
    fn chart(&self, ui: &mut Ui, cx: &Cx<'_>, done: &[Happening], (world, runs): (&str, &[usize])) {
        let s = cx.snapshot;
        let data = &s.curves;
        let (lines, log_y) = self.measured(s, runs[0]);
        let t = theme::tokens(ui.ctx());
        let marks = events(s, done);
        let curves: Vec<Curve<'_>> = runs
            .iter()
            .filter_map(|&index| Some((index, lines.get(index)?)))
            .map(|(index, line)| Curve {
                letter: s.runs[index].letter,
                name: &s.runs[index].name,
                color: t.run(index),
                mean: &line.mean,
                band: (s.lanes > 1).then_some((line.low.as_slice(), line.high.as_slice())),
                rings: if s.lanes > 1 { &line.watched } else { &[] },
                ahead_from: ahead(s, index, line),
                marks: &marks[index],
            })
            .collect();
        // Beside other worlds there is no room for it.
        let note = if world.is_empty() { note(s) } else { String::new() };
        let by_episode = data.axis == Clock::Episodes;
        let named = self.name_of(s, runs[0], world);
        let id = format!("{}{}{world}", self.title, if world.is_empty() { "" } else { ", " });
        let empty = match world {
            "" => waits("Curves begin with the first finished episode.", cx),
            _ => "No episode ended yet.".into(),
        };
        let chart = Chart {
            id: &id,
            x_label: axis_label(data.axis),
            y_label: match self.id {
                _ if !world.is_empty() => &named,
                PanelId::ValueError => "root mean square of max Q − V*, all states",
                _ => "",
            },
            note: &note,
            log_x: by_episode,
            log_y,
            x_end: by_episode.then_some(s.limit as f64),
            // Nor for a tag on every one of them.
            now: now(s).filter(|_| world.is_empty()),
            reference: reference(s, runs[0], !world.is_empty()).filter(|_| log_y),
            levels: &data.shortest,
            floor: None,
            empty: &empty,
        };
        chart.ui(ui, &curves);
    }
}

/// How far run `index` has come on the axis of the curves; what lies beyond was seen before going
/// back in time.
fn present(s: &Snapshot, index: usize) -> f64 {
    s.runs[index].lane.counters.on(s.curves.axis) as f64
}

/// Where the part begins that was seen before going back in time; `None` if there is none.
fn ahead(s: &Snapshot, index: usize, line: &Line) -> Option<f64> {
    let now = present(s, index);
    line.watched.last().is_some_and(|[x, _]| *x > now).then_some(now)
}

/// What line, band and rings mean.
fn note(s: &Snapshot) -> String {
    match s.lanes {
        1 => format!("one seed: {}", s.seed),
        n => {
            let seed = lane_seed(s.seed, s.watched);
            format!("mean of {n} seeds, band 10 to 90 %, rings: seed {seed}")
        }
    }
}

pub(super) fn axis_label(axis: Clock) -> &'static str {
    match axis {
        Clock::Episodes => "episode",
        Clock::EnvSteps => "real steps",
        Clock::Updates => "updates, real and imagined",
        Clock::Imagined => "imagined steps",
    }
}

/// The moment shown, where the axis is the clock of the lock-step.
fn now(s: &Snapshot) -> Option<(f64, String)> {
    if s.curves.axis != s.position.clock {
        return None;
    }
    let count = s.position.count;
    match s.position.clock {
        Clock::Episodes => {
            let episode = (count + 1).min(s.limit);
            Some((episode as f64, format!("episode {episode}")))
        }
        _ => Some((count as f64, words::position(s.position))),
    }
}

/// The shortest way in the true world as run `run` has it now; in a `brief` word for narrow charts.
fn reference(s: &Snapshot, run: usize, brief: bool) -> Option<(f64, String)> {
    let steps = s.runs[run].truth.shortest?;
    let words =
        if brief { format!("best: {steps}") } else { format!("shortest path: {steps} steps") };
    Some((steps as f64, words))
}

/// Where something lies on the axis of the curves.
fn axis_x(s: &Snapshot, at: Position, counters: &Counters) -> f64 {
    let axis = s.curves.axis;
    let count = if axis == at.clock { at.count } else { counters.on(axis) };
    // Episode number 1 is the one under way at the start.
    (count + u64::from(axis == Clock::Episodes)) as f64
}

/// Where run `run` split off, on the axis of the curves.
pub(super) fn split_x(s: &Snapshot, run: usize) -> Option<f64> {
    s.runs[run].fork.map(|fork| axis_x(s, fork.at, &fork.counters))
}

/// Where a world that changes by itself does so, on the clock of its own steps.
fn world_changes(s: &Snapshot) -> Option<f64> {
    let index = s.world.info.params().iter().position(|spec| spec.key == "switch_step")?;
    let step = s.world.params[index];
    let is_one = !s.config.is_mixed();
    (s.curves.axis == Clock::EnvSteps && step > 0.0 && is_one).then_some(step)
}

/// What was done to each run, and its failure, on the axis of the curves.
fn events(s: &Snapshot, done: &[Happening]) -> Vec<Vec<Mark>> {
    let mut all: Vec<Vec<Mark>> = vec![Vec::new(); s.runs.len()];
    let name = |text: &str| text.split(" = ").next().map(str::to_owned);
    for h in done {
        let kind = if h.swap { MarkKind::Change } else { MarkKind::Tick };
        // What was done to all is written once.
        let text = match h.shared {
            true => h.what.clone(),
            false => format!("{}: {}", s.runs[h.run].letter, h.what),
        };
        let mark = Mark { x: axis_x(s, h.position, &h.counters), text, kind };
        // A drag while playing leaves many values at one place: the last of them counts.
        match all[h.run].last_mut() {
            Some(last) if last.x == mark.x && name(&last.text) == name(&mark.text) => *last = mark,
            _ => all[h.run].push(mark),
        }
    }
    if let (Some(first), Some(x)) = (all.first_mut(), world_changes(s)) {
        let text = "the world changes".to_owned();
        first.push(Mark { x, text, kind: MarkKind::Change });
    }
    for (run, marks) in s.runs.iter().zip(&mut all) {
        let end = |c: &Counters| c.on(s.curves.axis) + u64::from(s.curves.axis == Clock::Episodes);
        marks.extend(run.failure.iter().map(|f| Mark {
            x: end(&f.counters) as f64,
            text: "stopped".to_owned(),
            kind: MarkKind::Failure,
        }));
    }
    all
}

impl Panel for Curves {
    fn title(&self) -> &'static str {
        self.title
    }

    fn question(&self) -> &'static str {
        self.question
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let done = self.told.of(cx.snapshot);
        framed(self, self.id, ui, cx, |ui, cx| self.charts(ui, cx, &done));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = format!("{} against {}\n", self.title, axis_label(snapshot.curves.axis));
        for (index, run) in snapshot.runs.iter().enumerate() {
            let Some(line) = self.measured(snapshot, index).0.get(index) else { continue };
            let now = ahead(snapshot, index, line).unwrap_or(f64::INFINITY);
            text += &match line.mean.iter().rfind(|[x, _]| *x <= now) {
                Some([x, y]) => {
                    let y = minus(&format!("{y:.1}"));
                    format!("{} {}: {y} at {x:.0}\n", run.letter, run.name)
                }
                None => format!("{} {}: nothing finished yet\n", run.letter, run.name),
            };
        }
        text + &note(snapshot)
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,clock,x,mean,low,high\n".to_owned();
        let clock = snapshot.curves.axis.id();
        for (index, run) in snapshot.runs.iter().enumerate() {
            let Some(line) = self.measured(snapshot, index).0.get(index) else { continue };
            for ((mean, low), high) in line.mean.iter().zip(&line.low).zip(&line.high) {
                let [x, y] = mean;
                csv += &format!("{},{clock},{x},{y},{},{}\n", run.letter, low[1], high[1]);
            }
        }
        csv
    }
}
