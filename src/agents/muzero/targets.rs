//! From places in games to what is learned there: targets along the unrolled steps.

use super::games::Game;
use super::unroll::{Batch, Policies};
use crate::base::rng::Stream;
use crate::mdp::{Action, Observed};
use crate::models::sight::Sight;
use crate::models::turns::turn_maps;

/// How targets are made.
#[derive(Clone, Copy, Debug)]
pub struct Targets {
    /// Recurrent steps `K`.
    pub steps: usize,
    /// Rewards in a value target.
    pub td_steps: usize,
    /// Discount.
    pub gamma: f64,
    /// Actions `A`.
    pub actions: usize,
    /// What policies learn from.
    pub policies: Policies,
}

/// What is known of a place now, in place of what was found when the game was played.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// `[A]`: policy at the place itself, where it was searched again.
    pub policy: Option<Vec<f64>>,
    /// `[T + 1]`: values of everything seen in the game that targets ask for; others are 0.
    pub values: Vec<f64>,
}

/// One place: what is learned at each of its `K + 1` steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    seen: Vec<f32>,
    known: Vec<f64>,
    actions: Vec<Action>,
    rewards: Vec<Option<f64>>,
    values: Vec<Option<f64>>,
    policies: Vec<f64>,
}

impl Lesson {
    /// Of place `at` of `game`. `dice` choose actions past the end, where any will do.
    pub fn new<S: Sight>(
        (game, at): (&Game<S::Seen>, usize),
        targets: &Targets,
        fresh: Option<&Fresh>,
        sight: &S,
        dice: &mut Stream,
    ) -> Self {
        let (mut lesson, happened) = (Self::default(), game.happened());
        let values = fresh.map_or(&game.values, |fresh| &fresh.values);
        for k in 0..=targets.steps {
            let t = at + k;
            sight.write(&game.seen[t.min(game.length())], &mut lesson.seen);
            if k > 0 {
                lesson.known.push(f64::from(u8::from(t <= game.length())));
                lesson.rewards.push(happened.reward(at, k));
                let any = || dice.below(targets.actions as u32) as Action;
                lesson.actions.push(game.actions.get(t - 1).copied().unwrap_or_else(any));
            }
            let value = happened.value(t, targets.td_steps, targets.gamma, |t| values[t]);
            lesson.values.push(value);
            let found = fresh.filter(|_| k == 0).and_then(|fresh| fresh.policy.as_deref());
            lesson.policy(game, t, targets, found);
        }
        lesson
    }

    /// The same lesson on a board turned so that square `i` comes to lie at `to[i]`; `None`: as it is.
    pub fn turned(mut self, to: Option<&[Action]>) -> Self {
        if let Some(to) = to {
            turn_maps(&mut self.seen, to);
            turn_maps(&mut self.policies, to);
            self.actions.iter_mut().for_each(|action| *action = to[usize::from(*action)]);
        }
        self
    }

    /// The policy target at step `t`; past the end there is none.
    fn policy<O: Observed>(
        &mut self,
        game: &Game<O>,
        t: usize,
        targets: &Targets,
        found: Option<&[f64]>,
    ) {
        let actions = targets.actions;
        let taken = game.actions.get(t);
        let one_hot =
            |taken: Action| (0..actions).map(move |a| f64::from(u8::from(a == usize::from(taken))));
        match (taken, targets.policies) {
            (None, _) => self.policies.extend(std::iter::repeat_n(0.0, actions)),
            (Some(&taken), Policies::Gradient) => self.policies.extend(one_hot(taken)),
            (Some(_), Policies::Search | Policies::Nothing) => {
                let stored = &game.policies[t * actions..][..actions];
                self.policies.extend_from_slice(found.unwrap_or(stored));
            }
        }
    }

    /// Value target of the place itself.
    pub fn value(&self) -> Option<f64> {
        self.values[0]
    }

    /// All value targets.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.values.iter().flatten().copied()
    }
}

