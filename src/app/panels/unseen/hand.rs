//! A hand that draws a policy: a drag leaves arrows along its way, and so do the arrow keys.

use egui::{Context, Id, Key, Modifiers, Ui};

use super::maps::Drawn;
use crate::mdp::Action;
use crate::mdp::scene::{Cell, GridScene};

/// Rows and columns that the actions move by: up, right, down, left.
const MOVES: [(i32, i32); 4] = [(-1, 0), (0, 1), (1, 0), (0, -1)];
/// The keys of the same.
const KEYS: [Key; 4] = [Key::ArrowUp, Key::ArrowRight, Key::ArrowDown, Key::ArrowLeft];

/// The map that is drawn on, as a widget.
pub fn id() -> Id {
    Id::unique("policy under the hand")
}

fn presses() -> Id {
    Id::unique("presses over the policy")
}

/// Keeps the arrow keys for the map while it has the focus, before anybody else reads them.
pub fn hold_keys(ctx: &Context) {
    if !ctx.memory(|memory| memory.has_focus(id())) {
        return;
    }
    let mut pressed: Vec<Action> = Vec::new();
    for (action, key) in KEYS.into_iter().enumerate() {
        let times = ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        pressed.extend(std::iter::repeat_n(action as Action, times));
    }
    if !pressed.is_empty() {
        ctx.data_mut(|data| data.insert_temp(presses(), pressed));
    }
}

/// What was drawn so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hand {
    /// `[S]`.
    arrows: Vec<Option<Action>>,
    /// Columns of the map that was drawn on.
    cols: usize,
    /// Where the hand is, or where the keys draw next.
    pub at: Option<usize>,
}

impl Hand {
    /// Begins anew where the map has another form.
    pub fn fit(&mut self, grid: &GridScene) {
        if (self.arrows.len(), self.cols) != (grid.cells.len(), grid.cols) {
            let start = grid.cells.iter().position(|cell| *cell == Cell::Start);
            *self = Self { arrows: vec![None; grid.cells.len()], cols: grid.cols, at: start };
        }
    }

    /// `[S]`: the arrows on a map of so many cells; none where it was never drawn on.
    pub fn drawn(&self, cells: usize) -> &[Option<Action>] {
        if self.arrows.len() == cells { &self.arrows } else { &[] }
    }

    /// Forgets all arrows.
    pub fn clear(&mut self) {
        self.arrows.fill(None);
    }

    /// Right where nothing is in the way, else down.
    pub fn preset(&mut self, grid: &GridScene) {
        self.fit(grid);
        for cell in 0..grid.cells.len() {
            let free = |action: usize| {
                stepped(grid, cell, action).is_some_and(|next| grid.cells[next] != Cell::Wall)
            };
            self.arrows[cell] = Some(if free(1) { 1 } else { 2 });
        }
    }

    /// Draws an arrow where the hand is, and goes on.
    fn step(&mut self, grid: &GridScene, action: usize) {
        let Some(at) = self.at else { return };
        self.arrows[at] = Some(action as Action);
        self.at =
            stepped(grid, at, action).filter(|&next| grid.cells[next] != Cell::Wall).or(self.at);
    }

    /// Draws arrows from where the hand was to `cell`, one step after the other.
    fn drag_to(&mut self, grid: &GridScene, cell: usize) {
        for _ in 0..grid.cols + grid.rows {
            let Some(at) = self.at.filter(|&at| at != cell) else { break };
            let place = |cell: usize| [(cell / grid.cols) as i32, (cell % grid.cols) as i32];
            let [down, right] = [0, 1].map(|i| place(cell)[i] - place(at)[i]);
            let action = match (down.abs() > right.abs(), down > 0, right > 0) {
                (true, true, _) => 2,
                (true, false, _) => 0,
                (false, _, true) => 1,
                (false, _, false) => 3,
            };
            self.arrows[at] = Some(action as Action);
            self.at = stepped(grid, at, action);
        }
    }

    /// Takes what a hand did to the map in this frame.
    pub fn follow(&mut self, ui: &Ui, grid: &GridScene, drawn: &Drawn) {
        let response = &drawn.response;
        if response.is_pointer_button_down_on() {
            if !response.has_focus() {
                response.request_focus();
            }
            if let Some(cell) = drawn.under {
                match response.drag_started() || self.at.is_none() || !response.dragged() {
                    true => self.at = Some(cell),
                    false => self.drag_to(grid, cell),
                }
            }
        }
        if response.has_focus() {
            let pressed = ui.data_mut(|data| data.remove_temp::<Vec<Action>>(presses()));
            for action in pressed.unwrap_or_default() {
                self.step(grid, usize::from(action));
            }
        }
    }
}

/// The neighbour that an action would lead to on an empty map.
fn stepped(grid: &GridScene, cell: usize, action: usize) -> Option<usize> {
    let (rows, cols) = MOVES[action];
    let row = (cell / grid.cols).checked_add_signed(rows as isize)?;
    let col = (cell % grid.cols).checked_add_signed(cols as isize)?;
    (row < grid.rows && col < grid.cols).then_some(row * grid.cols + col)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three, a wall in the middle of the first.
    fn map() -> GridScene {
        let mut cells = [Cell::Free; 6];
        (cells[0], cells[1]) = (Cell::Start, Cell::Wall);
        GridScene { cols: 3, rows: 2, cells: cells.into(), wind: [0; 3].into() }
    }

    #[test]
    fn a_drag_leaves_arrows_along_its_way() {
        let (grid, mut hand) = (map(), Hand::default());
        hand.fit(&grid);
        assert_eq!(hand.at, Some(0), "keys draw from the start on");
        hand.drag_to(&grid, 3);
        hand.drag_to(&grid, 5);
        assert_eq!(hand.drawn(6), [Some(2), None, None, Some(1), Some(1), None]);
        assert_eq!(hand.at, Some(5));
        hand.clear();
        assert!(hand.drawn(6).iter().all(Option::is_none) && hand.drawn(7).is_empty());
    }

    #[test]
    fn keys_draw_and_stop_at_walls() {
        let (grid, mut hand) = (map(), Hand::default());
        hand.fit(&grid);
        hand.step(&grid, 1);
        assert_eq!((hand.drawn(6)[0], hand.at), (Some(1), Some(0)), "into the wall");
        hand.step(&grid, 2);
        assert_eq!((hand.drawn(6)[0], hand.at), (Some(2), Some(3)));
        hand.preset(&grid);
        assert_eq!(hand.drawn(6)[0], Some(2));
        assert_eq!(hand.drawn(6)[3..], [Some(1), Some(1), Some(2)]);
    }
}
