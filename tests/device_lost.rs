//! A graphics adapter that is lost in the middle of a run: the run goes on with Flex from its last
//! keyframe, as a fork moved there by hand does, and says so. The only test of its process, because
//! an adapter that is gone stays gone.

#[path = "common/adapter.rs"]
mod adapter;
mod common;

use std::time::{Duration, Instant};

use common::{maze, remembering};
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::nn::device::{Compute, Place, Wish, adapters};

const ADAPTER: Place = Place::Adapter(0);

fn arena() -> ArenaConfig {
    let run = "agent = 'deep-dyna-q'\nbatch = 8\nwidth = 16\nplanning_steps = 1\nepsilon = 1.0\n\
               device = 'wgpu'";
    let mut arena = maze("lanes = 2\nseed = 5\nclock = 'env-steps'", &[run]);
    let world = &mut arena.world;
    let cost = world.info.params().iter().position(|s| s.key == "step_reward").unwrap();
    world.params[cost] = -0.1;
    arena
}

fn at(steps: u64) -> Position {
    Position::at(Clock::EnvSteps, steps)
}

fn place(e: &Experiment, run: usize) -> Place {
    e.runs()[run].lane_view(0).view.computing.unwrap().place
}

fn device_dial(e: &Experiment) -> usize {
    e.runs()[0].config.info.params().iter().position(|s| s.key == "device").unwrap()
}

#[test]
fn a_lost_adapter_costs_a_few_steps_and_says_so() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to lose");
        return;
    }
    // One that computes when it happens, beside a fork on Flex from the keyframe at step 12.
    // Three threads, so that neither of the two runs waits for the other.
    let mut running = remembering(arena(), 3);
    running.advance_to(at(12), None);
    let (dial, fork) = (device_dial(&running), running.fork(0).unwrap());
    running.set_param(fork, dial, f64::from(Wish::Flex as u8)).unwrap();
    running.remember();
    // Past the keyframe, on the way to a goal: whoever is late still does a few units.
    let steps = |e: &Experiment| e.runs()[0].counters(0).env_steps;
    while steps(&running) < 14 {
        assert!(!running.advance_to(at(60), Some(Instant::now())));
    }
    assert_eq!(place(&running, 0), ADAPTER);
    // One that rests, watched by a window.
    let mut resting = Engine::new(arena(), 1).unwrap();
    resting.handle(Command::Play(false));
    resting.handle(Command::Step);
    assert!(resting.snapshot().runs[0].failure.is_none());
    // One that nobody may walk back.
    let mut headless = Experiment::new(arena(), 1).unwrap();
    headless.advance_to(at(2), None);

    ADAPTER.lose();

    assert!(running.advance_to(at(60), None));
    assert!(running.runs().iter().all(|run| run.failure().is_none()));
    assert_eq!((running.position(), place(&running, 0)), (at(60), Place::Host));
    let moved = running.events().iter().filter(|event| event.run == 0);
    assert_eq!(moved.map(|event| event.position).collect::<Vec<_>>(), [at(12)]);
    let said = running.take_notice().expect("a sentence");
    assert!(said.contains("was lost") && said.contains("after 12 real steps (run A;"), "{said}");
    assert!(!said.contains('\n'), "{said}");
    let [end, twin] = [0, fork].map(|run| running.runs()[run].digests());
    assert_eq!(end, twin, "as the fork that was moved there by hand");
    // Walking back and forth leads to the same place.
    running.seek(at(20));
    running.seek(at(60));
    assert_eq!(running.runs()[0].digests(), end);

    // A picture of networks that are gone is one of the keyframe, then it catches up.
    assert!(resting.snapshot().runs[0].failure.is_none());
    assert!(resting.take_notice().unwrap().contains("was lost"));
    while resting.due_in() == Some(Duration::ZERO) {
        resting.advance(Duration::ZERO, Duration::from_millis(50));
    }
    assert_eq!(resting.experiment().position(), at(1));

    headless.advance_to(at(9), None);
    let failure = headless.runs()[0].failure().expect("nothing to go back to");
    assert!(failure.title.starts_with("Device lost at step 3"), "{failure:?}");
    assert!(failure.text.contains("was lost"), "{failure:?}");

    assert!(Compute::open(ADAPTER).is_err(), "it is not tried again");
    let anew = Experiment::new(arena(), 1).unwrap();
    assert_eq!(place(&anew, 0), Place::Host);
    assert!(anew.misplaced().unwrap().contains("was lost"));
}
