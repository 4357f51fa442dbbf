//! From heights to a scene.

use std::sync::Arc;

use egui::Color32;

use super::told;
use crate::app::actions::Action;
use crate::app::theme::{self, Tokens};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::gfx::{Axis, Ball, Colours, Field, Isolines, Label, Line, Ramp, Scene};
use crate::mdp::physical::Body;
use crate::probes::heights::{Heights, Span};

/// A learned surface that spans less than this share of the scale is flat.
const FLAT: f32 = 0.02;
/// Lines of equal value, about so many.
const LEVELS: f64 = 13.0;
/// How far beyond the truth the box may reach for what is learned, as a part of the truth's span.
const BEYOND: f32 = 0.5;

/// Ends of the upright axis, for values and for differences. They only grow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    of: Option<(u64, usize)>,
    values: Option<[f32; 2]>,
    most: f32,
}

impl Range {
    /// Makes room for what was found; another run, whose world may be another one, begins anew.
    pub fn grow(&mut self, found: &Heights, run: (u64, usize)) {
        if self.of != Some(run) {
            *self = Self { of: Some(run), ..Self::default() };
        }
        let truth = found.truth.as_deref().and_then(Heights::ends);
        let learned = found.learned.as_deref().and_then(Heights::ends);
        let ends = match (truth, learned) {
            // A learner far off must not press the truth flat.
            (Some([low, high]), Some([least, greatest])) => {
                let more = BEYOND * (high - low);
                [low.min(least.max(low - more)), high.max(greatest.min(high + more))]
            }
            (Some(ends), None) | (None, Some(ends)) => ends,
            (None, None) => [0.0, 1.0],
        };
        // Blocks rise from 0, which is also what cells without news are worth.
        let ends = if found.cells { [ends[0].min(0.0), ends[1].max(0.0)] } else { ends };
        let [low, high] =
            self.values.map_or(ends, |[low, high]| [low.min(ends[0]), high.max(ends[1])]);
        self.values = Some(rounded([low, high]));
        let off = found.excess.as_deref().and_then(Heights::ends).unwrap_or_default();
        let span = high - low;
        let most = off[0].abs().max(off[1].abs()).clamp(1e-6, span.max(1e-6));
        self.most = self.most.max(step_up(most));
    }

    /// The upright axis of a kind.
    pub fn ends(&self, kind: usize) -> [f32; 2] {
        match kind {
            2 => [-self.most, self.most],
            _ => self.values.unwrap_or([0.0, 1.0]),
        }
    }

    /// What stands at the colour bar.
    pub fn bar(&self, kind: usize) -> (&'static str, [f32; 2], Ramp) {
        match kind {
            2 => ("V \u{2212} V*", self.ends(kind), signed),
            1 => ("V*", self.ends(kind), theme::viridis),
            _ => ("V", self.ends(kind), theme::viridis),
        }
    }
}

/// The map of signed numbers over 0 to 1.
fn signed(share: f32) -> Color32 {
    theme::piyg(2.0 * share - 1.0)
}

/// Ends moved outwards to a round number, by a few hundredths of their span at most.
fn rounded([low, high]: [f32; 2]) -> [f32; 2] {
    if low == high {
        return [low - 0.5, high + 0.5];
    }
    let step = f64::from(step_up((high - low) / 50.0));
    let whole = |x: f32| f64::from(x) / step;
    // A tenth has no exact number of its own: what is nearly whole is whole.
    [(whole(low) + 1e-4).floor() * step, (whole(high) - 1e-4).ceil() * step].map(|x| x as f32)
}

/// A value beside its place: three digits will do.
fn short(x: f32) -> String {
    match x.abs() {
        size if size >= 100.0 => value(f64::from(x).round()),
        size if size >= 10.0 => {
            value((f64::from(x) * 10.0).round() / 10.0).trim_end_matches('0').into()
        }
        _ => value(f64::from(x)),
    }
}

/// The next of 1, 2, 5, 10, ...
fn step_up(x: f32) -> f32 {
    let power = 10_f32.powf(x.log10().floor());
    [1.0, 2.0, 5.0].map(|m| m * power).into_iter().find(|&m| m >= 0.999 * x).unwrap_or(10.0 * power)
}

/// The nearest of 1, 2, 2.5, 5, 10, ...
fn near(x: f64) -> f64 {
    let power = 10_f64.powf(x.log10().floor());
    let far = |m: &f64| (m * power / x).ln().abs();
    let all = [1.0, 2.0, 2.5, 5.0, 10.0];
    power * all.into_iter().min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(1.0)
}

/// What is drawn.
pub struct Picture<'a> {
    pub heights: &'a Heights,
    pub kind: usize,
    pub range: &'a Range,
    pub id: u64,
    pub policy: bool,
    pub letter: char,
}

