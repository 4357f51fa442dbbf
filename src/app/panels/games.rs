//! All games that may be played against a learner on a board, counted again and again while it learns:
//! how many are lost.

use std::borrow::Cow;

use egui::{Label, RichText, Ui};

use super::asked::{Asked, Moment};
use super::{Cx, Panel, PanelId, framed, waits, weak};
use crate::app::theme;
use crate::app::widgets::chart::{Chart, Curve};
use crate::app::widgets::number::grouped;
use crate::app::widgets::segmented::segmented;
use crate::base::rng::lane_seed;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::games::{self, Games, played};

/// Seconds between two counts while time passes.
const EVERY: f64 = 0.5;
/// Height in points before the text scale below which the curves need the room of the numbers.
const LOW: f32 = 150.0;
/// Most moments kept of a run.
const MOST: usize = 400;
/// What arenas without a board are told.
const EMPTY: &str = "Needs a MuZero run that plays tic-tac-toe.";
/// Who plays against it: on the button, in words, and what the axis says.
const RIVALS: [(&str, &str, &str); 2] = [
    ("anybody", "anybody", "games lost against any moves (%)"),
    ("minimax", "minimax", "games lost against any opening and then best moves (%)"),
];

/// All games at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    /// Real steps until then.
    real: u64,
    /// Against anybody and minimax, as crosses and as noughts.
    games: [[Games; 2]; 2],
}

impl Count {
    fn of(run: &Moment) -> Option<Self> {
        let games = played(run.lane.view.muzero.as_ref()?)?;
        Some(Self { real: run.lane.counters.env_steps, games })
    }

    /// Lost ones of all of them, in percent: how many there are depends on how it plays.
    fn share(&self, rival: usize) -> f64 {
        let (lost, all) = self.lost(rival);
        100.0 * lost as f64 / all.max(1) as f64
    }

    /// Lost ones and all of them, both sides together.
    fn lost(&self, rival: usize) -> (u64, u64) {
        let sides = self.games[rival];
        (sides.iter().map(|g| g.lost).sum(), sides.iter().map(Games::all).sum())
    }
}

/// What is counted: the runs of one arena on one way through time; `None` for those that stopped.
#[derive(Clone, PartialEq)]
struct Question {
    of: (u64, u64),
    runs: Vec<Option<Moment>>,
}

impl Question {
    fn of(s: &Snapshot) -> Self {
        let run = |run: &RunSnapshot| run.failure.is_none().then(|| Moment::of(run));
        Self { of: (s.generation, s.past), runs: s.runs.iter().map(run).collect() }
    }

    fn count(&self) -> Vec<Option<Count>> {
        self.runs.iter().map(|run| Count::of(run.as_ref()?)).collect()
    }
}

/// Keeps every second one of too many, the newest among them.
fn thin(counts: &mut Vec<Count>) {
    if counts.len() > MOST {
        let odd = counts.len() % 2;
        let mut index = 0;
        counts.retain(|_| {
            index += 1;
            index % 2 == odd
        });
    }
}

/// The panel, and what was counted so far.
#[derive(Clone, Default)]
pub struct GamesLost {
    asked: Asked<Question, Vec<Option<Count>>>,
    /// Whose counts are kept: which arena, and which of its lanes.
    of: (u64, usize),
    /// `[runs]`: counts by real steps.
    kept: Vec<Vec<Count>>,
    rival: usize,
}

impl GamesLost {
    /// Forgets what belongs to another arena or lies ahead, and takes what was counted.
    fn take(&mut self, s: &Snapshot) {
        let of = (s.generation, s.watched);
        if self.of != of || self.kept.len() != s.runs.len() {
            (self.of, self.kept) = (of, vec![Vec::new(); s.runs.len()]);
        }
        let now = |index: usize| s.runs[index].lane.counters.env_steps;
        for (index, kept) in self.kept.iter_mut().enumerate() {
            kept.retain(|count| count.real <= now(index));
        }
        let known = self.asked.known().filter(|known| known.0.of == (s.generation, s.past));
        let Some((_, counts)) = known else { return };
        for (index, count) in counts.iter().enumerate() {
            let kept = &mut self.kept[index];
            let newer = |count: &Count| {
                count.real <= now(index) && kept.last().is_none_or(|last| last.real < count.real)
            };
            if let Some(count) = count.filter(newer) {
                kept.push(count);
                thin(kept);
            }
        }
    }

    fn draw(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let s = cx.snapshot;
        if !s.runs.iter().any(plays) {
            return weak(ui, EMPTY);
        }
        let pace = if s.playing { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &Question::of(s), pace, Question::count);
        self.take(s);
        if !cx.view.still {
            segmented(ui, "Against", &RIVALS.map(|rival| rival.0), &mut self.rival);
        }
        let t = theme::tokens(ui.ctx());
        // A low panel leaves the numbers to the curves.
        let roomy = ui.available_height() > LOW * theme::scale(ui.ctx());
        for (run, kept) in s.runs.iter().zip(&self.kept).filter(|_| roomy) {
            if let Some(last) = kept.last() {
                let words = format!("{} {}: lost {}", run.letter, run.name, both(last));
                ui.add(Label::new(RichText::new(words).color(t.text)).truncate());
            }
        }
        self.chart(ui, cx);
    }

