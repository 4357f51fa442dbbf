//! Walks the registries: a world or an agent is tested by being registered.

mod common;

use std::collections::BTreeSet;

use common::{arena, digests, remembering};
use imaginarium::agents::{AGENTS, AgentInfo};
use imaginarium::base::params::{Kind, Range, Spec};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::any::AnyTabular;
use imaginarium::envs::{WORLDS, World};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::lessons;
use imaginarium::mdp::{Action, Outcome, Simulator as _, State, Tabular as _};
use imaginarium::models::MODELS;

/// A short arena of one agent in one world with some chance in it.
fn pair(world: &World, agent: &AgentInfo) -> ArenaConfig {
    let has = |key: &str| world.params().iter().any(|s| s.key == key);
    let slip = if has("slip") { "slip = 0.1\n" } else { "" };
    // A game ends by itself.
    let limit = if has("max_steps") { "max_steps = 400" } else { "" };
    let world = format!("id = '{}'\n{slip}{limit}", world.id);
    let run = format!("agent = '{}'", agent.id);
    arena("lanes = 2\nseed = 5", &world, &[&run])
}

/// Worlds and the agents that fit them.
fn pairs() -> impl Iterator<Item = (&'static World, &'static AgentInfo)> {
    let all = WORLDS.iter().flat_map(|w| AGENTS.iter().map(move |a| (w, a)));
    all.filter(|(w, a)| Experiment::new(pair(w, a), 1).is_ok())
}

/// Whether the states of `world` can be listed.
fn is_tabular(world: &World) -> bool {
    world.build(None, &world.defaults()).unwrap().tabular().is_some()
}

#[test]
fn every_agent_fits_some_world_and_a_misfit_is_refused_with_what_is_allowed() {
    for world in WORLDS {
        let fits = |a: &AgentInfo| Experiment::new(pair(world, a), 1).is_ok();
        assert!(fits(&AGENTS[0]), "{} lives everywhere", AGENTS[0].id);
        let lost = AGENTS.iter().find(|a| !fits(a));
        assert_eq!(is_tabular(world), AGENTS.iter().any(|a| a.id == "q-learning" && fits(a)));
        if let Some(agent) = lost {
            let said = Experiment::new(pair(world, agent), 1).err().unwrap().to_string();
            let allowed = AGENTS.iter().filter(|a| fits(a)).map(|a| a.id).collect::<Vec<_>>();
            let start = format!("run A: agent '{}' does not fit the world", agent.id);
            assert!(said.starts_with(&start), "{said}");
            assert!(said.ends_with(&format!("allowed: {}", allowed.join(", "))), "{said}");
        }
    }
    for agent in AGENTS {
        assert!(pairs().any(|(_, a)| a.id == agent.id), "{}", agent.id);
    }
}

/// The world with its defaults, and with slip, gusts, a step reward and a time limit where it has
/// them; each in all its stages.
fn variants(world: &World) -> Vec<AnyTabular> {
    let mut rough = world.defaults();
    for (key, value) in [
        ("slip", 0.3),
        ("gust", 0.2),
        ("step_reward", -0.01),
        ("switch_step", 0.0),
        ("left", 0.2),
        ("pays", 0.3),
        ("branching", 7.0),
        ("reward_of", 1.0),
        ("max_steps", 50.0),
    ] {
        // A dial of the same name may mean something else in another world.
        let index = world.params().iter().position(|s| s.key == key);
        let fits = |&index: &usize| world.params()[index].check(value).is_ok();
        if let Some(index) = index.filter(fits) {
            rough[index] = value;
        }
    }
    let built = [world.defaults(), rough].map(|params| world.build(None, &params).unwrap());
    built.into_iter().filter_map(|world| world.tabular()).flat_map(|w| w.stages()).collect()
}

