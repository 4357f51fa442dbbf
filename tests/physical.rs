//! Worlds of numbers, held against Gymnasium's own; the engine with them.

mod common;

use common::golden::{number, rows};
use common::{arena, digests, remembering};
use imaginarium::agents::random::{Random, Within};
use imaginarium::agents::{Agent, Fault, Moves, NotANumber, View, Work};
use imaginarium::base::digest::Digest;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::cart_pole::{CartPole, CartPoleConfig};
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::experiment::cohort::{Advance, Cohort as _, Group};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::physical::{Body, Control, Physical, Vector};
use imaginarium::mdp::trace::{CodeLine, Watch};
use imaginarium::mdp::{Action, Simulator, Spec, Step, Transition};
use imaginarium::probes::truth::Truth;

/// Steps every walk of a golden file from its first state on and compares each step to 1e-6, over
/// all of the walk: errors may not add up. Returns how many steps there were, and how many walks
/// ended with the task and by time.
fn held_against<W: Physical>(
    file: &str,
    mut world: W,
    act: fn(f64) -> W::Action,
) -> (usize, usize, usize) {
    let mut dice = Stream::new(1, StreamName::World);
    let width = world.dimensions().len();
    let (mut steps, mut fell, mut timed) = (0, 0, 0);
    for row in rows(file) {
        let body = Body::new(&row[3..3 + width].iter().map(|x| number(x)).collect::<Vec<_>>());
        if row[1].is_empty() {
            world.place(body).expect("a state to begin in");
            continue;
        }
        let Step { reward, next, terminated, truncated } =
            world.step(act(number(&row[1])), &mut dice);
        steps += 1;
        let near = |ours: f64, theirs: f64| {
            assert!((ours - theirs).abs() < 1e-6, "{file}, walk {}: {ours} {theirs}", row[0]);
        };
        near(reward, number(&row[2]));
        let here = world.body().unwrap();
        here.iter().zip(&*body).for_each(|(&ours, &theirs)| near(ours, theirs));
        let seen = &row[3 + width..row.len() - 2];
        assert_eq!(seen.len(), next.len());
        next.iter().zip(seen).for_each(|(&ours, theirs)| near(f64::from(ours), number(theirs)));
        let ends = [terminated, truncated].map(|end| u8::from(end).to_string());
        assert_eq!(ends, row[row.len() - 2..], "{file}, walk {}", row[0]);
        (fell, timed) = (fell + usize::from(terminated), timed + usize::from(truncated));
    }
    (steps, fell, timed)
}

#[test]
fn the_pendulum_is_gymnasiums() {
    let world = Pendulum::new(PendulumConfig::default());
    let torque = |u| Control::new(&[u]);
    assert_eq!(held_against("physical_pendulum.csv", world, torque), (3200, 0, 16));
}

#[test]
fn the_cart_pole_is_gymnasiums() {
    let world = CartPole::new(CartPoleConfig::default());
    let (steps, fell, timed) = held_against("physical_cart_pole.csv", world, |a| a as Action);
    assert_eq!((fell, timed), (24, 3));
    assert!(steps > 1700, "{steps}");
}

/// Random agents in a world of numbers: two runs, three lanes.
fn moving(world: &str, clock: Clock) -> ArenaConfig {
    let head = format!("lanes = 3\nseed = 11\nclock = '{}'", clock.id());
    arena(&head, world, &["agent = 'random'\nname = 'one'", "agent = 'random'\nname = 'two'"])
}

/// One cohort of all lanes, one cohort a lane, and one that falls.
const WORLDS: [&str; 3] =
    ["id = 'pendulum'", "id = 'pendulum'\ntorques = 5\naction_repeat = 2", "id = 'cart-pole'"];

#[test]
fn a_world_of_numbers_is_walked_back_to_the_last_bit() {
    for world in WORLDS {
        for clock in [Clock::Episodes, Clock::EnvSteps] {
            let mut e = remembering(moving(world, clock), 2);
            e.watch_lane(1);
            let goal = |n: u64| Position::at(clock, 0).steps_on(n);
            e.advance_to(goal(9), None);
            let (early, seen) = (digests(&e), e.runs()[1].lane_view(1));
            e.remember();
            e.advance_to(goal(41), None);
            let late = digests(&e);
            assert_ne!(early, late);
            e.seek(goal(9));
            assert_eq!(digests(&e), early, "{world}");
            let again = e.runs()[1].lane_view(1);
            assert_eq!((&again.path, again.counters), (&seen.path, seen.counters));
            e.seek(goal(41));
            assert_eq!(digests(&e), late, "{world}");
        }
    }
}

