//! Turns and reflections of a square board: what is true of a place is true of it turned.

use crate::mdp::Action;

/// How many there are, leaving a board as it is among them.
pub const TURNS: u32 = 8;

/// Where every square goes, `[side * side]`, row by row: in turn `index`, below [`TURNS`], mirrored where
/// that is odd and then turned by a quarter as often as half of it says.
pub fn turn(side: usize, index: u32) -> Vec<Action> {
    let last = side - 1;
    let to = |square: usize| {
        let (row, col) = (square / side, square % side);
        let (mut row, mut col) = if index % 2 == 1 { (row, last - col) } else { (row, col) };
        for _ in 0..index / 2 {
            (row, col) = (col, last - row);
        }
        (row * side + col) as Action
    };
    (0..side * side).map(to).collect()
}

/// Every map in `maps`, one number a square each, turned by `to`.
pub fn turn_maps<T: Copy>(maps: &mut [T], to: &[Action]) {
    for map in maps.chunks_exact_mut(to.len()) {
        let before = map.to_vec();
        before.iter().zip(to).for_each(|(&x, &square)| map[usize::from(square)] = x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_quarter_and_a_reflection_by_hand() {
        // 0 1 2      6 3 0           2 1 0
        // 3 4 5  ->  7 4 1, and  ->  5 4 3
        // 6 7 8      8 5 2           8 7 6
        let turned = |index| {
            let mut maps: Vec<usize> = (0..9).chain(0..9).collect();
            turn_maps(&mut maps, &turn(3, index));
            assert_eq!(maps[..9], maps[9..], "every map alike");
            maps[..9].to_vec()
        };
        assert_eq!(turned(0), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(turned(2), [6, 3, 0, 7, 4, 1, 8, 5, 2]);
        assert_eq!(turned(1), [2, 1, 0, 5, 4, 3, 8, 7, 6]);
    }

    #[test]
    fn all_eight_are_different_and_keep_rows_together() {
        let all: BTreeSet<_> = (0..TURNS).map(|index| turn(3, index)).collect();
        assert_eq!(all.len(), 8);
        let line = |squares: [usize; 3]| BTreeSet::from(squares);
        let rows = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8]];
        let lines: BTreeSet<_> = rows.into_iter().chain([[0, 4, 8], [2, 4, 6]]).map(line).collect();
        for to in all {
            let of = |squares: &BTreeSet<usize>| squares.iter().map(|&s| to[s].into()).collect();
            assert_eq!(lines.iter().map(of).collect::<BTreeSet<_>>(), lines, "{to:?}");
        }
    }
}
