//! What an edit of the world has done to those who live in it: nothing is forbidden, everything is
//! explained.

use super::truth::Truth;
use crate::mdp::State;
use crate::mdp::scene::{Cell, Scene};

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plight {
    /// The map has no goal any more.
    NoGoal,
    /// The map has no start any more.
    NoStart,
    /// No goal can be reached from a start.
    NoWay,
    /// The agent stands in a wall.
    InWall(State),
    /// No goal can be reached from where the agent is.
    Trapped(State),
}

/// The first thing that a person should know of a world and of the agent in it.
pub fn plight(truth: &Truth, agent: Option<State>) -> Option<Plight> {
    let Scene::Grid(grid) = truth.scene() else {
        return None;
    };
    let here = agent.and_then(|state| Some((state, truth.cell(state)?)));
    match here {
        _ if !grid.cells.contains(&Cell::Goal) => Some(Plight::NoGoal),
        Some((state, Cell::Wall)) => Some(Plight::InWall(state)),
        _ if truth.shortest.is_none() => Some(Plight::NoWay),
        Some((state, Cell::Free | Cell::Start | Cell::Reward(_))) if !truth.is_hopeful(state) => {
            Some(Plight::Trapped(state))
        }
        _ if !grid.cells.contains(&Cell::Start) => Some(Plight::NoStart),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::mdp::Simulator as _;
    use crate::mdp::edit::Stroke;

    fn after(strokes: &[(State, Cell)], agent: State) -> Option<Plight> {
        let source = GridSource::from_text("S..\n...\n..G");
        let mut world = Grid::new(&source, &GridConfig::default()).unwrap();
        world.edit(&Stroke::paint(strokes.to_vec())).unwrap();
        plight(&Truth::of(&world), Some(agent))
    }

    #[test]
    fn every_plight_is_told() {
        use Cell::{Free, Pit, Wall};
        assert_eq!(after(&[(4, Wall)], 0), None);
        assert_eq!(after(&[(8, Free)], 0), Some(Plight::NoGoal));
        assert_eq!(after(&[(0, Free)], 3), Some(Plight::NoStart));
        assert_eq!(after(&[(1, Wall), (3, Wall)], 8), Some(Plight::NoWay));
        assert_eq!(after(&[(4, Wall)], 4), Some(Plight::InWall(4)));
        assert_eq!(after(&[(1, Wall), (5, Pit)], 2), Some(Plight::Trapped(2)));
        assert_eq!(after(&[], 8), None, "whoever is home is not trapped");
    }
}