/// What a lane at rest learns from: `size` places that teach nothing.
pub fn nothing(size: usize, inputs: usize, targets: &Targets) -> Batch {
    let steps = targets.steps;
    Batch {
        lanes: 1,
        size,
        steps,
        seen: vec![0.0; (steps + 1) * size * inputs],
        known: vec![0.0; steps * size],
        actions: vec![0; steps * size],
        rewards: vec![None; steps * size],
        values: vec![None; (steps + 1) * size],
        policies: vec![0.0; (steps + 1) * size * targets.actions],
        weights: vec![0.0; size],
    }
}

/// Batches of one lane each as one of all lanes.
pub fn together(lanes: Vec<Batch>) -> Batch {
    let add = |mut all: Batch, one: Batch| {
        all.lanes += one.lanes;
        all.seen.extend(one.seen);
        all.known.extend(one.known);
        all.actions.extend(one.actions);
        all.rewards.extend(one.rewards);
        all.values.extend(one.values);
        all.policies.extend(one.policies);
        all.weights.extend(one.weights);
        all
    };
    lanes.into_iter().reduce(add).unwrap_or_default()
}

/// One lane's places, step after step.
pub fn batch(places: &[Lesson], weights: Vec<f64>, targets: &Targets) -> Batch {
    let steps = targets.steps;
    let mut batch = Batch { lanes: 1, size: places.len(), steps, weights, ..Batch::default() };
    for k in 0..=steps {
        for lesson in places {
            let width = lesson.seen.len() / (steps + 1);
            batch.seen.extend_from_slice(&lesson.seen[k * width..][..width]);
            batch.values.push(lesson.values[k]);
            batch.policies.extend(&lesson.policies[k * targets.actions..][..targets.actions]);
            if let Some(k) = k.checked_sub(1) {
                batch.known.push(lesson.known[k]);
                batch.actions.push(lesson.actions[k]);
                batch.rewards.push(lesson.rewards[k]);
            }
        }
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::mdp::State;
    use crate::mdp::physical::Vector;
    use crate::models::coding::{Coded, Coding};
    use crate::models::features::Places;
    use crate::models::sight::Squares;

    /// States 0, 1, 2; two steps, rewards 1 and 5.
    fn game(terminated: bool) -> Game<State> {
        let mut game = Game { terminated, ..Game::default() };
        game.decided(0, 1, &[0.25, 0.75], 10.0);
        game.rewards.push(1.0);
        game.decided(1, 0, &[0.5, 0.5], 20.0);
        game.rewards.push(5.0);
        game.seen.push(2);
        game.values.push(30.0);
        game
    }

    fn lesson(terminated: bool, at: usize, policies: Policies, fresh: Option<&Fresh>) -> Lesson {
        let coding = Coding { coded: Coded::OneHot, places: Places { rows: 1, cols: 3 } };
        let targets = Targets { steps: 3, td_steps: 1, gamma: 0.5, actions: 2, policies };
        let mut dice = Stream::new(1, StreamName::Replay);
        Lesson::new((&game(terminated), at), &targets, fresh, &coding, &mut dice)
    }

    #[test]
    fn steps_past_the_end_are_absorbing() {
        let lesson = lesson(true, 0, Policies::Search, None);
        assert_eq!(lesson.seen, [1., 0., 0., 0., 1., 0., 0., 0., 1., 0., 0., 1.]);
        assert_eq!(lesson.known, [1.0, 1.0, 0.0], "the last sight is known, what follows is not");
        assert_eq!(lesson.rewards, [Some(1.0), Some(5.0), Some(0.0)]);
        assert_eq!(lesson.actions[..2], [1, 0]);
        assert_eq!(lesson.values, [Some(11.0), Some(5.0), Some(0.0), Some(0.0)]);
        assert_eq!(lesson.policies, [0.25, 0.75, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn steps_past_a_cut_teach_nothing() {
        let lesson = lesson(false, 1, Policies::Gradient, None);
        assert_eq!(lesson.rewards, [Some(5.0), None, None]);
        // 5 + 30 / 2: the last sight continues the task.
        assert_eq!(lesson.values, [Some(20.0), None, None, None]);
        assert_eq!(lesson.policies, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "the action taken");
    }

    #[test]
    fn what_is_found_anew_takes_the_place_of_what_was_found() {
        let fresh = Fresh { policy: Some(vec![0.9, 0.1]), values: vec![0.0, 40.0, 60.0] };
        let lesson = lesson(false, 0, Policies::Search, Some(&fresh));
        assert_eq!(lesson.values[..2], [Some(21.0), Some(35.0)]);
        assert_eq!(lesson.policies[..4], [0.9, 0.1, 0.5, 0.5], "further on the old one stays");
    }

    #[test]
    fn a_lesson_turned_is_the_lesson_of_the_board_turned() {
        let board = |marks: &[f32]| Vector::new(marks);
        // A cross on the left, then a nought on the right: 0 1 / 2 3 mirrored is 1 0 / 3 2.
        let game = |mirror: bool| {
            let at = |square: usize| if mirror { square ^ 1 } else { square };
            let mut marks = [[0.0_f32; 4]; 3];
            (marks[1][at(2)], marks[2][at(2)], marks[2][at(1)]) = (-1.0, 1.0, -1.0);
            let mut game = Game { terminated: true, ..Game::default() };
            for (t, square) in [2, 1].into_iter().enumerate() {
                let mut policy = [0.1; 4];
                policy[at(square)] = 0.7;
                game.decided(board(&marks[t]), at(square) as Action, &policy, 0.5);
                game.rewards.push(t as f64);
            }
            game.seen.push(board(&marks[2]));
            game.values.push(0.0);
            game
        };
        let policies = Policies::Search;
        let targets = Targets { steps: 2, td_steps: 9, gamma: -1.0, actions: 4, policies };
        let (sight, mut dice) = (Squares { count: 4 }, Stream::new(1, StreamName::Replay));
        let mut lesson =
            |mirror| Lesson::new((&game(mirror), 0), &targets, None, &sight, &mut dice);
        let (as_it_is, mirrored) = (lesson(false), lesson(true));
        assert_eq!(as_it_is.clone().turned(None), as_it_is);
        assert_eq!(as_it_is.turned(sight.turn(1).as_deref()), mirrored);
    }

    #[test]
    fn lessons_become_a_batch_step_by_step() {
        let places = [0, 1].map(|at| lesson(true, at, Policies::Search, None));
        let targets =
            Targets { steps: 3, td_steps: 1, gamma: 0.5, actions: 2, policies: Policies::Search };
        let batch = batch(&places, vec![1.0, 0.5], &targets);
        assert_eq!((batch.lanes, batch.size, batch.steps), (1, 2, 3));
        assert_eq!(batch.seen[..6], [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], "both places at k = 0");
        assert_eq!(batch.rewards[..2], [Some(1.0), Some(5.0)], "both places at k = 1");
        assert_eq!(batch.values[2..4], [Some(5.0), Some(0.0)]);
        assert_eq!(batch.policies[4..8], [0.5, 0.5, 0.0, 0.0]);
        let rest = nothing(2, 3, &targets);
        assert_eq!((rest.seen.len(), rest.known.len()), (batch.seen.len(), batch.known.len()));
        let both = together(vec![rest, batch.clone()]);
        assert_eq!((both.lanes, both.size), (2, 2));
        assert_eq!(both.seen[batch.seen.len()..], batch.seen, "lane after lane");
        assert_eq!(both.weights, [0.0, 0.0, 1.0, 0.5]);
        assert_eq!(both.policies[batch.policies.len()..], batch.policies);
        assert!(both.values[..batch.values.len()].iter().all(Option::is_none));
    }
}