#[test]
fn every_agent_runs_in_every_world_and_repeats_itself() {
    for (world, agent) in pairs() {
        let run = || {
            let mut e = Experiment::new(pair(world, agent), 1).unwrap();
            e.watch(true);
            assert!(e.advance_to(Position::at(Clock::Episodes, 3), None));
            e
        };
        let (once, again) = (run(), run());
        let name = format!("{} in {}", agent.id, world.id);
        assert_eq!(digests(&once), digests(&again), "{name}");
        assert!(once.runs()[0].failure().is_none(), "{name}");
        for lane in 0..2 {
            let record = &once.runs()[0].record().lanes()[lane];
            assert_eq!(record.len(), 3, "{name}");
            let total: u64 = record.exact().map(|row| row.length).sum();
            let counters = once.runs()[0].counters(lane);
            assert_eq!((counters.episodes, counters.env_steps), (3, total), "{name}");
        }
        let lane = once.runs()[0].lane_view(0);
        match lane.state {
            Some(state) => assert!(once.truth().starts.contains(&state), "{name} begins anew"),
            None => assert_eq!(lane.path.episode().len(), 1, "{name} begins anew"),
        }
    }
}

#[test]
fn marks_point_at_lines_that_exist() {
    for (world, agent) in pairs() {
        let settings = agent.params().iter().flat_map(choices);
        for (param, value) in settings.chain([(None, 0.0)]) {
            let mut config = pair(world, agent);
            if let Some(key) = param {
                let index = agent.params().iter().position(|s| s.key == key).unwrap();
                config.runs[0].params[index] = value;
            }
            let mut e = Experiment::new(config, 1).unwrap();
            e.watch(true);
            e.advance_to(Position::at(Clock::EnvSteps, 0), None);
            e.advance_to(Position::at(Clock::Episodes, 0).steps_on(30), None);
            let run = &e.runs()[0];
            assert!(!run.recorder().marks().is_empty(), "{} leaves marks", agent.id);
            assert!(!run.recorder().last_unit().is_empty(), "{}", agent.id);
            for mark in run.recorder().marks() {
                let line = run.code().get(usize::from(mark.line));
                let line = line.unwrap_or_else(|| panic!("{}: {mark:?}", agent.id));
                if let Some(effect) = mark.effect {
                    assert_eq!(line.source, Some(effect.source), "{}: {mark:?}", agent.id);
                    assert!(effect.old.is_finite() && effect.new.is_finite());
                }
            }
        }
    }
}

/// Where networks compute is no business of the world or the algorithm: devices have tests of their
/// own, and a graphics adapter in software would take minutes here.
fn is_device(spec: &Spec) -> bool {
    spec.key == "device"
}

/// Every choice of a parameter with named choices.
fn choices(spec: &'static Spec) -> Vec<(Option<&'static str>, f64)> {
    match spec.range {
        Range::Choice(_) if is_device(spec) => Vec::new(),
        Range::Choice(all) => (0..all.len()).map(|i| (Some(spec.key), i as f64)).collect(),
        Range::Int { .. } | Range::Float { .. } => Vec::new(),
    }
}

#[test]
fn probabilities_add_up_and_outcomes_stay_inside() {
    for grid in WORLDS.iter().flat_map(variants) {
        for state in 0..grid.states() as State {
            for action in 0..grid.actions() as Action {
                let outcomes = grid.outcomes(state, action);
                let sum: f64 = outcomes.iter().map(|o| o.probability).sum();
                assert!(outcomes.is_empty() || (sum - 1.0).abs() < 1e-12, "{sum}");
                for o in outcomes {
                    assert!((o.next as usize) < grid.states() && o.reward.is_finite());
                    // What is never left has no outcomes, and only that.
                    assert_eq!(grid.outcomes(o.next, 0).is_empty(), o.terminated);
                }
            }
        }
        for start in grid.starts() {
            assert!(!grid.outcomes(start, 0).is_empty());
        }
    }
}

