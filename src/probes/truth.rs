//! What the world is really like, as far as pictures need it.

use std::sync::Arc;

use crate::agents::table::TableView;
use crate::mdp::physical::{Doable, Motion, Physical};
use crate::mdp::scene::{Cell, Scene, Scenic};
use crate::mdp::{Action, Outcome, State, Tabular};
use crate::rl::dp::{random_policy_values, stochastic_policy_values};
use crate::rl::policy::greedy_mask;

/// Most states of which values are solved for a picture.
pub const SOLVED: usize = 110;

/// What a step means for the task.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    NotYet,
    Well,
    Badly,
}

/// A copy of the true world: what may follow what, or its laws of motion.
#[derive(Clone, Debug)]
pub struct Truth {
    scene: Scene,
    actions: usize,
    /// `[S * A]`: likeliest next state and how the task ends there; `None` if never left.
    likeliest: Vec<Option<(State, End)>>,
    /// `[S * A]`: all that may happen.
    outcomes: Vec<Vec<Outcome>>,
    /// `[S]`: from here a good end can be reached.
    hopeful: Vec<bool>,
    /// States where an episode may start.
    pub starts: Vec<State>,
    /// Fewest steps from a start to a good end, over all possible outcomes.
    pub shortest: Option<usize>,
    /// The dynamics of a world whose state is a few numbers; nothing can be listed there.
    motion: Option<Arc<dyn Motion>>,
}

impl Truth {
    /// Copies it out of `world`.
    pub fn of<W: Tabular + Scenic>(world: &W) -> Self {
        let (states, actions) = (world.states(), world.actions());
        let of =
            |pair: usize| world.outcomes((pair / actions) as State, (pair % actions) as Action);
        let outcomes: Vec<Vec<Outcome>> = (0..states * actions).map(of).collect();
        let likeliest = outcomes.iter().map(|outcomes| {
            let best = outcomes.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
            best.map(|o| (o.next, end(world, o)))
        });
        Self {
            scene: world.scene(),
            actions,
            hopeful: hopeful(world, &outcomes),
            likeliest: likeliest.collect(),
            outcomes,
            starts: world.starts(),
            shortest: world.distance(true),
            motion: None,
        }
    }

    /// Copies a world out whose state is a few numbers.
    pub fn of_motion<W>(world: &W) -> Self
    where
        W: Physical<Action: Doable> + Scenic + std::fmt::Debug + Sync,
    {
        Self {
            scene: world.scene(),
            actions: world.spec().actions,
            likeliest: Vec::new(),
            outcomes: Vec::new(),
            hopeful: Vec::new(),
            starts: Vec::new(),
            shortest: None,
            motion: Some(Arc::new(world.clone())),
        }
    }

    /// The true dynamics; `None` where states are listed.
    pub fn motion(&self) -> Option<&Arc<dyn Motion>> {
        self.motion.as_ref()
    }

    /// States on the greedy way from the first start to a good end, following the likeliest
    /// outcome; `None` while it goes in circles, ends badly or knows no way. Ties go to the first action.
    pub fn greedy_way(&self, values: &TableView) -> Option<Vec<State>> {
        let mut at = *self.starts.first()?;
        let mut way = vec![at];
        loop {
            let mask = greedy_mask(values.row(at as usize));
            if mask == 0 {
                return None;
            }
            let action = mask.trailing_zeros() as usize;
            let (next, end) = (*self.likeliest.get(at as usize * self.actions + action)?)?;
            way.push(next);
            match end {
                End::Well => return Some(way),
                End::Badly => return None,
                End::NotYet => {}
            }
            if way.len() > values.states() + 1 {
                return None;
            }
            at = next;
        }
    }

    /// All that may happen after a pair; nothing for states that are never left.
    pub fn outcomes(&self, state: State, action: Action) -> &[Outcome] {
        &self.outcomes[state as usize * self.actions + usize::from(action)]
    }

    /// The likeliest next state of a pair; `None` if its state is never left.
    pub fn likeliest(&self, state: State, action: Action) -> Option<State> {
        let pair = state as usize * self.actions + usize::from(action);
        self.likeliest.get(pair).copied().flatten().map(|(next, _)| next)
    }

    /// Number of states `S`.
    pub fn states(&self) -> usize {
        self.hopeful.len()
    }

    /// Number of actions `A`.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// Whether a good end can be reached from `state`.
    pub fn is_hopeful(&self, state: State) -> bool {
        self.hopeful.get(state as usize).copied().unwrap_or(false)
    }

    /// What the cell of a state is, in worlds with a map.
    pub fn cell(&self, state: State) -> Option<Cell> {
        match &self.scene {
            Scene::Grid(grid) => grid.cells.get(state as usize).copied(),
            Scene::Graph(_) | Scene::Body(_) | Scene::Board(_) | Scene::States(_) => None,
        }
    }

    /// What each state is worth to somebody who acts at random, `[S]`; `None` for more than
    /// [`SOLVED`] states, and where there is no single answer.
    pub fn random_values(&self, gamma: f64) -> Option<Vec<f64>> {
        let states = self.states();
        let outcomes = |s: usize, a: usize| self.outcomes(s as State, a as Action).to_vec();
        let small = (1..=SOLVED).contains(&states);
        small.then(|| random_policy_values((states, self.actions), outcomes, gamma)).flatten()
    }

