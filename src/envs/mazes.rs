//! Ready-made maps.

use super::grid::GridSource;

/// The 6x9 maze of Sutton & Barto (2nd ed.), example 8.1: start (2,0), goal (0,8).
pub fn dyna_maze() -> GridSource {
    GridSource::from_text(
        ".......#G
         ..#....#.
         S.#....#.
         ..#......
         .....#...
         .........",
    )
}

/// A small world with everything in it, for those who come without a map.
pub fn gridworld() -> GridSource {
    let mut source = GridSource::from_text(
        "......#...
         .##...#.G.
         .#....#...
         .#..P.....
         S...##.a..
         ....P.....",
    );
    source.rewards.insert('a', -0.1);
    source
}
