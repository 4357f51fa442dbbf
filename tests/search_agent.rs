//! Planning for action selection, as an agent lives it. With `--nocapture` it prints its figures.

use imaginarium::agents::Agent as _;
use imaginarium::agents::search::{Method, SearchAgent, SearchConfig, Switch};
use imaginarium::base::digest::Digest;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::base::stats::mean;
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes::dyna_maze;
use imaginarium::mdp::trace::Unwatched;
use imaginarium::mdp::{Action, Simulator as _, State, Tabular as _, Transition};
use imaginarium::rl::dp::value_iteration;

const SEEDS: u64 = 5;

fn maze() -> Grid {
    Grid::new(&dyna_maze(), &GridConfig::default()).unwrap()
}

/// One agent in one maze.
struct Life {
    world: Grid,
    dice: Stream,
    agent: SearchAgent,
    state: State,
}

impl Life {
    fn new(config: SearchConfig, seed: u64) -> Self {
        let mut world = maze();
        let mut dice = Stream::new(seed, StreamName::World);
        let state = world.reset(&mut dice);
        let agent = SearchAgent::new(config, world.states(), world.actions(), seed);
        let mut life = Self { world, dice, agent, state };
        life.agent.begin(0, state);
        life
    }

    /// One real step with all its planning; true at the end of an episode.
    fn step(&mut self) -> bool {
        let mut actions = [0];
        self.agent.decide(&[self.state], &[true], &mut actions, &mut Unwatched);
        let step = self.world.step(actions[0], &mut self.dice);
        let happened = Transition { lane: 0, obs: self.state, action: actions[0], step };
        self.agent.learn(&[happened], &mut Unwatched);
        while self.agent.due() > 0 {
            self.agent.plan(7, &mut Unwatched);
        }
        self.state = step.next;
        if step.terminated {
            self.state = self.world.reset(&mut self.dice);
            self.agent.begin(0, self.state);
        }
        step.terminated
    }

    /// Steps of one episode.
    fn episode(&mut self) -> f64 {
        let mut steps = 1.0;
        while !self.step() {
            steps += 1.0;
        }
        steps
    }

    fn q(&self) -> Vec<f64> {
        self.agent.view().table.unwrap().q
    }
}

fn optimal() -> Vec<f64> {
    let world = maze();
    let outcomes = |s: usize, a: usize| world.outcomes(s as State, a as Action);
    value_iteration((54, 4), outcomes, 0.95, 1e-13, 10_000).unwrap()
}

#[test]
fn every_method_learns_the_maze() {
    for &method in Method::ALL {
        let config = SearchConfig { method, ..SearchConfig::default() };
        let late = |seed| {
            let mut life = Life::new(config, seed);
            let steps: Vec<f64> = (0..30).map(|_| life.episode()).collect();
            mean(&steps[20..]).unwrap()
        };
        let mut late: Vec<f64> = (0..SEEDS).map(late).collect();
        late.sort_by(f64::total_cmp);
        let median = late[late.len() / 2];
        println!("{method:?}: {median:.1} steps an episode, episodes 21 to 30 (median of seeds)");
        // 14 is the shortest; one step in ten is taken at random.
        assert!(median < 26.0, "{method:?}: {late:?}");
    }
}

#[test]
fn every_way_of_using_the_value_runs_and_repeats_itself() {
    for &method in Method::ALL {
        for bits in 0..16_u8 {
            let switch = |bit: u8| if bits >> bit & 1 == 1 { Switch::On } else { Switch::Off };
            let config = SearchConfig {
                method,
                budget: 12,
                guided: switch(0),
                truncated: switch(1),
                closing: switch(2),
                keep: switch(3),
                ..SearchConfig::default()
            };
            let digest = || {
                let mut life = Life::new(config, 3);
                (0..120).for_each(|_| {
                    life.step();
                });
                let mut digest = Digest::default();
                life.agent.digest(&mut digest);
                assert!(life.agent.failure().is_none());
                digest.finish()
            };
            assert_eq!(digest(), digest(), "{config:?}");
        }
    }
}

#[test]
fn the_tree_is_there_when_it_is_asked_for_and_grows_by_units() {
    for &method in Method::ALL {
        let mut life = Life::new(SearchConfig { method, ..SearchConfig::default() }, 1);
        let coming = life.agent.evidence(0).unwrap();
        assert_eq!((coming.root, coming.done, coming.tree.len[0]), (life.state, 0, 1));
        (0..300).for_each(|_| {
            life.step();
        });
        let mut actions = [0];
        life.agent.decide(&[life.state], &[true], &mut actions, &mut Unwatched);
        let step = life.world.step(actions[0], &mut life.dice);
        let happened = Transition { lane: 0, obs: life.state, action: actions[0], step };
        life.agent.learn(&[happened], &mut Unwatched);
        let mut nodes = 0;
        for unit in 1..=life.agent.due() {
            life.agent.plan(1, &mut Unwatched);
            let seen = life.agent.evidence(0).unwrap();
            assert_eq!((seen.root, seen.method), (step.next, method));
            assert_eq!(seen.tree.node[0], step.next);
            assert!(seen.done >= unit && seen.tree.len[0] >= nodes);
            nodes = seen.tree.len[0];
        }
        assert!(nodes > 1, "{method:?}");
    }
}