    /// The same for a policy, `[S * A]`.
    pub fn policy_values(&self, policy: &[f64], gamma: f64) -> Option<Vec<f64>> {
        let states = self.states();
        let outcomes = |s: usize, a: usize| self.outcomes(s as State, a as Action).to_vec();
        let odds = |s: usize, a: usize| policy[s * self.actions + a];
        let fits = states <= SOLVED && policy.len() == states * self.actions;
        let size = (states, self.actions);
        fits.then(|| stochastic_policy_values(size, outcomes, odds, gamma)).flatten()
    }

    /// Whether some action leaves `state`.
    pub fn is_left(&self, state: State) -> bool {
        self.outcomes.get(state as usize * self.actions).is_some_and(|all| !all.is_empty())
    }

    /// The one pair whose outcomes lie farther apart on a grid than those of any other.
    pub fn fork(&self) -> Option<(State, Action)> {
        let Scene::Grid(grid) = &self.scene else {
            return None;
        };
        let apart = |a: &Outcome, b: &Outcome| {
            let ((r, c), (row, col)) = (grid.place(a.next), grid.place(b.next));
            r.abs_diff(row).pow(2) + c.abs_diff(col).pow(2)
        };
        let width = |outcomes: &[Outcome]| {
            let pairs = outcomes.iter().flat_map(|a| outcomes.iter().map(move |b| (a, b)));
            pairs.map(|(a, b)| apart(a, b)).max().unwrap_or(0)
        };
        let (mut widest, mut fork) = (0, None);
        for (pair, outcomes) in self.outcomes.iter().enumerate() {
            let width = width(outcomes);
            if width > widest {
                fork = Some(((pair / self.actions) as State, (pair % self.actions) as Action));
            } else if width == widest {
                fork = None;
            }
            widest = widest.max(width);
        }
        fork
    }

    /// The world's picture.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What a state is called.
    pub fn state_name(&self, state: State) -> String {
        self.scene.state_name(state)
    }

    /// What a number of the state of a world of numbers is called.
    pub fn number_name(&self, index: usize) -> String {
        let named = match &self.scene {
            Scene::Body(scene) => scene.dimensions.get(index).map(|d| d.name.to_owned()),
            Scene::Grid(_) | Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
        };
        named.unwrap_or_else(|| format!("number {} of the world", index + 1))
    }

    /// What an action is called.
    pub fn action_name(&self, action: Action) -> String {
        self.scene.action_name(action)
    }
}

fn end(world: &impl Tabular, outcome: &Outcome) -> End {
    match outcome.terminated {
        false => End::NotYet,
        true if world.ends_well(outcome.next) => End::Well,
        true => End::Badly,
    }
}

/// `[S]`: from which states a good end can be reached, by going back from all of them.
fn hopeful(world: &impl Tabular, outcomes: &[Vec<Outcome>]) -> Vec<bool> {
    let mut hopeful = vec![false; world.states()];
    let mut leads: Vec<Vec<usize>> = vec![Vec::new(); world.states()];
    let mut front = Vec::new();
    for (pair, outcomes) in outcomes.iter().enumerate() {
        let state = pair / world.actions();
        for outcome in outcomes {
            match end(world, outcome) {
                End::Well => front.push(state),
                End::Badly => {}
                End::NotYet => leads[outcome.next as usize].push(state),
            }
        }
    }
    while let Some(state) = front.pop() {
        if !std::mem::replace(&mut hopeful[state], true) {
            front.extend(&leads[state]);
        }
    }
    hopeful
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::Tally;
    use crate::envs::grid::{Grid, GridConfig, GridSource};
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

    #[test]
    fn hope_ends_at_walls_and_pits() {
        let source = GridSource::from_text("S.P.\n##.G\n.#..");
        let truth = Truth::of(&Grid::new(&source, &GridConfig::default()).unwrap());
        let hopeful: Vec<State> = (0..12).filter(|&s| truth.is_hopeful(s)).collect();
        assert_eq!(hopeful, [3, 6, 10, 11], "a pit ends the way, a corner is closed off");
        assert_eq!(truth.outcomes(6, 1).len(), 1);
        assert!(truth.outcomes(7, 1).is_empty() && truth.outcomes(4, 0).is_empty());
    }

    #[test]
    fn a_way_into_a_pit_is_no_way_home() {
        let source = GridSource::from_text("P.S..G");
        let truth = Truth::of(&Grid::new(&source, &GridConfig::default()).unwrap());
        assert_eq!(truth.shortest, Some(3));
        let mut view = TableView {
            actions: 4,
            tally: vec![Tally::default(); 24],
            q: vec![0.0; 24],
            known_pairs: None,
        };
        (1..5).for_each(|s| view.q[s * 4 + 3] = 0.5);
        assert_eq!(truth.greedy_way(&view), None);
        (1..5).for_each(|s| view.q[s * 4 + 1] = 0.9);
        assert_eq!(truth.greedy_way(&view), Some(vec![2, 3, 4, 5]));
    }
}