#[test]
fn the_simulator_does_what_its_outcomes_say() {
    const DRAWS: u32 = 2_000;
    let mut dice = Stream::new(17, StreamName::World);
    for mut grid in WORLDS.iter().flat_map(variants) {
        for state in 0..grid.states() as State {
            for action in 0..grid.actions() as Action {
                let outcomes = grid.outcomes(state, action);
                assert_eq!(grid.place(state).is_some(), !outcomes.is_empty());
                if outcomes.is_empty() {
                    continue;
                }
                let mut seen = vec![0_u32; outcomes.len()];
                for _ in 0..DRAWS {
                    grid.place(state);
                    let step = grid.step(action, &mut dice);
                    let is = |o: &Outcome| {
                        (o.next, o.reward, o.terminated)
                            == (step.next, step.reward, step.terminated)
                    };
                    seen[outcomes.iter().position(is).expect("an outcome that is listed")] += 1;
                }
                for (o, &n) in outcomes.iter().zip(&seen) {
                    // Gridworlds list an outcome once for each way that leads to it.
                    let same = |other: &&Outcome| {
                        (other.next, other.reward, other.terminated)
                            == (o.next, o.reward, o.terminated)
                    };
                    let p: f64 = outcomes.iter().filter(same).map(|o| o.probability).sum();
                    let first = outcomes.iter().find(same).is_some_and(|f| std::ptr::eq(f, o));
                    let want = if first { p * f64::from(DRAWS) } else { 0.0 };
                    let deviation = (want * (1.0 - p)).sqrt();
                    let off = (f64::from(n) - want).abs();
                    assert!(off <= 6.0 * deviation + 1e-9, "({state},{action}) to {o:?}: {n}");
                }
            }
        }
    }
}

#[test]
fn a_world_starts_where_it_says_and_follows_its_seed() {
    for mut grid in WORLDS.iter().flat_map(variants) {
        let mut walk = |seed| {
            let mut dice = Stream::new(seed, StreamName::World);
            let first = grid.reset(&mut dice);
            assert!(grid.starts().contains(&first));
            let mut states = vec![first];
            for i in 0..300 {
                let step = grid.step((i * 7 % grid.actions()) as Action, &mut dice);
                states.push(step.next);
                if step.terminated || step.truncated {
                    states.push(grid.reset(&mut dice));
                }
            }
            states
        };
        assert_eq!(walk(3), walk(3));
    }
}

/// Both ends of a range, and the default.
fn ends(spec: &Spec) -> [f64; 3] {
    match spec.range {
        Range::Int { min, max, .. } | Range::Float { min, max, .. } => [min, spec.default, max],
        Range::Choice(all) => [0.0, spec.default, (all.len() - 1) as f64],
    }
}

#[test]
fn defaults_pass_their_own_check_and_ranges_refuse_what_lies_outside() {
    let agents = AGENTS.iter().flat_map(|a| a.params());
    for spec in agents.chain(WORLDS.iter().flat_map(|w| w.params())) {
        for value in ends(spec) {
            assert_eq!(spec.check(value), Ok(value), "{}", spec.key);
            assert_eq!(spec.parse(&spec.show(value)), Ok(value), "{}", spec.key);
        }
        let [min, _, max] = ends(spec);
        for outside in [min - 1.0, max + 1.0, f64::NAN, f64::INFINITY] {
            let said = spec.check(outside).unwrap_err().to_string();
            assert!(said.contains(spec.key) && said.contains(&spec.allowed()));
        }
        let key_is_snake = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(spec.key.chars().all(key_is_snake), "{}", spec.key);
        assert!(!spec.label.is_empty() && spec.help.ends_with('.'), "{}", spec.key);
    }
}

#[test]
fn live_parameters_can_be_set_to_both_ends_while_running() {
    for (world, agent) in pairs() {
        let specs = agent.params().iter().enumerate().filter(|(_, spec)| !is_device(spec));
        for (index, spec) in specs {
            let mut e = Experiment::new(pair(world, agent), 1).unwrap();
            if spec.kind != Kind::Live {
                assert!(!is_tabular(world), "{}: agents of tables have live dials only", agent.id);
                assert!(e.set_param(0, index, spec.default).is_err(), "{}", spec.key);
                continue;
            }
            for value in ends(spec) {
                let next = e.position().steps_on(7).unit_on();
                e.advance_to(next, None);
                e.set_param(0, index, value).unwrap();
                assert_eq!(e.runs()[0].param(index), value, "{}.{}", agent.id, spec.key);
            }
            e.advance_to(e.position().steps_on(20), None);
            assert!(e.set_param(0, index, f64::NAN).is_err());
        }
    }
}

