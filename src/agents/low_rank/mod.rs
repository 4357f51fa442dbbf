//! A model that has too little room, and a loss that decides what it spends it on.
//!
//! It watches a world without acting, keeps the first real steps as training data and those after
//! them to be tested with, and fits a linear model of low rank. The value is given: that of a task of
//! one step, `-(x^2 + v^2 / 2)`, which reads two numbers; or it moves now and then, as a value does
//! that is being learned. After the experiments with distracting dimensions of Voelcker et al. (2022).

mod config;
pub mod fit;

use std::sync::Arc;

use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::base::series::Series;
use crate::mdp::Transition;
use crate::mdp::physical::{Control, Vector};
use crate::mdp::trace::{CodeLine, Value, Watch};
use crate::models::low_rank::{Hill, LowRank};
use crate::models::model_loss::ModelLoss;
pub use config::LowRankConfig;
use config::{code, line};
use fit::{Fit, FitView, LOSSES, Shared, errors, shares};

/// Updates from one measurement to the next.
const EVERY: u64 = 10;

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct LowRankAgent {
    config: LowRankConfig,
    acts: usize,
    width: usize,
    model: LowRank,
    /// `[N][2][width]`: what was seen before and after each step; shared by copies once it is full.
    data: Arc<Vec<f64>>,
    hill: Hill,
    replay: Stream,
    updates: u64,
    due: u32,
    work: Work,
    fault: Option<Fault>,
    /// For pictures: these decide nothing.
    fits: Series<Fit>,
    newest: Option<(Vector, Vector)>,
}

fn length(numbers: &[f64]) -> f64 {
    numbers.iter().map(|x| x * x).sum::<f64>().sqrt()
}

impl LowRankAgent {
    /// Knows nothing yet, of a world that shows `width` numbers and takes `acts`.
    pub fn new(config: LowRankConfig, (width, acts): (usize, usize), seed: u64) -> Self {
        let mut dice = Stream::new(seed, StreamName::Init);
        Self {
            model: LowRank::new(width, config.rank as usize, &mut dice),
            data: Arc::default(),
            hill: Hill::default(),
            replay: Stream::new(seed, StreamName::Replay),
            updates: 0,
            due: 0,
            work: Work::default(),
            fault: None,
            fits: Series::default(),
            newest: None,
            config,
            acts,
            width,
        }
    }

    // ------------------------------------------------------------ data

    /// Steps kept, and how many there are to be.
    fn kept(&self) -> (usize, usize) {
        let wanted = (self.config.train + self.config.test) as usize;
        (self.data.len() / (2 * self.width), wanted)
    }

    fn is_full(&self) -> bool {
        let (kept, wanted) = self.kept();
        kept >= wanted
    }

    fn pair(&self, index: usize) -> (&[f64], &[f64]) {
        self.data[index * 2 * self.width..][..2 * self.width].split_at(self.width)
    }

    fn test(&self) -> impl Iterator<Item = (&[f64], &[f64])> + Clone {
        let (train, all) = (self.config.train as usize, self.kept().0);
        (train.min(all)..all).map(|index| self.pair(index))
    }

    fn keep(&mut self, t: &Transition<Vector, Control>) {
        let both = t.obs.iter().chain(t.step.next.iter()).map(|&x| f64::from(x));
        Arc::make_mut(&mut self.data).extend(both);
    }

    // ------------------------------------------------------------ learn

    /// The value has its top elsewhere from now on, if its time has come.
    fn move_value(&mut self) -> bool {
        let every = u64::from(self.config.value_every);
        let moves = every > 0 && self.updates > 0 && self.updates.is_multiple_of(every);
        if moves {
            let turn = (self.updates / every) as f64 * 2.4;
            self.hill =
                Hill { centre: [turn.cos(), turn.sin()].map(|x| self.config.value_shift * x) };
        }
        moves
    }

    fn measure(&mut self, norms: [f64; LOSSES], moved: bool) {
        let (value_error, state_error) = errors(&self.model, &self.hill, self.test());
        let norm = norms[self.config.model_loss as usize];
        let updates = self.updates;
        let beyond = None;
        self.fits.push(Fit { updates, value_error, state_error, norm, norms, moved, beyond });
    }