    fn chart(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let (s, t) = (cx.snapshot, theme::tokens(ui.ctx()));
        let point = |count: &Count| [count.real as f64, count.share(self.rival)];
        let line = |kept: &Vec<Count>| kept.iter().map(point).collect();
        let lines: Vec<Vec<[f64; 2]>> = self.kept.iter().map(line).collect();
        let curve = |(index, (run, line)): (usize, (_, _))| {
            let (run, line): (&RunSnapshot, &Vec<[f64; 2]>) = (run, line);
            Curve {
                letter: run.letter,
                name: &run.name,
                color: t.run(index),
                mean: line,
                band: None,
                rings: &line[line.len().saturating_sub(1)..],
                ahead_from: None,
                marks: &[],
            }
        };
        let curves: Vec<Curve<'_>> = s.runs.iter().zip(&lines).enumerate().map(curve).collect();
        let (id, _, label) = RIVALS[self.rival];
        let note = format!("seed {}, searches without noise", lane_seed(s.seed, s.watched));
        let empty = waits("All games are being played.", cx);
        let chart = Chart {
            id,
            x_label: "real steps",
            y_label: label,
            note: &note,
            floor: Some(0.0),
            ..Chart::default()
        };
        Chart { empty: &empty, ..chart }.ui(ui, &curves);
    }

    /// What was counted last of every run, now where nothing was shown yet.
    fn newest(&self, s: &Snapshot) -> Cow<'_, [Vec<Count>]> {
        let known = self.of == (s.generation, s.watched) && self.kept.iter().any(|k| !k.is_empty());
        let one = |count: Option<Count>| count.into_iter().collect();
        match known {
            true => Cow::Borrowed(&self.kept),
            false => Question::of(s).count().into_iter().map(one).collect(),
        }
    }
}

/// Whether all games of a run can be counted.
fn plays(run: &RunSnapshot) -> bool {
    run.lane.view.muzero.as_ref().is_some_and(|view| games::plays(view))
}

/// `0 of 463 to anybody, 0 of 98 to minimax`.
fn both(count: &Count) -> String {
    let of = |rival: usize| {
        let (lost, all) = count.lost(rival);
        format!("{} of {} to {}", grouped(lost), grouped(all), RIVALS[rival].1)
    };
    format!("{}, {}", of(0), of(1))
}

impl Panel for GamesLost {
    fn title(&self) -> &'static str {
        "Games lost"
    }

    fn question(&self) -> &'static str {
        "Of all games that can be played, how many does it lose?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Games, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = String::new();
        for (run, counts) in snapshot.runs.iter().zip(&*self.newest(snapshot)) {
            text += &match counts.last() {
                Some(last) => {
                    let (letter, name, real) = (run.letter, &run.name, last.real);
                    format!("{letter} {name} after {real} real steps: lost {}\n", both(last))
                }
                None => format!("{} {}: plays on no board\n", run.letter, run.name),
            };
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,real_steps,rival,side,won,drawn,lost\n".to_owned();
        for (run, counts) in snapshot.runs.iter().zip(&*self.newest(snapshot)) {
            for count in counts {
                for (rival, sides) in RIVALS.iter().zip(count.games) {
                    for (side, g) in ["crosses", "noughts"].into_iter().zip(sides) {
                        csv += &format!("{},{},{},{side},", run.letter, count.real, rival.0);
                        csv += &format!("{},{},{}\n", g.won, g.drawn, g.lost);
                    }
                }
            }
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(real: u64) -> Count {
        let games = |lost| Games { won: 1, drawn: 2, lost };
        Count { real, games: [[games(3), games(1000)], [games(0), games(5)]] }
    }

    #[test]
    fn both_sides_are_added_up() {
        assert_eq!([0, 1].map(|rival| count(0).lost(rival)), [(1003, 1009), (5, 11)]);
        assert!(both(&count(0)).ends_with("of 1\u{a0}009 to anybody, 5 of 11 to minimax"));
    }

    #[test]
    fn of_too_many_every_second_one_stays_and_the_newest() {
        for odd in [1, 2] {
            let mut counts: Vec<Count> = (0..(MOST + odd) as u64).map(count).collect();
            let newest = counts[MOST + odd - 1].real;
            thin(&mut counts);
            assert!(counts.len() <= MOST / 2 + 1);
            assert_eq!(counts.last().unwrap().real, newest);
            let before = counts.clone();
            thin(&mut counts);
            assert_eq!(counts, before, "few enough");
        }
    }
}
