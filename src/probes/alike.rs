//! How alike updates are that follow each other: what replay is for (Lin 1992).

pub use crate::agents::replay::MemoryView;
use crate::base::stats::autocorrelation;
use crate::mdp::State;
use crate::mdp::scene::Scene;

/// Correlation of one update's place with the next one's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// Of all updates in the order they were made.
    pub replayed: Option<f64>,
    /// Of the updates by real steps alone: what it would be without replay.
    pub real: Option<f64>,
}

/// Reads it off the newest updates of an agent that replays.
pub fn alike(memory: &MemoryView, scene: &Scene) -> Alike {
    let place = |&state: &State| match scene {
        Scene::Grid(grid) => {
            let (row, col) = grid.place(state);
            [row as f64, col as f64]
        }
        Scene::Graph(_) | Scene::Body(_) | Scene::Board(_) | Scene::States(_) => {
            [f64::from(state), 0.0]
        }
    };
    let of = |states: &[State]| autocorrelation(&states.iter().map(place).collect::<Vec<_>>());
    Alike { replayed: of(&memory.updates), real: of(&memory.real) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_a_row_are_alike_and_drawn_ones_are_not() {
        // A walk along a line, with a draw from far away after every step.
        let real: Vec<State> = (0..100).collect();
        let updates = real.iter().flat_map(|&i| [i, (i * 37 + 11) % 100]).collect();
        let drawn = Vec::new();
        let memory = MemoryView { first: 0, len: 100, capacity: 100, drawn, updates, real };
        let told = alike(&memory, &Scene::States(100));
        assert!(told.real.unwrap() > 0.9, "{told:?}");
        assert!(told.replayed.unwrap().abs() < 0.3, "{told:?}");
        let empty = MemoryView { updates: Vec::new(), real: Vec::new(), ..memory };
        let nothing = Alike { replayed: None, real: None };
        assert_eq!(alike(&empty, &Scene::States(3)), nothing);
    }
}
