//! Strokes of a brush over a map: what a person does to a world while agents learn in it.

use super::State;
use super::scene::Cell;

/// What one stroke makes of a map, in each stage of the world.
///
/// What is painted holds for all stages alike; what is taken back may differ, because what was
/// there before did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stroke {
    stages: Vec<Vec<(State, Cell)>>,
}

/// Why a stroke was refused, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CannotEdit {
    /// Nothing to draw on.
    #[error("this world has no map: nothing can be drawn into it")]
    NoMap,
    /// Runs live in different worlds.
    #[error("runs live in different worlds here: nothing can be drawn into one of them alone")]
    SeveralWorlds,
    /// Beside the map.
    #[error("cell {state} is not on the map: its cells are numbered 0 to {}", cells - 1)]
    Outside {
        /// Where.
        state: State,
        /// Cells of the map.
        cells: usize,
    },
    /// A reward that is none.
    #[error("a reward of {value} cannot be painted: rewards are finite numbers")]
    Reward {
        /// What was asked for.
        value: f64,
    },
}

impl Stroke {
    /// The same in every stage.
    pub fn paint(cells: Vec<(State, Cell)>) -> Self {
        Self { stages: vec![cells] }
    }

    /// What becomes of each stage, the first one first; the last holds for all that follow.
    pub fn of_stages(stages: Vec<Vec<(State, Cell)>>) -> Self {
        Self { stages }
    }

    /// What becomes of each stage that was told, the first one first.
    pub fn stages(&self) -> &[Vec<(State, Cell)>] {
        &self.stages
    }

    /// What becomes of stage `stage`.
    pub fn on(&self, stage: usize) -> &[(State, Cell)] {
        self.stages.get(stage).or(self.stages.last()).map_or(&[], Vec::as_slice)
    }

    /// How many cells it touches in its first stage.
    pub fn len(&self) -> usize {
        self.on(0).len()
    }

    /// True if it touches nothing.
    pub fn is_empty(&self) -> bool {
        self.stages.iter().all(Vec::is_empty)
    }

    /// Refuses what is not on a map of `cells` cells, and rewards that are not numbers.
    pub fn check(&self, cells: usize) -> Result<(), CannotEdit> {
        if cells == 0 {
            return Err(CannotEdit::NoMap);
        }
        for &(state, cell) in self.stages.iter().flatten() {
            if state as usize >= cells {
                return Err(CannotEdit::Outside { state, cells });
            }
            match cell {
                Cell::Reward(value) if !value.is_finite() => {
                    return Err(CannotEdit::Reward { value });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stage_holds_for_all_that_follow() {
        let (a, b) = (vec![(1, Cell::Wall)], vec![(1, Cell::Free), (2, Cell::Pit)]);
        let same = Stroke::paint(a.clone());
        assert_eq!([same.on(0), same.on(5)], [a.as_slice(), a.as_slice()]);
        let two = Stroke::of_stages(vec![a.clone(), b.clone()]);
        assert_eq!([two.on(0), two.on(1), two.on(2)], [a.as_slice(), b.as_slice(), b.as_slice()]);
        assert!(Stroke::default().is_empty() && Stroke::default().on(0).is_empty());
    }

    #[test]
    fn refusals_say_what_and_what_is_allowed() {
        let say = |cell, state| Stroke::paint(vec![(state, cell)]).check(54).unwrap_err();
        let said = say(Cell::Wall, 54).to_string();
        assert_eq!(said, "cell 54 is not on the map: its cells are numbered 0 to 53");
        let said = say(Cell::Reward(f64::NAN), 3).to_string();
        assert!(said.contains("a reward of NaN cannot be painted"), "{said}");
        assert_eq!(Stroke::paint(vec![(53, Cell::Goal)]).check(54), Ok(()));
        assert_eq!(Stroke::paint(vec![(0, Cell::Goal)]).check(0), Err(CannotEdit::NoMap));
    }
}
