//! What the world is really like, as far as pictures of tabular worlds need it.

use crate::agents::table::TableView;
use crate::mdp::scene::{GRID_ACTIONS, Scene, Scenic};
use crate::mdp::{Action, State, Tabular};
use crate::rl::policy::greedy_mask;

/// A copy of the true world's likeliest outcomes.
#[derive(Clone, Debug)]
pub struct Truth {
    scene: Scene,
    actions: usize,
    /// `[S * A]`: likeliest next state and whether the task ends there; `None` if never left.
    likeliest: Vec<Option<(State, bool)>>,
    /// States where an episode may start.
    pub starts: Vec<State>,
    /// Fewest steps from a start to the end of an episode, over all possible outcomes.
    pub shortest: Option<usize>,
}

impl Truth {
    /// Copies it out of `world`.
    pub fn of<W: Tabular + Scenic>(world: &W) -> Self {
        let (states, actions) = (world.states(), world.actions());
        let likeliest = (0..states * actions).map(|pair| {
            let (state, action) = ((pair / actions) as State, (pair % actions) as Action);
            let outcomes = world.outcomes(state, action);
            let best = outcomes.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
            best.map(|o| (o.next, o.terminated))
        });
        Self {
            scene: world.scene(),
            actions,
            likeliest: likeliest.collect(),
            starts: world.starts(),
            shortest: shortest(world),
        }
    }

    /// States on the greedy way from the first start to the end, following the likeliest outcome;
    /// `None` while it goes in circles or knows no way. Ties go to the first action.
    pub fn greedy_way(&self, values: &TableView) -> Option<Vec<State>> {
        let mut at = *self.starts.first()?;
        let mut way = vec![at];
        loop {
            let mask = greedy_mask(values.row(at as usize));
            if mask == 0 {
                return None;
            }
            let action = mask.trailing_zeros() as usize;
            let (next, ends) = (*self.likeliest.get(at as usize * self.actions + action)?)?;
            way.push(next);
            if ends {
                return Some(way);
            }
            if way.len() > values.states() + 1 {
                return None;
            }
            at = next;
        }
    }

    /// The world's picture.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What a state is called.
    pub fn state_name(&self, state: State) -> String {
        match &self.scene {
            Scene::Grid(grid) => {
                let (row, col) = grid.place(state);
                format!("({row},{col})")
            }
            Scene::States(_) => format!("s{state}"),
        }
    }

    /// What an action is called.
    pub fn action_name(&self, action: Action) -> String {
        match &self.scene {
            Scene::Grid(_) => GRID_ACTIONS
                .get(usize::from(action))
                .map_or_else(|| format!("a{action}"), |&name| name.to_owned()),
            Scene::States(_) => format!("a{action}"),
        }
    }
}

/// Breadth-first search over all outcomes of positive probability.
fn shortest(world: &impl Tabular) -> Option<usize> {
    let mut seen = vec![false; world.states()];
    let mut front = world.starts();
    let mut steps = 1;
    while !front.is_empty() {
        let mut next = Vec::new();
        for state in front {
            if std::mem::replace(&mut seen[state as usize], true) {
                continue;
            }
            for action in 0..world.actions() as Action {
                for outcome in world.outcomes(state, action) {
                    if outcome.terminated {
                        return Some(steps);
                    }
                    next.push(outcome.next);
                }
            }
        }
        front = next;
        steps += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::Tally;
    use crate::envs::grid::{Grid, GridConfig};
    use crate::envs::mazes::dyna_maze;
    use crate::rl::dp::value_iteration;

    #[test]
    fn the_optimal_way_home_is_fourteen_steps() {
        let maze = Grid::new(&dyna_maze(), &GridConfig::default()).unwrap();
        let truth = Truth::of(&maze);
        assert_eq!(truth.shortest, Some(14));
        let outcomes = |s: usize, a: usize| maze.outcomes(s as State, a as Action);
        let q = value_iteration((54, 4), outcomes, 0.95, 1e-12, 1000).unwrap();
        let mut view =
            TableView { actions: 4, tally: vec![Tally::default(); q.len()], q, known_pairs: None };
        let way = truth.greedy_way(&view).unwrap();
        assert_eq!(way.len() - 1, 14);
        assert_eq!((way[0], way[14]), (18, 8));
        // Right and left of the start beside each other's arrows: a circle is no way.
        view.q[18 * 4 + 1] = 9.0;
        view.q[19 * 4 + 3] = 9.0;
        assert_eq!(truth.greedy_way(&view), None);
        view.q.fill(0.0);
        assert_eq!(truth.greedy_way(&view), None);
    }
}
