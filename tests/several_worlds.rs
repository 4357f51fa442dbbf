//! An arena whose runs live in different worlds: each lives as it would alone.

use imaginarium::experiment::config::ArenaConfig;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::edit::{CannotEdit, Stroke};
use imaginarium::mdp::scene::{Cell, Scene};

const HEAD: &str = "version = 1\nclock = 'env-steps'\nlanes = 2\nseed = 5\nlength = 400\n";
const SHARED: &str = "id = 'dyna-maze'\nslip = 0.1";
const RODS: &str = "id = 'pendulum'\nmax_steps = 150";
const RUNS: [(&str, &str); 4] = [
    ("agent = 'dyna-q'\nplanning_steps = 3", SHARED),
    ("agent = 'ddpg'\nwarmup = 100", RODS),
    ("agent = 'q-learning'", "id = 'windy-grid'"),
    ("agent = 'mve'\nwarmup = 100", RODS),
];

fn mixed() -> ArenaConfig {
    let run = |(agent, world): &(&str, &str)| match *world {
        SHARED => format!("[[run]]\n{agent}\n"),
        own => format!("[[run]]\n{agent}\n[run.world]\n{own}\n"),
    };
    let runs: String = RUNS.iter().map(run).collect();
    read(&format!("{HEAD}[world]\n{SHARED}\n{runs}"))
}

fn read(text: &str) -> ArenaConfig {
    ArenaConfig::from_toml("mixed.toml", text).unwrap_or_else(|e| panic!("{e}"))
}

fn lived(config: ArenaConfig) -> Experiment {
    let mut arena = Experiment::new(config, 2).unwrap_or_else(|e| panic!("{e}"));
    arena.advance_to(Position::at(Clock::EnvSteps, 300), None);
    arena
}

#[test]
fn each_run_lives_as_it_would_alone() {
    let arena = lived(mixed());
    for ((agent, world), run) in RUNS.iter().zip(arena.runs()) {
        let alone = lived(read(&format!("{HEAD}[world]\n{world}\n[[run]]\n{agent}\n")));
        assert_eq!(alone.runs()[0].digests(), run.digests(), "{agent}");
        assert_eq!(alone.runs()[0].record().lanes()[0].len(), run.record().lanes()[0].len());
    }
    let grid = |run: usize| matches!(arena.truth_of(run).scene(), Scene::Grid(_));
    assert_eq!([0, 1, 2, 3].map(grid), [true, false, true, false]);
}

#[test]
fn worlds_are_shared_where_they_are_the_same() {
    let config = mixed();
    let (worlds, homes) = config.worlds();
    let ids: Vec<_> = worlds.iter().map(|world| world.info.id).collect();
    assert_eq!(ids, ["dyna-maze", "pendulum", "windy-grid"]);
    assert_eq!(homes, [0, 1, 2, 1]);
    assert!(config.is_mixed());
    let alone = read(&format!("{HEAD}[world]\n{SHARED}\n[[run]]\nagent = 'dyna-q'\n"));
    assert!(!alone.is_mixed());
}

#[test]
fn a_file_holds_every_world() {
    let config = mixed();
    let table = config.to_table();
    let again = ArenaConfig::from_table("again", &table).unwrap();
    assert_eq!(again.to_table(), table);
    assert_eq!(again.world_of(3), config.world_of(1));
    assert_ne!(again.world_of(3), config.world_of(0));
}

#[test]
fn parameters_reach_the_world_they_name() {
    let mut config = mixed();
    config.set("world.slip=0.3").unwrap();
    config.set("D.world.max_steps=100").unwrap();
    let limit = config.world_of(1).info.params().iter().position(|s| s.key == "max_steps").unwrap();
    let of = |run: usize| config.world_of(run).params[limit];
    assert_eq!((of(1), of(3), config.world.params[0]), (150.0, 100.0, 0.3));
    let said = config.set("A.world.slip=0.2").unwrap_err().to_string();
    assert!(said.contains("run A has no world of its own: write world.slip"), "{said}");
    let bad = |run: &str| {
        let text = format!("{HEAD}[world]\n{SHARED}\n[[run]]\nagent = 'q-learning'\n{run}");
        let read = ArenaConfig::from_toml("mixed.toml", &text);
        read.and_then(|c| Experiment::new(c, 1).map(drop)).unwrap_err().to_string()
    };
    let said = bad("world = { id = 'moon' }");
    assert!(said.starts_with("mixed.toml, run A, its world: world 'moon' is unknown"), "{said}");
    let said = bad("world = { id = 'pendulum' }");
    assert!(said.contains("'q-learning' does not fit the world 'pendulum'"), "{said}");
}

#[test]
fn one_world_of_several_cannot_be_drawn_on() {
    let mut arena = lived(mixed());
    assert!(!arena.can_be_drawn());
    let stroke = Stroke::paint(vec![(3, Cell::Wall)]);
    assert_eq!(arena.edit(stroke), Err(CannotEdit::SeveralWorlds));
    // A lie over a model is of one run alone.
    arena.lie(0, vec![(3, 0.5)]).unwrap();
    assert_eq!(arena.lie(1, vec![(3, 0.5)]), Err(CannotEdit::NoMap));
}

#[test]
fn a_world_changes_for_all_that_live_in_it() {
    let mut engine = Engine::new(mixed(), 1).unwrap();
    let limit = {
        let config = engine.experiment().config();
        config.world_of(1).info.params().iter().position(|s| s.key == "max_steps").unwrap()
    };
    engine.handle(Command::Select(1));
    engine.handle(Command::SetWorld { param: limit, value: 120.0 });
    let config = engine.experiment().config();
    assert_eq!([1, 3].map(|run| config.world_of(run).params[limit]), [120.0, 120.0]);
    assert_eq!(config.world, mixed().world);
    assert_eq!(config.worlds().1, [0, 1, 2, 1]);
}

#[test]
fn a_fork_stays_in_the_world_of_its_parent() {
    let mut arena = lived(mixed());
    let twin = arena.fork(3).unwrap();
    assert_eq!(arena.config().worlds().1, [0, 1, 2, 1, 1]);
    arena.advance_to(Position::at(Clock::EnvSteps, 330), None);
    assert_eq!(arena.runs()[twin].digests(), arena.runs()[3].digests());
    assert!(matches!(arena.truth_of(twin).scene(), Scene::Body(_)));
}