    /// Lines 4 to 6, once.
    fn update<W: Watch>(&mut self, watch: &mut W) {
        let last = self.fits.last().map_or([0.0; LOSSES], |fit| fit.norms);
        if self.move_value() {
            self.measure(last, true);
        }
        let train = self.config.train;
        let drawn: Vec<usize> =
            (0..self.config.batch).map(|_| self.replay.below(train) as usize).collect();
        let gradient = |loss: ModelLoss| {
            self.model.gradient(loss, &self.hill, drawn.iter().map(|&index| self.pair(index)))
        };
        let (loss, down) = gradient(self.config.model_loss);
        let measured = self.updates.is_multiple_of(EVERY).then(|| {
            let of = |index: usize| length(&gradient(ModelLoss::ALL[index]).1);
            std::array::from_fn(of)
        });
        self.model.step(&down, self.config.model_rate);
        if let Some((what, value)) = self.model.not_finite() {
            let what = format!("{what} of the model, in its update {}", self.updates);
            self.fault = Some(Fault::Number { what, value });
        }
        self.updates += 1;
        self.work.real_updates += 1;
        watch.line(line::LEARN, || Some(Value::Number(loss)));
        if let Some(norms) = measured {
            self.measure(norms, false);
            let error = self.fits.last().map_or(0.0, |fit| fit.value_error);
            watch.line(line::TEST, || Some(Value::Number(error)));
        }
    }
}

impl Agent for LowRankAgent {
    type Obs = Vector;
    type Action = Control;

    fn decide<W: Watch>(
        &mut self,
        _: &[Vector],
        active: &[bool],
        actions: &mut [Control],
        _: &mut W,
    ) {
        if active[0] {
            actions[0] = Control::new(&[0.0; Control::MOST][..self.acts]);
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<Vector, Control>], watch: &mut W) {
        for t in transitions {
            watch.line(line::WORLD, || Some(Value::Number(t.step.reward)));
            if !self.is_full() {
                self.keep(t);
            }
            let kept = self.kept().0 as u64;
            watch.line(line::KEEP, || Some(Value::Count(kept, "steps")));
            self.newest = Some((t.obs, t.step.next));
        }
        self.due = if self.is_full() { self.config.model_updates } else { 0 };
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let mut done = 0;
        while done < budget && self.due > 0 && self.fault.is_none() {
            self.update(watch);
            watch.unit();
            self.due -= 1;
            done += 1;
        }
        done
    }

    fn work(&self) -> Work {
        self.work
    }

    fn moves(&self) -> Moves {
        Moves { updates: self.config.model_updates > 0, imagined: false }
    }

    fn param(&self, index: usize) -> f64 {
        self.config.get(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
    }

    fn code(&self) -> &'static [CodeLine] {
        code(self.config.model_loss)
    }

    fn view(&self) -> View {
        let said = |(before, after): (Vector, Vector)| {
            let s: Vec<f64> = before.iter().map(|&x| f64::from(x)).collect();
            (before, after, self.model.predict(&s))
        };
        let shares = match self.is_full() {
            true => shares(&self.model, self.width, self.test()),
            false => Vec::new(),
        };
        let view = FitView {
            loss: self.config.model_loss,
            fits: self.fits.clone(),
            shares,
            newest: self.newest.map(said),
            kept: self.kept(),
        };
        View { fitted: Some(Shared(Arc::new(view))), ..View::default() }
    }

    fn failure(&self) -> Option<NotANumber> {
        None
    }

    fn has_failed(&self) -> bool {
        self.fault.is_some()
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }

    fn digest(&self, digest: &mut Digest) {
        (0..LowRankConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.model.digest(digest);
        self.data.iter().chain(&self.hill.centre).for_each(|&x| digest.number(x));
        digest.word(self.replay.position() as u64);
        digest.word(self.updates);
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        let data = if self.is_full() { 0 } else { self.data.capacity() * size_of::<f64>() };
        size_of::<Self>() + data + self.model.bytes() + self.fits.bytes()
    }
}