/// "speed ω" by its symbol.
fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

impl Picture<'_> {
    fn numbers(&self) -> Option<&Arc<[f32]>> {
        match self.kind {
            0 => self.heights.learned.as_ref(),
            1 => self.heights.truth.as_ref(),
            _ => self.heights.excess.as_ref(),
        }
    }

    /// The whole scene; with symbols for names where it is `brief`.
    pub fn scene(&self, t: &Tokens, brief: bool) -> Scene {
        let h = self.heights;
        let ends = self.range.ends(self.kind);
        let axis = |span: &Span| {
            let name = if brief { last_word(span.name) } else { span.name };
            let axis = Axis::new(name, span.unit, span.low, span.high);
            let axis = if span.turns { axis.turning() } else { axis };
            if h.cells { axis.counted() } else { axis }
        };
        let name = match self.kind {
            0 if brief => "V".to_owned(),
            1 if brief => "V*".to_owned(),
            0 => format!("value V of {}", self.letter),
            1 => "true value V*".to_owned(),
            _ => "V \u{2212} V*".to_owned(),
        };
        let up = Axis::new(&name, "", ends[0].into(), ends[1].into());
        let mut scene = Scene::new([axis(&h.spans[0]), axis(&h.spans[1]), up]);
        scene.fields.extend(self.field(t, ends));
        scene.fields.extend(self.walls(t, ends));
        if self.policy {
            self.arrows(&mut scene);
        }
        self.ways(&mut scene, t);
        self.places(&mut scene, t);
        scene
    }

    fn field(&self, t: &Tokens, ends: [f32; 2]) -> Option<Field> {
        let h = self.heights;
        let numbers = self.numbers()?.clone();
        let ramp: Ramp = if self.kind == 2 { signed } else { theme::viridis };
        let id = 16 * self.id + 4 * self.kind as u64 + u64::from(t.dark);
        let mut field = Field::new(h.size, numbers, Colours::Heights(ramp, ends), id);
        field.blocks = h.cells;
        if self.kind == 0 && !h.silent.is_empty() {
            // No news is not the lowest value.
            let known = |index: usize| match h.silent[index] {
                true => t.elev,
                false => field.colour(index),
            };
            field.colours = Colours::Cells((0..h.silent.len()).map(known).collect());
        }
        field.hatched = Some(h.unvisited.clone()).filter(|mask| self.kind != 1 && !mask.is_empty());
        let step = near(f64::from(ends[1] - ends[0]) / LEVELS);
        let first = (f64::from(ends[0]) / step).ceil() as i64;
        let last = (f64::from(ends[1]) / step).floor() as i64;
        let levels: Vec<f32> = (first..=last).map(|k| (k as f64 * step) as f32).collect();
        field.isolines.push(Isolines::thin(levels, theme::isoline()));
        if self.kind == 2 {
            // Where the learner is right.
            let zero = Isolines { width: 2.0, ..Isolines::thin(vec![0.0], theme::isoline()) };
            field.isolines.push(zero);
        }
        Some(field)
    }

    /// Walls as low blocks of no colour.
    fn walls(&self, t: &Tokens, [low, high]: [f32; 2]) -> Option<Field> {
        let h = self.heights;
        if h.walls.iter().all(|wall| !wall) {
            return None;
        }
        let top = low + 0.05 * (high - low);
        let heights = h.walls.iter().map(|&wall| if wall { top } else { f32::NAN }).collect();
        let colours = Colours::Cells(vec![t.wall; h.walls.len()].into());
        let id = 16 * self.id + 4 * self.kind as u64 + 2 + u64::from(t.dark);
        let mut field = Field::new(h.size, heights, colours, id);
        field.blocks = true;
        Some(field)
    }

    /// The policy, each arrow in the ink that reads best where it lies.
    fn arrows(&self, scene: &mut Scene) {
        let all = if self.kind == 1 { &self.heights.best } else { &self.heights.policy };
        let field = scene.fields.first();
        let ink = |at: [f32; 2]| {
            let index = told::nearest(self.heights, at);
            let fill = field.map_or(Color32::WHITE, |field| field.colour(index));
            theme::arrow_ink(fill).gamma_multiply(0.6)
        };
        let lines: Vec<Line> = all
            .iter()
            .map(|ends| {
                let points = scene.draped(ends);
                Line {
                    arrow: true,
                    ..Line::new(points, ink(ends[0]), if self.heights.cells { 2.0 } else { 1.3 })
                }
            })
            .collect();
        scene.lines.extend(lines);
    }

    /// The way so far, what the model says comes next, and what truly does.
    fn ways(&self, scene: &mut Scene, t: &Tokens) {
        let h = self.heights;
        let mut add = |pieces: &[Vec<[f32; 2]>], colour, width, dashed| {
            for piece in pieces.iter().filter(|piece| piece.len() > 1) {
                let line = Line::new(scene.draped(piece), colour, width);
                scene.lines.push(Line { dashed, casing: Some(t.casing), ..line });
            }
        };
        add(&h.past, t.real, if h.real.is_empty() { 3.0 } else { 1.6 }, false);
        add(&h.dream, t.imagined, 2.6, true);
        add(&h.real, t.real, 3.4, false);
        for (pieces, colour) in [(&h.dream, t.imagined), (&h.real, t.real)] {
            let end = pieces.last().and_then(|piece| piece.last());
            scene.balls.extend(end.map(|&end| Ball {
                at: scene.on_field(end),
                radius: 4.5,
                colour,
                casing: t.casing,
            }));
        }
    }

    /// Where futures begin, and where the task ends well.
    fn places(&self, scene: &mut Scene, t: &Tokens) {
        let h = self.heights;
        let at = scene.on_field(h.from);
        let core = if t.dark { t.text_strong } else { t.real };
        scene.balls.push(Ball { at, radius: 6.5, colour: core, casing: t.casing });
        let numbers = self.numbers().and_then(|all| all.get(told::nearest(h, h.from)));
        if let Some(x) = numbers.filter(|x| x.is_finite()) {
            let name = if self.kind == 2 { "off by" } else { "V =" };
            let text = format!("{name} {}", short(*x));
            scene.labels.push(Label { at, text, colour: t.text_strong });
        }
        for &goal in &h.goals {
            let at = scene.on_field(goal);
            scene.labels.push(Label { at, text: "goal".to_owned(), colour: t.text_strong });
        }
    }

    /// What a person has to know to read it.
    pub fn note(&self) -> String {
        let mut notes = Vec::new();
        let numbers = self.numbers().map_or(&[][..], |all| all);
        let [low, high] = self.range.ends(self.kind);
        if let Some([least, most]) = Heights::ends(numbers).filter(|_| self.kind == 0)
            && most - least < FLAT * (high - low)
        {
            let [least, most] = [least, most].map(short);
            let where_ = if least == most { least } else { format!("{least} to {most}") };
            notes.push(format!("flat, V = {where_}: nothing learned yet"));
        }
        if self.kind == 2 {
            notes.push("a scale of its own, thick line: 0".to_owned());
        }
        let room = 1e-3 * (high - low);
        let off = numbers.iter().filter(|&&x| x < low - room || x > high + room).count();
        if off > 0 {
            notes.push(format!("{off} of {} points off scale, grey", numbers.len()));
        }
        if self.kind != 1 && self.heights.unvisited.iter().any(|x| *x) {
            notes.push("hatched: never visited".to_owned());
        }
        if !self.heights.held.is_empty() {
            let held = self.heights.held.iter().map(|(name, x)| format!("{name} {}", value(*x)));
            notes.push(format!("held: {}", held.collect::<Vec<_>>().join(", ")));
        }
        notes.join("  ·  ")
    }

    /// What a click on a place asks for.
    pub fn picked(
        &self,
        place: [f32; 2],
        pair: [usize; 2],
        picked: Option<Body>,
        s: &Snapshot,
    ) -> Option<Action> {
        let h = self.heights;
        if h.cells {
            let [rows, cols] = h.size;
            let index = told::nearest(h, place);
            return Some(Action::Cell(Some((rows - 1 - index / cols) * cols + index % cols)));
        }
        let now = s.runs.iter().find(|run| run.letter == self.letter)?.lane.path.now().copied()?;
        let from = picked.filter(|body| body.len() == now.len()).unwrap_or(now);
        let mut numbers = from.to_vec();
        for (axis, x) in pair.into_iter().zip(place) {
            *numbers.get_mut(axis)? = f64::from(x);
        }
        Some(Action::Start(Some(Body::new(&numbers))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_round_and_only_grow() {
        assert_eq!(rounded([-257.7, 3.2]), [-260.0, 10.0]);
        let [low, high] = rounded([0.0, 0.61]);
        assert!(low == 0.0 && (high - 0.62).abs() < 1e-6, "{high}");
        assert_eq!(rounded([3.0, 3.0]), [2.5, 3.5]);
        assert_eq!([0.3, 1.0, 1.1, 70.0].map(step_up), [0.5, 1.0, 2.0, 100.0]);
        assert_eq!([28.6, 0.9, 7.2, 3.0].map(near), [25.0, 1.0, 10.0, 2.5]);
    }
}
