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

/// Example 8.2: start (5,3), goal (0,8); the gap in the wall moves from the right end to the left.
/// Shortest way 10, then 16.
pub fn blocking_maze() -> GridSource {
    changing(
        "........G
         .........
         .........
         ########.
         .........
         ...S.....",
        "........G
         .........
         .........
         .########
         .........
         ...S.....",
    )
}

/// Example 8.3: start (5,3), goal (0,8); a second gap opens at the right end of the wall.
/// Shortest way 16, then 10.
pub fn shortcut_maze() -> GridSource {
    changing(
        "........G
         .........
         .........
         .########
         .........
         ...S.....",
        "........G
         .........
         .........
         .#######.
         .........
         ...S.....",
    )
}

/// The 7x10 grid of example 6.5: start (3,0), goal (3,7), wind from below in the middle.
pub fn windy_grid() -> GridSource {
    let mut source = GridSource::from_text(
        "..........
         ..........
         ..........
         S......G..
         ..........
         ..........
         ..........",
    );
    source.wind = vec![0, 0, 0, 1, 1, 1, 2, 2, 1, 0];
    source
}

fn changing(map: &str, after: &str) -> GridSource {
    GridSource { after: Some(after.to_owned()), ..GridSource::from_text(map) }
}

/// A small world with everything in it, for those who come without a map.
pub fn gridworld() -> GridSource {
    let mut source = changing(
        "......#...
         .##...#.G.
         .#....#...
         .#..P.....
         S...##.a..
         ....P.....",
        "......#...
         .##...#.G.
         .#....#...
         .#..P.#...
         S...##.a..
         ..........",
    );
    source.rewards.insert('a', -0.1);
    source
}