#[test]
fn a_dial_moved_there_and_back_at_one_place_is_lived_again() {
    let place = |count| Position::at(Clock::EnvSteps, count);
    let tabular =
        |a: &&AgentInfo| pairs().any(|(world, agent)| world.id == "dyna-maze" && agent.id == a.id);
    for agent in AGENTS.iter().filter(tabular) {
        // Noise is used up by samples alone.
        let samples = agent.params().iter().any(|spec| spec.key == "noise");
        let model = if samples { "model = 'sample'" } else { "" };
        let run = format!("agent = '{}'\n{model}", agent.id);
        let specs = agent.params().iter().enumerate().filter(|(_, spec)| !is_device(spec));
        for (index, spec) in specs {
            for between in ["nothing", "a dream", "an error painted"] {
                let world = "id = 'dyna-maze'\nslip = 0.1";
                let head = "lanes = 2\nseed = 5\nclock = 'env-steps'";
                let mut e = remembering(arena(head, world, &[&run]), 1);
                e.advance_to(place(300).unit_on(), None);
                let [min, default, max] = ends(spec);
                for value in [min, max, default] {
                    e.set_param(0, index, value).unwrap();
                    match between {
                        "a dream" => e.dream(0, 7),
                        "an error painted" => e.lie(0, vec![(27, 0.5)]).unwrap(),
                        _ => {}
                    }
                }
                let here = (e.position(), digests(&e));
                e.advance_to(place(330), None);
                let end = digests(&e);
                e.seek(place(0));
                e.seek(here.0);
                assert_eq!(digests(&e), here.1, "{}.{}, {between}", agent.id, spec.key);
                e.seek(place(330));
                assert_eq!(digests(&e), end, "{}.{}, {between}", agent.id, spec.key);
            }
        }
    }
}

#[test]
fn worlds_can_be_built_at_both_ends_of_every_range() {
    for world in WORLDS {
        for (index, spec) in world.params().iter().enumerate() {
            for value in ends(spec) {
                let learner = if is_tabular(world) { &AGENTS[1] } else { &AGENTS[0] };
                let mut arena = pair(world, learner);
                arena.clock = Clock::EnvSteps;
                arena.world.params = world.defaults();
                arena.world.params[index] = value;
                assert!(spec.check(value).is_ok());
                let mut e = Experiment::new(arena, 1).unwrap();
                e.advance_to(Position::at(Clock::EnvSteps, 50), None);
                assert_eq!(e.runs()[0].counters(0).env_steps, 50);
            }
        }
    }
}

#[test]
fn names_are_unique_and_plain() {
    let lessons = lessons::all().unwrap();
    let mut ids: Vec<&str> = lessons.iter().map(|l| l.id.as_str()).collect();
    ids.sort_unstable();
    let all = WORLDS.iter().map(|w| (w.id, w.title, w.help));
    let all = all.chain(AGENTS.iter().map(|a| (a.id, a.title, a.help)));
    let all = all.chain(MODELS.iter().map(|m| (m.id, m.title, m.help)));
    for (id, title, help) in all {
        assert!(!title.is_empty() && !help.is_empty(), "{id}");
        if !ids.contains(&id) || id != "dyna-maze" {
            // A lesson may be called like the world it is about; nothing else may share a name.
            ids.push(id);
        }
    }
    for id in &ids {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(id.chars().all(plain) && !id.starts_with('-') && !id.ends_with('-'), "{id}");
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn every_lesson_runs() {
    for lesson in lessons::all().unwrap() {
        let mut arena = lesson.arena;
        arena.lanes = arena.lanes.min(2);
        let mut e = Experiment::new(arena, 1).unwrap();
        e.advance_to(Position::at(e.position().clock, 1), None);
        assert!(e.runs().iter().all(|r| r.failure().is_none()), "{}", lesson.id);
    }
}
