//! The MuZero-style agent plays both sides of a board: only on free squares, with values that change
//! sides at every move, and it loses less and less.

mod common;

use common::arena;
use imaginarium::agents::muzero::config::{MuZeroConfig, Picks};
use imaginarium::agents::muzero::{MuZero, view::MuZeroView};
use imaginarium::agents::{Agent as _, Fault};
use imaginarium::envs::tic_tac_toe::Board;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::physical::Vector;
use imaginarium::mdp::trace::Unwatched;
use imaginarium::mdp::{Action, Step, Transition};
use imaginarium::models::sight::Squares;
use imaginarium::probes::games::{Rival, all_games, played};
use std::sync::Arc;

fn game(keys: &str) -> ArenaConfig {
    game_in("id = 'tic-tac-toe'", keys)
}

fn game_in(world: &str, keys: &str) -> ArenaConfig {
    let run = format!("agent = 'muzero'\ntd_steps = 30\ngamma = 1.0\ncooling = 0\n{keys}");
    arena("lanes = 1\nseed = 3\nclock = 'env-steps'", world, &[&run])
}

fn view(e: &Experiment) -> Arc<MuZeroView> {
    e.runs()[0].lane_view(0).view.muzero.unwrap()
}

fn lost(view: &MuZeroView) -> u64 {
    let [anybody, _] = played(view).expect("it plays on this board");
    anybody.iter().map(|games| games.lost).sum()
}

#[test]
fn it_plays_on_free_squares_alone() {
    for picks in ["search", "policy"] {
        let keys = format!("simulations = 4\nupdates = 0.05\nbatch = 4\npicks = '{picks}'");
        let mut e = Experiment::new(game(&keys), 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, 600), None);
        let rows: Vec<_> = e.runs()[0].record().lanes()[0].exact().copied().collect();
        assert!(rows.len() > 60, "{}", rows.len());
        let paid = |row: &f64| *row == 0.0 || *row == 1.0;
        assert!(
            rows.iter().map(|row| row.episode_return).all(|r| paid(&r)),
            "a taken square costs"
        );
        assert!(rows.iter().all(|row| (5..=9).contains(&row.length)));
    }
}

/// Of all games there are an untrained player loses hundreds. Thrown into many boards, which it learns
/// turned and mirrored, it comes to lose none; a part of that way fits into a test.
#[test]
fn it_loses_fewer_games_the_longer_it_plays_itself() {
    let keys = "simulations = 25\nupdates = 0.5\nbatch = 64\nrate = 0.001\nsupport = 2\nwidth = 128\n\
                latent = 64\nvalue_weight = 1.0\nnoise_alpha = 1.0\ntemperature = 0.25";
    let world = "id = 'tic-tac-toe'\nopening = 4\nopenings = 'up-to'";
    let mut e = Experiment::new(game_in(world, keys), 1).unwrap();
    let before = lost(&view(&e));
    e.advance_to(Position::at(Clock::EnvSteps, 15_000), None);
    let after = lost(&view(&e));
    assert!(5 * after < before, "{after} of {before}");
}

#[test]
fn a_place_learned_turned_is_another_lesson_and_only_a_board_can_be_turned() {
    let lived = |world: &str, symmetries: &str| {
        let keys = format!("simulations = 4\nbatch = 4\nsymmetries = '{symmetries}'");
        let mut e = Experiment::new(game_in(world, &keys), 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, 40), None);
        view(&e).networks.clone()
    };
    let board = "id = 'tic-tac-toe'";
    assert!(lived(board, "on") != lived(board, "off"));
    let cart = lived("id = 'cart-pole'", "on");
    assert!(cart == lived("id = 'cart-pole'", "off"));
}

#[test]
fn a_board_without_a_free_square_is_refused_in_a_sentence() {
    let config = MuZeroConfig { simulations: 2, ..MuZeroConfig::default() };
    let mut agent = MuZero::new(config, Squares { count: 3 }, (0, 3), &[1]).unwrap();
    let full = Vector::new(&[1.0, -1.0, 1.0]);
    agent.begin(0, full);
    agent.decide(&[full], &[true], &mut [0], &mut Unwatched);
    let Some(Fault::Refused(said)) = agent.fault() else { panic!("it goes on") };
    assert_eq!(
        said,
        "the root of tree 0 has no legal action: a search starts where at least 1 of 3 can be taken"
    );
}

/// Two squares, two marks: whoever puts the second one wins. What is good for the one who moves next
/// is bad for the one before.
#[test]
fn values_change_sides_at_every_move() {
    let config = MuZeroConfig {
        simulations: 8,
        batch: 8,
        width: 16,
        latent: 8,
        gamma: 1.0,
        picks: Picks::Search,
        ..MuZeroConfig::default()
    };
    let mut agent = MuZero::new(config, Squares { count: 2 }, (0, 2), &[5]).unwrap();
    let mut seen = Vector::new(&[0.0, 0.0]);
    agent.begin(0, seen);
    for _ in 0..600 {
        let mut action: [Action; 1] = [0];
        agent.decide(&[seen], &[true], &mut action, &mut Unwatched);
        let [action] = action;
        let mut next: Vec<f32> = seen.iter().map(|x| -x).collect();
        assert_eq!(next[usize::from(action)], 0.0, "the square is free");
        next[usize::from(action)] = -1.0;
        let terminated = next.iter().all(|&x| x != 0.0);
        let next = Vector::new(&next);
        let reward = f64::from(u8::from(terminated));
        let step = Step { reward, next, terminated, truncated: false };
        agent.learn(&[Transition { lane: 0, obs: seen, action, step }], &mut Unwatched);
        while agent.due() > 0 {
            agent.plan(100, &mut Unwatched);
        }
        seen = if terminated { Vector::new(&[0.0, 0.0]) } else { next };
        if terminated {
            agent.begin(0, seen);
        }
    }
    let view = agent.view().muzero.unwrap();
    let value = |seen: &[f32]| view.search(&view.eyes.numbers(seen).unwrap()).unwrap().raw_value;
    let (first, second) = (value(&[0.0, 0.0]), value(&[-1.0, 0.0]));
    assert!(first < -0.5, "who begins loses: {first}");
    assert!(second > 0.5, "who comes second wins: {second}");
}

#[test]
fn an_untrained_player_loses_games_that_minimax_would_not() {
    let e = Experiment::new(game("simulations = 4"), 1).unwrap();
    let view = view(&e);
    let games = all_games(Rival::Minimax, |board: Board| view.act(&board.seen()));
    assert!(games[0].all() > 0 && games[1].lost > 0, "{games:?}");
}
