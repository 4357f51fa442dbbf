//! Worlds of numbers, held against Gymnasium's own; the engine with them.

mod common;

use common::golden::{number, rows};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::cart_pole::{CartPole, CartPoleConfig};
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::mdp::physical::{Body, Control, Physical};
use imaginarium::mdp::{Action, Step};

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
