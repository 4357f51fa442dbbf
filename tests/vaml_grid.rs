//! Value-aware losses of whole distributions on a grid: equal to what the simulator says by lot.

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes;
use imaginarium::mdp::{Action, Outcome, Simulator as _, State, Tabular as _};
use imaginarium::rl::dp::value_iteration;
use imaginarium::rl::losses::value_aware::vaml;
use imaginarium::rl::td::max_value;

/// Pairs of independent draws for each pair of state and action.
const DRAWS: u32 = 2_000;

fn maze(slip: f64) -> Grid {
    Grid::new(&mazes::dyna_maze(), &GridConfig { slip, ..GridConfig::default() }).unwrap()
}

/// `[S]`: probabilities of the next state; an end is worth what its state is worth: nothing.
fn row(outcomes: &[Outcome], states: usize) -> Vec<f64> {
    let mut row = vec![0.0; states];
    outcomes.iter().for_each(|o| row[o.next as usize] += o.probability);
    row
}

/// The world slips one step in ten, its model one in two.
#[test]
fn the_loss_of_full_distributions_is_what_the_simulator_says() {
    let (mut world, mut model) = (maze(0.1), maze(0.5));
    let (states, actions) = (world.states(), world.actions());
    let outcomes = |s: usize, a: usize| world.outcomes(s as State, a as Action);
    let q = value_iteration((states, actions), outcomes, 0.95, 1e-12, 10_000).unwrap();
    let values: Vec<f64> = q.chunks(actions).map(max_value).collect();
    let mut dice = Stream::new(7, StreamName::Probe);
    let mut draw = |grid: &mut Grid, state: State, action: Action| {
        grid.place(state).expect("a state that is left");
        values[grid.step(action, &mut dice).next as usize]
    };
    let (mut exact, mut sum, mut squares, mut pairs) = (0.0, 0.0, 0.0, 0.0);
    for state in 0..states as State {
        for action in 0..actions as Action {
            let [real, told] = [world.outcomes(state, action), model.outcomes(state, action)];
            if real.is_empty() {
                continue;
            }
            let own = vaml(&row(&real, states), &row(&told, states), &values);
            // The product of two independent differences has the squared difference for its mean.
            let (mut lot, mut square) = (0.0, 0.0);
            for _ in 0..DRAWS {
                let off = [(); 2]
                    .map(|()| draw(&mut world, state, action) - draw(&mut model, state, action));
                lot += off[0] * off[1];
                square += (off[0] * off[1]).powi(2);
            }
            let n = f64::from(DRAWS);
            let error = ((square / n - (lot / n).powi(2)).max(0.0) / n).sqrt();
            let far = (lot / n - own).abs();
            assert!(far <= 6.0 * error + 1e-12, "({state},{action}): {} by lot, {own}", lot / n);
            exact += own;
            sum += lot / n;
            squares += error * error;
            pairs += 1.0;
        }
    }
    let far = (sum - exact).abs() / pairs;
    assert!(far <= 4.0 * squares.sqrt() / pairs, "{} by lot, {}", sum / pairs, exact / pairs);
    assert!(exact / pairs > 20.0 * squares.sqrt() / pairs, "no accident: {}", exact / pairs);
}
