//! Where the balls are, how far along, and what became of them.

use std::sync::Arc;

use super::settings::STEPS;
use super::sheet::{Question, Sheet};
use crate::probes::landscape::{Descent, Fields, Judge, Lamps, Loss, Roll, Valued as _};

/// Seconds of a whole race.
const SECONDS: f64 = 8.0;
/// How near counts as on the cross.
const THERE: f64 = 0.05;
/// How far counts as elsewhere.
const AWAY: f64 = 0.5;
/// A loss under this is 0 to whoever trains by it.
const SOLVED: f64 = 1e-6;
/// Share of the value's range within which a value is right.
const RIGHT: f64 = 0.01;

/// A sheet with the question that it answers; two are the same if they are one copy.
pub type Known = Arc<(Question, Result<Sheet, String>)>;

/// What is measured of the losses over a sheet.
#[derive(Clone)]
pub struct Request {
    /// The whole plane.
    pub known: Known,
    /// What predictions are judged by.
    pub judge: Judge,
    /// Where the balls begin, in the order of [`Loss::ALL`].
    pub starts: [[f64; 2]; 4],
    /// How they roll.
    pub descent: Descent,
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.known, &other.known)
            && (self.judge, self.starts, self.descent) == (other.judge, other.starts, other.descent)
    }
}

/// Both measured things.
#[derive(Clone, Debug)]
pub struct Measured {
    /// In the order of [`Loss::ALL`].
    pub rolls: [Roll; 4],
    /// In the same order.
    pub lamps: [Lamps; 4],
}

impl Request {
    /// Lets all balls roll and measures the three lamps.
    pub fn answer(&self) -> Option<Arc<Measured>> {
        let sheet = self.known.1.as_ref().ok()?;
        let fields = Fields::of(&self.judge, sheet.window, &sheet.values);
        let roll = |loss: Loss| {
            let start = self.starts[loss.index()];
            Roll::down(&self.judge, loss, &sheet.ground, start, self.descent)
        };
        let lamps = Lamps::of(&self.judge, &fields, &sheet.values);
        Some(Arc::new(Measured { rolls: Loss::ALL.map(roll), lamps }))
    }
}

/// Places of the balls of [`Loss::ALL`] while they are held, and their value errors then.
pub type Held = ([[f64; 2]; 4], [f64; 4]);

/// How far the race is along.
#[derive(Clone, Debug)]
pub struct Head {
    /// Seconds of the race; at its end everything rests.
    at: f64,
    /// The balls roll.
    pub rolls: bool,
    /// The balls, while they are held.
    pub held: Option<Held>,
    /// Places where the balls begin, if they were let go elsewhere than at the prediction.
    pub from: Option<[[f64; 2]; 4]>,
}

impl Default for Head {
    fn default() -> Self {
        Self { at: SECONDS, rolls: false, held: None, from: None }
    }
}

impl Head {
    /// Begins anew.
    pub fn begin(&mut self) {
        (self.at, self.rolls) = (0.0, true);
    }

    /// Goes straight to the end.
    pub fn rest(&mut self) {
        (self.at, self.rolls) = (SECONDS, false);
    }

    /// Lets time pass.
    pub fn pass(&mut self, seconds: f64) {
        if self.rolls {
            self.at = (self.at + seconds).min(SECONDS);
            self.rolls = self.at < SECONDS;
        }
    }

    /// Steps so far: slow at first, where most happens.
    pub fn step(&self) -> usize {
        let share = self.at / SECONDS;
        (share.powi(3) * STEPS as f64).round() as usize
    }
}

/// What became of a ball, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is on the cross.
    Found,
    /// The value is right, the state is not.
    WrongPlace,
    /// The loss is 0 there, though neither state nor value is right: errors cancel out.
    Cancelled,
    /// It is neither on the cross nor where the value is right.
    Stuck,
    /// It left the world at this step.
    Left(usize),
    /// At this step its place was no number.
    Broke(usize),
    /// It still rolls.
    Rolls,
}

impl Verdict {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Found => "on the cross".to_owned(),
            Self::WrongPlace => "right value, wrong place".to_owned(),
            Self::Cancelled => "errors cancel out".to_owned(),
            Self::Stuck => "neither state nor value".to_owned(),
            Self::Left(step) => format!("left the world at step {step}"),
            Self::Broke(step) => format!("no number after step {step}"),
            Self::Rolls => "rolls".to_owned(),
        }
    }

    /// Whether it is a good end; `None` while there is none.
    pub fn good(self) -> Option<bool> {
        (self != Self::Rolls).then_some(self == Self::Found)
    }
}

/// One row of the race.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Down which loss.
    pub loss: Loss,
    /// Where the ball is.
    pub at: [f64; 2],
    /// Steps so far.
    pub steps: usize,
    /// How far from the cross.
    pub state_error: f64,
    /// `|V(s^) - V(s')|`.
    pub value_error: f64,
    /// Longest gradient of the whole way.
    pub peak: f64,
    /// What became of it.
    pub verdict: Verdict,
}

/// The rows of the balls of [`Loss::ALL`].
pub fn rows(
    request: &Request,
    measured: &Measured,
    head: &Head,
    holds: impl Fn([f64; 2]) -> bool,
) -> Option<[Row; 4]> {
    let sheet = request.known.1.as_ref().ok()?;
    let judge = &request.judge;
    let span = sheet.ends.1 - sheet.ends.0;
    Some(Loss::ALL.map(|loss| {
        let roll = &measured.rolls[loss.index()];
        let last = roll.path.len() - 1;
        let (at, steps) = match head.held {
            Some((places, _)) => (places[loss.index()], 0),
            None => (roll.at(head.step()), head.step().min(last)),
        };
        let state_error = judge.distance(at);
        let value_error = (sheet.ground.value(at) - judge.value).abs();
        let solved = judge.loss(loss, at, sheet.ground.value(at)) < SOLVED;
        let left = roll.leaves(&holds).filter(|&step| step > 0 && step <= steps);
        let verdict = match (roll.broke, left) {
            (Some(step), _) if steps == last => Verdict::Broke(step),
            (_, Some(step)) => Verdict::Left(step),
            // With momentum a ball may pass the cross.
            _ if head.rolls => Verdict::Rolls,
            _ if state_error < THERE => Verdict::Found,
            _ if value_error <= RIGHT * span && state_error > AWAY => Verdict::WrongPlace,
            _ if solved => Verdict::Cancelled,
            _ => Verdict::Stuck,
        };
        Row { loss, at, steps, state_error, value_error, peak: roll.peak, verdict }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_race_begins_slowly_and_ends() {
        let mut head = Head::default();
        assert_eq!(head.step(), STEPS, "at first everything rests");
        head.begin();
        let mut last = 0;
        let mut frames = 0;
        while head.rolls {
            head.pass(1.0 / 60.0);
            assert!(head.step() >= last);
            last = head.step();
            frames += 1;
            assert!(frames != 60 || (2..40).contains(&last), "{last} after a second");
        }
        assert_eq!(last, STEPS);
        assert!((479..=481).contains(&frames), "eight seconds of frames: {frames}");
    }
}
