//! Garnet: random worlds from a seed (Archibald, McKinnon and Thomas 1995). Each pair of state and
//! action leads to `branching` different states; their probabilities are the lengths between random
//! cuts of a unit interval, and each outcome has a standard normal reward of its own.

use std::f32::consts::TAU;

use super::process::{Law, LawError, Process, graph};
use crate::base::rng::{Stream, StreamName};
use crate::mdp::{Outcome, State};

crate::choice! {
    /// How likely the states are that a pair may lead to.
    pub enum Odds {
        /// Lengths between random cuts of a unit interval.
        Cut = "cut", "random";
        /// All of them alike.
        Equal = "equal", "equal";
    }
}

crate::choice! {
    /// What a reward belongs to.
    pub enum RewardOf {
        /// Each outcome has a standard normal reward of its own.
        Outcome = "outcome", "outcomes";
        /// Half of the states have one, paid on leaving; the others pay nothing.
        State = "state", "states";
    }
}

crate::params! {
    /// Dials of a Garnet.
    pub struct GarnetConfig {
        /// States, without the end.
        states: u32 = 20 => { "States", "number", Restart, Int { min: 2.0, max: 10_000.0, log: true } },
        /// Actions in each state.
        actions: u32 = 2 => { "Actions", "number", Restart, Int { min: 1.0, max: 8.0, log: false } },
        /// Different states that a pair may lead to; never more than there are.
        branching: u32 = 3 => { "Branching", "b", Restart, Int { min: 1.0, max: 100.0, log: true } },
        /// Probability that a step ends the task, with reward 0.
        ends: f64 = 0.1 => { "A step ends", "probability", Restart, Float { min: 0.0, max: 1.0, log: false } },
        /// Whether the states that a pair may lead to are equally likely.
        odds: Odds = Odds::Cut => { "Odds", "of next states", Restart, Choice(Odds::CHOICES) },
        /// Whether each outcome has a reward of its own, or half of the states have one.
        reward_of: RewardOf = RewardOf::Outcome => { "Rewards of", "", Restart, Choice(RewardOf::CHOICES) },
        /// Which of all such worlds: the seed it is made from.
        world_seed: u32 = 0 => { "World", "seed", Restart, Int { min: 0.0, max: 1_000_000.0, log: false } },
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 0 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// More states than this stand in rows instead of on a circle.
const CIRCLE: u32 = 40;

/// Builds the world: it starts in state 0, and state `n` is the end.
pub fn garnet(config: &GarnetConfig) -> Result<Process, LawError> {
    let n = config.states;
    let mut dice = Stream::new(u64::from(config.world_seed), StreamName::Build);
    let actions = config.actions as usize;
    let mut deck: Vec<State> = (0..n).collect();
    let mut pair = || {
        let next = draw(&mut deck, config.branching.min(n), &mut dice);
        let parts = match config.odds {
            Odds::Cut => cut(next.len(), &mut dice),
            Odds::Equal => vec![1.0 / next.len() as f64; next.len()],
        };
        let going_on = |(&next, part): (&State, f64)| Outcome {
            probability: (1.0 - config.ends) * part,
            reward: dice.normal(),
            next,
            terminated: false,
        };
        let mut outcomes: Vec<Outcome> = next.iter().zip(parts).map(going_on).collect();
        outcomes.push(Outcome { probability: config.ends, reward: 0.0, next: n, terminated: true });
        outcomes.retain(|o| o.probability > 0.0);
        outcomes
    };
    let mut outcomes: Vec<Vec<Outcome>> = (0..n as usize * actions).map(|_| pair()).collect();
    if config.reward_of == RewardOf::State {
        let paying = draw(&mut deck, n / 2, &mut dice);
        for (state, pairs) in outcomes.chunks_mut(actions).enumerate() {
            let pays = paying.contains(&(state as State));
            let reward = if pays { dice.normal() } else { 0.0 };
            let going_on = pairs.iter_mut().flatten().filter(|o| !o.terminated);
            going_on.for_each(|o| o.reward = reward);
        }
    }
    outcomes.resize((n as usize + 1) * actions, Vec::new());
    let starts = vec![(0, 1.0)];
    let mut names: Vec<String> = (0..n).map(|s| format!("s{s}")).collect();
    names.push("end".to_owned());
    let letters = ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"];
    let scene = graph(places(n), names, &letters[..actions], &outcomes, &starts);
    Process::new(Law { actions, outcomes, starts, bad_ends: Vec::new(), scene }, config.max_steps)
}

/// `count` different cards of the deck, all hands alike: the first steps of a shuffle.
fn draw(deck: &mut [State], count: u32, dice: &mut Stream) -> Vec<State> {
    for i in 0..count {
        let other = i + dice.below(deck.len() as u32 - i);
        deck.swap(i as usize, other as usize);
    }
    deck[..count as usize].to_vec()
}

/// Lengths of `count` pieces of a unit interval, cut at uniform places.
fn cut(count: usize, dice: &mut Stream) -> Vec<f64> {
    let mut cuts: Vec<f64> = (1..count).map(|_| dice.unit()).collect();
    cuts.push(1.0);
    cuts.sort_unstable_by(f64::total_cmp);
    let mut left = 0.0;
    cuts.into_iter().map(|cut| cut - std::mem::replace(&mut left, cut)).collect()
}

/// Few states on a circle round the end, many in rows above it.
fn places(n: u32) -> Vec<[f32; 2]> {
    if n <= CIRCLE {
        let radius = (n as f32 / TAU).max(1.0);
        let on_circle = |i: u32| {
            let turn = TAU * (i as f32 / n as f32 - 0.25);
            [radius * turn.cos(), radius * turn.sin()]
        };
        return (0..n).map(on_circle).chain([[0.0, 0.0]]).collect();
    }
    let width = (f64::from(n) * 1.6).sqrt().ceil() as u32;
    let in_row = |i: u32| [(i % width) as f32, (i / width) as f32];
    let end = [(width - 1) as f32 / 2.0, (n.div_ceil(width)) as f32];
    (0..n).map(in_row).chain([end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Tabular as _;

    #[test]
    fn a_seed_makes_a_world_and_another_seed_another() {
        let made = |world_seed| {
            let config = GarnetConfig { world_seed, ..GarnetConfig::default() };
            garnet(&config).unwrap().law().clone()
        };
        assert_eq!(made(3), made(3));
        assert_ne!(made(3).outcomes, made(4).outcomes);
    }

    #[test]
    fn rewards_may_belong_to_states() {
        let config = GarnetConfig { reward_of: RewardOf::State, ..GarnetConfig::default() };
        let world = garnet(&config).unwrap();
        let paid = |s: State| {
            let all: Vec<f64> = (0..2)
                .flat_map(|a| world.outcomes(s, a))
                .filter(|o| !o.terminated)
                .map(|o| o.reward)
                .collect();
            assert!(all.windows(2).all(|two| two[0] == two[1]), "one state, one reward");
            all[0]
        };
        assert_eq!((0..20).filter(|&s| paid(s) != 0.0).count(), 10);
        let same = garnet(&GarnetConfig::default()).unwrap();
        let next =
            |of: &Process| -> Vec<State> { of.outcomes(3, 1).iter().map(|o| o.next).collect() };
        assert_eq!(next(&world), next(&same), "the ways are those of the world with this seed");
    }

    #[test]
    fn pairs_lead_to_so_many_different_states() {
        for (states, branching, ends) in [(30, 5, 0.1), (30, 1, 0.0), (3, 10, 0.5), (30, 30, 0.0)] {
            let config = GarnetConfig { states, branching, ends, ..GarnetConfig::default() };
            let world = garnet(&config).unwrap();
            assert_eq!(world.states(), states as usize + 1);
            for pair in 0..states * 2 {
                let outcomes = world.outcomes(pair / 2, (pair % 2) as u8);
                let mut next: Vec<State> =
                    outcomes.iter().filter(|o| !o.terminated).map(|o| o.next).collect();
                next.sort_unstable();
                next.dedup();
                assert_eq!(next.len() as u32, branching.min(states));
                let over: f64 =
                    outcomes.iter().filter(|o| o.terminated).map(|o| o.probability).sum();
                assert!((over - ends).abs() < 1e-15);
            }
            assert_eq!(world.distance(true), (ends > 0.0).then_some(1));
        }
        let equal = garnet(&GarnetConfig { odds: Odds::Equal, ..GarnetConfig::default() }).unwrap();
        let [p, .., end] = &equal.outcomes(4, 1)[..] else { panic!("four outcomes") };
        assert!((p.probability - 0.3).abs() < 1e-15 && end.probability == 0.1);
        let always = garnet(&GarnetConfig { ends: 1.0, ..GarnetConfig::default() }).unwrap();
        assert_eq!(always.outcomes(0, 0).len(), 1);
    }

    #[test]
    fn rewards_are_normal_and_pieces_uniform() {
        let config =
            GarnetConfig { states: 2000, branching: 5, ends: 0.0, ..GarnetConfig::default() };
        let world = garnet(&config).unwrap();
        let all: Vec<&Outcome> = world.law().outcomes.iter().flatten().collect();
        assert_eq!(all.len(), 20_000);
        let mean = |of: &dyn Fn(&Outcome) -> f64| all.iter().map(|o| of(o)).sum::<f64>() / 20_000.0;
        // Five standard errors each.
        assert!(mean(&|o| o.reward).abs() < 5.0 / 141.0);
        assert!((mean(&|o| o.reward * o.reward) - 1.0).abs() < 5.0 * 1.415 / 141.0);
        // Pieces between 4 uniform cuts have mean 1/5 and mean square 2 / (5 * 6).
        assert!((mean(&|o| o.probability) - 0.2).abs() < 1e-12);
        assert!((mean(&|o| o.probability * o.probability) - 1.0 / 15.0).abs() < 0.003);
        let later = all.iter().filter(|o| o.next >= 1000).count();
        assert!(later.abs_diff(10_000) < 354, "{later}");
    }
}
