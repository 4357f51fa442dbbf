//! A small Dyna-Q, so that the gallery shows real curves and real values.

use std::collections::HashMap;

use imaginarium::app::widgets::grid_picture::{CellKind, Spark};

pub const COLS: usize = 9;
pub const ROWS: usize = 6;
const START: usize = 2 * COLS;
const GOAL: usize = 8;
const WALLS: [usize; 7] = [11, 20, 29, 41, 7, 16, 25];

/// SplitMix64: enough for pictures.
pub struct Dice(pub u64);

impl Dice {
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }
}

pub fn place(cell: usize) -> (u16, u16) {
    ((cell / COLS) as u16, (cell % COLS) as u16)
}

fn step(cell: usize, action: usize) -> (usize, f64) {
    let (row, col) = (cell / COLS, cell % COLS);
    let to = match action {
        0 if row > 0 => cell - COLS,
        1 if col + 1 < COLS => cell + 1,
        2 if row + 1 < ROWS => cell + COLS,
        3 if col > 0 => cell - 1,
        _ => cell,
    };
    let to = if WALLS.contains(&to) { cell } else { to };
    (to, f64::from(u8::from(to == GOAL)))
}

/// One lane of Dyna-Q.
pub struct Lane {
    pub q: Vec<[f64; 4]>,
    model: HashMap<(usize, usize), (usize, f64)>,
    known: Vec<(usize, usize)>,
    dice: Dice,
    plan: usize,
    pub trail: Vec<usize>,
    pub sparks: Vec<Spark>,
    pub imagined: Vec<f32>,
    pub real: Vec<f32>,
    pub steps: Vec<f64>,
}

impl Lane {
    pub fn new(plan: usize, seed: u64) -> Self {
        Self {
            q: vec![[0.0; 4]; COLS * ROWS],
            model: HashMap::new(),
            known: Vec::new(),
            dice: Dice(seed * 7919 + 1),
            plan,
            trail: vec![START],
            sparks: Vec::new(),
            imagined: vec![0.0; COLS * ROWS],
            real: vec![0.0; COLS * ROWS],
            steps: Vec::new(),
        }
    }

    fn best(&self, cell: usize) -> f64 {
        self.q[cell].iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    fn pick(&mut self, cell: usize) -> usize {
        if self.dice.unit() < 0.1 {
            return self.dice.below(4);
        }
        let best = self.best(cell);
        let ties: Vec<_> = (0..4).filter(|action| self.q[cell][*action] == best).collect();
        ties[self.dice.below(ties.len())]
    }

    fn learn(&mut self, cell: usize, action: usize, to: usize, reward: f64) {
        let next = if to == GOAL { 0.0 } else { self.best(to) };
        self.q[cell][action] += 0.1 * (reward + 0.95 * next - self.q[cell][action]);
    }

    /// One real step with its planning; true at the end of an episode.
    pub fn advance(&mut self) -> bool {
        let cell = *self.trail.last().unwrap();
        let action = self.pick(cell);
        let (to, reward) = step(cell, action);
        self.learn(cell, action, to, reward);
        self.real[cell] += 1.0;
        if self.model.insert((cell, action), (to, reward)).is_none() {
            self.known.push((cell, action));
        }
        for index in 0..self.plan {
            let (cell, action) = self.known[self.dice.below(self.known.len())];
            let (to, reward) = self.model[&(cell, action)];
            self.learn(cell, action, to, reward);
            self.imagined[cell] += 1.0;
            let age = 1.0 - (index + 1) as f32 / self.plan as f32;
            if index == 0 {
                self.sparks.clear();
            }
            self.sparks.push(Spark { from: place(cell), to: place(to), age });
        }
        self.trail.push(to);
        to == GOAL
    }

    pub fn episode(&mut self) {
        self.trail = vec![START];
        while !self.advance() {}
        self.steps.push(self.trail.len() as f64 - 1.0);
    }

    pub fn values(&self) -> Vec<Option<f32>> {
        let value = |cell: usize| {
            let best = self.best(cell);
            (best > 0.0).then(|| ((best.log10() + 4.0) / 4.0).clamp(0.0, 1.0) as f32)
        };
        (0..COLS * ROWS).map(value).collect()
    }

    pub fn arrows(&self) -> Vec<u8> {
        let mask = |cell: usize| {
            let best = self.best(cell);
            let greedy = (0..4).filter(|action| best > 0.0 && self.q[cell][*action] == best);
            greedy.map(|action| 1 << action).sum()
        };
        (0..COLS * ROWS).map(mask).collect()
    }

    pub fn shares(&self) -> Vec<f32> {
        let share = |(real, imagined): (&f32, &f32)| imagined / (real + imagined).max(1.0);
        self.real.iter().zip(&self.imagined).map(share).collect()
    }

    pub fn numbers(&self) -> Vec<f32> {
        (0..COLS * ROWS).map(|cell| self.best(cell) as f32).collect()
    }
}

pub fn world() -> Vec<CellKind> {
    let kind = |cell: usize| match cell {
        START => CellKind::Start,
        GOAL => CellKind::Goal,
        cell if WALLS.contains(&cell) => CellKind::Wall,
        _ => CellKind::Free,
    };
    (0..COLS * ROWS).map(kind).collect()
}

/// Steps per episode over 30 seeds: mean, 10 % and 90 % by episode.
pub fn curve(plan: usize) -> [Vec<[f64; 2]>; 3] {
    let lanes: Vec<Vec<f64>> = (0..30)
        .map(|seed| {
            let mut lane = Lane::new(plan, seed);
            (0..50).for_each(|_| lane.episode());
            lane.steps
        })
        .collect();
    let mut curves = [Vec::new(), Vec::new(), Vec::new()];
    for episode in 0..50 {
        let mut steps: Vec<f64> = lanes.iter().map(|lane| lane[episode]).collect();
        steps.sort_by(f64::total_cmp);
        let mean = steps.iter().sum::<f64>() / steps.len() as f64;
        for (curve, value) in curves.iter_mut().zip([mean, steps[3], steps[26]]) {
            curve.push([episode as f64 + 1.0, value]);
        }
    }
    curves
}