#[test]
fn looking_ahead_corrects_a_value_that_is_wrong() {
    // A random walk teaches the model most of the maze; one-step targets have had two rewards to
    // spread.
    let config = SearchConfig {
        budget: 1,
        closing: Switch::Off,
        guided: Switch::Off,
        alpha: 0.001,
        epsilon: 1.0,
        ..SearchConfig::default()
    };
    let (q, mut right, mut wrong, mut met) = (optimal(), 0, 0, 0);
    let mut life = Life::new(config, 5);
    (0..2).for_each(|_| {
        life.episode();
    });
    let known = life.agent.view().table.unwrap();
    set(&mut life.agent, "budget", 1000.0);
    set(&mut life.agent, "epsilon", 0.0);
    for state in 0..54_usize {
        let row = &q[state * 4..state * 4 + 4];
        let best = row.iter().copied().fold(0.0, f64::max);
        // Where the goal is within 8 steps and the way matters.
        if best < 0.95_f64.powi(7) || row.iter().all(|&q| q == best) {
            continue;
        }
        met += 1;
        let is_best = |a: usize| row[a] > best - 1e-9;
        let global = known.row(state);
        let top = global.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        wrong += usize::from((0..4).any(|a| global[a] == top && !is_best(a)));
        let mut agent = life.agent.clone();
        agent.begin(0, state as State);
        let mut actions: [Action; 1] = [0];
        agent.decide(&[state as State], &[true], &mut actions, &mut Unwatched);
        right += usize::from(is_best(usize::from(actions[0])));
    }
    println!("of {met} states the greedy value is wrong in {wrong}, the search right in {right}");
    assert!(wrong >= 3 && right > met - wrong, "{met} {wrong} {right}");
}

fn set(agent: &mut SearchAgent, key: &str, value: f64) {
    use imaginarium::base::params::Params as _;
    agent.set_param(SearchConfig::index(key).unwrap(), value);
}

#[test]
fn closing_the_loop_teaches_the_global_value_faster() {
    let truth = optimal();
    let best = |q: &[f64]| q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let error = |closing, method| {
        let config = SearchConfig { closing, method, alpha: 0.5, ..SearchConfig::default() };
        let one = |seed| {
            let mut life = Life::new(config, seed);
            (0..4).for_each(|_| {
                life.episode();
            });
            let pairs = life.q();
            let states = pairs.chunks(4).zip(truth.chunks(4)).filter(|(_, t)| best(t) > 0.0);
            let squares: Vec<f64> = states.map(|(q, t)| (best(q) - best(t)).powi(2)).collect();
            mean(&squares).unwrap().sqrt()
        };
        mean(&(0..SEEDS).map(one).collect::<Vec<_>>()).unwrap()
    };
    for method in [Method::Forward, Method::Uct, Method::Puct, Method::Gumbel] {
        let (open, closed) = (error(Switch::Off, method), error(Switch::On, method));
        println!(
            "{method:?}: error of the value after 4 episodes: open {open:.3}, closed {closed:.3}"
        );
        assert!(closed < open, "{method:?}: {closed} {open}");
    }
}

#[test]
fn forward_search_does_not_wait_for_ever() {
    // Without exploration nothing else would end it: closing the loop leaves hills in the value.
    for budget in [21, 50, 85] {
        let config = SearchConfig {
            method: Method::Forward,
            budget,
            epsilon: 0.0,
            ..SearchConfig::default()
        };
        let (mut waits, mut steps) = (0, Vec::new());
        for seed in 0..SEEDS {
            let mut life = Life::new(config, seed);
            let first = life.episode();
            assert!(first < 20_000.0);
            for _ in 1..15 {
                let mut length = 1.0;
                while length < 2_000.0 && !life.step() {
                    length += 1.0;
                }
                waits += usize::from(length >= 2_000.0);
                steps.push(length);
            }
        }
        let mean = mean(&steps).unwrap();
        println!("budget {budget}: {mean:.1} steps an episode, 2 to 15; {waits} without an end");
        assert_eq!(waits, 0, "budget {budget}");
    }
}

#[test]
fn a_dream_lives_on_in_the_model_and_leaves_the_world_alone() {
    for &method in Method::ALL {
        let mut life = Life::new(SearchConfig { method, ..SearchConfig::default() }, 2);
        assert!(!life.agent.can_dream(), "nothing is known");
        assert_eq!(life.agent.dream(9, &mut Unwatched), 0);
        (0..4).for_each(|_| {
            life.episode();
        });
        let (before, q) = (life.agent.work(), life.q());
        assert!(life.agent.can_dream());
        assert_eq!(life.agent.dream(400, &mut Unwatched), 400);
        let after = life.agent.work();
        assert_eq!(after.real_updates, before.real_updates);
        assert!(after.imagined_updates - before.imagined_updates <= 400, "{method:?}");
        assert!(after.imagined_updates > before.imagined_updates + 200, "{method:?}");
        assert!(after.imagined_steps > before.imagined_steps + 400);
        assert_ne!(life.q(), q, "{method:?}");
        // The right model cannot promise more than the world pays.
        let truth = optimal();
        assert!(life.q().iter().zip(&truth).all(|(q, t)| *q <= t + 1e-9), "{method:?}");
    }
}

#[test]
fn an_error_painted_over_the_model_is_what_the_search_reads() {
    for &method in Method::ALL {
        let config = SearchConfig { method, depth: 4, budget: 200, ..SearchConfig::default() };
        let mut life = Life::new(config, 2);
        (0..3).for_each(|_| {
            life.episode();
        });
        // From the start (2,0) the cell below it pays 5, says the model.
        let mut calm = life.agent.clone();
        life.agent.lie(&[(27, 5.0)]);
        let value = |agent: &mut SearchAgent| {
            let mut actions: [Action; 1] = [0];
            agent.decide(&[18], &[true], &mut actions, &mut Unwatched);
            agent.evidence(0).unwrap().answer
        };
        let (calm, lured) = (value(&mut calm), value(&mut life.agent));
        assert!(calm.best_value() < 1.0 && lured.best_value() > 2.0, "{method:?}");
        assert_eq!(lured.best, [2], "{method:?}: down");
    }
}