#[test]
fn lanes_of_one_cohort_are_as_they_would_be_alone() {
    let lanes = |lanes: usize, seed: u64| {
        let mut config = moving("id = 'pendulum'", Clock::Episodes);
        (config.lanes, config.seed) = (lanes, seed);
        let mut e = Experiment::new(config, 1).unwrap();
        e.watch(true);
        e.watch_lane(lanes - 1);
        e.advance_to(Position::at(Clock::Episodes, 2).steps_on(17), None);
        e
    };
    let (three, alone) = (lanes(3, 11), lanes(1, 13));
    let (here, there) = (three.runs()[0].lane_view(2), alone.runs()[0].lane_view(0));
    assert_eq!((&here.path, here.episode_return), (&there.path, there.episode_return));
    assert_eq!(here.path.episode().len(), 18);
    let rows = |e: &Experiment, lane: usize| -> Vec<_> {
        e.runs()[0].record().lanes()[lane].exact().copied().collect()
    };
    assert_eq!(rows(&three, 2), rows(&alone, 0));
    assert!(rows(&three, 2).iter().all(|row| row.length == 200 && row.episode_return < -500.0));
    let marks = |e: &Experiment| e.runs()[0].recorder().marks().to_vec();
    assert_eq!(marks(&three), marks(&alone), "only the watched lane leaves marks");
}

/// A pendulum whose episodes begin where it was put.
#[derive(Clone)]
struct Held(Pendulum);

impl Simulator for Held {
    type Obs = Vector;
    type Action = Control;

    fn spec(&self) -> Spec {
        self.0.spec()
    }

    fn reset(&mut self, _: &mut Stream) -> Vector {
        self.0.see(&self.0.body().unwrap())
    }

    fn step(&mut self, action: Control, dice: &mut Stream) -> Step<Vector> {
        self.0.step(action, dice)
    }

    fn body(&self) -> Option<Body> {
        self.0.body()
    }
}

/// Steers with what is not a number, the third time.
#[derive(Clone)]
struct Stray(u32);

impl Agent for Stray {
    type Obs = Vector;
    type Action = Control;

    fn decide<W: Watch>(&mut self, _: &[Vector], _: &[bool], to: &mut [Control], _: &mut W) {
        self.0 += 1;
        to[0] = Control::new(&[if self.0 == 3 { f64::NAN } else { 0.5 }]);
    }

    fn learn<W: Watch>(&mut self, _: &[Transition<Vector, Control>], _: &mut W) {}

    fn work(&self) -> Work {
        Work::default()
    }

    fn moves(&self) -> Moves {
        Moves { updates: false, imagined: false }
    }

    fn param(&self, _: usize) -> f64 {
        0.0
    }

    fn set_param(&mut self, _: usize, _: f64) {}

    fn code(&self) -> &'static [CodeLine] {
        &[]
    }

    fn view(&self) -> View {
        View::default()
    }

    fn failure(&self) -> Option<NotANumber> {
        None
    }

    fn digest(&self, _: &mut Digest) {}

    fn bytes(&self) -> usize {
        0
    }
}

#[test]
fn what_is_seen_and_where_it_is_are_in_the_fingerprint() {
    let at = |theta: f64| {
        let world = Pendulum::new(PendulumConfig::default());
        let mut placed = world.clone();
        placed.place(Body::new(&[theta, 0.0])).unwrap();
        let agent = Random::new(Within::of(&world), &[1]);
        let mut group = Group::new(&Held(placed), agent, &[1]);
        group.advance(Position::at(Clock::EnvSteps, 5), u64::MAX);
        group.digest()
    };
    assert_eq!(at(0.5), at(0.5));
    assert_ne!(at(0.5), at(0.5 + 1e-12), "less than 32 bits can see");
}

#[test]
fn a_world_that_is_not_a_number_stops_at_its_step_and_says_which() {
    let broken = Held({
        let mut world = Pendulum::new(PendulumConfig::default());
        world.place(Body::new(&[0.0, 0.0])).unwrap();
        world
    });
    let mut group = Group::new(&broken, Stray(0), &[3]);
    let end = group.advance(Position::at(Clock::EnvSteps, 9), u64::MAX);
    let Advance::Failed(Fault::World { index: 0, value }) = end else { panic!("{end:?}") };
    assert!(value.is_nan());
    let truth = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
    assert_eq!(truth.number_name(0), "angle θ");
    assert_eq!(group.counters(0).env_steps, 2, "the third step is never completed");
}
